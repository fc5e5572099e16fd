-- One row for each state entry whose effect on this database is decided, or being decided.
CREATE TABLE IF NOT EXISTS baton_claim (
    key           BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    attempt       INTEGER NOT NULL CHECK (attempt >= 1),
    sql_hash      BLOB    NOT NULL CHECK (length(sql_hash) = 32),
    state         TEXT             CHECK (state IN ('committed', 'aborted')), -- NULL inside the transaction only
    outcome       TEXT,                                                       -- JSON, of what is committed
    execution_arn TEXT    NOT NULL,
    state_name    TEXT    NOT NULL,
    at            INTEGER NOT NULL                                            -- milliseconds since the Unix epoch
) STRICT;
