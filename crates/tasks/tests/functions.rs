//! Functions: real workers under AWS's own runtime clients, the Runtime API by hand, and services that speak the Invoke API.

#![cfg(unix)]

#[path = "functions/world.rs"]
mod world;

#[path = "functions/handlers.rs"]
mod handlers;
#[path = "functions/misbehaving.rs"]
mod misbehaving;
#[path = "functions/pool.rs"]
mod pool;
#[path = "functions/remote.rs"]
mod remote;
#[path = "support/scripted.rs"]
#[expect(unreachable_pub, dead_code, reason = "the support is shared by several tests")]
mod scripted;
