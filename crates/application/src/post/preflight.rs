use std::sync::Arc;

use rats_domain::{
    caption::Caption,
    connection::{Connection, Feature, Health},
    event::Event,
    id::{EventId, PictureId, UserId},
    quota::{Agenda, CAUTIOUS_TOTAL, SPAN},
};
use time::{Duration, OffsetDateTime};

use super::{
    content::{NO_MESSAGE, NO_TEXT},
    schedule::check_time,
};
use crate::{
    Ports, Refusal,
    auto_post::{BESIDE, NextPosts},
    publish::{person_time, told_of_rest},
};

/// What a post is to be.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// Its text; empty where the event's message is to be it.
    pub caption: &'a str,
    /// Its picture; `None`: the event's card.
    pub picture: Option<&'a PictureId>,
    /// When it is to go out.
    pub time: PlannedTime,
    /// The event that it celebrates.
    pub event: Option<&'a EventId>,
}

/// When a post is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedTime {
    /// No time is given.
    Open,
    /// Then.
    At(OffsetDateTime),
    /// Something is given that is no time.
    Unreadable,
}

/// What would stand in the way of a post, looked at before it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// The same in words.
    pub message: String,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands in the way.
    Good,
    /// It may not work, or only later.
    Doubtful,
    /// It will not go out like this.
    Bad,
}

/// Looks at everything that a post needs, before it is saved.
pub struct Preflight(pub Arc<Ports>);

impl Preflight {
    /// Every check, in the order in which a person can do something about them. Nothing is stored and Instagram is not asked.
    pub async fn run(&self, user: &UserId, plan: &Plan<'_>) -> Result<Vec<Check>, Refusal> {
        let ports = &self.0;
        let at = if let PlannedTime::At(at) = plan.time { at } else { ports.clock.now() };
        let event = match plan.event {
            Some(id) => ports.events.find(user, id).await?,
            None => None,
        };
        let connection = ports.connections.find_by_user(user).await?;
        let mut checks = vec![linked(connection.as_ref())];
        if let Some(connection) = &connection {
            checks.extend(self.rest(connection, at).await?);
        }
        if let Some(connection) = connection.as_ref().filter(|connection| connection.health == Health::Working) {
            checks.push(permission(connection));
            checks.push(life(connection, at, ports.clock.now()));
            checks.push(self.quota(connection, at).await?);
        }
        checks.push(match (plan.caption, &event) {
            ("", None) => bad("Caption", NO_TEXT),
            ("", Some(Event { message: None, .. })) => bad("Caption", NO_MESSAGE),
            ("", Some(_)) => good("Caption", "The event’s message, made to fit Instagram’s rules."),
            (caption, _) => self.caption(caption),
        });
        match &event {
            Some(event) => checks.extend(self.event(user, event, at).await?),
            None if plan.event.is_some() => checks.push(bad("Event", "It is gone. Choose another one, or none.")),
            None => {}
        }
        checks.push(self.picture(user, plan.picture, event.is_some()).await?);
        checks.push(self.time(plan.time));
        checks.extend(ports.settings.unreachable.as_deref().map(|why| bad("Public address", why)));
        Ok(checks)
    }

    async fn rest(&self, connection: &Connection, at: OffsetDateTime) -> Result<Option<Check>, Refusal> {
        let rest = self.0.history.resting(&connection.account).await?.filter(|rest| at < rest.until);
        Ok(rest.map(|rest| doubtful("Rest", told_of_rest(rest))))
    }

    async fn quota(&self, connection: &Connection, at: OffsetDateTime) -> Result<Check, Refusal> {
        let ports = &self.0;
        let places = ports.history.places(&connection.account, at - SPAN).await?;
        let others: Agenda = places.into_iter().map(|place| place.at).collect();
        let total = ports.history.quota_total(&connection.account).await?.unwrap_or(CAUTIOUS_TOTAL);
        let planned = others.fullest_around(at);
        let words = format!("With this one, {planned} of {total} posts within 24 hours.");
        if u32::try_from(planned).is_ok_and(|planned| planned <= total) {
            return Ok(good("Quota", words));
        }
        let free = person_time(others.next_free(at, total));
        Ok(doubtful("Quota", format!("{words} The next free time is {free}.")))
    }

