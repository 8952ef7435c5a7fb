//! RATS' tokens: JWT, HS256.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use rats_domain::{id::UserId, user::User};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use crate::WebSettings;

/// How long a token lives.
const LIFETIME: Duration = Duration::days(30);

/// The longest token that is looked at, in bytes.
const MAX_BYTES: usize = 8 * 1024;

/// Issues and checks tokens with RATS' shared secret.
pub struct Tokens {
    sign: EncodingKey,
    check: DecodingKey,
    audience: Option<String>,
    issuer: Option<String>,
}

impl Tokens {
    /// With the secret, audience and issuer of the settings.
    #[must_use]
    pub fn new(settings: &WebSettings) -> Self {
        let secret = settings.jwt_secret.expose().as_bytes();
        Self {
            sign: EncodingKey::from_secret(secret),
            check: DecodingKey::from_secret(secret),
            audience: settings.jwt_audience.clone(),
            issuer: settings.jwt_issuer.clone(),
        }
    }

    /// A token of this user for 30 days.
    ///
    /// RATS' pages decode the payload with `atob()`, which does not take base64url's `-` and `_`, so it is written such that neither occurs.
    pub fn issue(&self, user: &User, now: OffsetDateTime) -> Result<String, jsonwebtoken::errors::Error> {
        let issued = now.unix_timestamp();
        let expires = (now + LIFETIME).unix_timestamp();
        let mut claims = json!({ "id": user.id.as_str(), "username": user.username, "iat": issued, "exp": expires });
        for (name, value) in [("aud", &self.audience), ("iss", &self.issuer)] {
            if let Some(value) = value {
                claims[name] = json!(value);
            }
        }
        let payload = URL_SAFE_NO_PAD.encode(escaped(&claims.to_string()));
        let message = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#));
        let signature = crypto::sign(message.as_bytes(), &self.sign, Algorithm::HS256)?;
        Ok(format!("{message}.{signature}"))
    }

    /// Whose token it is, if it is good: HS256 alone, signed with our secret, not expired, every claim of its own type.
    #[must_use]
    pub fn verify(&self, token: &str, now: OffsetDateTime) -> Option<UserId> {
        self.verify_until(token, now).map(|(user, _)| user)
    }

    /// The same, with when the token runs out.
    #[must_use]
    pub fn verify_until(&self, token: &str, now: OffsetDateTime) -> Option<(UserId, OffsetDateTime)> {
        let (message, signature) = token.rsplit_once('.').filter(|_| token.len() <= MAX_BYTES)?;
        let (header, payload) = message.split_once('.')?;
        is_hs256(&object(header)?).then_some(())?;
        let signed = crypto::verify(signature, message.as_bytes(), &self.check, Algorithm::HS256);
        signed.ok().filter(|good| *good)?;
        let claims = object(payload)?;
        self.holds(&claims, now.unix_timestamp()).then_some(())?;
        let id = claims.get("id")?.as_str()?;
        let ends = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
        // A time that is beyond the calendar never comes.
        let ends = OffsetDateTime::from_unix_timestamp(ends).unwrap_or(now + LIFETIME);
        (1..=100).contains(&id.len()).then(|| (UserId::new(id), ends))
    }

    /// Whether the times and names of the claims hold. A claim of another type is never taken for absent.
    fn holds(&self, claims: &Map<String, Value>, now: i64) -> bool {
        let time = |name: &str| claims.get(name).map(Value::as_i64);
        let live = matches!(time("exp"), Some(Some(exp)) if exp > now);
        let begun = match time("nbf") {
            None => true,
            Some(nbf) => nbf.is_some_and(|nbf| nbf <= now),
        };
        let dated = time("iat").is_none_or(|iat| iat.is_some());
        let named = |name: &str, wanted: &Option<String>| match wanted {
            None => true,
            Some(wanted) => claims.get(name).is_some_and(|given| names(given, wanted)),
        };
        live && begun && dated && named("aud", &self.audience) && named("iss", &self.issuer)
    }
}

/// Whether a claim is this text, or a list that holds it.
fn names(given: &Value, wanted: &str) -> bool {
    match given {
        Value::Array(items) => items.iter().any(|item| item.as_str() == Some(wanted)),
        other => other.as_str() == Some(wanted),
    }
}

