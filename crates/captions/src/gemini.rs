//! Messages and plans from Google's Gemini.

mod answer;
mod client;
mod failure;
mod prompt;

pub use client::{GeminiError, GeminiSettings, MAX_ANSWER_BYTES};

use async_trait::async_trait;
use rats_domain::event::{Author, Event, MessageWriter, Written};

use crate::{style::Style, templates::Templates};
use client::Client;
use failure::Failure;

/// The model asked where no other is set.
pub const DEFAULT_MODEL: &str = "gemini-2.5-flash";

/// Where Google serves its models.
pub const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com";

/// Asks Gemini; where it fails in whatever way, templates write instead, and the answer and the log say why.
#[derive(Debug)]
pub struct Gemini {
    client: Client,
    fallback: Templates,
}

impl Gemini {
    /// Asks with these settings, in the style of `fallback`.
    ///
    /// # Errors
    ///
    /// [`GeminiError`] if a setting cannot work.
    pub fn new(settings: GeminiSettings, fallback: Templates) -> Result<Self, GeminiError> {
        Ok(Self { client: Client::new(settings)?, fallback })
    }

    async fn ask(&self, event: &Event, variant: u32) -> Result<Written, Failure> {
        let request = prompt::request(event, variant, self.fallback.style());
        let draft = answer::read(&self.client.generate(&request).await?)?;
        Ok(Written {
            message: self.fallback.style().message(&draft.message).ok_or(Failure::Empty)?,
            plan: Style::plan(&draft.plan).ok_or(Failure::Empty)?,
            by: Author::Model,
        })
    }
}

#[async_trait]
impl MessageWriter for Gemini {
    async fn write(&self, event: &Event, variant: u32) -> Written {
        match self.ask(event, variant).await {
            Ok(written) => written,
            Err(failure) => {
                // The id, and nothing of what a person wrote.
                tracing::warn!(event = %event.id, reason = %failure, "Gemini did not write; templates did instead");
                let reason = failure.to_string();
                self.fallback.written(event, variant, Author::TemplatesInstead { reason })
            }
        }
    }
}
