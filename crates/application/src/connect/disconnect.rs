use std::sync::Arc;

use rats_domain::{connection::Connection, id::UserId};

use crate::{Ports, Refusal};

/// Unlinks the user's account.
pub struct Disconnect(pub Arc<Ports>);

impl Disconnect {
    /// Deletes the token; scheduled posts are held, what is in flight is looked into. Answers the connection, `None` if there was none.
    pub async fn run(&self, user: &UserId) -> Result<Option<Connection>, Refusal> {
        Ok(self.0.connections.disconnect(user, self.0.clock.now()).await?)
    }
}

/// The user's account.
pub struct FindConnection(pub Arc<Ports>);

impl FindConnection {
    /// The user's present connection, or the last one they had.
    pub async fn run(&self, user: &UserId) -> Result<Option<Connection>, Refusal> {
        Ok(self.0.connections.find_by_user(user).await?)
    }
}
