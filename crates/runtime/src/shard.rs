//! The rules: one shard of executions, its commits and what they release.
