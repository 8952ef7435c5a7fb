//! Tokens and what was allowed with them, as both connection tables keep them.

use rats_domain::connection::{Feature, Token};

use crate::{
    crypto::{KeyRing, Place, Sealed},
    moment::{micros, moment},
    trouble::Trouble,
};

/// A token as stored: its key's id, the ciphertext, when it was issued, when it ends.
pub(crate) struct SealedToken {
    pub(crate) sealed: Sealed,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

/// The place of a linked connection's token.
pub(crate) fn of_connection<'a>(id: &'a str, account: &'a str) -> Place<'a> {
    Place { table: "connection", column: "token", row: id, account }
}

/// The place of a pending connection's token.
pub(crate) fn of_pending<'a>(name_hash: &'a str, account: &'a str) -> Place<'a> {
    Place { table: "pending_connection", column: "token", row: name_hash, account }
}

pub(crate) fn seal(keys: &KeyRing, token: &Token, place: Place<'_>) -> Result<SealedToken, Trouble> {
    Ok(SealedToken {
        sealed: keys.seal(&token.secret, place).map_err(|error| Trouble::damaged(place.name(), error))?,
        issued_at: micros(token.issued_at),
        expires_at: micros(token.expires_at),
    })
}

pub(crate) fn open(keys: &KeyRing, token: &SealedToken, place: Place<'_>) -> Result<Token, Trouble> {
    Ok(Token {
        secret: keys.open(&token.sealed, place).map_err(|error| Trouble::damaged(place.name(), error))?,
        issued_at: moment(token.issued_at)?,
        expires_at: moment(token.expires_at)?,
    })
}

/// Features as one text.
pub(crate) fn words(features: &[Feature]) -> String {
    let words: Vec<&str> = features.iter().map(|feature| feature.as_str()).collect();
    words.join(" ")
}

/// Reads [`words`] back.
pub(crate) fn features(words: &str) -> Result<Vec<Feature>, Trouble> {
    words
        .split_whitespace()
        .map(|word| Feature::parse(word).ok_or_else(|| Trouble::damaged("features of a connection", "unknown word")))
        .collect()
}
