//! Thrift's compact protocol, as far as it takes to look at a header before somebody believes it.
//!
//! Spec: "Thrift Compact Protocol", of Apache Thrift. Nothing is kept; whoever calls takes the fields it knows.

/// Structures inside each other that are followed.
const DEPTH_MAX: usize = 16;

/// The types of fields that are looked at by name.
pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Bytes, and a place in them. Every answer is `None` when they end too early or are no such thing.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A signed number.
    pub(super) fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The type and the length of a list.
    pub(super) fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((head & 0x0f, length))
    }

    /// Goes through a structure: `take` is shown each field, and passed over is what it does not take.
    pub(super) fn fields(&mut self, take: &mut dyn FnMut(&mut Self, i64, u8) -> Option<bool>) -> Option<()> {
        let mut id = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = if head >> 4 == 0 { self.number()? } else { id + i64::from(head >> 4) };
            let kind = head & 0x0f;
            if !take(self, id, kind)? {
                self.pass_over(kind, false, 0)?;
            }
        }
    }

    /// Passes over a value. Recursion is bounded by `DEPTH_MAX`.
    fn pass_over(&mut self, kind: u8, is_element: bool, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match kind {
            // A boolean field is its own type; an element is a byte.
            1 | 2 if !is_element => {}
            1..=3 => self.advance(1)?,
            4..=6 => {
                self.varint()?;
            }
            7 => self.advance(8)?,
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.advance(length)?;
            }
            9 | 10 => {
                let (kind, length) = self.list()?;
                for _ in 0..length {
                    self.pass_over(kind, true, depth + 1)?;
                }
            }
            11 => self.map(depth)?,
            STRUCT => self.structure(depth)?,
            _ => return None,
        }
        Some(())
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        let length = self.varint()?;
        if length > 0 {
            let kinds = self.byte()?;
            for _ in 0..length {
                self.pass_over(kinds >> 4, true, depth + 1)?;
                self.pass_over(kinds & 0x0f, true, depth + 1)?;
            }
        }
        Some(())
    }

    fn structure(&mut self, depth: usize) -> Option<()> {
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            if head >> 4 == 0 {
                self.number()?;
            }
            self.pass_over(head & 0x0f, false, depth + 1)?;
        }
    }

    fn advance(&mut self, length: usize) -> Option<()> {
        self.at = self.at.checked_add(length).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }
}
