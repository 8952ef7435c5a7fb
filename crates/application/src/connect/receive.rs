use std::sync::Arc;

use rats_domain::{
    connection::{Feature, PendingConnection, StartedConnection},
    instagram::{Advice, AuthorizeError, Grant, PlatformError, Profile},
    secret::Secret,
};

use crate::{Ports, Refusal};

/// Why a callback led to nothing. Each has its word in the redirect's `reason`.
#[derive(Debug, thiserror::Error)]
pub enum CallbackFailure {
    /// The person said no.
    #[error("the person denied the connection")]
    Denied,
    /// The state is missing, unknown, used or too old.
    #[error("the state is unknown, used or too old")]
    State,
    /// Instagram did not take the code, or sent none.
    #[error("Instagram did not take the code, or sent none")]
    Exchange(#[source] Option<PlatformError>),
    /// It is not a professional account, or Instagram did not tell its id.
    #[error("it is not a professional account")]
    Profile(#[source] Option<PlatformError>),
    /// The person did not allow what is always needed.
    #[error("the person did not allow the basic scope")]
    Scope,
    /// Instagram or the database does not answer.
    #[error("Instagram or the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl CallbackFailure {
    /// The word in the redirect's `reason`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::State => "state",
            Self::Exchange(_) => "exchange",
            Self::Profile(_) => "profile",
            Self::Scope => "scope",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

/// Takes in what Instagram's redirect brings.
pub struct ReceiveCallback(pub Arc<Ports>);

impl ReceiveCallback {
    /// Uses up the state, exchanges the code (or says why there is none), reads the profile, and keeps it all as a pending connection;
    /// answers its name.
    ///
    /// Nothing is asked of Instagram before the state is found good.
    pub async fn run(
        &self,
        state: Option<&Secret>,
        code: Result<Secret, CallbackFailure>,
    ) -> Result<Secret, CallbackFailure> {
        let started = self.take_started(state).await?;
        let grant = self.0.authorizer.exchange(&code?).await.map_err(exchange_failure)?;
        let profile = self.0.authorizer.profile(&grant.token.secret).await.map_err(profile_failure)?;
        let pending = self.pending(started, grant, profile)?;
        let name = Secret::new(self.0.random.new_token());
        self.0.flows.keep_pending(&name, &pending).await.map_err(|error| CallbackFailure::Unavailable(error.into()))?;
        Ok(name)
    }

    async fn take_started(&self, state: Option<&Secret>) -> Result<StartedConnection, CallbackFailure> {
        let state = state.ok_or(CallbackFailure::State)?;
        let found = self.0.flows.take_started(state, self.0.clock.now()).await;
        found
            .map_err(|error| CallbackFailure::Unavailable(Box::new(Refusal::from(error))))?
            .ok_or(CallbackFailure::State)
    }

    fn pending(
        &self,
        started: StartedConnection,
        grant: Grant,
        profile: Profile,
    ) -> Result<PendingConnection, CallbackFailure> {
        // Where Instagram does not say what was allowed, we believe that all was; the first call that is refused tells otherwise.
        let features = grant.features.unwrap_or_else(|| Feature::ALL.to_vec());
        if !features.contains(&Feature::Basic) {
            return Err(CallbackFailure::Scope);
        }
        Ok(PendingConnection {
            user: started.user,
            account: profile.account.ok_or(CallbackFailure::Profile(None))?,
            app_scoped_id: profile.app_scoped_id,
            username: profile.username,
            features,
            token: grant.token,
            begun: started.begun,
            expires_at: self.0.clock.now() + self.0.settings.connect_flow,
        })
    }
}

fn exchange_failure(error: AuthorizeError) -> CallbackFailure {
    match error {
        AuthorizeError::Refused(error) => CallbackFailure::Exchange(Some(error)),
        AuthorizeError::Unavailable(error) => CallbackFailure::Unavailable(Box::new(error)),
    }
}

fn profile_failure(error: PlatformError) -> CallbackFailure {
    match error.advice {
        Advice::Retry | Advice::RetryThenFix | Advice::Wait => CallbackFailure::Unavailable(Box::new(error)),
        _ => CallbackFailure::Profile(Some(error)),
    }
}
