//! The URL of a PostgreSQL database, read strictly: what libpq would ignore is an error here.
//!
//! `postgres://user@host:port,host:port/database?sslmode=verify-full&sslrootcert=ca.pem`. Spec: "Connection URIs" of libpq.
//! A password has no place in it, and no message shows the URL: it may hold one all the same.

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments::shown;
use crate::limits::{CONNECT_TIMEOUT, HOSTS_MAX};

/// The beginnings of a URL that mean PostgreSQL.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// What may stand behind the `?`.
const KNOWN: [&str; 7] = [
    "host",
    "sslmode",
    "sslrootcert",
    "application_name",
    "connect_timeout",
    "target_session_attrs",
    "gssencmode",
];
const PORT: u16 = 5432;

/// Where a database is and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// Tried in this order, until one takes writes.
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) database: String,
    pub(crate) tls: TlsMode,
    pub(crate) root_certificates: Option<PathBuf>,
    pub(crate) application_name: String,
    pub(crate) connect_timeout: Duration,
}

/// One place where a server may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A name or an address.
    Tcp { host: String, port: u16 },
    /// The folder of a Unix socket.
    Unix { folder: PathBuf, port: u16 },
}

/// `sslmode`, as libpq has it, without `allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix { folder, port } => write!(f, "{}:{port}", folder.display()),
        }
    }
}

/// Whether a URL means PostgreSQL.
pub(crate) fn is_url(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// Reads a URL; what is wrong with it, in words that do not repeat it.
pub(crate) fn parse(url: &str) -> Result<Url, String> {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
    let rest = rest.ok_or("the URL does not start with `postgres://`")?;
    if rest.contains('#') {
        return Err("the URL has a `#`; write `%23` for it".into());
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains(':') {
        return Err("the URL holds a password; take it out, and refer to it by `secret`; if it was real, consider it known and change it".into());
    }
    let user = decoded(user)?;
    if user.is_empty() {
        return Err("the URL names no user; write `postgres://user@host/database`".into());
    }
    let database = match decoded(database)? {
        name if name.is_empty() => user.clone(),
        name => name,
    };
    let mut read = Url {
        hosts: Vec::new(),
        user,
        database,
        tls: TlsMode::Prefer,
        root_certificates: None,
        application_name: "baton".into(),
        connect_timeout: CONNECT_TIMEOUT,
    };
    let mut named = decoded_hosts(hosts)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        option(&mut read, &mut named, pair)?;
    }
    if named.is_empty() {
        return Err(
            "the URL names no host; write `postgres://user@host/database`, or `?host=/folder/of/socket`"
                .into(),
        );
    }
    if named.len() > HOSTS_MAX {
        return Err(format!("the URL names {} hosts, at most {HOSTS_MAX} are tried", named.len()));
    }
    read.hosts = named;
    if read.tls == TlsMode::Require && read.root_certificates.is_some() {
        // As libpq has it: who names a root wants it looked at.
        read.tls = TlsMode::VerifyCa;
    }
    Ok(read)
}

fn option(read: &mut Url, hosts: &mut Vec<Host>, pair: &str) -> Result<(), String> {
    let (key, value) = pair.split_once('=').ok_or("an option of the URL has no `=`")?;
    let value = decoded(value)?;
    match key {
        "host" => *hosts = decoded_hosts(&value)?,
        "sslmode" => read.tls = tls_mode(&value)?,
        "sslrootcert" if value == "system" => read.root_certificates = None,
        "sslrootcert" => read.root_certificates = Some(value.into()),
        "application_name" => read.application_name = value,
        "connect_timeout" => {
            let seconds = value.parse().ok().filter(|seconds| (1..=600).contains(seconds));
            let seconds = seconds.ok_or("`connect_timeout` is a number of seconds from 1 to 600")?;
            read.connect_timeout = Duration::from_secs(seconds);
        }
        // Nothing but a server that takes writes is ever used.
        "target_session_attrs" if matches!(&*value, "read-write" | "primary") => {}
        "target_session_attrs" => {
            return Err(
                "`target_session_attrs` is `read-write`, in any case: a task is never run on a standby"
                    .into(),
            );
        }
        "gssencmode" if value == "disable" => {}
        "gssencmode" => return Err("`gssencmode` is `disable`: GSS encryption is not served".into()),
        "password" => {
            return Err("the URL holds a password; take it out, and refer to it by `secret`; if it was real, consider it known and change it".into());
        }
        other => {
            let known = KNOWN.map(|name| format!("`{name}`")).join(", ");
            return Err(format!("`{}` is no option of the URL; known are {known}", shown(other)));
        }
    }
    Ok(())
}

fn tls_mode(value: &str) -> Result<TlsMode, String> {
    Ok(match value {
        "disable" => TlsMode::Disable,
        "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        other => {
            return Err(format!(
                "`sslmode` is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, not `{}`",
                shown(other)
            ));
        }
    })
}

fn decoded_hosts(text: &str) -> Result<Vec<Host>, String> {
    text.split(',').filter(|host| !host.is_empty()).map(host).collect()
}

fn host(text: &str) -> Result<Host, String> {
    let bad_port = || "a port is a number from 1 to 65535".to_owned();
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or("an address with `[` needs a `]`")?;
            (address, rest.strip_prefix(':'))
        }
        None => match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or_else(bad_port)?,
        None => PORT,
    };
    let name = decoded(name)?;
    match name.as_str() {
        "" => Err("a host has no name".into()),
        folder if folder.starts_with('/') => Ok(Host::Unix { folder: folder.into(), port }),
        _ => Ok(Host::Tcp { host: name, port }),
    }
}

/// The text with its `%20` and their like undone.
fn decoded(text: &str) -> Result<String, String> {
    let bad = || "a `%` of the URL is not followed by two hexadecimal digits".to_owned();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = tail;
            continue;
        }
        let digits =
            tail.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).ok_or_else(bad)?;
        let digits = std::str::from_utf8(digits).map_err(|_| bad())?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| bad())?);
        rest = &tail[2..];
    }
    let text = String::from_utf8(bytes).map_err(|_| "the URL is not UTF-8".to_owned())?;
    if text.contains('\0') { Err("the URL has a NUL character".into()) } else { Ok(text) }
}
