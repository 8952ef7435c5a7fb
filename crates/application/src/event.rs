//! Events: create, edit, list, remind, delete, and their messages.

mod create;
mod delete;
mod edit;
mod find;
mod message;

pub use create::CreateEvent;
pub use delete::DeleteEvent;
pub use edit::EditEvent;
pub use find::{FindEvent, ListEvents, ListReminders};
pub use message::RegenerateMessage;
