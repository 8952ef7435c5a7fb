//! Events: create, edit, list, remind, delete, and their messages.

mod create;
mod edit;
mod find;
mod message;

pub use create::CreateEvent;
pub use edit::EditEvent;
pub use find::{DeleteEvent, FindEvent, ListEvents, ListReminders};
pub use message::RegenerateMessage;