/// Nothing in a header may choose a key: `kid`, `jku`, `jwk`, `x5u` and whatever else is refused.
fn is_hs256(header: &Map<String, Value>) -> bool {
    header.get("alg").and_then(Value::as_str) == Some("HS256")
        && header.iter().all(|(name, value)| match name.as_str() {
            "alg" => true,
            "typ" => value.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("JWT")),
            _ => false,
        })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The JSON in ASCII, without the characters whose last six bits are 62 or 63: then base64url has neither `-` nor `_`.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for unit in json.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii).map(char::from) {
            Some(c) if !matches!(c, '>' | '?' | '~' | '\u{7f}') => escaped.push(c),
            _ => {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use rats_domain::secret::Secret;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn settings() -> WebSettings {
        WebSettings::new("http://localhost:3000".parse().unwrap(), Secret::new("a secret of at least 32 characters"))
    }

    fn user(username: &str) -> User {
        User {
            id: UserId::new("0123456789abcdef01234567"),
            email: "a@example.com".into(),
            username: username.into(),
            created_at: NOW,
        }
    }

    fn signed(header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let key = EncodingKey::from_secret(settings().jwt_secret.expose().as_bytes());
        format!("{message}.{}", crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap())
    }

    fn accepted(header: &str, claims: &str) -> bool {
        Tokens::new(&settings()).verify(&signed(header, claims), NOW).is_some()
    }

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn the_payload_can_be_read_with_atob_whatever_the_username() {
        let tokens = Tokens::new(&settings());
        for c in ('\u{20}'..'\u{250}').chain("🎂?>~漢字\u{7f}\u{fffd}".chars()) {
            for pad in ["", "x", "xx"] {
                let name = format!("{pad}{c}?{c}>~{c}");
                let token = tokens.issue(&user(&name), NOW).unwrap();
                let payload = token.split('.').nth(1).unwrap();

                assert!(!payload.contains(['-', '_']), "{name:?}");
                assert_eq!(object(payload).unwrap()["username"], json!(name));
                assert!(tokens.verify(&token, NOW).is_some());
            }
        }
    }

    #[test]
    fn sec_23_a_token_of_another_algorithm_or_with_a_key_hint_is_refused() {
        let claims = r#"{"id":"u","exp":9999999999}"#;
        assert!(accepted(HEADER, claims));
        assert!(accepted(r#"{"alg":"HS256"}"#, claims));
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"alg":"HS256","kid":"other"}"#,
            r#"{"alg":"HS256","jku":"https://evil.example/keys"}"#,
            r#"{"alg":"HS256","crit":["exp"]}"#,
            "[]",
        ] {
            assert!(!accepted(header, claims), "{header}");
        }
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims));
        assert!(Tokens::new(&settings()).verify(&unsigned, NOW).is_none());
    }

    #[test]
    fn sec_23_a_claim_of_a_wrong_type_or_time_is_refused() {
        for claims in [
            r#"{"id":"u"}"#,
            r#"{"id":"u","exp":"9999999999"}"#,
            r#"{"id":"u","exp":null}"#,
            r#"{"id":"u","exp":1}"#,
            r#"{"id":"u","exp":9999999999,"nbf":9999999998}"#,
            r#"{"id":"u","exp":9999999999,"nbf":"1"}"#,
            r#"{"id":"u","exp":9999999999,"iat":"1"}"#,
            r#"{"id":7,"exp":9999999999}"#,
            r#"{"id":"","exp":9999999999}"#,
            r#"{"exp":9999999999}"#,
        ] {
            assert!(!accepted(HEADER, claims), "{claims}");
        }
    }

    #[test]
    fn sec_23_audience_and_issuer_hold_where_they_are_set() {
        let settings = WebSettings { jwt_audience: Some("rats".into()), jwt_issuer: Some("us".into()), ..settings() };
        let tokens = Tokens::new(&settings);
        let verify = |claims| tokens.verify(&signed(HEADER, claims), NOW).is_some();

        assert!(verify(r#"{"id":"u","exp":9999999999,"aud":["x","rats"],"iss":"us"}"#));
        assert!(!verify(r#"{"id":"u","exp":9999999999,"iss":"us"}"#));
        assert!(!verify(r#"{"id":"u","exp":9999999999,"aud":"other","iss":"us"}"#));
        assert!(!verify(r#"{"id":"u","exp":9999999999,"aud":"rats","iss":"them"}"#));
        assert!(tokens.verify(&tokens.issue(&user("a"), NOW).unwrap(), NOW).is_some());
    }

    #[test]
    fn sec_23_a_changed_token_and_an_old_one_are_refused() {
        let tokens = Tokens::new(&settings());
        let token = tokens.issue(&user("a"), NOW).unwrap();

        assert!(tokens.verify(&token, NOW + Duration::days(30)).is_none());
        assert!(tokens.verify(&format!("{token}A"), NOW).is_none());
        let other = WebSettings { jwt_secret: Secret::new("another secret of 32 characters!"), ..settings() };
        assert!(Tokens::new(&other).verify(&token, NOW).is_none());
    }
}
