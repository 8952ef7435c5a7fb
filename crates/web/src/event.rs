//! Events and their test messages.

mod auto_post;
mod request;
mod route;
mod test_message;
mod view;

pub(crate) use auto_post::time as local_time;
pub(crate) use request::{EventChanges, NewEvent};
pub(crate) use route::*;
pub(crate) use test_message::*;
pub(crate) use view::{DeletedView, EventView, RegeneratedView};
