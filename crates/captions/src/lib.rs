#![doc = include_str!("../README.md")]

mod gemini;
mod handle;
mod relation;
mod style;
mod templates;

pub use gemini::{DEFAULT_BASE_URL, DEFAULT_MODEL, Gemini, GeminiError, GeminiSettings, MAX_ANSWER_BYTES};
pub use style::{MAX_PLAN_UNITS, Style};
pub use templates::Templates;
