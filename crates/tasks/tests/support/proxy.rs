//! A proxy between the runner and PostgreSQL that knows enough of the protocol to find COMMIT, and does harm there.
//!
//! It reads the client's messages whole, holds them until the client waits for an answer, and then does what the plan says:
//! passes them on, cuts the connection before or after passing them on, passes them on late, or lets both sides freeze.

use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What happens to one batch of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Pass,
    /// The client's connection ends, and the server never hears of the batch.
    CutBefore,
    /// The server gets the batch, the client gets no answer.
    CutAfter,
    /// The client's connection ends, and the server gets the batch a while later.
    CutThenLate(Duration),
    /// Nothing moves in either direction for a while.
    Freeze(Duration),
}

/// Decides about each batch; whether it has a COMMIT in it is the argument.
pub(crate) type Plan = Arc<dyn Fn(bool) -> Act + Send + Sync>;

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) commits: AtomicU64,
    pub(crate) cut_before: AtomicU64,
    pub(crate) cut_after: AtomicU64,
    pub(crate) cut_then_late: AtomicU64,
    pub(crate) frozen: AtomicU64,
    pub(crate) cut_elsewhere: AtomicU64,
    /// COMMITs that the server was seen to carry out while the client was gone.
    pub(crate) committed_unseen: AtomicU64,
}

/// A proxy. It listens until the process ends.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    pub(crate) counts: Arc<Counts>,
}

impl Proxy {
    pub(crate) fn start(server_port: u16, plan: Plan) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (plan, counts) = (Arc::clone(&plan), Arc::clone(&counted));
                std::thread::spawn(move || {
                    // A connection that ends is what a proxy is for.
                    let _ = serve(client, server_port, &plan, &counts);
                });
            }
        });
        Self { port, counts }
    }
}

/// What both directions of one connection know.
struct Line {
    client: TcpStream,
    is_withheld: AtomicBool,
    frozen_until: Mutex<Option<Instant>>,
    counts: Arc<Counts>,
    /// A COMMIT whose answer the client will not see.
    is_commit_open: AtomicBool,
}

fn serve(mut client: TcpStream, server_port: u16, plan: &Plan, counts: &Arc<Counts>) -> Result<()> {
    client.set_nodelay(true)?;
    let mut server = TcpStream::connect(("127.0.0.1", server_port))?;
    server.set_nodelay(true)?;
    let greeting = first_packet(&mut client)?;
    server.write_all(&greeting)?;
    let line = Arc::new(Line {
        client: client.try_clone()?,
        is_withheld: AtomicBool::new(false),
        frozen_until: Mutex::new(None),
        counts: Arc::clone(counts),
        is_commit_open: AtomicBool::new(false),
    });
    let (answering, answers) = (Arc::clone(&line), server.try_clone()?);
    let relay = std::thread::spawn(move || answering.relay(answers));
    let ended = line.listen(&mut client, &mut server, plan);
    let _ = server.shutdown(Shutdown::Write);
    let _ = relay.join();
    let _ = client.shutdown(Shutdown::Both);
    ended
}

impl Line {
    /// From the client to the server, a batch at a time.
    fn listen(&self, client: &mut TcpStream, server: &mut TcpStream, plan: &Plan) -> Result<()> {
        let (mut batch, mut is_commit) = (Vec::new(), false);
        loop {
            let message = message(client)?;
            is_commit |= is_commit_message(&message);
            let ends = matches!(message[0], b'S' | b'Q' | b'H' | b'p' | b'X');
            batch.extend_from_slice(&message);
            if !ends {
                continue;
            }
            self.counts.commits.fetch_add(u64::from(is_commit), Ordering::SeqCst);
            let act = plan(is_commit);
            self.count(act, is_commit);
            match act {
                Act::Pass => server.write_all(&batch)?,
                Act::CutBefore => return self.client.shutdown(Shutdown::Both),
                Act::CutAfter => {
                    self.withhold(is_commit);
                    return server.write_all(&batch);
                }
                Act::CutThenLate(delay) => {
                    self.withhold(is_commit);
                    std::thread::sleep(delay);
                    return server.write_all(&batch);
                }
                Act::Freeze(duration) => {
                    *self.frozen_until.lock().expect("no panic") = Some(Instant::now() + duration);
                    std::thread::sleep(duration);
                    server.write_all(&batch)?;
                }
            }
            (batch, is_commit) = (Vec::new(), false);
        }
    }

    fn withhold(&self, is_commit: bool) {
        self.is_commit_open.store(is_commit, Ordering::SeqCst);
        self.is_withheld.store(true, Ordering::SeqCst);
        let _ = self.client.shutdown(Shutdown::Both);
    }

    fn count(&self, act: Act, is_commit: bool) {
        let counts = &self.counts;
        let counter = match (act, is_commit) {
            (Act::Pass, _) => return,
            (Act::Freeze(_), _) => &counts.frozen,
            (_, false) => &counts.cut_elsewhere,
            (Act::CutBefore, true) => &counts.cut_before,
            (Act::CutAfter, true) => &counts.cut_after,
            (Act::CutThenLate(_), true) => &counts.cut_then_late,
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }

    /// From the server to the client; read to the end in any case, so that the server is never stopped by us.
    fn relay(&self, mut server: TcpStream) {
        let mut client = self.client.try_clone().expect("a handle");
        let (mut buffer, mut unseen) = (vec![0; 65_536], Vec::new());
        while let Ok(count @ 1..) = server.read(&mut buffer) {
            let until = *self.frozen_until.lock().expect("no panic");
            if let Some(rest) = until.and_then(|until| until.checked_duration_since(Instant::now())) {
                std::thread::sleep(rest);
            }
            if self.is_withheld.load(Ordering::SeqCst) {
                unseen.extend_from_slice(&buffer[..count]);
            } else if client.write_all(&buffer[..count]).is_err() {
                self.is_withheld.store(true, Ordering::SeqCst);
            }
        }
        let has_committed = unseen.windows(12).any(|bytes| bytes == b"C\0\0\0\x0bCOMMIT\0");
        if has_committed && self.is_commit_open.load(Ordering::SeqCst) {
            self.counts.committed_unseen.fetch_add(1, Ordering::SeqCst);
        }
        let _ = self.client.shutdown(Shutdown::Both);
    }
}

/// The packet that a connection begins with has no tag.
fn first_packet(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut packet = length.to_vec();
    packet.resize(u32::from_be_bytes(length) as usize, 0);
    stream.read_exact(&mut packet[4..])?;
    Ok(packet)
}

fn message(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut header = [0; 5];
    stream.read_exact(&mut header)?;
    let length = u32::from_be_bytes([header[1], header[2], header[3], header[4]]) as usize;
    let mut message = header.to_vec();
    message.resize(1 + length, 0);
    stream.read_exact(&mut message[5..])?;
    Ok(message)
}

/// `COMMIT` as a text, or as the prepared statement of that name.
fn is_commit_message(message: &[u8]) -> bool {
    let body = &message[5..];
    match message[0] {
        b'Q' => body == b"COMMIT\0",
        b'B' => body.split(|byte| *byte == 0).nth(1) == Some(b"commit".as_slice()),
        _ => false,
    }
}
