//! Accounts and posts stored straight through the repositories: hundreds of them in a second, without a program that takes them.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use rats_domain::{
    caption::{Caption, CaptionLimits},
    clock::Clock as _,
    connection::{Begun, ConnectionRepository as _, Feature, PendingConnection, Token},
    id::{AccountId, ConnectionId, PictureId, PostId, UserId},
    post::{Origin, Post, PostRepository as _},
    publication::{Publication, Step},
    secret::Secret,
    timeline::Entry,
};
use rats_runtime::SystemClock;
use rats_storage::{KeyRing, Options, Store};
use time::OffsetDateTime;

use crate::{Installation, sentinel};

/// How many connections a store for seeding has.
pub const AT_ONCE: usize = 24;

/// How long after its time a post is given up.
const USELESS_AFTER: Duration = Duration::from_hours(12);

/// Opens a database as the product does.
pub async fn open(url: &str) -> Store {
    let keys = KeyRing::parse(&format!("test:{}", sentinel::TOKEN_KEY)).expect("a key");
    let options = Options {
        runtime: Some(tokio::runtime::Handle::current()),
        pool_size: AT_ONCE,
        ..Options::new(url.parse().expect("an address"), keys, Arc::new(SystemClock::default()))
    };
    Store::open(options).await.expect("the store opens")
}

/// Links so many new accounts of the simulated Instagram and schedules so many posts, each of the account and for the time that `choose`
/// says of its number. A program that uses a SQLite file must not run yet.
pub async fn fill(
    installation: &Installation,
    (accounts, posts): (usize, usize),
    lead: Duration,
    choose: impl Fn(usize) -> (usize, OffsetDateTime),
) {
    let store = open(&installation.settings["DATABASE_URL"]).await;
    let count = u32::try_from(accounts).expect("so many accounts");
    let made = installation.simulator.state().make_accounts(count, installation.clock.now());
    let ids: Vec<String> = made.iter().map(|account| account.ig_user_id.to_string()).collect();
    let (store, ids) = (&store, &ids);
    stream::iter(made.iter().enumerate())
        .for_each_concurrent(AT_ONCE, |(number, account)| link(store, number, &ids[number], &account.token))
        .await;
    stream::iter((0..posts).map(|number| (number, choose(number))))
        .for_each_concurrent(AT_ONCE, |(number, (account, at))| {
            schedule(store, number, (account, &ids[account]), at, lead)
        })
        .await;
}

/// Links the account of this number, by its id and token, to a user of its own.
pub async fn link(store: &Store, number: usize, account: &str, token: &str) {
    let now = SystemClock::default().now();
    let pending = PendingConnection {
        user: user(number),
        account: AccountId::new(account),
        app_scoped_id: format!("app-{number}"),
        username: format!("account.{number}"),
        features: vec![Feature::Basic, Feature::Publish, Feature::Insights],
        token: Token { secret: Secret::new(token), issued_at: now, expires_at: now + Duration::from_hours(60 * 24) },
        begun: Begun { at: now, address: "192.0.2.1".into(), browser: "none".into() },
        expires_at: now + Duration::from_mins(10),
    };
    store.activate(&connection(number), &pending, now).await.expect("it is linked");
}

/// Schedules the post of this number for `publish_at`, which may be staged `lead` before; its account is given by number and id.
pub async fn schedule(
    store: &Store,
    number: usize,
    account: (usize, &str),
    publish_at: OffsetDateTime,
    lead: Duration,
) {
    let now = SystemClock::default().now();
    let post = Post {
        id: PostId::new(post_id(number)),
        user: user(account.0),
        event: None,
        caption: Caption::parse(&caption(number), &CaptionLimits::default()).expect("a caption"),
        picture: PictureId::new("card"),
        origin: Origin::Scheduled,
        scheduled_for: Some(publish_at),
        created_at: now,
        updated_at: now,
    };
    let scheduled = Step::Scheduled {
        connection: connection(account.0),
        account: AccountId::new(account.1),
        publish_at,
        due_at: (publish_at - lead).max(now),
        useless_after: publish_at + USELESS_AFTER,
        content_changed: true,
    };
    let publication = Publication::draft(post.id.clone(), post.user.clone()).after(scheduled).expect("a draft");
    let entry = Entry {
        id: format!("0193f000-0003-7000-8000-{number:012x}"),
        at: now,
        step: "scheduled".into(),
        attempt: 1,
        message: "Scheduled.".into(),
        code: None,
        subcode: None,
        trace_id: None,
    };
    store.add(&post, &publication, &[entry], None).await.expect("it is stored");
}

/// The text of a post by its number.
#[must_use]
pub fn caption(number: usize) -> String {
    format!("{number} candles! May your year be bright, your cake be tall and your friends be near. Happy birthday!")
}

/// The number of a post by its text.
#[must_use]
pub fn number_in(caption: &str) -> Option<usize> {
    caption.split(' ').next()?.parse().ok()
}

/// The id of a post by its number.
#[must_use]
pub fn post_id(number: usize) -> String {
    format!("0193f000-0002-7000-8000-{number:012x}")
}

/// The user of an account by its number.
#[must_use]
pub fn user(number: usize) -> UserId {
    UserId::new(format!("0193f000-0000-7000-8000-{number:012x}"))
}

/// The connection of an account by its number.
fn connection(number: usize) -> ConnectionId {
    ConnectionId::new(format!("0193f000-0001-7000-8000-{number:012x}"))
}
