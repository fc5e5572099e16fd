//! `baton`: the one binary, and the only place where choices are wired.

mod config;
mod error;
mod exit;
mod files;
mod limits;
mod render;
mod schemas;
mod suggest;

fn main() {}
