//! A panic: our own bug. Said plainly, without a backtrace, and with what it means for the user.

use std::panic::PanicHookInfo;

use super::{RED, line};

/// What the process says when it panics.
pub(crate) fn report(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let what = payload
        .downcast_ref::<&str>()
        .map(|it| (*it).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    let place = info.location().map(|it| format!("{}:{}", it.file(), it.line())).unwrap_or_default();
    line(&format!("{RED}bug{RED:#}: baton met a fault of its own: {} ({place})", super::short(&what, 300)));
    line("    nothing that was acknowledged is lost; `baton resume` goes on with what is open");
    line(&format!("    please report this text and `baton version` ({})", env!("CARGO_PKG_VERSION")));
}
