//! Who is signed in on the dashboard. How they proved who they are, by a password or by RATS' token, is not decided here.

use std::sync::Arc;

use rats_domain::{id::UserId, secret::Secret, session::Session};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// How long a session lasts, as long as RATS' own tokens.
pub const LIFETIME: Duration = Duration::days(30);

/// Begins a session.
pub struct BeginSession(pub Arc<Ports>);

impl BeginSession {
    /// Signs the user in for [`LIFETIME`], or until `proof_ends` if that is sooner: a session outlives the token it was begun with by nothing.
    /// Answers its id, 256 random bits, and when it ends. The session that the browser had `before`, if any, ends.
    pub async fn run(
        &self,
        user: &UserId,
        proof_ends: Option<OffsetDateTime>,
        before: Option<&Secret>,
    ) -> Result<(Secret, Session), Refusal> {
        let ports = &self.0;
        if let Some(before) = before {
            ports.sessions.end(before).await?;
        }
        let begun_at = ports.clock.now();
        let longest = begun_at + LIFETIME;
        let expires_at = proof_ends.map_or(longest, |ends| ends.min(longest));
        let session = Session { user: user.clone(), begun_at, expires_at };
        let id = Secret::new(ports.random.new_token());
        ports.sessions.begin(&id, &session).await?;
        Ok((id, session))
    }
}

/// Finds a session.
pub struct FindSession(pub Arc<Ports>);

impl FindSession {
    /// The session of this id, if it has not ended.
    pub async fn run(&self, id: &Secret) -> Result<Option<Session>, Refusal> {
        Ok(self.0.sessions.find(id, self.0.clock.now()).await?)
    }
}

/// Ends sessions.
pub struct EndSession(pub Arc<Ports>);

impl EndSession {
    /// Ends this one.
    pub async fn run(&self, id: &Secret) -> Result<(), Refusal> {
        Ok(self.0.sessions.end(id).await?)
    }

    /// Ends all of the user's, in every browser.
    pub async fn everywhere(&self, user: &UserId) -> Result<(), Refusal> {
        Ok(self.0.sessions.end_all(user).await?)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::mock::{Mocks, NOW};

    fn ends(proof_ends: Option<OffsetDateTime>) -> OffsetDateTime {
        let mut mocks = Mocks::default();
        mocks.sessions.expect_end().withf(|id| id.expose() == "old").times(1).returning(|_| Ok(()));
        mocks.sessions.expect_begin().times(1).returning(|_, _| Ok(()));
        let begin = BeginSession(mocks.ports());
        let (id, session) =
            begin.run(&UserId::new("u"), proof_ends, Some(&Secret::new("old"))).now_or_never().unwrap().unwrap();
        assert_eq!(id.expose().len(), 64);
        session.expires_at
    }

    #[test]
    fn sec_20_a_session_ends_the_one_before_and_outlives_no_token() {
        assert_eq!(ends(None), NOW + LIFETIME);
        assert_eq!(ends(Some(NOW + Duration::hours(1))), NOW + Duration::hours(1));
        assert_eq!(ends(Some(NOW + Duration::days(90))), NOW + LIFETIME);
    }
}
