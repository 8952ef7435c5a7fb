//! What goes wrong at Instagram.

use rats_instagram_sim::{Call, Fault, FaultRule, Instagram};

use crate::plan::LAG;

/// More often than that nothing happens: what is left of it tells how often it did.
const ENDLESS: u32 = 1_000_000;

/// How late the latest requests arrive, in milliseconds: after their sender gave up, and, where it had the least time left that it may have,
/// shortly before grace is over.
const LATEST_MS: u64 = 7_500;

/// Status and listing lag, answers take their time, and requests arrive late: nothing of that is an error.
pub(crate) fn slow_down(instagram: &Instagram) {
    let seconds = LAG.as_secs();
    add(instagram, Fault::StatusLag { seconds }, 0.8);
    add(instagram, Fault::ListingLag { seconds }, 0.8);
    add(instagram, Fault::PublishLate { delay_ms: LATEST_MS }, 0.03);
    add(instagram, Fault::PublishLate { delay_ms: 1_500 }, 0.05);
    add(instagram, Fault::AnswerLate { delay_ms: 400 }, 0.2);
}

/// Of any call one in a hundred is lost before it has an effect, and one after; some publish requests answer other than the truth.
pub(crate) fn switch_on(instagram: &Instagram) {
    for call in [Call::Create, Call::Publish] {
        add(instagram, Fault::Drop { call }, 0.01);
    }
    add(instagram, Fault::CreateThenDrop, 0.01);
    add(instagram, Fault::PublishThenDrop, 0.01);
    // Of what only reads, before and after are the same.
    for call in [Call::ContainerRead, Call::MediaRead, Call::MediaList, Call::Insights, Call::Quota] {
        add(instagram, Fault::Drop { call }, 0.02);
    }
    add(instagram, Fault::PublishThenBlocked, 0.01);
    add(instagram, Fault::PublishThenError, 0.005);
    add(instagram, Fault::Blocked, 0.005);
    add(instagram, Fault::ReadsDown, 0.005);
    // The counter shows at once what status and listing show later: where it can be read, it alone would forbid to send again.
    let unreadable = Fault::Error { call: Some(Call::Quota), status: Some(500), code: 2, subcode: None, message: None };
    add(instagram, unreadable, 0.5);
}

/// How often something went wrong since; what only takes its time does not count.
pub(crate) fn count(instagram: &Instagram) -> u32 {
    let is_slow = |fault: &Fault| {
        matches!(
            fault,
            Fault::StatusLag { .. } | Fault::ListingLag { .. } | Fault::PublishLate { .. } | Fault::AnswerLate { .. }
        )
    };
    let rules = instagram.faults();
    rules.iter().filter(|rule| !is_slow(&rule.fault)).filter_map(|rule| rule.times).map(|left| ENDLESS - left).sum()
}

fn add(instagram: &Instagram, fault: Fault, probability: f64) {
    instagram.add_fault(FaultRule { fault, account: None, times: Some(ENDLESS), probability: Some(probability) });
}
