"""The functions of the recorded cases, as one runtime of the standard library: function.py BEHAVIOUR."""
import http.client
import json
import os
import sys

API = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


class Raised(Exception):
    """An exception of the handler, with the line of the recorded handler that it came from."""

    def __init__(self, kind, message, line, source):
        trace = f'  File "/var/task/handler.py", line {line}, in handler\n    {source}\n'
        self.document = {"errorMessage": message, "errorType": kind, "stackTrace": [trace]}


def handle(behaviour, event):
    if behaviour == "raise_exception":
        raise Raised("Exception", "Some exception was raised.", 2, 'raise Exception("Some exception was raised.")')
    if behaviour == "raise_custom_exception":
        raise Raised("CustomException", "", 9, "raise CustomException()")
    if behaviour == "large_output":
        return json.dumps("a" * (257 * 1024))
    if behaviour == "bytes_helloworld":
        return '"HelloWorld!"'
    if behaviour == "return_helloworld":
        return json.dumps({"Return": "HelloWorld"})
    return json.dumps(event)


def ask(method, path, body=None):
    API.request(method, "/2018-06-01/runtime/" + path, body)
    answer = API.getresponse()
    return answer.headers, answer.read()


while True:
    headers, event = ask("GET", "invocation/next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        ask("POST", f"invocation/{request_id}/response", handle(sys.argv[1], json.loads(event)))
    except Raised as raised:
        document = raised.document
        ordered = {"errorMessage": document["errorMessage"], "errorType": document["errorType"], "requestId": request_id}
        ask("POST", f"invocation/{request_id}/error", json.dumps({**ordered, "stackTrace": document["stackTrace"]}))
