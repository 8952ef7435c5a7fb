use time::{Duration, OffsetDateTime};

use super::access::{Answer, Target};
use super::id::AccountId;
use super::scope::Call;
use super::{Instagram, World};

impl Instagram {
    /// `GET /{ig-user-id}/content_publishing_limit`: publishes since `since`, which counts from 24 h ago at most.
    pub fn quota_usage(
        &self,
        token: &str,
        target: Target,
        since: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Answer<u32> {
        self.change(|world| {
            let account = world.authorise_on(token, target, Call::Quota, now)?;
            let day_ago = now - Duration::DAY;
            Ok(world.quota_usage(account, since.unwrap_or(day_ago).max(day_ago), now))
        })
    }
}

impl World {
    pub(super) fn quota_usage(&self, account: AccountId, since: OffsetDateTime, now: OffsetDateTime) -> u32 {
        let publishes = self.accounts.get(&account).map_or(&[][..], |account| &account.publishes);
        // `since` comes in whole seconds, so a publish in that very second counts.
        let counted = publishes.iter().rev().take_while(|at| **at >= since && now - **at < Duration::DAY);
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }
}
