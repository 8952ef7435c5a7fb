//! What we ask of Instagram, and what one can do about its answers.

mod error;
mod name;
mod port;

pub use error::{Advice, PlatformError, WE_TRY};
pub use name::MediaName;
pub use port::{
    Access, AuthorizeError, Authorizer, ContainerStatus, Dated, Engagement, Grant, ListedMedia, Listing, MediaReader,
    Profile, PublishAnswer, Publisher, Quota, Wanted,
};
#[cfg(feature = "mock")]
pub use port::{MockAuthorizer, MockMediaReader, MockPublisher};
