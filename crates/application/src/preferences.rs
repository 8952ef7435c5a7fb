//! Where users live and when their events go out.

use std::sync::Arc;

use rats_domain::{id::UserId, preference::Preferences, zone::Zone};
use time::Time;

use crate::{Ports, Refusal};

/// A user's preferences.
pub struct ReadPreferences(pub Arc<Ports>);

impl ReadPreferences {
    /// The user's preferences, the default ones where they never gave any.
    pub async fn run(&self, user: &UserId) -> Result<Preferences, Refusal> {
        Ok(self.0.preferences.preferences(user).await?)
    }
}

/// Changes a user's preferences.
pub struct ChangePreferences(pub Arc<Ports>);

impl ChangePreferences {
    /// Keeps what is given of the time zone's IANA name and the local time at which events go out. Posts that events became and that are not
    /// requested yet follow in the background.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] naming `timeZone` if there is none of that name.
    pub async fn run(
        &self,
        user: &UserId,
        time_zone: Option<&str>,
        post_at: Option<Time>,
    ) -> Result<Preferences, Refusal> {
        let before = self.0.preferences.preferences(user).await?;
        let zone = match time_zone {
            Some(name) => Zone::parse(name).map_err(|_| unknown(name))?,
            None => before.zone.clone(),
        };
        let after = Preferences { zone, post_at: post_at.unwrap_or(before.post_at), ..before.clone() };
        if after == before {
            return Ok(before);
        }
        let after = Preferences { changed_at: Some(self.0.clock.now()), ..after };
        self.0.preferences.prefer(user, &after).await?;
        Ok(after)
    }
}

fn unknown(name: &str) -> Refusal {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    let text =
        format!("`timeZone` is \"{shown}\", which IANA's database does not have. Give a name such as Europe/Lisbon.");
    Refusal::field("timeZone", text)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use time::macros::time;

    use super::*;
    use crate::mock::{Mocks, NOW};

    fn change(time_zone: Option<&str>, post_at: Option<Time>, stored: usize) -> Result<Preferences, Refusal> {
        let mut mocks = Mocks::default();
        mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
        mocks.preferences.expect_prefer().times(stored).returning(|_, _| Ok(()));
        ChangePreferences(mocks.ports()).run(&UserId::new("u"), time_zone, post_at).now_or_never().unwrap()
    }

    #[test]
    fn what_is_given_is_kept_and_the_rest_stays() {
        let changed = change(Some("europe/lisbon"), None, 1).unwrap();
        let told = (changed.zone.name(), changed.post_at, changed.changed_at);
        assert_eq!(told, ("Europe/Lisbon", time!(9:00), Some(NOW)));
        assert_eq!(change(None, Some(time!(23:59)), 1).unwrap().post_at, time!(23:59));
        assert_eq!(change(Some("UTC"), Some(time!(9:00)), 0).unwrap(), Preferences::default(), "nothing is different");
    }

    #[test]
    fn an_unknown_zone_is_explained_and_changes_nothing() {
        let Err(Refusal::Invalid(problems)) = change(Some("Mars/Olympus"), Some(time!(8:00)), 0) else { panic!() };
        assert_eq!(problems[0].field, "timeZone");
        assert!(problems[0].message.contains("Mars/Olympus") && problems[0].message.contains("Europe/Lisbon"));
    }
}
