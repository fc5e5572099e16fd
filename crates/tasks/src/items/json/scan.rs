//! Where a JSON value ends: its brackets and strings are followed, nothing else is looked at.

use asl::JsonLimits;

/// Follows one value, of which the bytes come in pieces. The first byte must not be white space.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// What closes the arrays and objects that are open.
    closing: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the first byte.
    #[default]
    Start,
    /// Between strings, inside arrays and objects.
    Inside,
    /// In a number or a word that is the whole value.
    Word,
    String,
    Escape,
}

/// What a piece brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value goes on.
    More,
    /// The value ends behind so many bytes of the piece.
    End(usize),
    /// Something is wrong with so many bytes before it.
    Wrong(usize, &'static str),
}

impl Scan {
    /// Takes the next bytes.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Step {
        let mut at = 0;
        while at < piece.len() {
            let byte = piece[at];
            match self.state {
                State::String => {
                    let Some(found) = memchr::memchr2(b'"', b'\\', &piece[at..]) else { return Step::More };
                    at += found;
                    if piece[at] == b'\\' {
                        self.state = State::Escape;
                    } else if self.closing.is_empty() {
                        return Step::End(at + 1);
                    } else {
                        self.state = State::Inside;
                    }
                }
                State::Escape => self.state = State::String,
                State::Word => {
                    if matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\r' | b'\n') {
                        return Step::End(at);
                    }
                }
                State::Start | State::Inside => match byte {
                    b'"' => self.state = State::String,
                    b'[' | b'{' => {
                        if self.closing.len() >= JsonLimits::PAYLOAD.depth_max {
                            return Step::Wrong(at, "too many arrays and objects inside each other");
                        }
                        self.closing.push(if byte == b'[' { b']' } else { b'}' });
                        self.state = State::Inside;
                    }
                    b']' | b'}' => {
                        if self.closing.pop() != Some(byte) {
                            return Step::Wrong(at, "a bracket closes nothing");
                        }
                        if self.closing.is_empty() {
                            return Step::End(at + 1);
                        }
                    }
                    b',' | b':' if self.state == State::Start => {
                        return Step::Wrong(at, "a value is missing");
                    }
                    _ if self.state == State::Start => self.state = State::Word,
                    _ => {}
                },
            }
            at += 1;
        }
        Step::More
    }

    /// Whether the value may end where the text does.
    pub(super) fn may_end(&self) -> bool {
        self.state == State::Word
    }
}