    /// An event that is posted by itself around then would be celebrated twice.
    async fn event(&self, user: &UserId, event: &Event, at: OffsetDateTime) -> Result<Option<Check>, Refusal> {
        let mut next = NextPosts(self.0.clone()).run(user, std::slice::from_ref(event)).await?;
        let by_itself = next.remove(&event.id).and_then(|next| next.at).filter(|next| (*next - at).abs() < BESIDE);
        Ok(by_itself.map(|next| {
            let next = person_time(next);
            doubtful(
                "Event",
                format!("It is posted by itself at {next}: with this one it would be posted twice. Change that post instead, or switch it off on the event’s page."),
            )
        }))
    }

    async fn picture(&self, user: &UserId, id: Option<&PictureId>, has_card: bool) -> Result<Check, Refusal> {
        let name = "Picture";
        Ok(match id {
            Some(id) if self.0.pictures.find(user, id).await?.is_some() => {
                good(name, "There is one, in a shape that Instagram takes.")
            }
            Some(_) => bad(name, "It is gone. Upload it again."),
            None if has_card => good(name, "The event’s card."),
            None => bad(name, "Instagram needs one: upload a picture, or choose an event, whose card we draw."),
        })
    }

    fn caption(&self, text: &str) -> Check {
        let limits = &self.0.settings.caption;
        match Caption::parse(text, limits) {
            Err(broken) => bad("Caption", format!("{broken}.")),
            Ok(caption) if caption.hashtags() > limits.hashtags_warning => doubtful(
                "Caption",
                format!(
                    "It has {} hashtags; Instagram has announced to allow only {}.",
                    caption.hashtags(),
                    limits.hashtags_warning
                ),
            ),
            Ok(_) => good("Caption", "Within Instagram’s rules."),
        }
    }

    fn time(&self, time: PlannedTime) -> Check {
        let name = "Time";
        match time {
            PlannedTime::Open => good(name, "Without one it is a draft, or goes out at once: as you choose."),
            PlannedTime::Unreadable => bad(name, "That is no day with a time, such as 2026-12-24 18:30."),
            PlannedTime::At(at) => match check_time(&self.0, at) {
                Ok(()) => good(name, "In the future, and within a year."),
                Err(refusal) => bad(name, refusal.to_string()),
            },
        }
    }
}

fn linked(connection: Option<&Connection>) -> Check {
    let name = "Account";
    match connection {
        None => bad(name, "No Instagram account is connected. A draft can be kept without one."),
        Some(Connection { health: Health::Working, username, .. }) => good(name, format!("@{username} is connected.")),
        Some(Connection { health: Health::NeedsReconnect, username, .. }) => {
            bad(name, format!("@{username} has to be connected again."))
        }
        Some(Connection { username, .. }) => bad(name, format!("@{username} is disconnected.")),
    }
}

fn permission(connection: &Connection) -> Check {
    if connection.features.contains(&Feature::Publish) {
        return good("Permission", "You allowed publishing.");
    }
    bad("Permission", "You did not allow publishing. Connect again and leave the box ticked.")
}

/// With less than this left, a token's renewal does not succeed.
const ENDING: Duration = Duration::days(10);

/// A token is renewed by itself from a month before its end on; what is later than that is no reason to worry.
fn life(connection: &Connection, at: OffsetDateTime, now: OffsetDateTime) -> Check {
    let name = "Access on that day";
    match &connection.token {
        Some(token) if at < token.expires_at => good(name, "It lasts until then."),
        Some(token) if token.expires_at > now && token.expires_at - now < ENDING => doubtful(
            name,
            format!(
                "It ends {} and was not renewed so far. Connect the account again to be sure.",
                person_time(token.expires_at)
            ),
        ),
        Some(token) if token.expires_at > now => {
            good(name, format!("It lasts until {} and is renewed by itself before.", person_time(token.expires_at)))
        }
        _ => bad(name, "It has ended. Connect the account again."),
    }
}

fn good(name: &'static str, message: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Good, message: message.into() }
}

fn doubtful(name: &'static str, message: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Doubtful, message: message.into() }
}

