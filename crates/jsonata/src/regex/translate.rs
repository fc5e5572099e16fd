//! JavaScript's pattern syntax into that of the crate `regex`.

use std::iter::Peekable;
use std::str::Chars;

/// What JavaScript takes for white space.
const SPACE: &str =
    r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
/// What `.` does not match.
const LINE_ENDS: &str = r"\n\r\u{2028}\u{2029}";

/// The pattern in the other syntax, or why there is none.
pub(super) fn translate(source: &str) -> Result<String, String> {
    let mut translator = Translator { rest: source.chars().peekable(), out: String::new() };
    while let Some(next) = translator.rest.next() {
        translator.item(next)?;
    }
    Ok(translator.out)
}

struct Translator<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
}

impl Translator<'_> {
    fn item(&mut self, next: char) -> Result<(), String> {
        match next {
            '\\' => self.escape(false),
            '[' => self.class(),
            '(' => self.group(),
            '.' => {
                self.out.extend(["[^", LINE_ENDS, "]"]);
                Ok(())
            }
            '{' => {
                self.brace();
                Ok(())
            }
            '}' | ']' => {
                self.out.push('\\');
                self.out.push(next);
                Ok(())
            }
            _ => {
                self.out.push(next);
                Ok(())
            }
        }
    }

    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('?') {
            return Ok(());
        }
        match (ahead.next(), ahead.next()) {
            (Some('='), _) => Err("look-ahead `(?=…)` is not supported".to_owned()),
            (Some('!'), _) => Err("negative look-ahead `(?!…)` is not supported".to_owned()),
            (Some('<'), Some('=' | '!')) => Err("look-behind `(?<=…)` is not supported".to_owned()),
            (Some(':' | '<'), _) => Ok(()),
            _ => Err("only `(?:…)` and `(?<name>…)` may follow `(?`".to_owned()),
        }
    }

    /// `{` starts a count only if one follows; otherwise it stands for itself.
    fn brace(&mut self) {
        let text: String = self.rest.clone().take_while(|it| *it != '}').take(24).collect();
        let has_end = self.rest.clone().nth(text.chars().count()) == Some('}');
        let (least, most) = text.split_once(',').unwrap_or((&text, "0"));
        let is_count = |it: &str| it.chars().all(|it| it.is_ascii_digit());
        if has_end && !least.is_empty() && is_count(least) && is_count(most) {
            self.out.push('{');
            self.out.push_str(&text);
            self.out.push('}');
            for _ in 0..=text.chars().count() {
                self.rest.next();
            }
        } else {
            self.out.push_str("\\{");
        }
    }

    fn class(&mut self) -> Result<(), String> {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        if self.rest.next_if_eq(&']').is_some() {
            self.out.push_str(if is_negated { r"(?s:.)" } else { r"[^\s\S]" });
            return Ok(());
        }
        self.out.push_str(if is_negated { "[^" } else { "[" });
        loop {
            match self.rest.next() {
                None => return Err("a character class has no `]`".to_owned()),
                Some(']') => break,
                Some('\\') => self.escape(true)?,
                Some(special @ ('[' | '&' | '~' | '^')) => {
                    self.out.push('\\');
                    self.out.push(special);
                }
                Some('-') if self.rest.peek() == Some(&'-') => self.out.push_str("\\-"),
                Some(other) => self.out.push(other),
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn escape(&mut self, is_in_class: bool) -> Result<(), String> {
        let Some(next) = self.rest.next() else { return Err("the pattern ends with `\\`".to_owned()) };
        let set = |text: &str| if is_in_class { text.to_owned() } else { format!("[{text}]") };
        let translated = match next {
            'd' => set("0-9"),
            'D' => r"[^0-9]".to_owned(),
            'w' => set("0-9A-Za-z_"),
            'W' => r"[^0-9A-Za-z_]".to_owned(),
            's' => set(SPACE),
            'S' => format!("[^{SPACE}]"),
            'b' if is_in_class => r"\x08".to_owned(),
            'b' => r"(?-u:\b)".to_owned(),
            'B' if !is_in_class => r"(?-u:\B)".to_owned(),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => r"\x00".to_owned(),
            '0'..='9' => return Err(format!("the back-reference `\\{next}` is not supported")),
            'k' => return Err("the back-reference `\\k` is not supported".to_owned()),
            'c' => self.control()?,
            'x' => self.code(2, next),
            'u' => self.code(4, next),
            't' | 'n' | 'r' | 'f' | 'v' => format!("\\{next}"),
            letter if letter.is_alphanumeric() => letter.to_string(),
            sign if sign.is_ascii() => format!("\\{sign}"),
            other => other.to_string(),
        };
        self.out.push_str(&translated);
        Ok(())
    }

    fn control(&mut self) -> Result<String, String> {
        let letter = self.rest.next().filter(char::is_ascii_alphabetic);
        let letter = letter.ok_or_else(|| "`\\c` needs a letter".to_owned())?;
        Ok(format!("\\x{:02X}", u32::from(letter) % 32))
    }

    /// A character by its code; without enough digits the letter stands for itself.
    fn code(&mut self, digits: usize, letter: char) -> String {
        let text: String = self.rest.clone().take(digits).collect();
        let is_code = text.len() == digits && text.chars().all(|it| it.is_ascii_hexdigit());
        if !is_code {
            return letter.to_string();
        }
        (0..digits).for_each(|_| {
            self.rest.next();
        });
        format!("\\x{{{text}}}")
    }
}
