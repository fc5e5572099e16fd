//! From a stream to a session that may be asked: authentication, the settings that every answer depends on, and the proof
//! that this is a server which takes writes and has the claims.

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;

use super::classify::{ServerError, connection_failed};
use super::url::Url;
use super::wire::{Lost, Received, Wire};
use crate::Secret;
use crate::limits::MESSAGE_BYTES_MAX;
use crate::sql::fault::{Class, Fault};

/// What a server says about itself at the door.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend {
    pub(crate) process_id: i32,
    pub(crate) secret_key: i32,
}

/// Why the door stayed shut.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The password, or the lack of one, is the reason: another may do.
    Credentials(Fault),
    Other(Fault),
}

impl From<Lost> for Refusal {
    fn from(lost: Lost) -> Self {
        Self::Other(connection_failed(&lost))
    }
}

impl From<Received> for Refusal {
    fn from(received: Received) -> Self {
        match received {
            Received::Lost(lost) => lost.into(),
            Received::TooLarge => Lost("the server sends more than a greeting".into()).into(),
        }
    }
}

/// Introduces us, and waits until the server is ready.
pub(crate) fn log_in(wire: &mut Wire, url: &Url, secret: Option<&Secret>) -> Result<Backend, Refusal> {
    let parameters = [
        ("user", url.user.as_str()),
        ("database", url.database.as_str()),
        ("application_name", url.application_name.as_str()),
        ("client_encoding", "UTF8"),
    ];
    frontend::startup_message(parameters, &mut wire.outbox).map_err(unsendable)?;
    wire.flush()?;
    let mut door = Door { url, secret, scram: None };
    let mut backend = Backend { process_id: 0, secret_key: 0 };
    loop {
        match wire.message(MESSAGE_BYTES_MAX)? {
            Message::AuthenticationOk | Message::ParameterStatus(_) | Message::NoticeResponse(_) => {}
            Message::BackendKeyData(body) => {
                backend = Backend { process_id: body.process_id(), secret_key: body.secret_key() };
            }
            Message::ReadyForQuery(_) => return Ok(backend),
            Message::ErrorResponse(body) => return Err(refused(&ServerError::read(&body), secret)),
            asked => door.answer(wire, asked)?,
        }
    }
}

/// Authentication under way.
struct Door<'a> {
    url: &'a Url,
    secret: Option<&'a Secret>,
    scram: Option<ScramSha256>,
}

impl Door<'_> {
    fn answer(&mut self, wire: &mut Wire, asked: Message) -> Result<(), Refusal> {
        match asked {
            Message::AuthenticationCleartextPassword if !wire.stream().is_private() => {
                return Err(other(
                    "the server wants the password in clear over a connection without TLS; set `sslmode=verify-full`",
                ));
            }
            Message::AuthenticationCleartextPassword => {
                frontend::password_message(self.password()?.as_bytes(), &mut wire.outbox)
                    .map_err(unsendable)?;
            }
            Message::AuthenticationMd5Password(body) => {
                let hash = md5_hash(self.url.user.as_bytes(), self.password()?.as_bytes(), body.salt());
                frontend::password_message(hash.as_bytes(), &mut wire.outbox).map_err(unsendable)?;
            }
            Message::AuthenticationSasl(body) => {
                let offered = body.mechanisms().any(|name| Ok(name == SCRAM_SHA_256)).map_err(unsendable)?;
                if !offered {
                    return Err(other(
                        "the server offers no SCRAM-SHA-256, which is the only SASL mechanism served",
                    ));
                }
                let scram = ScramSha256::new(self.password()?.as_bytes(), ChannelBinding::unsupported());
                frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut wire.outbox)
                    .map_err(unsendable)?;
                self.scram = Some(scram);
            }
            Message::AuthenticationSaslContinue(body) => {
                let scram = self
                    .scram
                    .as_mut()
                    .ok_or_else(|| other("the server goes on with a login that was not begun"))?;
                scram.update(body.data()).map_err(|_| other("the server's half of SCRAM makes no sense"))?;
                frontend::sasl_response(scram.message(), &mut wire.outbox).map_err(unsendable)?;
            }
            Message::AuthenticationSaslFinal(body) => {
                let scram =
                    self.scram.as_mut().ok_or_else(|| other("the server ends a login that was not begun"))?;
                // Without this proof the server may be anybody.
                scram
                    .finish(body.data())
                    .map_err(|_| other("the server does not know the password that it asked for"))?;
                return Ok(());
            }
            _ => {
                return Err(other(
                    "the server asks for a kind of login that is not served; served are SCRAM-SHA-256, MD5 and clear text over TLS",
                ));
            }
        }
        wire.flush()?;
        Ok(())
    }

    fn password(&self) -> Result<&str, Refusal> {
        self.secret.map(Secret::reveal).ok_or_else(|| {
            Refusal::Credentials(Fault::new(
                Class::AccessDenied,
                "the server wants a password, and the database is configured without `secret`",
            ))
        })
    }
}

fn refused(error: &ServerError, secret: Option<&Secret>) -> Refusal {
    let is_credential = matches!(error.sqlstate.as_str(), "28P01" | "28000");
    let mut fault = error.fault();
    if let Some(secret) = secret.map(Secret::reveal).filter(|secret| fault.message.contains(secret)) {
        fault.message = fault.message.replace(secret, "…");
    }
    if is_credential { Refusal::Credentials(fault) } else { Refusal::Other(fault) }
}

fn other(problem: &str) -> Refusal {
    Refusal::Other(Fault::new(Class::ConnectionFailed, problem))
}

fn unsendable(error: impl std::fmt::Display) -> Refusal {
    Refusal::Other(Fault::new(
        Class::ConnectionFailed,
        format!("the login cannot be put into a message: {error}"),
    ))
}

/// Asks the server to stop what the backend runs. Whether it does is seen on the other connection.
pub(crate) fn cancel(wire: &mut Wire, backend: Backend) -> Result<(), Lost> {
    let mut request = BytesMut::new();
    frontend::cancel_request(backend.process_id, backend.secret_key, &mut request);
    wire.outbox.extend_from_slice(&request);
    wire.flush()?;
    // The server closes the connection when it has passed the request on.
    let _ = wire.message(MESSAGE_BYTES_MAX);
    Ok(())
}
