//! What both writers promise: templates by themselves, Gemini against a server of our own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod example;
mod gemini;
mod server;
mod templates;
