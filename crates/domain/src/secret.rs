//! A text that never shows itself.

use zeroize::Zeroize;

/// A secret text: an access token, an app secret.
///
/// It has no `Display`, no `Serialize`, and a `Debug` that shows nothing; its memory is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn sec_19_debug_shows_nothing() {
        let shown = format!("{:?} {:#?}", Secret::new("IGAAsecret"), Some(Secret::new("IGAAsecret")));

        assert!(!shown.contains("IGAA"), "{shown}");
    }
}
