//! What stands in the log, and what does not.

use std::sync::Arc;

use super::{LogFile, Stream, WorkerLog};
use crate::limits::{FUNCTION_LOG_BYTES_MAX, FUNCTION_LOG_FILE_BYTES_MAX, FUNCTION_LOG_TAIL_BYTES};

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> (Self, WorkerLog) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = WorkerLog::new(Arc::new(LogFile::new(folder.path().join("logs/f.log"))), 7);
        (Self { folder }, log)
    }

    /// The lines of a file, without their times.
    fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("logs").join(name)).unwrap_or_default();
        text.lines()
            .map(|line| line.split_once(' ').expect("a line begins with a time").1.to_owned())
            .collect()
    }
}

#[test]
fn lines_are_whole_whatever_pieces_they_came_in() {
    let (world, mut log) = World::new();
    log.begin("START");
    log.take(Stream::Stdout, b"one\ntw");
    log.take(Stream::Stderr, b"oops\n");
    log.take(Stream::Stdout, b"o\n\nthree");
    log.end("END");
    assert_eq!(world.lines("f.log"), ["7 START", "7 one", "7 oops", "7 two", "7 ", "7 three", "7 END"]);
}

#[test]
fn what_is_too_much_of_one_invocation_is_counted_and_dropped() {
    let (world, mut log) = World::new();
    log.begin("START");
    for _ in 0..3 {
        log.take(Stream::Stdout, &vec![b'x'; FUNCTION_LOG_BYTES_MAX]);
    }
    log.end("END");
    let lines = world.lines("f.log");
    let kept: usize = lines.iter().filter(|line| line.starts_with("7 x")).map(|line| line.len() - 2).sum();
    assert_eq!(kept, FUNCTION_LOG_BYTES_MAX);
    assert!(
        lines.contains(&format!("7 … {} bytes more were written and dropped", 2 * FUNCTION_LOG_BYTES_MAX))
    );
    log.begin("START");
    log.take(Stream::Stdout, b"again\n");
    assert_eq!(world.lines("f.log").last().map(String::as_str), Some("7 again"));
}

#[test]
fn the_tail_is_the_end_of_one_invocation() {
    let (_world, mut log) = World::new();
    log.begin("START 1");
    log.take(Stream::Stdout, b"before\n");
    log.begin("START 2");
    log.take(Stream::Stdout, b"now\n");
    log.end("END 2");
    assert_eq!(log.tail(), b"START 2\nnow\nEND 2\n");
    log.take(Stream::Stdout, "é".repeat(FUNCTION_LOG_TAIL_BYTES).as_bytes());
    assert!(log.tail().len() <= FUNCTION_LOG_TAIL_BYTES);
    assert!(String::from_utf8(log.tail()).is_ok());
}

#[test]
fn a_file_that_is_full_becomes_the_old_one() {
    let (world, mut log) = World::new();
    let megabyte = vec![b'y'; FUNCTION_LOG_BYTES_MAX];
    let rounds = FUNCTION_LOG_FILE_BYTES_MAX / FUNCTION_LOG_BYTES_MAX as u64 + 2;
    for _ in 0..rounds {
        log.begin("START");
        log.take(Stream::Stdout, &megabyte);
    }
    log.end("END");
    let bytes =
        |name: &str| std::fs::metadata(world.folder.path().join("logs").join(name)).map_or(0, |it| it.len());
    assert!(bytes("f.log.1") > FUNCTION_LOG_FILE_BYTES_MAX);
    assert!(bytes("f.log") > 0 && bytes("f.log") < FUNCTION_LOG_FILE_BYTES_MAX / 2);
}
