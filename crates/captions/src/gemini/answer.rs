//! Reads Gemini's answer, also where it is not quite what was asked for.

use serde::Deserialize;

use super::failure::Failure;

/// How many places in a text are tried as the beginning of the JSON object.
const MAX_STARTS: usize = 32;

/// What the model wrote.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) message: String,
    pub(super) plan: String,
}

/// The draft in the body of a success.
pub(super) fn read(body: &[u8]) -> Result<Draft, Failure> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Failure::Unreadable)?;
    if answer.prompt_feedback.is_some_and(|feedback| feedback.block_reason.is_some()) {
        return Err(Failure::Blocked);
    }
    let candidate = answer.candidates.into_iter().next().ok_or(Failure::Empty)?;
    finished(candidate.finish_reason.as_deref())?;
    let text = candidate.content.unwrap_or_default().text();
    if text.trim().is_empty() {
        return Err(Failure::Empty);
    }
    let draft = object(&text).ok_or(Failure::Unreadable)?;
    if draft.message.trim().is_empty() || draft.plan.trim().is_empty() {
        return Err(Failure::Empty);
    }
    if has_placeholder(&draft.message) || has_placeholder(&draft.plan) {
        return Err(Failure::Unfinished);
    }
    Ok(draft)
}

/// Source: Gemini API, `Candidate.FinishReason`; whatever is not a regular end is no text to publish.
fn finished(reason: Option<&str>) -> Result<(), Failure> {
    match reason {
        None | Some("STOP" | "FINISH_REASON_UNSPECIFIED") => Ok(()),
        Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE") => {
            Err(Failure::Blocked)
        }
        Some(_) => Err(Failure::Unfinished),
    }
}

/// The first object with a message and a plan in `text`, whatever stands around it (code fences, "Here you are:").
fn object(text: &str) -> Option<Draft> {
    text.match_indices('{').take(MAX_STARTS).find_map(|(start, _)| {
        let mut objects = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Object>();
        let object = objects.next()?.ok()?;
        Some(Draft { message: object.message.joined(), plan: object.plan.joined() })
    })
}

/// Whether the model left something for the person to fill in.
fn has_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["[name", "[your", "[recipient", "[insert", "{name", "{recipient", "{title", "{{"]
        .iter()
        .any(|sign| lower.contains(sign))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<PromptFeedback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

impl Content {
    fn text(self) -> String {
        let spoken = self.parts.into_iter().filter(|part| !part.thought);
        spoken.filter_map(|part| part.text).collect()
    }
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    /// A model's thoughts are not its answer.
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
struct Object {
    message: Lines,
    plan: Lines,
}

/// Models like to answer a plan as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Text(String),
    List(Vec<String>),
}

impl Lines {
    fn joined(self) -> String {
        let text = match self {
            Self::Text(text) => text,
            Self::List(lines) => lines.join("\n"),
        };
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(text: &str) -> Vec<u8> {
        json!({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": "STOP"}]})
            .to_string()
            .into_bytes()
    }

    fn draft() -> Draft {
        Draft { message: "Hi Anna".into(), plan: "A: b\nC: d".into() }
    }

    #[test]
    fn the_object_is_found_whatever_stands_around_it() {
        let object = r#"{"message": "Hi Anna", "plan": "A: b\nC: d"}"#;
        for text in [
            object.to_owned(),
            format!("```json\n{object}\n```"),
            format!("Here {{you}} are:\n{object} Enjoy {{it}}!"),
            r#"{"plan": ["A: b", "C: d"], "message": "Hi \u0007Anna", "more": 1}"#.to_owned(),
        ] {
            assert_eq!(read(&answer(&text)), Ok(draft()), "{text}");
        }
    }

    #[test]
    fn thoughts_are_left_out_and_parts_joined() {
        let parts = json!([{"text": "hm {", "thought": true}, {"text": r#"{"message": "Hi Anna","#}, {"text": r#""plan": "A: b\nC: d"}"#}]);
        let body = json!({"candidates": [{"content": {"parts": parts}}]}).to_string();
        assert_eq!(read(body.as_bytes()), Ok(draft()));
    }

    #[test]
    fn what_is_not_an_answer_is_told_apart() {
        let ended = |reason: &str| json!({"candidates": [{"finishReason": reason}]}).to_string().into_bytes();
        for (body, failure) in [
            (b"<html>".to_vec(), Failure::Unreadable),
            (b"[]".to_vec(), Failure::Unreadable),
            (b"{}".to_vec(), Failure::Empty),
            (br#"{"promptFeedback":{"blockReason":"SAFETY"}}"#.to_vec(), Failure::Blocked),
            (ended("SAFETY"), Failure::Blocked),
            (ended("PROHIBITED_CONTENT"), Failure::Blocked),
            (ended("MAX_TOKENS"), Failure::Unfinished),
            (ended("STOP"), Failure::Empty),
            (answer(" \n"), Failure::Empty),
            (answer("I would rather not."), Failure::Unreadable),
            (answer(r#"{"message": "Hi"}"#), Failure::Unreadable),
            (answer(r#"{"message": "Hi", "plan": " "}"#), Failure::Empty),
            (answer(r#"{"message": 5, "plan": "x"}"#), Failure::Unreadable),
            (answer(r#"{"message": "Hi [Name]!", "plan": "x"}"#), Failure::Unfinished),
            (answer(&"{".repeat(100_000)), Failure::Unreadable),
            (answer(&"{\"a\":".repeat(20_000)), Failure::Unreadable),
        ] {
            assert_eq!(read(&body), Err(failure));
        }
    }
}
