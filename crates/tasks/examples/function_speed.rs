//! What a call of a warm worker costs beyond the handler's own time: `cargo run --release -p baton-tasks --example function_speed`.
//!
//! `-- PYTHON [CALLS]` names a Python that has `awslambdaric` (the tests' own if none is named). Three handlers answer at once: Python's
//! under `awslambdaric`, Rust's under `lambda_runtime`, and a bare loop over a socket in Python, which shows what interpreter
//! and loopback cost without any client. The answer of each says how long the handler itself took; the rest is the round trip.

use std::time::Instant;

use asl::Payload;
use asl::arn::Installation;
use asl::resource::Resource;
use runtime::{TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::{FunctionConfig, FunctionPlace, FunctionsRunner, LocalConfig};

const HANDLER: &str = "
import time
def handler(event, context):
    began = time.perf_counter_ns()
    return {'own_ns': time.perf_counter_ns() - began}
";

const BARE: &str = "
import os, socket
host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
api = socket.create_connection((host, int(port)))
api.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
def ask(head, body=b''):
    api.sendall(head.encode() + b'\\r\\nHost: x\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)
    return api.recv(65536)
while True:
    text = ask('GET /2018-06-01/runtime/invocation/next HTTP/1.1').decode()
    id = text.split('lambda-runtime-aws-request-id: ')[1].split('\\r\\n')[0]
    ask('POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1' % id, b'{\"own_ns\": 0}')
";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let python = arguments.next().unwrap_or_else(|| "target/test-python/bin/python".to_owned());
    let python = std::path::absolute(python).expect("a path").display().to_string();
    let calls: usize = arguments.next().map_or(5_000, |it| it.parse().expect("CALLS is a number"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("app.py"), HANDLER).expect("a file");
    std::fs::write(folder.path().join("bare.py"), BARE).expect("a file");
    let own = std::env::current_exe().expect("it has a path");
    let rust = own.with_file_name("lambda_handler").display().to_string();
    let rows: [(&str, Vec<&str>); 3] = [
        ("python, awslambdaric", vec![&python, "-m", "awslambdaric", "app.handler"]),
        ("rust, lambda_runtime", vec![&rust]),
        ("python, a bare loop", vec![&python, "bare.py"]),
    ];
    println!("{calls} calls, one after the other; microseconds beyond the handler's own time");
    println!("{:<24} {:>8} {:>8} {:>8} {:>12}", "worker", "p50", "p90", "p99", "cold start");
    for (name, command) in rows {
        let command: Vec<String> = command.into_iter().map(str::to_owned).collect();
        if !std::path::Path::new(&command[0]).exists() {
            println!("{name:<24} there is no `{}`", command[0]);
            continue;
        }
        let config = LocalConfig::new(command, folder.path(), folder.path().join("f.log"));
        measure(name, config, calls).await;
    }
}

async fn measure(name: &str, config: LocalConfig, calls: usize) {
    let config = FunctionConfig { name: "f".into(), place: FunctionPlace::Local(Box::new(config)) };
    let runner =
        FunctionsRunner::new(vec![config], &Installation::default()).expect("the configuration is good");
    let cold = call(&runner).await;
    for _ in 0..200 {
        call(&runner).await;
    }
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        times.push(call(&runner).await);
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{name:<24} {:>8.0} {:>8.0} {:>8.0} {:>12.0}", at(50), at(90), at(99), cold);
    println!(
        r#"{{"bench":"function_speed","worker":"{name}","p50_us":{:.1},"p99_us":{:.1}}}"#,
        at(50),
        at(99)
    );
}

/// Microseconds of one call, without those that the handler says it took.
async fn call(runner: &FunctionsRunner) -> f64 {
    let resource = Resource::parse("arn:aws:lambda:::function:f").expect("it is a resource");
    let arguments = Payload::parse(r#"{"order":"A-1","quantity":3}"#, asl::JsonLimits::PAYLOAD);
    let request =
        TaskRequest { key: [7; 32], ..TaskRequest::alone(resource, arguments.expect("it is JSON")) };
    let began = Instant::now();
    let outcome = runner.run(request).await;
    let whole = began.elapsed().as_secs_f64() * 1e6;
    let TaskOutcome::Succeeded { output } = outcome else { panic!("the function failed: {outcome:?}") };
    let own_ns = output.value().get("own_ns").and_then(|it| it.as_number()).map_or(0.0, asl::Number::as_f64);
    whole - own_ns / 1e3
}
