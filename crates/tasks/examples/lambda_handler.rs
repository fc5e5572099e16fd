//! A handler as a user of Rust would write it for AWS Lambda: nothing in here knows where it runs. The tests of functions run it.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handler)).await
}

async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = event;
    match payload["do"].as_str() {
        Some("raise") => Err("no".into()),
        Some("panic") => panic!("what a handler should not do"),
        Some("context") => Ok(json!({
            "arn": context.invoked_function_arn,
            "name": context.env_config.function_name,
            "memory": context.env_config.memory,
            "id": context.request_id.len(),
        })),
        _ => Ok(payload),
    }
}
