use std::{error::Error, net::IpAddr, time::Duration};

/// The rule that an address breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Neither https nor, where it is allowed, http.
    #[error("addresses that begin with \"{0}:\" are not fetched; use https")]
    Scheme(String),
    /// A user name or password stands in it.
    #[error("an address with a user name or password in it is not fetched")]
    UserInfo,
    /// Its port is not the scheme's own.
    #[error("port {0} is not fetched from; leave the port out")]
    Port(u16),
    /// It has no host.
    #[error("the address names no host")]
    NoHost,
    /// It is, or its name stands for, this address, which is not of the public internet. It is not told: what names stand for inside
    /// our network is nobody else's business.
    #[error("it is not on the public internet")]
    Address(IpAddr),
    /// A redirect from https to http.
    #[error("the address redirects from https to http")]
    Downgrade,
}

/// Why a picture was not fetched. Each text is for the person who gave the address, and says nothing of what an address answered.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address breaks a rule; nothing was sent to it.
    #[error("the picture's address cannot be used: {0}")]
    Refused(#[from] Refused),
    /// The name is unknown, nobody listens, TLS fails, or the connection breaks.
    #[error("the picture's address cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// It took too long to connect, to answer, or between two pieces.
    #[error("the picture's address answers too slowly (more than {} s)", .0.as_secs_f32())]
    TooSlow(Duration),
    /// The answer is larger than the limit; the rest was not read.
    #[error("the picture at this address is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// More redirects than are followed.
    #[error("the picture's address redirects more than {0} times")]
    TooManyRedirects(usize),
    /// A redirect to nowhere.
    #[error("the picture's address redirects to something that is no address")]
    BadRedirect,
    /// Any status but 200.
    #[error("the picture's address answers with status {0}")]
    Status(u16),
    /// The answer is compressed, which was not asked for.
    #[error("the picture's address answers with a compressed file")]
    Compressed,
}
