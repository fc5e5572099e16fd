//! Every key of `baton.toml`: one table that reading, overriding and documenting share.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A whole number between two bounds.
    Count {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Sections and name with dots; `*` stands for a name that the user chooses.
    pub(crate) path: &'static str,
    /// What it takes.
    pub(crate) kind: Kind,
    /// What holds without it, for people.
    #[cfg_attr(not(test), expect(dead_code, reason = "the documentation is held against it"))]
    pub(crate) default: &'static str,
}

const fn text(path: &'static str, default: &'static str) -> Key {
    Key { path, kind: Kind::Text, default }
}

const fn count(path: &'static str, default: &'static str, min: u64, max: u64) -> Key {
    Key { path, kind: Kind::Count { min, max }, default }
}

const fn flag(path: &'static str, default: &'static str) -> Key {
    Key { path, kind: Kind::Flag, default }
}

/// The table.
pub(crate) const KEYS: &[Key] = &[
    text("data.folder", "`.baton`"),
    text("account.id", "`000000000000`"),
    text("account.region", "`us-east-1`"),
    count("limits.payload_bytes", "262144", 1_024, crate::limits::PAYLOAD_BYTES_MAX),
    count("limits.tasks_running", "256", 1, 100_000),
    count("limits.events", "0 (no bound)", 0, 1_000_000_000),
    text("schemas.folder", "`schemas`"),
    text("machines.*", "none"),
    text("databases.*.url", "required"),
    Key { path: "databases.*.resource_arns", kind: Kind::Texts, default: "none" },
    count("databases.*.max_connections", "8", 1, 1_000),
    count("databases.*.statement_timeout_seconds", "30", 1, 86_400),
    count("databases.*.lock_timeout_seconds", "5", 1, 86_400),
    count("databases.*.claim_retention_days", "420", 7, 36_500),
    text("databases.*.secret", "none"),
    text("buckets.*.folder", "none"),
    text("buckets.*.url", "none"),
    text("buckets.*.region", "`account.region`"),
    text("buckets.*.endpoint", "AWS"),
    flag("buckets.*.path_style", "`false`"),
    flag("buckets.*.allow_http", "`false`"),
    text("buckets.*.access_key_id", "none"),
    text("buckets.*.secret_access_key", "none"),
    text("buckets.*.session_token", "none"),
    flag("buckets.*.anonymous", "`false`"),
    count("buckets.*.timeout_seconds", "30", 1, 86_400),
    count("buckets.*.connect_timeout_seconds", "5", 1, 3_600),
    count("buckets.*.retries", "3", 0, 100),
    Key { path: "functions.*.command", kind: Kind::Texts, default: "none" },
    text("functions.*.folder", "that of baton.toml"),
    text("functions.*.handler", "none"),
    Key { path: "functions.*.environment", kind: Kind::Texts, default: "none" },
    Key { path: "functions.*.pass_environment", kind: Kind::Texts, default: "none" },
    count("functions.*.concurrency", "10", 1, 1_000),
    flag("functions.*.throttle", "`false`"),
    count("functions.*.memory_mib", "512", 32, 1_048_576),
    count("functions.*.timeout_seconds", "60; of an `endpoint` 900", 1, 86_400),
    count("functions.*.init_timeout_seconds", "10", 1, 3_600),
    count("functions.*.idle_seconds", "600", 1, 86_400),
    text("functions.*.endpoint", "none"),
    text("functions.*.function", "NAME"),
    text("functions.*.region", "`account.region`"),
    flag("functions.*.allow_http", "`false`"),
    text("functions.*.access_key_id", "none"),
    text("functions.*.secret_access_key", "none"),
    text("functions.*.session_token", "none"),
    flag("functions.*.anonymous", "`false`"),
    count("functions.*.connect_timeout_seconds", "5", 1, 3_600),
];

impl Key {
    /// Whether its value may be, or hold, a secret, so that no message shows it.
    pub(crate) fn is_delicate(&self) -> bool {
        let name = self.path.rsplit('.').next().unwrap_or(self.path);
        matches!(
            name,
            "secret" | "url" | "endpoint" | "access_key_id" | "secret_access_key" | "session_token"
        )
    }

    /// Whether the key's path is this one.
    pub(crate) fn matches(&self, path: &[String]) -> bool {
        let mut pattern = self.path.split('.');
        path.iter().all(|part| pattern.next().is_some_and(|it| it == "*" || it == part))
            && pattern.next().is_none()
    }

    /// The names that may stand after `prefix`, if this key goes on from there.
    pub(crate) fn next_after(&self, prefix: &[String]) -> Option<&'static str> {
        let mut pattern = self.path.split('.');
        for part in prefix {
            if !pattern.next().is_some_and(|it| it == "*" || it == part) {
                return None;
            }
        }
        pattern.next()
    }
}

/// The environment variable that overrides a key: `limits.payload_bytes` is `BATON_LIMITS_PAYLOAD_BYTES`.
pub(crate) fn variable(path: &[String]) -> String {
    let mut name = String::from("BATON");
    for part in path {
        name.push('_');
        name.extend(
            part.chars().map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' }),
        );
    }
    name
}
