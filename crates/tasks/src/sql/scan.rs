//! A plain scan of SQL text: words, quotes, comments, parameters, semicolons. It understands nothing and misses nothing.
//!
//! SQLite's lexical rules: `'…'`, `"…"`, `` `…` `` and `[…]` quote, `--` and `/* */` comment, comments do not nest, and an
//! unclosed quote or comment runs to the end.

#[cfg(test)]
mod tests;

/// One thing in a text that is neither white space nor comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword or a bare name.
    Word(&'a str),
    /// What stands between quotes of any kind; doubled quotes inside are left doubled.
    Quoted(&'a str),
    /// `:name`, without the colon.
    Named(&'a str),
    /// `?`, `?1`, `@name`, `$name`: parameters of a form that is not served.
    Foreign(&'a str),
    Semicolon,
    /// A number, or one character of anything else.
    Other(&'a str),
}

/// The tokens of `sql`, in order.
pub(crate) fn scan(sql: &str) -> Scan<'_> {
    Scan { rest: sql }
}

/// An iterator over tokens.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Scan<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let first = self.rest.chars().next()?;
        let following = self.rest[first.len_utf8()..].chars().next();
        Some(match first {
            '\'' | '"' | '`' => self.quoted(first, first),
            '[' => self.quoted('[', ']'),
            ';' => {
                self.take(1);
                Token::Semicolon
            }
            ':' if following == Some(':') => Token::Other(self.take(2)),
            ':' if following.is_some_and(is_word) => {
                self.take(1);
                Token::Named(self.take_while(is_word))
            }
            '?' => Token::Foreign(self.sigil()),
            '@' | '$' | '#' if following.is_some_and(is_word) => Token::Foreign(self.sigil()),
            c if c.is_ascii_digit() => Token::Other(self.take_while(is_word)),
            c if is_word(c) => Token::Word(self.take_while(is_word)),
            c => Token::Other(self.take(c.len_utf8())),
        })
    }
}

impl<'a> Scan<'a> {
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}', '\u{feff}']);
            let end = if self.rest.starts_with("--") {
                self.rest.find('\n').map(|at| at + 1)
            } else if let Some(body) = self.rest.strip_prefix("/*") {
                body.find("*/").map(|at| at + 4)
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

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}
