//! How much of Instagram's rate limits is used.
//!
//! Instagram tells it in the headers `X-App-Usage` and `X-Business-Use-Case-Usage`, as percentages, once enough calls were made; at
//! 100 it refuses calls. Source: Graph API, overview, "Rate Limits".

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rats_domain::{clock::Monotonic, id::AccountId};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{answer::number, clock::boottime};

/// From which percentage on it is logged.
const HIGH_PERCENT: u64 = 80;
/// What was read this long ago says nothing any more: the app's window is one hour.
const KEPT: Duration = Duration::from_hours(1);
/// Above this many accounts, those not heard of for [`KEPT`] are forgotten.
const MANY_ACCOUNTS: usize = 10_000;

/// How much of the rate limits is used, as Instagram's answers of the last hour said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The highest percentage of the app's own limit.
    pub app_percent: Option<u64>,
    /// Each account's, where Instagram told.
    pub accounts: BTreeMap<AccountId, AccountUsage>,
}

/// How much of one account's limit is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountUsage {
    /// The highest of its percentages (calls, time, processor time).
    pub percent: u64,
    /// How long calls are refused still, where they are.
    pub regain_after: Option<Duration>,
}

impl Usage {
    /// The highest percentage of all; 0 where nothing was told.
    #[must_use]
    pub fn highest_percent(&self) -> u64 {
        let accounts = self.accounts.values().map(|account| account.percent);
        accounts.chain(self.app_percent).max().unwrap_or(0)
    }
}

/// What one answer's headers said.
#[derive(Default)]
pub(crate) struct Reading {
    usage: Usage,
    asked_to_wait: Option<Duration>,
}

/// A longer wait is not believed.
const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

impl Reading {
    /// Reads the headers; what cannot be read is left out.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let json = |name: &str| serde_json::from_slice::<Value>(headers.get(name)?.as_bytes()).ok();
        let seconds = headers.get(reqwest::header::RETRY_AFTER);
        Self {
            usage: Usage {
                app_percent: json("x-app-usage").as_ref().and_then(highest),
                accounts: json("x-business-use-case-usage").as_ref().map(accounts).unwrap_or_default(),
            },
            asked_to_wait: seconds.and_then(|value| value.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs),
        }
    }

    /// How long this answer asks us to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let regained = self.usage.accounts.values().filter_map(|account| account.regain_after);
        regained.chain(self.asked_to_wait).max().map(|wait| wait.min(LONGEST_WAIT))
    }
}

/// The last of what was read.
#[derive(Default)]
pub(crate) struct Board(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    app: Option<(Monotonic, u64)>,
    accounts: BTreeMap<AccountId, (Monotonic, AccountUsage)>,
    /// How many accounts were left when old ones were last thrown out.
    swept: usize,
}

impl Board {
    /// Takes what an answer said in the place of what was known.
    pub(crate) fn note(&self, reading: &Reading) {
        let now = boottime();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(percent) = reading.usage.app_percent {
            let before = kept.app.replace((now, percent)).map(|(_, before)| before);
            if rose(before, percent) {
                tracing::warn!(percent, "the app's rate limit at Instagram is nearly used up");
            }
        }
        for (account, usage) in &reading.usage.accounts {
            let before = kept.accounts.insert(account.clone(), (now, *usage));
            if rose(before.map(|(_, before)| before.percent), usage.percent) {
                let percent = usage.percent;
                tracing::warn!(%account, percent, "an account's rate limit at Instagram is nearly used up");
            }
        }
        if kept.accounts.len() > kept.swept + MANY_ACCOUNTS {
            kept.accounts.retain(|_, (at, _)| now.since(*at) < KEPT);
            kept.swept = kept.accounts.len();
        }
    }

    /// The app's percentage or the account's, whichever is more; 0 where nothing is known.
    pub(crate) fn percent(&self, account: &AccountId) -> u64 {
        let now = boottime();
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let app = kept.app;
        let own = kept.accounts.get(account).map(|(at, usage)| (*at, usage.percent));
        let fresh = app.into_iter().chain(own).filter(|(at, _)| now.since(*at) < KEPT);
        fresh.map(|(_, percent)| percent).max().unwrap_or(0)
    }

    /// What is known now.
    pub(crate) fn read(&self) -> Usage {
        let now = boottime();
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: Monotonic| now.since(at) < KEPT;
        Usage {
            app_percent: kept.app.filter(|(at, _)| fresh(*at)).map(|(_, percent)| percent),
            accounts: kept
                .accounts
                .iter()
                .filter(|(_, (at, _))| fresh(*at))
                .map(|(account, (_, usage))| (account.clone(), *usage))
                .collect(),
        }
    }
}

/// Whether it has just become high; said once, not with every answer.
fn rose(before: Option<u64>, percent: u64) -> bool {
    percent >= HIGH_PERCENT && before.is_none_or(|before| before < HIGH_PERCENT)
}

/// The highest percentage among a usage object's members.
fn highest(usage: &Value) -> Option<u64> {
    ["call_count", "total_time", "total_cputime"].iter().filter_map(|name| number(usage.get(name)?)).max()
}

fn accounts(header: &Value) -> BTreeMap<AccountId, AccountUsage> {
    let Some(object) = header.as_object() else {
        return BTreeMap::new();
    };
    object
        .iter()
        .filter_map(|(account, entries)| Some((AccountId::new(account), account_usage(entries.as_array()?)?)))
        .collect()
}

/// An account's worst entry; `estimated_time_to_regain_access` is in minutes.
fn account_usage(entries: &[Value]) -> Option<AccountUsage> {
    let percent = entries.iter().filter_map(highest).max()?;
    let minutes = entries.iter().filter_map(|entry| number(entry.get("estimated_time_to_regain_access")?)).max();
    Some(AccountUsage {
        percent,
        // More than a week of minutes is no estimate but nonsense.
        regain_after: minutes
            .filter(|minutes| (1..=10_080).contains(minutes))
            .map(|minutes| Duration::from_secs(minutes * 60)),
    })
}
