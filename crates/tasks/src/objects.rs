//! placeholder
/// x
#[derive(Debug)]
pub struct ObjectsRunner;
/// x
#[derive(Debug)]
pub struct BucketConfig;
