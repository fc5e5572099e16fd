//! A stream to a server: TCP or a Unix socket, with TLS around it where that was agreed. It blocks, and it has deadlines.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use socket2::{SockRef, TcpKeepalive};

use super::url::{Host, TlsMode};
use crate::limits::TCP_SILENCE;

/// A connected stream.
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

/// What the operating system gives.
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

/// How TLS is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    pub(crate) mode: TlsMode,
    /// `None` where the mode asks for no TLS.
    pub(crate) config: Option<Arc<ClientConfig>>,
}

impl Stream {
    /// Connects, and agrees on TLS. Nothing takes longer than `timeout`.
    pub(crate) fn connect(host: &Host, tls: &Tls, timeout: Duration) -> Result<Self> {
        let socket = Socket::connect(host, timeout)?;
        socket.set_timeout(timeout)?;
        match (host, &tls.config) {
            // Nobody is between the two ends of a Unix socket; libpq does not encrypt it either.
            (Host::Tcp { host, .. }, Some(config)) => Self::secured(socket, host, tls.mode, config),
            (Host::Tcp { .. }, None) | (Host::Unix { .. }, _) => Ok(Self::Plain(socket)),
        }
    }

    fn secured(mut socket: Socket, host: &str, mode: TlsMode, config: &Arc<ClientConfig>) -> Result<Self> {
        let mut request = BytesMut::new();
        frontend::ssl_request(&mut request);
        socket.write_all(&request)?;
        let mut answer = [0];
        // One byte and no more: what comes with it in clear would be taken for what comes encrypted.
        socket.read_exact(&mut answer)?;
        match answer[0] {
            b'S' => {}
            b'N' if mode == TlsMode::Prefer => return Ok(Self::Plain(socket)),
            b'N' => {
                return Err(Error::other("the server does not speak TLS, which `sslmode` asks for"));
            }
            _ => {
                return Err(Error::new(
                    ErrorKind::InvalidData,
                    "the server answers the request for TLS with nonsense",
                ));
            }
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::new(ErrorKind::InvalidInput, "the host is no name that a certificate can have")
        })?;
        let connection = ClientConnection::new(Arc::clone(config), name).map_err(Error::other)?;
        let mut stream = StreamOwned::new(connection, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Whether nobody in between can listen.
    pub(crate) fn is_private(&self) -> bool {
        match self {
            Self::Tls(_) => true,
            Self::Plain(socket) => socket.is_local(),
        }
    }

    /// Whether nothing has come and the other side has not closed. Does not block.
    pub(crate) fn is_quiet(&self) -> bool {
        self.socket().is_quiet()
    }

    /// From now on no reading and no writing takes longer.
    pub(crate) fn set_timeout(&self, timeout: Duration) -> Result<()> {
        self.socket().set_timeout(timeout)
    }

    /// Another handle of the same socket, to end it from elsewhere.
    pub(crate) fn handle(&self) -> Result<Socket> {
        self.socket().try_clone()
    }

    fn socket(&self) -> &Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

impl Socket {
    fn connect(host: &Host, timeout: Duration) -> Result<Self> {
        match host {
            Host::Tcp { host, port } => {
                let mut last = Error::new(ErrorKind::NotFound, "the name has no address");
                for address in (host.as_str(), *port).to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, timeout) {
                        Ok(stream) => return tuned(stream),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
            #[cfg(unix)]
            Host::Unix { folder, port } => {
                let path = folder.join(format!(".s.PGSQL.{port}"));
                std::os::unix::net::UnixStream::connect(path).map(Self::Unix)
            }
            #[cfg(not(unix))]
            Host::Unix { .. } => Err(Error::new(ErrorKind::Unsupported, "this system has no Unix sockets")),
        }
    }

    fn is_local(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            #[cfg(unix)]
            Self::Unix(_) => true,
        }
    }

    fn set_timeout(&self, timeout: Duration) -> Result<()> {
        match self {
            Self::Tcp(stream) => {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))
            }
        }
    }

    fn try_clone(&self) -> Result<Self> {
        match self {
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
            #[cfg(unix)]
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
        }
    }

    fn is_quiet(&self) -> bool {
        let socket = match self {
            Self::Tcp(stream) => SockRef::from(stream),
            #[cfg(unix)]
            Self::Unix(stream) => SockRef::from(stream),
        };
        let mut byte = [std::mem::MaybeUninit::uninit()];
        let peeked = socket.set_nonblocking(true).and_then(|()| socket.peek(&mut byte));
        let is_restored = socket.set_nonblocking(false).is_ok();
        is_restored && peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Ends the connection under whoever is reading it.
    pub(crate) fn end(&self) {
        // One that is already gone is as good.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            #[cfg(unix)]
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

fn tuned(stream: TcpStream) -> Result<Socket> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    let keepalive = TcpKeepalive::new().with_time(TCP_SILENCE).with_interval(TCP_SILENCE / 3);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(TCP_SILENCE))?;
    Ok(Socket::Tcp(stream))
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(buffer),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Tcp(stream) => stream.flush(),
            #[cfg(unix)]
            Self::Unix(stream) => stream.flush(),
        }
    }
}
