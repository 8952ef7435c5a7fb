#![doc = include_str!("../README.md")]

mod clock;
mod config;
mod http;
mod instagram;
mod simulator;
mod store;

pub use clock::{SimClock, TurnableClock};
pub use config::{Config, Repeat, TokenShape};
pub use instagram::{
    Account, AccountEngagement, AccountId, AccountType, Answer, AuthorizeError, AuthorizeRequest, Call, ContainerId,
    ContainerStatus, ContainerView, Credentials, Engagement, Failure, Fault, FaultRule, GraphError, Instagram, Kind,
    Ledger, LedgerContainer, LedgerMedia, LongToken, MediaId, MediaView, NewContainer, OAuthRefusal, Page, PageRequest,
    Picture, PublishDelay, SCOPES, ShortToken, Target, Usage,
};
pub use simulator::{Simulator, start};
