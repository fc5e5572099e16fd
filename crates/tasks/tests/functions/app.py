"""A handler as a user would write it: nothing in here knows where it runs."""
import json
import os
import signal
import subprocess
import sys
import time


class CustomError(Exception):
    pass


def handler(event, context):
    what = event.get("do", "echo")
    if what == "echo":
        return event
    if what == "pid":
        return os.getpid()
    if what == "context":
        return {
            "name": context.function_name,
            "version": context.function_version,
            "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb,
            "has_id": len(context.aws_request_id),
            "remaining": 0 < context.get_remaining_time_in_millis() <= 60000,
            "client": context.client_context and context.client_context.custom,
            "handler": os.environ.get("_HANDLER"),
            "stage": os.environ.get("STAGE"),
            "secret": os.environ.get("BATON_TEST_SECRET"),
            "trace": os.environ.get("_X_AMZN_TRACE_ID", "")[:7],
        }
    if what == "raise":
        raise CustomError("no")
    if what == "print":
        print("to stdout")
        print("to stderr", file=sys.stderr)
        return None
    if what == "flood":
        line = b"x" * 1048575 + b"\n"
        for _ in range(event["mebibytes"]):
            sys.stdout.buffer.write(line)
        sys.stdout.flush()
        return "done"
    if what == "large":
        return "a" * event["bytes"]
    if what == "sleep":
        time.sleep(event["seconds"])
        return "slept"
    if what == "exit":
        os._exit(event["code"])
    if what == "kill":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "memory":
        held = bytearray(event["mebibytes"] << 20)
        for at in range(0, len(held), 4096):
            held[at] = 1
        time.sleep(30)
        return len(held)
    if what == "child":
        child = subprocess.Popen(["sleep", "600"])
        return [os.getpid(), child.pid]
    if what == "append":
        with open(event["file"], "a") as file:
            file.write(json.dumps(event) + "\n")
        raise CustomError("appended")
    raise ValueError(what)
