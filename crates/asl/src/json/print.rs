//! Writing JSON: compact, keys in order, numbers with their exact text.

use super::Json;

impl Json {
    /// The compact text.
    pub fn to_text(&self) -> String {
        todo!()
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}
