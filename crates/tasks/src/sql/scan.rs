//! A plain scan of SQL text: words, quotes, comments, parameters, semicolons. It understands nothing and misses nothing.
//!
//! SQLite's lexical rules: `'…'`, `"…"`, `` `…` `` and `[…]` quote, `--` and `/* */` comment, comments do not nest, and an
//! unclosed quote or comment runs to the end. PostgreSQL's: `'…'`, `"…"`, `E'…\\'…'` and `$tag$…$tag$` quote, comments nest, and
//! `?`, `@`, `#` are operators.

#[cfg(test)]
mod tests;

use super::dialect::Dialect;

/// One thing in a text that is neither white space nor comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword or a bare name.
    Word(&'a str),
    /// What stands between quotes of any kind; doubled quotes inside are left doubled.
    Quoted(&'a str),
    /// `:name`, without the colon.
    Named(&'a str),
    /// `?`, `?1`, `@name`, `$name`, `$1`: parameters of a form that is not served.
    Foreign(&'a str),
    Semicolon,
    /// A number, or one character of anything else.
    Other(&'a str),
}

/// The tokens of `sql`, in order.
pub(crate) fn scan(sql: &str, dialect: Dialect) -> Scan<'_> {
    Scan { rest: sql, length: sql.len(), dialect }
}

/// An iterator over tokens.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'a> {
    rest: &'a str,
    length: usize,
    dialect: Dialect,
}

impl<'a> Iterator for Scan<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let first = self.rest.chars().next()?;
        let following = self.rest[first.len_utf8()..].chars().next();
        Some(match self.dialect {
            Dialect::Sqlite => self.sqlite(first, following),
            Dialect::Postgres => self.postgres(first, following),
        })
    }
}

impl<'a> Scan<'a> {
    /// Where the last token ended.
    pub(crate) fn position(&self) -> usize {
        self.length - self.rest.len()
    }

    fn sqlite(&mut self, first: char, following: Option<char>) -> Token<'a> {
        match first {
            '\'' | '"' | '`' => self.quoted(first, first),
            '[' => self.quoted('[', ']'),
            ':' if following.is_some_and(is_word) => self.named(),
            '?' => Token::Foreign(self.sigil()),
            '@' | '$' | '#' if following.is_some_and(is_word) => Token::Foreign(self.sigil()),
            _ => self.common(first, following),
        }
    }

    fn postgres(&mut self, first: char, following: Option<char>) -> Token<'a> {
        match first {
            '\'' | '"' => self.quoted(first, first),
            'e' | 'E' if following == Some('\'') => {
                self.take(1);
                self.escaped()
            }
            '$' => match self.dollar_tag() {
                Some(tag) => self.dollar_quoted(tag),
                None => Token::Foreign(self.sigil()),
            },
            // A colon before a digit is the slice of an array.
            ':' if following.is_some_and(|c| is_word(c) && !c.is_ascii_digit() && c != '$') => self.named(),
            _ => self.common(first, following),
        }
    }

    fn common(&mut self, first: char, following: Option<char>) -> Token<'a> {
        match first {
            ';' => {
                self.take(1);
                Token::Semicolon
            }
            ':' if following == Some(':') => Token::Other(self.take(2)),
            c if c.is_ascii_digit() => Token::Other(self.take_while(is_word)),
            c if is_word(c) => Token::Word(self.take_while(is_word)),
            c => Token::Other(self.take(c.len_utf8())),
        }
    }

    fn named(&mut self) -> Token<'a> {
        self.take(1);
        Token::Named(self.take_while(is_word))
    }

    fn skip_blank(&mut self) {
        loop {
            self.rest = match self.dialect {
                Dialect::Sqlite => self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}', '\u{feff}']),
                Dialect::Postgres => self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']),
            };
            let end = if self.rest.starts_with("--") {
                let is_end = |c| c == '\n' || (c == '\r' && self.dialect == Dialect::Postgres);
                self.rest.find(is_end).map(|at| at + 1)
            } else if self.rest.starts_with("/*") {
                match self.dialect {
                    Dialect::Sqlite => self.rest[2..].find("*/").map(|at| at + 4),
                    Dialect::Postgres => nested_comment(self.rest),
                }
            } else {
                return;
            };
            self.take(end.unwrap_or(self.rest.len()));
        }
    }

    /// The content of a quote that begins here; only brackets cannot hold their own end doubled.
    fn quoted(&mut self, open: char, close: char) -> Token<'a> {
        let body = &self.rest[open.len_utf8()..];
        let mut from = 0;
        while let Some(at) = body[from..].find(close).map(|at| from + at) {
            if open == close && body[at + 1..].starts_with(close) {
                from = at + 2;
                continue;
            }
            self.rest = &body[at + 1..];
            return Token::Quoted(&body[..at]);
        }
        self.rest = "";
        Token::Quoted(body)
    }

    /// What stands in `E'…'`: a backslash keeps the next character from ending it.
    fn escaped(&mut self) -> Token<'a> {
        let body = &self.rest[1..];
        let bytes = body.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 2,
                b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
                b'\'' => {
                    self.rest = &body[at + 1..];
                    return Token::Quoted(&body[..at]);
                }
                _ => at += 1,
            }
        }
        self.rest = "";
        Token::Quoted(body)
    }

    /// `$tag$` or `$$`, if that is what begins here.
    fn dollar_tag(&self) -> Option<&'a str> {
        let tail = &self.rest[1..];
        let length = tail.find(|c| c == '$' || !is_word(c))?;
        let is_tag = tail[length..].starts_with('$') && !tail.starts_with(|c: char| c.is_ascii_digit());
        is_tag.then(|| &self.rest[..length + 2])
    }

    fn dollar_quoted(&mut self, tag: &str) -> Token<'a> {
        let body = &self.rest[tag.len()..];
        let (content, rest) = match body.find(tag) {
            Some(at) => (&body[..at], &body[at + tag.len()..]),
            None => (body, ""),
        };
        self.rest = rest;
        Token::Quoted(content)
    }

    fn sigil(&mut self) -> &'a str {
        let tail = &self.rest[1..];
        let length = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        self.take(1 + length)
    }

    fn take_while(&mut self, test: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !test(c)).unwrap_or(self.rest.len());
        self.take(length)
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }
}

/// Bytes of a comment that may hold comments; `None` if it does not end.
fn nested_comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => (at, depth) = (at + 2, depth + 1),
            (b'*', b'/') if depth == 1 => return Some(at + 2),
            (b'*', b'/') => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}
