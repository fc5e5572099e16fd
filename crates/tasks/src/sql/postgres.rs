//! PostgreSQL, the second dialect: how its sessions are opened.
//!
//! The driver is a conversation of our own over the messages of `postgres-protocol`, and not `tokio-postgres`, because the
//! rule needs what that driver hides (0.7.18): the tag of COMMIT, which is `ROLLBACK` where the transaction had failed; the
//! state that the server reports after every exchange; and values of every type as text, where that driver reads binary
//! forms that it must know. It blocks, as a session does: no future exists that could be dropped in the middle of an exchange.
//! Spec: "Frontend/Backend Protocol". At least PostgreSQL 13, for `pg_current_xact_id`.

mod cancel;
mod classify;
mod decode;
mod encode;
mod login;
mod session;
mod stream;
mod tls;
mod types;
mod url;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use self::url::is_url;

use self::cancel::PostgresCanceller;
use self::login::{Refusal, log_in};
use self::session::PostgresSession;
use self::stream::{Stream, Tls};
use self::url::{Host, Url};
use self::wire::Wire;
use super::config::{ConfigError, DatabaseConfig};
use super::dialect::Dialect;
use super::fault::{Class, Fault};
use super::session::{Connector, Session};
use crate::limits::{CANCEL_GRACE, IDLE_IN_TRANSACTION};
use crate::{Secret, SecretSource};

/// `server_version_num` of the oldest server that is served.
const VERSION_MIN: u32 = 130_000;

/// Opens connections to one database.
pub(crate) struct PostgresConnector {
    name: Arc<str>,
    url: Url,
    tls: Tls,
    source: Option<SecretSource>,
    /// The secret that was asked for last.
    secret: Mutex<Option<Secret>>,
    statement_timeout: Duration,
    lock_timeout: Duration,
}

/// What a server says about itself.
#[derive(Clone, Debug)]
struct Facts {
    version: u32,
    is_standby: bool,
    is_read_only: bool,
    has_claims: bool,
}

/// What is wrong with a URL, if anything is.
pub(crate) fn problem_of_url(url: &str) -> Option<String> {
    url::parse(url).err()
}

/// The role of a URL as SQL writes it.
pub(crate) fn quoted_user(url: &str) -> String {
    let user = url::parse(url).map(|url| url.user).unwrap_or_default();
    format!("\"{}\"", user.replace('"', "\"\""))
}

impl PostgresConnector {
    /// Understands the configuration; connects to nobody.
    pub(crate) fn new(config: &DatabaseConfig) -> Result<Self, ConfigError> {
        let bad = |problem| ConfigError::BadUrl { name: Arc::clone(&config.name), problem };
        let url = url::parse(&config.url).map_err(bad)?;
        let roots = url.root_certificates.as_ref().map(|file| config.folder.join(file));
        let tls = tls::config(url.tls, roots.as_deref()).map_err(bad)?;
        Ok(Self {
            name: Arc::clone(&config.name),
            tls: Tls { mode: url.tls, config: tls },
            url,
            source: config.secret.clone(),
            secret: Mutex::default(),
            statement_timeout: Duration::from_millis(config.statement_timeout_ms),
            lock_timeout: Duration::from_millis(config.lock_timeout_ms),
        })
    }

