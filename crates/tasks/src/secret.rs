//! A secret: a text that shows itself to nobody who did not ask for it by name.

#[cfg(test)]
mod tests;

use std::sync::Arc;

/// A password or a token. It has no `Display`, and its `Debug` says nothing about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes a secret text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself: to be handed to the one who needs it, and to nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Where a secret comes from, so that it can be asked for again after it was changed.
#[derive(Clone)]
pub struct SecretSource(Arc<dyn Fn() -> Option<Secret> + Send + Sync>);

impl SecretSource {
    /// A source that is asked each time: `None` where there is no secret at this moment.
    pub fn new(read: impl Fn() -> Option<Secret> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A secret that never changes.
    pub fn fixed(secret: Secret) -> Self {
        Self::new(move || Some(secret.clone()))
    }

    /// The secret as it is now.
    pub fn read(&self) -> Option<Secret> {
        (self.0)()
    }
}

impl std::fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretSource(redacted)")
    }
}
