//! Messages and plans from ready-made texts.

mod anniversary;
mod birthday;
mod choice;
mod fill;
mod holiday;
mod other;
mod words;

use async_trait::async_trait;
use rats_domain::event::{Author, Event, EventDetails, MessageWriter, Written};

use crate::{handle, relation::Relation, style::Style};

/// The longest recipient's name or title in a text, in UTF-16 code units: 200 characters, were each an emoji.
const MAX_NAME_UNITS: usize = 400;

/// The longest note in a plan, in UTF-16 code units.
const MAX_NOTE_UNITS: usize = 600;

/// A message for limits that leave nothing of the chosen one.
const LAST_RESORT: &str = "Best wishes!";

/// How a recipient on Instagram is mentioned, in a line of its own; the emoji keeps a full stop off the name.
const MENTIONS: &[&str] = &["This one is for @{handle} ✨", "✨ @{handle}", "Tagging you, @{handle} 🎈"];

/// Writes from templates: several for each kind of event and relation, chosen by the event's id and the variant alone.
///
/// Notes go into the plan, which only the person reads, and never into the message, which everyone reads.
#[derive(Clone, Debug)]
pub struct Templates {
    style: Style,
}

impl Templates {
    /// Writes in this style.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { style }
    }

    /// The style.
    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    /// What there is for `event` at `variant`, signed by `author`.
    pub(crate) fn written(&self, event: &Event, variant: u32, author: Author) -> Written {
        Written { message: self.message(event, variant), plan: plan(event, variant), by: author }
    }

    /// The message at `variant`, or the next one if the event has that one at present.
    fn message(&self, event: &Event, variant: u32) -> String {
        let message = self.message_at(event, variant);
        if event.message.as_ref() == Some(&message) { self.message_at(event, variant.wrapping_add(1)) } else { message }
    }

    fn message_at(&self, event: &Event, variant: u32) -> String {
        let texts = words::words(event.details.kind, relation(event)).messages;
        let mut text = fill(pick(event, "message", variant, texts), &event.details);
        if let Some(line) = self.mention(event, variant, &text) {
            text = format!("{text}\n\n{line}");
        }
        self.style.message(&text).or_else(|| self.style.message(LAST_RESORT)).unwrap_or_else(|| LAST_RESORT.to_owned())
    }

    /// The line that mentions the recipient on Instagram; none where the text does so, or where no mention is allowed.
    fn mention(&self, event: &Event, variant: u32, text: &str) -> Option<String> {
        let handle = handle::instagram(event.details.handles.instagram.as_deref()?)?;
        let mentioned = text.to_lowercase().contains(&format!("@{}", handle.to_lowercase()));
        (self.style.limits.mentions > 0 && !mentioned)
            .then(|| fill::fill(pick(event, "mention", variant, MENTIONS), &[("handle", handle)]))
    }
}

#[async_trait]
impl MessageWriter for Templates {
    async fn write(&self, event: &Event, variant: u32) -> Written {
        self.written(event, variant, Author::Templates)
    }
}

fn plan(event: &Event, variant: u32) -> String {
    let texts = words::words(event.details.kind, relation(event)).plans;
    let mut text = fill(pick(event, "plan", variant, texts), &event.details);
    let notes = fill::inline(event.details.notes.as_deref().unwrap_or_default(), MAX_NOTE_UNITS);
    if !notes.is_empty() {
        text = format!("{text}\nKeep in mind: {notes}");
    }
    Style::plan(&text).unwrap_or(text)
}

fn relation(event: &Event) -> Relation {
    Relation::recognise(&event.details.recipient_relation)
}

fn pick(event: &Event, salt: &str, variant: u32, texts: &'static [&'static str]) -> &'static str {
    let place = choice::choose(event.id.as_str(), salt, variant, texts.len());
    texts.get(place).copied().unwrap_or(LAST_RESORT)
}

fn fill(template: &str, details: &EventDetails) -> String {
    let name = or(fill::inline(&details.recipient_name, MAX_NAME_UNITS), "you");
    let title = or(fill::inline(&details.title, MAX_NAME_UNITS), "A special day");
    fill::fill(template, &[("name", &name), ("title", &title)])
}

fn or(text: String, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text }
}
