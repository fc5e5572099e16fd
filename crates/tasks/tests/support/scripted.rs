//! A server that says what it is told to, answer by answer, on a port of its own; it ends with its value.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What is done with one request.
pub enum Answer {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes again and again, until the other side has had enough.
    Endless(Vec<u8>),
    /// Nothing; the connection stays open until the server ends.
    Silence,
}

impl Answer {
    /// A whole answer of HTTP.
    pub fn http(status: &str, headers: &str, body: &str) -> Self {
        Self::Bytes(
            format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
                body.len()
            )
            .into_bytes(),
        )
    }

    /// An answer that announces more than it sends.
    pub fn torn(announced: usize, headers: &str, body: &str) -> Self {
        Self::Bytes(
            format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n{headers}\r\n{body}").into_bytes(),
        )
    }
}

pub struct Scripted {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Answers one request after the other; beyond the last answer connections are closed without a word.
    pub fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of our own");
        let address = listener.local_addr().expect("it has an address");
        let (seen, is_over) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let (theirs, over) = (seen.clone(), is_over.clone());
        let thread = std::thread::spawn(move || {
            let mut answers = answers.into_iter();
            let mut held = Vec::new();
            for stream in listener.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let Some(request) = request(&mut stream) else { continue };
                theirs.lock().expect("no test panics here").push(request);
                // Whoever asks may have gone: that is the other side's affair.
                match answers.next() {
                    None => {}
                    Some(Answer::Bytes(bytes)) => drop(stream.write_all(&bytes)),
                    Some(Answer::Endless(bytes)) => while stream.write_all(&bytes).is_ok() {},
                    Some(Answer::Silence) => held.push(stream),
                }
            }
        });
        Self { address, seen, is_over, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Heads and bodies of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("no test panics here").clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        // Wakes it up.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it does not panic");
        }
    }
}

/// One request: its head, and as much of a body as it announces.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        if let Some(head) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if bytes.len() >= head + 4 + length.unwrap_or(0_usize) {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}
