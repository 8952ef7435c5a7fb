use std::sync::Arc;

use rats_domain::{
    connection::{ConnectError, Connection, PendingConnection},
    event::EventFilter,
    id::{ConnectionId, UserId},
    secret::Secret,
};

use crate::{Ports, Refusal};

/// How many of the user's events the page names.
const EVENTS_SHOWN: usize = 3;

/// What the confirmation page shows.
#[derive(Debug)]
pub struct ConfirmView {
    /// What is to be confirmed.
    pub pending: PendingConnection,
    /// The RATS user's name, where we know it.
    pub user_name: Option<String>,
    /// Titles of some events of that user.
    pub event_titles: Vec<String>,
    /// Whether another user has the account linked, who must disconnect it first.
    pub linked_elsewhere: bool,
}

/// Shows what is to be confirmed.
pub struct ShowConfirm(pub Arc<Ports>);

impl ShowConfirm {
    /// The pending connection of this name, with who and what it would link; `None` once it is used or too old.
    pub async fn run(&self, name: &Secret) -> Result<Option<ConfirmView>, Refusal> {
        let ports = &self.0;
        let Some(pending) = ports.flows.find_pending(name, ports.clock.now()).await? else { return Ok(None) };
        let user_name = ports.users.find(&pending.user).await?.map(|user| user.username);
        let events = ports.events.list(&pending.user, EventFilter::All).await?;
        let event_titles = events.into_iter().rev().take(EVENTS_SHOWN).map(|event| event.details.title).collect();
        let owner = ports.connections.linked_user(&pending.account).await?;
        let linked_elsewhere = owner.is_some_and(|owner| owner != pending.user);
        Ok(Some(ConfirmView { pending, user_name, event_titles, linked_elsewhere }))
    }
}

/// Why a pending connection was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// It was used or is too old.
    #[error("the pending connection is used or too old")]
    Expired,
    /// Another user has the account linked.
    #[error("the account is linked by another user")]
    LinkedElsewhere,
    /// The database does not answer.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Links what was pending.
pub struct ConfirmConnect(pub Arc<Ports>);

impl ConfirmConnect {
    /// Whether this user began the pending connection of this name.
    pub async fn is_of(&self, name: &Secret, user: &UserId) -> Result<bool, Refusal> {
        let pending = self.0.flows.find_pending(name, self.0.clock.now()).await?;
        Ok(pending.is_some_and(|pending| pending.user == *user))
    }

    /// Uses the pending connection up and links the account; held posts of the account go on.
    pub async fn run(&self, name: &Secret) -> Result<Connection, ConfirmError> {
        let ports = &self.0;
        let now = ports.clock.now();
        let pending = ports.flows.take_pending(name, now).await.map_err(Refusal::from)?.ok_or(ConfirmError::Expired)?;
        let id = ConnectionId::new(ports.random.new_id(now));
        match ports.connections.activate(&id, &pending, now).await {
            Ok(connection) => Ok(connection),
            Err(ConnectError::LinkedElsewhere) => Err(ConfirmError::LinkedElsewhere),
            Err(ConnectError::Store(error)) => Err(Refusal::from(error).into()),
        }
    }
}

/// Throws away what was pending.
pub struct DeclineConnect(pub Arc<Ports>);

impl DeclineConnect {
    /// Deletes the pending connection; answers whether there was one.
    pub async fn run(&self, name: &Secret) -> Result<bool, Refusal> {
        Ok(self.0.flows.take_pending(name, self.0.clock.now()).await?.is_some())
    }
}
