//! Fetches a picture from an address that a person gave, without letting that address reach into our own network.
//!
//! The rules stand in two places, because an address is a name until it is connected to: [`verdict`] judges the URL, at every
//! redirect anew, and the resolver inside the connection judges every address that a name stands for, so that the address judged is
//! the address connected to.

mod address;
mod error;
mod fetcher;
mod policy;
mod resolver;

pub use address::allowed;
pub use error::{FetchError, Refused};
pub use fetcher::{Bounds, Fetcher};
pub use policy::{Policy, verdict};
pub use resolver::{Lookup, SystemLookup};