fn bad(name: &'static str, message: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Bad, message: message.into() }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::picture::{Fit, Picture, PictureSource};
    use time::{Duration, macros::date};

    use super::*;
    use crate::mock::{Mocks, NOW, connection};

    fn picture(id: &PictureId) -> Picture {
        Picture {
            id: id.clone(),
            user: UserId::new("u"),
            source: PictureSource::Photo,
            original: None,
            fit: Fit::Pad,
            width: 1_080,
            height: 1_350,
            bytes: 9,
            changes: vec![],
            created_at: NOW,
        }
    }

    /// What is not good about it; there are an event `e` without a message and a picture `p`.
    fn verdicts(account: Option<Connection>, plan: &Plan<'_>) -> Vec<(&'static str, Verdict)> {
        let mut mocks = Mocks::default();
        mocks.connections.expect_find_by_user().returning(move |_| Ok(account.clone()));
        mocks.history.expect_places().returning(|_, _| Ok(vec![]));
        mocks.history.expect_quota_total().returning(|_| Ok(None));
        mocks.history.expect_resting().returning(|_| Ok(None));
        mocks
            .events
            .expect_find()
            .returning(|_, id| Ok((id.as_str() == "e").then(|| Event::example("e", "u", date!(2026 - 12 - 24)))));
        mocks.pictures.expect_find().returning(|_, id| Ok((id.as_str() == "p").then(|| picture(id))));
        let checks = Preflight(mocks.ports()).run(&UserId::new("u"), plan).now_or_never().unwrap().unwrap();
        checks
            .into_iter()
            .filter(|check| check.verdict != Verdict::Good)
            .map(|check| (check.name, check.verdict))
            .collect()
    }

    fn working() -> Connection {
        connection(vec![Feature::Basic, Feature::Publish])
    }

    #[test]
    fn nothing_stands_in_the_way_of_a_post_that_has_all_it_needs() {
        let time = PlannedTime::At(NOW + Duration::days(90));
        let picture = PictureId::new("p");
        let plan = Plan { caption: "Happy birthday!", picture: Some(&picture), time, event: None };
        assert_eq!(verdicts(Some(working()), &plan), [], "the token is renewed before");
        let event = EventId::new("e");
        assert_eq!(
            verdicts(Some(working()), &Plan { picture: None, event: Some(&event), ..plan }),
            [],
            "it has a card"
        );
    }

    #[test]
    fn everything_that_stands_in_the_way_is_named() {
        let many = "#a ".repeat(31);
        let time = PlannedTime::At(NOW - Duration::days(1));
        let plan = Plan { caption: &many, picture: None, time, event: None };
        let mut account = connection(vec![Feature::Basic]);
        account.token.as_mut().unwrap().expires_at = NOW - Duration::days(2);
        let named = |account| verdicts(account, &plan).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(named(Some(account)), ["Permission", "Access on that day", "Caption", "Picture", "Time"]);
        assert_eq!(named(None), ["Account", "Caption", "Picture", "Time"]);
        let picture = PictureId::new("p");
        let plan = Plan { caption: "#a #b #c #d #e #f", picture: Some(&picture), time: PlannedTime::Open, event: None };
        assert_eq!(verdicts(Some(working()), &plan), [("Caption", Verdict::Doubtful)]);
        let nothing = Plan { caption: "", ..plan };
        assert_eq!(verdicts(Some(working()), &nothing), [("Caption", Verdict::Bad)], "nor is there an event");
    }

    #[test]
    fn what_is_not_there_is_not_taken_for_good() {
        let (event, gone, lost) = (EventId::new("e"), EventId::new("gone"), PictureId::new("gone"));
        let plan = Plan { caption: "", picture: None, time: PlannedTime::Unreadable, event: Some(&event) };
        let named =
            |plan: &Plan<'_>| verdicts(Some(working()), plan).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(named(&plan), ["Caption", "Time"], "the event has no message");
        let plan = Plan { caption: "Hello", picture: Some(&lost), time: PlannedTime::Open, event: Some(&gone) };
        assert_eq!(named(&plan), ["Event", "Picture"]);
    }
}
