use actix_web::HttpRequest;
use actix_web::http::header;
use url::form_urlencoded;

/// Parameters, wherever they come: query string, form body or JSON body.
#[derive(Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn read(request: &HttpRequest, body: &[u8]) -> Self {
        let mut pairs = decode(request.query_string().as_bytes());
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        match content_type.unwrap_or_default() {
            kind if kind.starts_with("application/json") => pairs.extend(members(body)),
            _ => pairs.extend(decode(body)),
        }
        Self(pairs)
    }

    /// The first value of a name; an empty text without.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

fn decode(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn members(body: &[u8]) -> Vec<(String, String)> {
    let object: serde_json::Map<_, _> = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    object.into_iter().map(|(name, value)| (name, text(value))).collect()
}
