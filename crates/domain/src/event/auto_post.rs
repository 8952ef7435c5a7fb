//! Whether an event is posted by itself.

use serde::{Deserialize, Serialize};
use time::Time;

use crate::{caption::Caption, id::PictureId};

/// What the owner of an event wants to be posted on its day, without doing anything then. Off unless they ask for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoPost {
    /// Whether it is posted by itself.
    pub enabled: bool,
    /// At which local time, to the minute; none for the user's own ([`Preferences`](crate::preference::Preferences)).
    pub at: Option<Time>,
    /// The text; none for the event's message.
    pub caption: Option<Caption>,
    /// The picture; none for the event's card.
    pub picture: Option<PictureId>,
}
