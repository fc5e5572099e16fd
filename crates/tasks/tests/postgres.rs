//! SQL tasks on a real PostgreSQL, as the engine uses them.

#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "support/server.rs"]
mod server;

mod postgres {
    mod errors;
    mod shop;
    mod tls;
    mod types;
}
