//! What services of AWS's kind have in common: who asks, and where they are.

use tasks::S3Credentials;

use super::Reader;

/// It is wrong, and that has been reported.
pub(super) struct Reported;

impl Reader<'_> {
    /// The region of a table, or of the account.
    pub(super) fn region(&self, key: &str) -> String {
        let own = self.text(key).or_else(|| self.text("account.region"));
        own.unwrap_or_else(|| asl::arn::Installation::default().region.to_string())
    }

    /// Whether it stands there, right or wrong.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.value(key).is_some() || self.is_reported(key)
    }

    /// Refuses the first of `fields` that stands in `table`, where it means nothing.
    pub(super) fn of_no_use(
        &mut self,
        table: &str,
        fields: &[&str],
        whom: &str,
        hint: &str,
    ) -> Result<(), Reported> {
        let mut given = fields.iter().map(|field| format!("{table}.{field}"));
        let Some(key) = given.find(|key| self.value(key).is_some()) else { return Ok(()) };
        self.refuse(&key, format!("`{key}` is of no use to {whom}"), Some(hint.into()));
        Err(Reported)
    }

    /// `None` for requests that are not signed.
    pub(super) fn credentials(&mut self, table: &str) -> Result<Option<S3Credentials>, Reported> {
        let key = |field: &str| format!("{table}.{field}");
        let fields = ["access_key_id", "secret_access_key", "session_token"];
        if self.flag(&key("anonymous")) {
            let Some(field) = fields.into_iter().find(|field| self.is_given(&key(field))) else {
                return Ok(None);
            };
            let message = format!("`{table}` is `anonymous` and has `{field}`");
            self.refuse(&key(field), message, Some("leave one of them out".into()));
            return Err(Reported);
        }
        if self.is_reported(&key("anonymous")) {
            return Err(Reported);
        }
        if let Some(field) = fields[..2].iter().find(|field| !self.is_given(&key(field))) {
            let hint = "write `access_key_id` and `secret_access_key` as `env:NAME` or `file:PATH`; or `anonymous = true`, \
                        if it is open to everybody";
            let message = format!("`{table}` needs `{field}`");
            self.refuse(table, message, Some(hint.into()));
            return Err(Reported);
        }
        // All three are looked at, so that everything that is wrong is said at once.
        let [id, secret, token] =
            fields.map(|field| self.secret(&key(field)).and_then(|source| source.read()));
        let is_wrong = fields.iter().any(|field| self.is_reported(&key(field)));
        match (id, secret) {
            (Some(access_key_id), Some(secret_access_key)) if !is_wrong => {
                Ok(Some(S3Credentials { access_key_id, secret_access_key, session_token: token }))
            }
            _ => Err(Reported),
        }
    }

    /// `None` for AWS itself.
    pub(super) fn endpoint(&mut self, key: &str, allow_http: bool) -> Result<Option<String>, Reported> {
        let Some(endpoint) = self.text(key) else { return Ok(None) };
        let rest = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        let is_host = |it: char| it.is_ascii_alphanumeric() || ".-_:[]/".contains(it);
        let problem = match rest.map(|rest| rest.trim_end_matches('/')) {
            None => "is a URL that begins with `https://` or `http://`",
            Some(rest) if rest.is_empty() || !rest.chars().all(is_host) => {
                "is a scheme, a host and perhaps a port, without user or query"
            }
            Some(_) if endpoint.starts_with("http://") && !allow_http => {
                "is not encrypted; if that is meant, set `allow_http = true`"
            }
            Some(_) => return Ok(Some(endpoint)),
        };
        let hint = "for example `https://minio.example:9000`";
        self.refuse(key, format!("`{key}` {problem}"), Some(hint.into()));
        Err(Reported)
    }
}
