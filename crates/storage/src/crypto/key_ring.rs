//! The ring of keys.

use std::sync::Arc;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom as _, SystemRandom},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use rats_domain::secret::Secret;
use zeroize::Zeroizing;

use super::{OpenSealedError, Place, Sealed};

/// The keys that open what is stored, the first of which seals what is new. Cloning is cheap.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<Vec<Key>>,
    random: SystemRandom,
}

struct Key {
    id: String,
    key: LessSafeKey,
}

/// Why a key setting is refused. No message holds a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error(
        "TOKEN_ENCRYPTION_KEYS is missing; expected id:base64 of 32 random bytes, as `openssl rand -base64 32` makes them"
    )]
    Missing,
    /// An entry has no id, or an id that is not 1 to 32 letters, digits, `-` or `_`.
    #[error("TOKEN_ENCRYPTION_KEYS: entry {0} must be id:base64, its id 1 to 32 letters, digits, - or _")]
    Malformed(usize),
    /// A key is not base64 of exactly 32 bytes.
    #[error("TOKEN_ENCRYPTION_KEYS: the key with id {0} must be base64 of exactly 32 bytes")]
    Length(String),
    /// Two entries have the same id.
    #[error("TOKEN_ENCRYPTION_KEYS: the id {0} stands twice")]
    Duplicate(String),
    /// A key is one byte repeated, or bytes counted up, as in an example.
    #[error("TOKEN_ENCRYPTION_KEYS: the key with id {0} is not random; make one with `openssl rand -base64 32`")]
    Guessable(String),
}

impl KeyRing {
    /// Reads `id:base64(32 bytes),id2:…`; the first key is primary.
    ///
    /// # Errors
    ///
    /// [`KeyError`] says what is wrong, without the key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.trim().is_empty() {
            return Err(KeyError::Missing);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (at, entry) in text.split(',').enumerate() {
            let key = parse_key(entry.trim(), at + 1)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyError::Duplicate(key.id));
            }
            keys.push(key);
        }
        Ok(Self { keys: Arc::new(keys), random: SystemRandom::new() })
    }

    /// The id of the key that seals what is new.
    #[must_use]
    pub fn primary(&self) -> &str {
        &self.keys[0].id
    }

    /// The ids of the other keys, which only open.
    pub(crate) fn older(&self) -> impl Iterator<Item = &str> {
        self.keys[1..].iter().map(|key| key.id.as_str())
    }

    /// Seals `secret` for `place` under the primary key, with a new random nonce.
    ///
    /// # Errors
    ///
    /// [`OpenSealedError::Altered`] if the operating system gives no randomness.
    pub fn seal(&self, secret: &Secret, place: Place<'_>) -> Result<Sealed, OpenSealedError> {
        let key = &self.keys[0];
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| OpenSealedError::Altered)?;
        let mut body = secret.expose().as_bytes().to_vec();
        key.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.to_bytes()), &mut body)
            .map_err(|_| OpenSealedError::Altered)?;
        Ok(Sealed { key: key.id.clone(), text: BASE64.encode([nonce.as_slice(), &body].concat()) })
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    ///
    /// [`OpenSealedError`] if its key is gone, or one bit of it or of its place differs.
    pub fn open(&self, sealed: &Sealed, place: Place<'_>) -> Result<Secret, OpenSealedError> {
        let key = self.keys.iter().find(|key| key.id == sealed.key).ok_or(OpenSealedError::UnknownKey)?;
        let mut bytes = Zeroizing::new(BASE64.decode(&sealed.text).map_err(|_| OpenSealedError::Altered)?);
        let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(OpenSealedError::Altered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenSealedError::Altered)?;
        let plain =
            key.key.open_in_place(nonce, Aad::from(place.to_bytes()), body).map_err(|_| OpenSealedError::Altered)?;
        std::str::from_utf8(plain).map(Secret::new).map_err(|_| OpenSealedError::Altered)
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

fn parse_key(entry: &str, number: usize) -> Result<Key, KeyError> {
    let (id, text) = entry.split_once(':').ok_or(KeyError::Malformed(number))?;
    let named = (1..=32).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !named {
        return Err(KeyError::Malformed(number));
    }
    let bytes = Zeroizing::new(BASE64.decode(text).map_err(|_| KeyError::Length(id.into()))?);
    if bytes.len() != 32 {
        return Err(KeyError::Length(id.into()));
    }
    if is_guessable(&bytes) {
        return Err(KeyError::Guessable(id.into()));
    }
    let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| KeyError::Length(id.into()))?;
    Ok(Key { id: id.into(), key: LessSafeKey::new(key) })
}

/// Whether the bytes differ from one to the next by the same amount all along: all zeros, one letter, 0, 1, 2, 3 …
fn is_guessable(bytes: &[u8]) -> bool {
    let mut steps = bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}
