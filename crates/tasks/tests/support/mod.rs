//! Servers that the tests start themselves, on loopback, each ended with its value.

pub mod s3_server;
pub mod scripted;
