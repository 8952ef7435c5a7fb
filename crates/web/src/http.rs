//! What all routes share: problems, bodies, users, limits.

pub(crate) mod address;
pub(crate) mod body;
pub(crate) mod cookie;
pub(crate) mod edge;
pub(crate) mod idempotency;
pub(crate) mod if_match;
mod json;
pub(crate) mod limit;
pub(crate) mod members;
pub(crate) mod moment;
pub(crate) mod origin;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod route;
pub(crate) mod upload;
pub(crate) mod user;
