//! `AccountMetricsRepository`.

use rats_domain::{
    connection::{Connection, ConnectionRepository as _, Feature},
    id::{AccountId, ConnectionId},
    metrics::{AccountDay, AccountMetricsRepository as _, AccountNumbers, DueAccount},
};
use rats_storage::Store;
use time::{Date, macros::date};

use crate::{
    example::{HOUR, MINUTE, pending, user},
    world::{T, promises},
};

const DAY: Date = date!(2026 - 11 - 24);

/// Links an account that may read insights.
async fn link(store: &Store, owner: &str, account: &str) -> Connection {
    let pending = rats_domain::connection::PendingConnection {
        features: vec![Feature::Basic, Feature::Publish, Feature::Insights],
        ..pending(owner, account)
    };
    store.activate(&ConnectionId::new(format!("c-{owner}-{account}")), &pending, T).await.unwrap()
}

async fn taken(store: &Store, minutes: u32) -> Vec<String> {
    let due = store.take_due_accounts(T + MINUTE * minutes, 9).await.unwrap();
    due.into_iter().map(|due| due.account.as_str().to_owned()).collect()
}

fn due(owner: &str, account: &str) -> DueAccount {
    let connection = ConnectionId::new(format!("c-{owner}-{account}"));
    DueAccount { connection, user: user(owner), account: AccountId::new(account) }
}

fn day(day: Date, followers: Option<u64>, reach: Option<u64>, views: Option<u64>) -> AccountDay {
    told(T, day, followers, reach, views)
}

/// The same, told at a moment.
fn told(
    at: time::OffsetDateTime,
    day: Date,
    followers: Option<u64>,
    reach: Option<u64>,
    views: Option<u64>,
) -> AccountDay {
    AccountDay { followers, ..AccountDay::read(day, AccountNumbers { reach, views }, at) }
}

async fn days(store: &Store, owner: &str, account: &str) -> Vec<AccountDay> {
    store.account_days(&user(owner), &AccountId::new(account), Date::MIN, Date::MAX).await.unwrap()
}

promises! {
    async fn an_account_is_due_at_once_and_put_off_for_an_hour(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let handed_out = store.take_due_accounts(T, 9).await.unwrap();
        assert_eq!(handed_out, [due("u", "a")]);
        assert_eq!(handed_out[0].connection, connection.id);
        assert!(taken(store, 59).await.is_empty());
        assert_eq!(taken(store, 60).await, ["a"]);
        store.record_account(&due("u", "a"), &[], T + HOUR * 30).await.unwrap();
        assert!(taken(store, 60 * 30 - 1).await.is_empty());
        assert_eq!(taken(store, 60 * 30).await, ["a"]);
    }

    async fn only_living_connections_with_the_right_to_insights_are_read(world: World) {
        let store = &world.store;
        crate::example::link(store, "without", "a1").await;
        link(store, "gone", "a2").await;
        store.disconnect(&user("gone"), T).await.unwrap();
        assert!(taken(store, 0).await.is_empty());
    }

    async fn no_more_than_asked_for_and_each_once(world: World) {
        let store = &world.store;
        for n in 0..5 {
            link(store, &format!("u{n}"), &format!("a{n}")).await;
        }
        let (one, other) = futures_util::join!(store.take_due_accounts(T, 3), store.take_due_accounts(T, 3));
        let mut all = [one.unwrap(), other.unwrap(), store.take_due_accounts(T, 9).await.unwrap()].concat();
        assert_eq!(all.len(), 5);
        all.sort_by(|one, other| one.account.as_str().cmp(other.account.as_str()));
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    async fn what_a_day_lacks_stays_as_it_was_known(world: World) {
        let store = &world.store;
        link(store, "u", "a").await;
        let next = T + HOUR * 24;
        store.record_account(&due("u", "a"), &[day(DAY, Some(2_318), None, None)], next).await.unwrap();
        let later = told(T + HOUR * 60, DAY, None, Some(118), None);
        for _ in 0..2 {
            store.record_account(&due("u", "a"), &[later, day(DAY.previous_day().unwrap(), None, None, Some(7))], next).await.unwrap();
        }
        let expected = AccountDay { followers: Some(2_318), ..later };
        assert_eq!(days(store, "u", "a").await, [day(DAY.previous_day().unwrap(), None, None, Some(7)), expected]);
        let replaced = told(T + HOUR * 90, DAY, None, Some(120), Some(300));
        store.record_account(&due("u", "a"), &[replaced], next).await.unwrap();
        let only = store.account_days(&user("u"), &AccountId::new("a"), DAY, DAY).await.unwrap();
        assert_eq!(only, [AccountDay { followers: Some(2_318), ..replaced }]);
    }

    async fn a_number_is_as_old_as_when_it_was_told_itself(world: World) {
        let store = &world.store;
        link(store, "u", "a").await;
        let (soon, settled) = (T + HOUR * 15, T + HOUR * 64);
        for one in [told(soon, DAY, None, Some(50), Some(100)), told(settled, DAY, None, Some(60), None)] {
            store.record_account(&due("u", "a"), &[one], T + HOUR * 99).await.unwrap();
        }
        let kept = days(store, "u", "a").await[0];
        assert_eq!((kept.numbers, kept.measured_at), (AccountNumbers { reach: Some(60), views: Some(100) }, settled));
        assert_eq!((kept.reach_at, kept.views_at), (Some(settled), Some(soon)));
        assert!(kept.may_still_grow(), "the views do");
    }

    async fn an_account_that_changes_hands_shows_each_only_their_own_days(world: World) {
        let store = &world.store;
        link(store, "u", "a").await;
        store.record_account(&due("u", "a"), &[day(DAY, Some(1), None, None)], T).await.unwrap();
        store.disconnect(&user("u"), T).await.unwrap();
        link(store, "v", "a").await;
        assert!(days(store, "v", "a").await.is_empty());
        store.record_account(&due("v", "a"), &[day(DAY, Some(2), None, None)], T).await.unwrap();
        assert_eq!(days(store, "v", "a").await, [day(DAY, Some(2), None, None)]);
        assert_eq!(days(store, "u", "a").await, [day(DAY, Some(1), None, None)]);
    }
}
