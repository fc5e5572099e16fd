-- One row for each state entry whose effect on this database is decided, or being decided.
CREATE TABLE IF NOT EXISTS baton_claim (
    key           bytea  NOT NULL PRIMARY KEY CHECK (octet_length(key) = 32),
    attempt       bigint NOT NULL CHECK (attempt >= 1),
    sql_hash      bytea  NOT NULL CHECK (octet_length(sql_hash) = 32),
    state         text            CHECK (state IN ('committed', 'aborted')), -- NULL inside the transaction only
    outcome       text,                                                      -- JSON, of what is committed
    execution_arn text   NOT NULL,
    state_name    text   NOT NULL,
    at            bigint NOT NULL                                            -- milliseconds since the Unix epoch
);
