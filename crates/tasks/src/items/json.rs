//! A JSON text: the elements of an array, or the members of an object, are the items.
//!
//! Only one of them is in memory at a time. `ItemsPointer` (RFC 6901) says where the array or object stands; what stands
//! around it is passed over without being kept, and without being looked at closer than its brackets and strings.

mod scan;
mod window;

use std::io::Read;
use std::sync::Arc;

use asl::json::{KeyTable, parse, parse_with_keys};
use asl::{Json, JsonLimits};

use self::window::Window;
use super::fault::Problem;
use super::form::{Decode, Decoded};
use super::json_lines::keys_of;
use crate::arguments::shown;
use crate::limits::ITEM_BYTES_MAX;

/// Reads the items of a text.
pub(super) struct JsonItems<R> {
    window: Window<R>,
    /// The arrays and objects that have been gone into, the items' own last; `true` for an object.
    inside: Vec<bool>,
    /// Whether an item has been read.
    is_begun: bool,
    keys: Option<KeyTable>,
}

impl<R: Read> JsonItems<R> {
    pub(super) fn new(source: R, pointer: Option<&str>) -> Result<Self, Problem> {
        let window = Window::new(source)?;
        let mut items = Self { window, inside: Vec::new(), is_begun: false, keys: None };
        let tokens = pointer.unwrap_or_default().split('/').skip(1);
        for token in tokens {
            let token = token.replace("~1", "/").replace("~0", "~");
            items.go_into(pointer.unwrap_or_default(), &token)?;
        }
        match items.window.peek()? {
            Some(b'[') => items.inside.push(false),
            Some(b'{') => items.inside.push(true),
            Some(_) => {
                return Err(items.window.at("the items are an array or an object, and here is neither"));
            }
            None => return Err(items.window.at("the text ends where the items were expected")),
        }
        items.window.take();
        Ok(items)
    }

    /// Goes from the value that follows to its member or element called `token`.
    fn go_into(&mut self, pointer: &str, token: &str) -> Result<(), Problem> {
        let is_object = match self.window.peek()? {
            Some(b'{') => true,
            Some(b'[') => false,
            _ => return Err(self.nothing(pointer, token)),
        };
        self.window.take();
        self.inside.push(is_object);
        let mut index = 0_u64;
        let mut is_first = true;
        while self.more(is_first)? {
            is_first = false;
            let is_it = if is_object { &*self.name()? == token } else { index.to_string() == token };
            if is_it {
                return Ok(());
            }
            self.window.pass_over()?;
            index += 1;
        }
        Err(self.nothing(pointer, token))
    }

    fn nothing(&self, pointer: &str, token: &str) -> Problem {
        self.window.at(&format!(
            "`ItemsPointer` `{}` leads to nothing: there is no `{}`",
            shown(pointer),
            shown(token)
        ))
    }

    /// Goes to the next member or element of the innermost array or object; out of it, if there is none.
    fn more(&mut self, is_first: bool) -> Result<bool, Problem> {
        let is_object = self.inside.last().copied().unwrap_or(false);
        let close = if is_object { b'}' } else { b']' };
        match self.window.peek()? {
            Some(byte) if byte == close => {
                self.window.take();
                self.inside.pop();
                Ok(false)
            }
            Some(_) if is_first => Ok(true),
            Some(b',') => {
                self.window.take();
                Ok(true)
            }
            found => Err(self.unexpected(found, if is_object { "`,` or `}`" } else { "`,` or `]`" })),
        }
    }

    fn unexpected(&self, found: Option<u8>, expected: &str) -> Problem {
        match found {
            Some(byte) => {
                let found = char::from(byte).escape_default();
                self.window.at(&format!("found `{found}`, expected {expected}"))
            }
            None => self.window.at(&format!("the text ends where {expected} was expected")),
        }
    }

    /// The name of a member, and its colon.
    fn name(&mut self) -> Result<Arc<str>, Problem> {
        if self.window.peek()? != Some(b'"') {
            let found = self.window.peek()?;
            return Err(self.unexpected(found, "a name in double quotes"));
        }
        let Json::String(name) = self.value(false)?.0 else {
            return Err(self.window.at("expected a name in double quotes"));
        };
        match self.window.peek()? {
            Some(b':') => self.window.take(),
            found => return Err(self.unexpected(found, "`:`")),
        }
        Ok(name)
    }

    /// The value that follows, and its length.
    fn value(&mut self, is_item: bool) -> Result<(Json, usize), Problem> {
        let offset = self.window.peek()?.map_or(0, |_| self.window.offset());
        let bytes = self.window.value()?;
        let limits = JsonLimits::PAYLOAD.with_bytes_max(ITEM_BYTES_MAX);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            format!("byte {}: the text is not UTF-8", offset + error.valid_up_to() as u64)
        })?;
        let value = match &self.keys {
            Some(known) if is_item => parse_with_keys(text, limits, known),
            Some(_) | None => parse(text, limits),
        };
        let value =
            value.map_err(|error| format!("byte {}: {}", offset + error.offset as u64, error.problem))?;
        Ok((value, text.len()))
    }

    /// Goes to the next item, and says whether it is a member; `None` behind the last.
    fn advance(&mut self) -> Result<Option<bool>, Problem> {
        let Some(&is_member) = self.inside.last() else { return Ok(None) };
        if self.more(!self.is_begun)? {
            self.is_begun = true;
            return Ok(Some(is_member));
        }
        self.finish()?;
        Ok(None)
    }

    /// What stands behind the items: the rest of everything around them, and the end.
    fn finish(&mut self) -> Result<(), Problem> {
        while let Some(&is_object) = self.inside.last() {
            while self.more(false)? {
                if is_object {
                    self.name()?;
                }
                self.window.pass_over()?;
            }
        }
        match self.window.peek()? {
            None => Ok(()),
            found => Err(self.unexpected(found, "the end of the text")),
        }
    }
}

impl<R: Read> Decode for JsonItems<R> {
    fn next(&mut self) -> Result<Option<Decoded>, Problem> {
        let Some(is_member) = self.advance()? else { return Ok(None) };
        let key = if is_member { Some(self.name()?) } else { None };
        let (value, bytes) = self.value(true)?;
        if self.keys.is_none() {
            self.keys = Some(keys_of(&value));
        }
        Ok(Some(Decoded { value, key, bytes }))
    }

    /// What is passed over is only followed by its brackets.
    fn pass(&mut self) -> Result<bool, Problem> {
        let Some(is_member) = self.advance()? else { return Ok(false) };
        if is_member {
            self.name()?;
        }
        self.window.pass_over()?;
        Ok(true)
    }
}
