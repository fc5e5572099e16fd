-- The tables of a store, format 3. Keys ascend, so that a group commit touches few pages; see docs/internals/records.md.

-- What is true of the whole store: `engine_id`.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE machines (
    key INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE
) STRICT;

-- `content` is sealed: format, checksum, fields. `digest` makes the same revision the same row.
CREATE TABLE revisions (
    key     INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL,
    digest  BLOB NOT NULL UNIQUE,
    content BLOB NOT NULL
) STRICT;

-- One row an execution. `status`: 0 running, 1 succeeded, 2 failed, 3 timed out, 4 aborted. Instants: Unix milliseconds.
-- `arn` is null where machine and name say it; `named` is 0 where the name is the text of the id.
-- `origin_crc` covers what never changes, `state_crc` what does (CRC32C). `content` is the record of the first activation if
-- nothing was owed after it: most executions are one row. It stands last, so that nobody reads it on the way to the others.
CREATE TABLE executions (
    key         INTEGER PRIMARY KEY,
    machine     INTEGER NOT NULL,
    name        TEXT NOT NULL,
    named       INTEGER NOT NULL,
    id          BLOB NOT NULL,
    arn         TEXT,
    revision    INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    started_by  TEXT NOT NULL,
    origin_crc  INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    settled     INTEGER NOT NULL,
    closed_at   INTEGER,
    activations INTEGER NOT NULL,
    quarantine  TEXT,
    state_crc   INTEGER NOT NULL,
    content     BLOB
) STRICT;

CREATE UNIQUE INDEX executions_by_name ON executions (machine, name);
-- The other indexes are partial: the usual execution (generated name, usual ARN, done at once) is in none of them.
CREATE INDEX executions_by_id ON executions (id) WHERE named = 1;
CREATE INDEX executions_by_arn ON executions (arn) WHERE arn IS NOT NULL;
CREATE INDEX executions_unsettled ON executions (key) WHERE settled = 0;
CREATE INDEX executions_not_well ON executions (key) WHERE status >= 2;

-- What happened: one row an activation that does not stand with its execution. The record carries its own checksums.
CREATE TABLE records (
    execution  INTEGER NOT NULL,
    activation INTEGER NOT NULL,
    content    BLOB NOT NULL,
    PRIMARY KEY (execution, activation)
) STRICT, WITHOUT ROWID;

-- An index of the events: timers that are set. `held` is 1 while the execution is set aside.
CREATE TABLE timers (
    execution INTEGER NOT NULL,
    timer     INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    held      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (execution, timer)
) STRICT, WITHOUT ROWID;

CREATE INDEX timers_due ON timers (due_at, execution, timer) WHERE held = 0;

-- Map Runs, which their drivers write anew as they go on. `content` is sealed: format, checksum, fields.
CREATE TABLE map_runs (
    key       INTEGER PRIMARY KEY,
    arn       TEXT NOT NULL UNIQUE,
    execution INTEGER NOT NULL,
    content   BLOB NOT NULL
) STRICT;

CREATE INDEX map_runs_of ON map_runs (execution, key);
