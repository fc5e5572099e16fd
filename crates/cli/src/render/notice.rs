//! What the engine tells whoever runs it.

use runtime::Notice;

use super::{YELLOW, line};

/// Shows a notice on standard error.
pub(crate) fn show(notice: &Notice) {
    let text = match notice {
        Notice::Quarantined { key, reason } => {
            format!("execution number {} is set aside: {reason}; the others go on", key.0)
        }
        Notice::Blocked { message } => format!("waiting for room in the store: {message}"),
        Notice::Unblocked => "the store takes commits again".to_owned(),
        Notice::Reopened { message } => {
            format!("a commit was in doubt and the store was read again: {message}")
        }
    };
    line(&format!("{YELLOW}notice{YELLOW:#}: {text}"));
}
