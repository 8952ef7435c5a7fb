//! Where users live, when their events go out, and how their cards look.

use std::sync::Arc;

use rats_domain::{id::UserId, picture::CardLook, preference::Preferences, zone::Zone};
use time::Time;

use crate::{Ports, Refusal, post::Change};

/// A user's preferences.
pub struct ReadPreferences(pub Arc<Ports>);

impl ReadPreferences {
    /// The user's preferences, the default ones where they never gave any.
    pub async fn run(&self, user: &UserId) -> Result<Preferences, Refusal> {
        Ok(self.0.preferences.preferences(user).await?)
    }
}

/// What a user wants to be different.
#[derive(Clone, Debug, Default)]
pub struct PreferenceChanges {
    /// Where they live, by IANA's name.
    pub time_zone: Option<String>,
    /// The local time at which their events go out.
    pub post_at: Option<Time>,
    /// How their cards look; cleared, each kind of event has its look.
    pub card_look: Change<CardLook>,
}

/// Changes a user's preferences.
pub struct ChangePreferences(pub Arc<Ports>);

impl ChangePreferences {
    /// Keeps what is given. Posts that events became and that are not requested yet follow in the background.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] naming `timeZone` if there is none of that name.
    pub async fn run(&self, user: &UserId, changes: PreferenceChanges) -> Result<Preferences, Refusal> {
        let before = self.0.preferences.preferences(user).await?;
        let zone = match &changes.time_zone {
            Some(name) => Zone::parse(name).map_err(|_| unknown(name))?,
            None => before.zone.clone(),
        };
        let post_at = changes.post_at.unwrap_or(before.post_at);
        let card_look = match changes.card_look {
            Change::Keep => before.card_look,
            Change::Clear => None,
            Change::Set(look) => Some(look),
        };
        let moves = zone != before.zone || post_at != before.post_at;
        let after = Preferences { zone, post_at, card_look, changed_at: before.changed_at };
        if after == before {
            return Ok(before);
        }
        // A look is no reason to leave a time of today to the next year.
        let changed_at = if moves { Some(self.0.clock.now()) } else { before.changed_at };
        let after = Preferences { changed_at, ..after };
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
    use rats_domain::event::EventKind;
    use time::macros::time;

    use super::*;
    use crate::mock::{Mocks, NOW};

    fn change(time_zone: Option<&str>, post_at: Option<Time>, stored: usize) -> Result<Preferences, Refusal> {
        let time_zone = time_zone.map(str::to_owned);
        changed(PreferenceChanges { time_zone, post_at, ..PreferenceChanges::default() }, stored)
    }

    fn changed(changes: PreferenceChanges, stored: usize) -> Result<Preferences, Refusal> {
        let mut mocks = Mocks::default();
        mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
        mocks.preferences.expect_prefer().times(stored).returning(|_, _| Ok(()));
        ChangePreferences(mocks.ports()).run(&UserId::new("u"), changes).now_or_never().unwrap()
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
    fn a_look_is_for_all_cards_until_it_is_cleared() {
        let look = |card_look, stored| changed(PreferenceChanges { card_look, ..PreferenceChanges::default() }, stored);
        let hearts = look(Change::Set(CardLook::Hearts), 1).unwrap();
        assert_eq!((hearts.look_of(EventKind::Birthday), hearts.changed_at), (CardLook::Hearts, None));
        assert_eq!(look(Change::Clear, 0).unwrap().look_of(EventKind::Birthday), CardLook::Cake);
    }

    #[test]
    fn an_unknown_zone_is_explained_and_changes_nothing() {
        let Err(Refusal::Invalid(problems)) = change(Some("Mars/Olympus"), Some(time!(8:00)), 0) else { panic!() };
        assert_eq!(problems[0].field, "timeZone");
        assert!(problems[0].message.contains("Mars/Olympus") && problems[0].message.contains("Europe/Lisbon"));
    }
}
