use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::access::{Answer, Target};
use super::id::{ACCOUNT_BASE, APP_SCOPED_BASE, AccountId, MediaId};
use super::scope::{Call, SCOPES};
use super::{Instagram, refusal};

/// An account of the simulated Instagram.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// The professional id, `1784…`.
    pub id: AccountId,
    /// The id that `/me` calls `id`.
    pub app_scoped_id: u64,
    /// The handle.
    pub username: String,
    /// The display name.
    pub name: String,
    /// Business, creator or personal.
    pub account_type: AccountType,
    /// The text under the name.
    pub biography: String,
    /// Followers.
    pub followers: u32,
    /// Accounts that it follows.
    pub follows: u32,
    /// Published media, oldest first.
    pub media: Vec<MediaId>,
    /// Whether the login page offers it.
    pub is_demo: bool,
    pub(super) creations: Vec<OffsetDateTime>,
    pub(super) publishes: Vec<OffsetDateTime>,
    pub(super) calls_since: Option<OffsetDateTime>,
    pub(super) calls_today: u32,
}

/// An account's kind, written as the live service writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountType {
    /// A business.
    Business,
    /// A creator.
    MediaCreator,
    /// No professional features: no `user_id` in `/me`, no publishing, no insights.
    Personal,
}

/// An account made for a test, with a long-lived token that holds every scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The account's professional id.
    pub ig_user_id: AccountId,
    /// Its token.
    pub token: String,
}

impl Instagram {
    /// Makes accounts with ready long-lived tokens.
    pub fn make_accounts(&self, count: u32, now: OffsetDateTime) -> Vec<Credentials> {
        self.change(|world| {
            (0..count)
                .map(|_| {
                    let number = world.accounts.len() as u64 + 1;
                    let account = Account {
                        is_demo: false,
                        ..account(number, &format!("account.{number}"), "A made account", AccountType::Business, "")
                    };
                    let ig_user_id = account.id;
                    world.accounts.insert(ig_user_id, account);
                    let token = world.issue_long_token(ig_user_id, all_scopes(), now).access_token;
                    Credentials { ig_user_id, token }
                })
                .collect()
        })
    }

    /// A long-lived token with every scope for an account that exists.
    pub fn token_for(&self, username: &str, now: OffsetDateTime) -> Option<Credentials> {
        let ig_user_id = self.account(username)?.id;
        let token = self.change(|world| world.issue_long_token(ig_user_id, all_scopes(), now).access_token);
        Some(Credentials { ig_user_id, token })
    }

    /// An account by its username.
    #[must_use]
    pub fn account(&self, username: &str) -> Option<Account> {
        self.world().accounts.values().find(|account| account.username == username).cloned()
    }

    /// Whether a number is an account's professional or app-scoped id.
    #[must_use]
    pub fn is_account(&self, id: u64) -> bool {
        id.checked_sub(APP_SCOPED_BASE - ACCOUNT_BASE)
            .into_iter()
            .chain([id])
            .any(|id| self.world().accounts.contains_key(&AccountId(id)))
    }

    /// The accounts that the login page offers.
    #[must_use]
    pub fn demo_accounts(&self) -> Vec<Account> {
        self.world().accounts.values().filter(|account| account.is_demo).cloned().collect()
    }

    /// `GET /me` or `GET /{ig-user-id}`.
    pub fn profile(&self, token: &str, target: Target, now: OffsetDateTime) -> Answer<Account> {
        self.change(|world| {
            let id = world.authorise_on(token, target, Call::Profile, now)?;
            Ok(world.accounts.get(&id).cloned().ok_or_else(refusal::unreadable_token)?)
        })
    }
}

/// The accounts that one can log in as.
pub(super) fn demo_accounts() -> [Account; 4] {
    use AccountType::{Business, MediaCreator, Personal};
    [
        Account {
            followers: 2_318,
            follows: 164,
            ..account(1, "goldencrust", "Golden Crust Bakery", Business, "Sourdough, birthday cakes and good mornings.")
        },
        Account {
            followers: 8_942,
            follows: 501,
            ..account(
                2,
                "lena.frames",
                "Lena Marsh",
                MediaCreator,
                "Photographer. Weddings, anniversaries, quiet light.",
            )
        },
        Account {
            followers: 127,
            follows: 143,
            ..account(3, "the.okafors", "The Okafor family", MediaCreator, "Five of us, one dog, every birthday.")
        },
        Account {
            followers: 61,
            follows: 90,
            ..account(4, "quiet.kim", "Kim", Personal, "A personal account, without professional features.")
        },
    ]
}

fn account(number: u64, username: &str, name: &str, account_type: AccountType, biography: &str) -> Account {
    Account {
        id: AccountId(ACCOUNT_BASE + number),
        app_scoped_id: APP_SCOPED_BASE + number,
        username: username.to_owned(),
        name: name.to_owned(),
        account_type,
        biography: biography.to_owned(),
        followers: 250,
        follows: 100,
        media: Vec::new(),
        is_demo: true,
        creations: Vec::new(),
        publishes: Vec::new(),
        calls_since: None,
        calls_today: 0,
    }
}

fn all_scopes() -> std::collections::BTreeSet<String> {
    SCOPES.into_iter().map(str::to_owned).collect()
}
