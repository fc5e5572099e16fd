//! The bytes of an object, in order, for a thread that may wait.

use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;

use asl::Failure;
use bytes::{Buf as _, Bytes};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::limits::OBJECT_PIECE_BYTES;
use crate::objects::Pieces;

/// Reads an object from its beginning to its end. Of a service, the next piece is on its way while one is read.
pub(super) struct Input {
    pieces: Pieces,
    runtime: Handle,
    /// Bytes that have been read or asked for.
    at: u64,
    piece: Bytes,
    ahead: Option<JoinHandle<Result<Bytes, Failure>>>,
}

impl Input {
    pub(super) fn new(pieces: Pieces, runtime: Handle) -> Self {
        Self { pieces, runtime, at: 0, piece: Bytes::new(), ahead: None }
    }

    /// Sends for the next piece, if there is one.
    fn send_ahead(&mut self) -> Option<JoinHandle<Result<Bytes, Failure>>> {
        let end = self.pieces.size_bytes().min(self.at.saturating_add(OBJECT_PIECE_BYTES));
        if self.at >= end {
            return None;
        }
        let (pieces, range) = (self.pieces.clone(), self.at..end);
        self.at = end;
        Some(self.runtime.spawn(async move { pieces.read(range).await }))
    }

    fn next_piece(&mut self) -> io::Result<Bytes> {
        let Some(asked) = self.ahead.take().or_else(|| self.send_ahead()) else { return Ok(Bytes::new()) };
        self.ahead = self.send_ahead();
        match self.runtime.block_on(asked) {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(failure)) => Err(io::Error::other(failure.cause.as_deref().unwrap_or("").to_owned())),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(io::Error::other("the engine is ending")),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(file) = self.pieces.file() {
            let read = file.read_at(buffer, self.at)?;
            self.at += read as u64;
            return Ok(read);
        }
        if self.piece.is_empty() {
            self.piece = self.next_piece()?;
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let Some(asked) = self.ahead.take() {
            asked.abort();
        }
    }
}