    /// The first server of the URL that takes writes.
    fn open(&self) -> Result<(PostgresSession, Facts), Fault> {
        let mut last = Fault::new(Class::ConnectionFailed, "the URL names no host");
        for host in &self.url.hosts {
            let opened = self.open_host(host).and_then(|(session, facts)| match refused(host, &facts) {
                Some(fault) => Err(fault),
                None => Ok((session, facts)),
            });
            match opened {
                Ok(opened) => return Ok(opened),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    fn open_host(&self, host: &Host) -> Result<(PostgresSession, Facts), Fault> {
        let secret = self.secret();
        let mut session = match self.log_in(host, secret.as_ref()) {
            Ok(session) => session,
            // It may have been changed since it was read.
            Err(Refusal::Credentials(fault)) => match self.fresh_secret(secret.as_ref()) {
                Some(fresh) => self.log_in(host, Some(&fresh)).map_err(Refusal::into_fault)?,
                None => return Err(fault),
            },
            Err(Refusal::Other(fault)) => return Err(fault),
        };
        let facts = self.settle(&mut session)?;
        Ok((session, facts))
    }

    fn log_in(&self, host: &Host, secret: Option<&Secret>) -> Result<PostgresSession, Refusal> {
        let unreachable = |error: std::io::Error| {
            let problem = format!("`{host}` cannot be reached: {error}");
            Refusal::Other(Fault::new(Class::ConnectionFailed, problem))
        };
        let stream = Stream::connect(host, &self.tls, self.url.connect_timeout).map_err(unreachable)?;
        let mut wire = Wire::new(stream);
        let backend = log_in(&mut wire, &self.url, secret)?;
        // Longer than anything may take: what is over its time is cancelled before.
        let timeout = self.statement_timeout + CANCEL_GRACE * 2;
        wire.stream().set_timeout(timeout).map_err(unreachable)?;
        let socket = wire.stream().handle().map_err(unreachable)?;
        let canceller = PostgresCanceller::new(host.clone(), self.tls.clone(), backend, socket);
        Ok(PostgresSession::new(wire, canceller))
    }

    /// Sets what every answer depends on, and asks what the server is.
    fn settle(&self, session: &mut PostgresSession) -> Result<Facts, Fault> {
        // Ours ends a statement first; the server's own limit is for an engine that does not live to do it.
        let statement_ms = self.statement_timeout.as_millis() + 1_000;
        let (lock_ms, idle_ms) = (self.lock_timeout.as_millis(), IDLE_IN_TRANSACTION.as_millis());
        let row = session.script(&format!(
            "SET statement_timeout = {statement_ms}; SET lock_timeout = {lock_ms}; \
             SET idle_in_transaction_session_timeout = {idle_ms}; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; \
             SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
             SET standard_conforming_strings = on; SET client_min_messages = 'warning'; \
             SELECT current_setting('server_version_num'), pg_is_in_recovery(), \
             current_setting('transaction_read_only'), to_regclass('baton_claim') IS NOT NULL"
        ))?;
        let text = |at: usize| row.get(at).and_then(Option::as_deref).unwrap_or_default();
        session.prepare_control()?;
        Ok(Facts {
            version: text(0).parse().unwrap_or(0),
            is_standby: text(1) == "t",
            is_read_only: text(2) == "on",
            has_claims: text(3) == "t",
        })
    }

    fn secret(&self) -> Option<Secret> {
        let mut secret = self.secret.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.is_none() {
            *secret = self.source.as_ref().and_then(SecretSource::read);
        }
        secret.clone()
    }

    /// The secret as it is now, if it is another one than the one that was refused.
    fn fresh_secret(&self, refused: Option<&Secret>) -> Option<Secret> {
        let fresh =
            self.source.as_ref().and_then(SecretSource::read).filter(|fresh| Some(fresh) != refused)?;
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Some(fresh)
    }
}

impl Connector for PostgresConnector {
    fn connect(&self) -> Result<Box<dyn Session>, Fault> {
        let (session, facts) = self.open()?;
        if facts.has_claims {
            return Ok(Box::new(session));
        }
        let name = &self.name;
        let problem =
            format!("the table `baton_claim` is not there, or not visible; `baton db init {name}` makes it");
        Err(Fault::new(Class::UndefinedTable, problem))
    }

    fn connect_bare(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(Box::new(self.open()?.0))
    }

    fn claim_table(&self) -> &'static str {
        include_str!("postgres/baton_claim.sql")
    }

    fn writers_max(&self) -> Option<usize> {
        None
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

impl Refusal {
    fn into_fault(self) -> Fault {
        match self {
            Self::Credentials(fault) | Self::Other(fault) => fault,
        }
    }
}

/// Why a server is not used, if it is not.
fn refused(host: &Host, facts: &Facts) -> Option<Fault> {
    let (class, problem) = if facts.is_standby {
        (Class::ReadOnlyDatabase, "is a standby, and nothing is decided by what a standby says")
    } else if facts.is_read_only {
        (Class::ReadOnlyDatabase, "takes no writes: `default_transaction_read_only` is on")
    } else if facts.version < VERSION_MIN {
        (Class::DatabaseError, "is older than PostgreSQL 13, the oldest that is served")
    } else {
        return None;
    };
    Some(Fault::new(class, format!("the server at `{host}` {problem}")))
}
