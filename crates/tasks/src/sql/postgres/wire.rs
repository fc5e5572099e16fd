//! The conversation with one backend: messages out, messages in, and the status that it reports after each exchange.
//!
//! Spec: "Frontend/Backend Protocol" of PostgreSQL, version 3.0. The bytes of messages are the crate `postgres-protocol`'s.
//! INVARIANT: what is sent is always answered up to `ReadyForQuery`, or the connection is given up; nothing is left half read.

use std::io::{ErrorKind, Read as _, Write as _};

use bytes::BytesMut;
use postgres_protocol::message::backend::{Header, Message};

use super::stream::Stream;

/// Bytes that are asked of the socket at once.
const CHUNK: usize = 16_384;
/// Bytes of a buffer that is kept from one exchange to the next.
const KEPT_BYTES_MAX: usize = 262_144;

/// The connection is gone, or what came over it cannot be understood.
#[derive(Clone, Debug)]
pub(crate) struct Lost(pub(crate) String);

/// One connection.
pub(crate) struct Wire {
    stream: Stream,
    inbox: BytesMut,
    /// What is to be sent with the next `flush`.
    pub(crate) outbox: BytesMut,
}

impl Wire {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream, inbox: BytesMut::with_capacity(CHUNK), outbox: BytesMut::with_capacity(CHUNK) }
    }

    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Sends everything that waits in the outbox.
    pub(crate) fn flush(&mut self) -> Result<(), Lost> {
        let sent = self.stream.write_all(&self.outbox).and_then(|()| self.stream.flush());
        self.outbox.clear();
        if self.outbox.capacity() > KEPT_BYTES_MAX {
            self.outbox = BytesMut::with_capacity(CHUNK);
        }
        sent.map_err(|error| Lost(format!("the connection is lost: {}", words(&error))))
    }

    /// The next message; one of more than `bytes_max` bytes is not read.
    pub(crate) fn message(&mut self, bytes_max: usize) -> Result<Message, Received> {
        loop {
            if let Some(header) = Header::parse(&self.inbox).map_err(|_| garbled())? {
                let length = usize::try_from(header.len()).map_err(|_| garbled())?;
                if length > bytes_max {
                    return Err(Received::TooLarge);
                }
                if let Some(message) = Message::parse(&mut self.inbox).map_err(|_| garbled())? {
                    return Ok(message);
                }
            }
            self.receive()?;
        }
    }

    fn receive(&mut self) -> Result<(), Received> {
        let length = self.inbox.len();
        self.inbox.resize(length + CHUNK, 0);
        let received = loop {
            match self.stream.read(&mut self.inbox[length..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.inbox.truncate(length + received.as_ref().copied().unwrap_or(0));
        match received {
            Ok(0) => Err(Received::Lost(Lost("the server closed the connection".into()))),
            Ok(_) => Ok(()),
            Err(error) => Err(Received::Lost(Lost(format!("the connection is lost: {}", words(&error))))),
        }
    }

    /// Whether something has come that nobody asked for: a server that ends idle connections says so first.
    pub(crate) fn has_unread(&self) -> bool {
        !self.inbox.is_empty()
    }
}

/// Why there is no message.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    Lost(Lost),
    TooLarge,
}

fn garbled() -> Received {
    Received::Lost(Lost("what the server sends is not PostgreSQL's protocol".into()))
}

fn words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".into(),
        ErrorKind::ConnectionReset => "the other side reset it".into(),
        ErrorKind::BrokenPipe => "the other side closed it".into(),
        _ => error.to_string(),
    }
}
