//! Linking an Instagram account.
//!
//! The callback arrives without a token and without a cookie, so its link could be handed to someone else. Therefore what it brings
//! is kept as a pending connection until a person confirms it on our page, which names both accounts.

mod account;
mod begin;
mod confirm;
mod disconnect;
mod receive;

pub use account::{AccountHealth, ShowAccount};
pub use begin::BeginConnect;
pub use confirm::{ConfirmConnect, ConfirmError, ConfirmView, DeclineConnect, ShowConfirm};
pub use disconnect::{Disconnect, FindConnection};
pub use receive::{CallbackFailure, ReceiveCallback};
