use std::sync::Arc;

use rats_domain::{
    connection::{Begun, StartedConnection},
    id::UserId,
    secret::Secret,
};
use url::Url;

use crate::{Ports, Refusal};

/// Begins to link an account.
pub struct BeginConnect(pub Arc<Ports>);

impl BeginConnect {
    /// Where to send the person: Instagram's login, with a random state (256 bits) that works once, for 10 minutes, for this user.
    pub async fn run(&self, user: &UserId, address: String, browser: &str) -> Result<Url, Refusal> {
        let now = self.0.clock.now();
        let browser = browser.chars().filter(|c| !c.is_control()).take(200).collect();
        let started = StartedConnection {
            user: user.clone(),
            begun: Begun { at: now, address, browser },
            expires_at: now + self.0.settings.connect_flow,
        };
        let state = Secret::new(self.0.random.new_token());
        self.0.flows.start(&state, &started).await?;
        Ok(self.0.authorizer.authorize_url(&state))
    }
}
