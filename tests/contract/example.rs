//! Example values.

use std::time::Duration;

use rats_domain::{
    caption::{Caption, CaptionLimits},
    connection::{Begun, Connection, ConnectionRepository as _, Feature, PendingConnection, StartedConnection, Token},
    event::{Contact, Event, EventDetails, EventKind, Handles},
    id::{AccountId, ConnectionId, ContainerId, EventId, MediaId, PictureId, PostId, UserId},
    idempotency::IdempotencyKey,
    post::{Origin, Post, PostRecord, PostRepository as _},
    publication::{Attention, AttentionKind, Publication, Step},
    receipt::{ConfirmedBy, Receipt},
    secret::Secret,
    timeline::Entry,
};
use rats_storage::Store;
use time::{OffsetDateTime, macros::date};

use crate::world::T;

pub(crate) const MINUTE: Duration = Duration::from_mins(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name)
}

pub(crate) fn key(word: &str, body: &str) -> IdempotencyKey {
    IdempotencyKey { route: "POST /things".into(), key: word.into(), fingerprint: body.into() }
}

pub(crate) fn event(id: &str, owner: &str) -> Event {
    Event {
        id: EventId::new(id),
        user: user(owner),
        details: EventDetails {
            title: format!("Title of {id}"),
            kind: EventKind::Birthday,
            date: date!(2026 - 12 - 04),
            recipient_name: "Anna".into(),
            recipient_relation: "friend".into(),
            contact: Contact { email: Some("anna@example.com".into()), phone: None },
            handles: Handles { instagram: Some("anna".into()), ..Handles::default() },
            notes: Some("likes tea ☕".into()),
            reminder_days: vec![1, 7],
            is_recurring: true,
            is_active: true,
            auto_post: rats_domain::event::AutoPost::default(),
            on_leap_day: false,
        },
        message: None,
        plan: Some("a plan".into()),
        last_message_sent: None,
        created_at: T,
        updated_at: T,
    }
}

pub(crate) fn token(text: &str) -> Token {
    Token { secret: Secret::new(text), issued_at: T, expires_at: T + HOUR * 24 * 60 }
}

pub(crate) fn begun() -> Begun {
    Begun { at: T, address: "192.0.2.1".into(), browser: "Firefox".into() }
}

pub(crate) fn started(owner: &str) -> StartedConnection {
    StartedConnection { user: user(owner), begun: begun(), expires_at: T + MINUTE * 10 }
}

pub(crate) fn pending(owner: &str, account: &str) -> PendingConnection {
    PendingConnection {
        user: user(owner),
        account: AccountId::new(account),
        app_scoped_id: "app-9".into(),
        username: "anna.celebrates".into(),
        features: vec![Feature::Basic, Feature::Publish],
        token: token("IGAA-secret-token"),
        begun: begun(),
        expires_at: T + MINUTE * 10,
    }
}

/// Links `account` to `owner`.
pub(crate) async fn link(store: &Store, owner: &str, account: &str) -> Connection {
    let id = ConnectionId::new(format!("c-{owner}-{account}"));
    store.activate(&id, &pending(owner, account), T).await.unwrap()
}

pub(crate) fn post(id: &str, owner: &str) -> Post {
    Post {
        id: PostId::new(id),
        user: user(owner),
        event: None,
        caption: Caption::parse(&format!("Happy day, {id}!"), &CaptionLimits::default()).unwrap(),
        picture: PictureId::new("picture"),
        origin: Origin::Scheduled,
        scheduled_for: Some(T),
        created_at: T,
        updated_at: T,
    }
}

pub(crate) fn draft(post: &Post) -> Publication {
    Publication::draft(post.id.clone(), post.user.clone())
}

/// The step that schedules for `T`, through `connection`.
pub(crate) fn scheduled(connection: &Connection) -> Step {
    Step::Scheduled {
        connection: connection.id.clone(),
        account: connection.account.clone(),
        publish_at: T,
        due_at: T,
        useless_after: T + HOUR * 12,
        content_changed: true,
    }
}

/// The step that moves a post to `at`.
pub(crate) fn moved(at: OffsetDateTime) -> Step {
    Step::Moved { publish_at: at, due_at: at, useless_after: at + HOUR * 12, keep_container: true }
}

/// Adds a post that is due at `T`.
pub(crate) async fn due_post(store: &Store, id: &str, connection: &Connection) -> PostRecord {
    let post = post(id, connection.user.as_str());
    let publication = draft(&post).after(scheduled(connection)).unwrap();
    store.add(&post, &publication, &[entry(id, "scheduled")], None).await.unwrap().into_inner()
}

/// What happened to the user's post; nothing, if there is none.
pub(crate) async fn timeline(store: &Store, user: &UserId, id: &PostId) -> Vec<Entry> {
    store.find_with_timeline(user, id).await.unwrap().map(|(_, timeline)| timeline).unwrap_or_default()
}

pub(crate) fn entry(post: &str, step: &str) -> Entry {
    Entry {
        id: format!("{post}-{step}"),
        at: T,
        step: step.into(),
        attempt: 1,
        message: format!("{step}."),
        code: Some(9007),
        subcode: None,
        trace_id: Some("A1".into()),
    }
}

pub(crate) fn created(container: &str) -> Step {
    Step::ContainerCreated { id: ContainerId::new(container), at: T, look_at: T }
}

pub(crate) fn intended() -> Step {
    Step::Intended { at: T, may_send_until: T + MINUTE }
}

pub(crate) fn unclear() -> Step {
    Step::Unclear { at: T, look_at: T, attention: note() }
}

pub(crate) fn note() -> Attention {
    Attention::until(AttentionKind::Unconfirmed, "We keep checking.", T + HOUR)
}

/// The publication after several steps.
pub(crate) fn after(publication: &Publication, steps: &[Step]) -> Publication {
    steps.iter().fold(publication.clone(), |publication, step| publication.after(step.clone()).unwrap())
}

pub(crate) fn receipt(container: &str, media: Option<&str>, by: ConfirmedBy) -> Receipt {
    Receipt {
        container: Some(ContainerId::new(container)),
        media: media.map(MediaId::new),
        permalink: media.map(|media| format!("https://www.instagram.com/p/{media}/")),
        sent_at: T,
        confirmed_at: T + MINUTE,
        confirmed_by: by,
    }
}

/// Claims the post and takes it to `PublishRequested` with `container`; the claim is returned as it is then.
pub(crate) async fn request(store: &Store, id: &str, container: &str) -> rats_domain::publication::Claim {
    use rats_domain::publication::PublicationQueue as _;

    let mut claim = store.claim(&PostId::new(id), MINUTE).await.unwrap().expect("it is free");
    for step in [created(container), Step::ContainerReady, intended()] {
        let next = claim.publication.after(step).unwrap();
        store.record(&claim, &next, &[], true).await.unwrap();
        claim.publication = next;
    }
    claim
}
