//! Request bodies: JSON objects of bounded size and depth.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    web::{Bytes, Data, Payload},
};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};

use crate::Api;

use super::{
    json,
    members::Members,
    problem::{Fault, Problem},
};

/// The largest JSON body, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// The deepest nesting of a JSON body.
const MAX_DEPTH: usize = 32;

/// A JSON object that arrived, with what tells it from another.
pub(crate) struct JsonBody {
    object: Map<String, Value>,
}

impl JsonBody {
    /// Reads the request's body.
    ///
    /// # Errors
    ///
    /// 413 beyond the limit, 415 for another kind or compressed, 400 for what is not an object or names a member twice.
    pub(crate) async fn read(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let bytes = bytes(request, payload, MAX_BYTES).await?;
        check_kind(request)?;
        Self::parse(&bytes)
    }

    /// Reads a body that may be left out or be an empty object.
    pub(crate) async fn read_optional(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let bytes = bytes(request, payload, MAX_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self { object: Map::new() });
        }
        check_kind(request)?;
        Self::parse(&bytes)
    }

    /// What a form of ours says, as if it had been sent.
    pub(crate) fn of(object: Map<String, Value>) -> Self {
        Self { object }
    }

    /// The members, to be read.
    pub(crate) fn members(self) -> Members {
        Members::new(self.object)
    }

    /// The body as text with sorted members: what the same request always gives.
    pub(crate) fn canonical(&self) -> String {
        serde_json::to_string(&self.object).unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if depth(bytes) > MAX_DEPTH {
            return Err(Problem::bad_request(format!(
                "The JSON is nested too deeply; at most {MAX_DEPTH} levels are read."
            )));
        }
        match json::read(bytes) {
            Ok((Value::Object(object), repeated)) if repeated.is_empty() => Ok(Self { object }),
            Ok((Value::Object(_), repeated)) => {
                Err(Problem::invalid(repeated.iter().map(|name| given_twice(name)).collect()))
            }
            Ok(_) => Err(Problem::bad_request("The body must be a JSON object, in braces.")),
            Err(error) => Err(Problem::bad_request(format!(
                "The body is not valid JSON (line {}, column {}).",
                error.line(),
                error.column()
            ))),
        }
    }
}

/// Whichever was meant, the other one would be ignored.
fn given_twice(name: &str) -> Fault {
    let shown: String = name.chars().take(60).collect();
    Fault::new(&shown, format!("`{shown}` is given twice. Give it once."))
}

/// Refuses a body that is compressed: nothing here is large enough to gain by it, and what is small may unfold to anything.
pub(crate) fn refuse_compressed(request: &HttpRequest) -> Result<(), Problem> {
    let mut codings = request.headers().get_all(header::CONTENT_ENCODING);
    let plain = codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if plain { Ok(()) } else { Err(Problem::compressed()) }
}

fn check_kind(request: &HttpRequest) -> Result<(), Problem> {
    refuse_compressed(request)?;
    if is_json(request) { Ok(()) } else { Err(Problem::unsupported_media_type("application/json")) }
}

/// The body, if it arrives in time and is no larger than `most` bytes.
pub(crate) async fn bytes(request: &HttpRequest, payload: Payload, most: usize) -> Result<Bytes, Problem> {
    in_time(request, whole(payload, most)).await?
}

/// What arrives in time: what trickles in would hold its connection for ever.
pub(crate) async fn in_time<T>(request: &HttpRequest, arrival: impl Future<Output = T>) -> Result<T, Problem> {
    let patience = request.app_data::<Data<Api>>().map_or(Duration::ZERO, |api| api.settings().body_timeout);
    let late = |_| Problem::bad_request("The body did not arrive in time.").with_status(StatusCode::REQUEST_TIMEOUT);
    tokio::time::timeout(patience, arrival).await.map_err(late)
}

async fn whole(mut payload: Payload, most: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("The body did not arrive whole."))?;
        if bytes.len() + chunk.len() > most {
            return Err(Problem::too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json")
}

/// How deep brackets nest outside of strings, before anything is parsed.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_42_depth_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":["[[[",{"b":"\"]"}]}"#), 3);
        assert!(JsonBody::parse("[".repeat(33).as_bytes()).is_err());
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let one = JsonBody::parse(br#"{"a":1,"b":2}"#).ok().unwrap();
        let other = JsonBody::parse(br#"{ "b":2, "a":1 }"#).ok().unwrap();
        assert_eq!(one.canonical(), other.canonical());
    }
}
