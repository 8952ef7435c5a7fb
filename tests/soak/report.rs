//! What a run came to, for people.

use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};

use crate::{
    chaos::Tally,
    judge::{Fate, Wrong, takeovers},
    plan::{GRACE, LEASE, Plan},
};

/// Prints the table of a run and what happened to each post that ended badly; answers how many did.
pub(crate) fn tell(plan: &Plan, tally: &Tally, faults: u32, (fates, strangers): &(Vec<Fate>, usize)) -> usize {
    let count = |wrong| fates.iter().filter(|fate| fate.wrongs().contains(&wrong)).count();
    let staged = |stage| fates.iter().filter(|fate| fate.stage == stage).count();
    let spans = takeovers(fates, &tally.deaths);
    let late: Vec<f64> = fates.iter().filter_map(lateness).collect();
    let mut text = format!("\nsoak: {} (SOAK_SEED={})\n", plan.name, plan.seed);
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<44} {value}");
    };
    row("posts, accounts", format!("{}, {}", plan.posts, plan.accounts));
    row("kills", tally.deaths.len().to_string());
    row("… of these after a pause beyond the lease", format!("{} asleep, {} woken", tally.killed_asleep, tally.woken));
    row("ended for want of a database", tally.ended.to_string());
    row("database crashes", tally.restarts.to_string());
    row("faults of Instagram", faults.to_string());
    row("published", staged("published").to_string());
    row("needs review", staged("needs_review").to_string());
    row("failed", format!("{} {:?}", staged("failed"), reasons(fates)));
    row("requests left by the dead and taken over", spans.len().to_string());
    if let (Some(median), Some(longest)) = (spans.get(spans.len() / 2), spans.last()) {
        let goal = (LEASE + GRACE).as_secs_f64() + 2.0;
        row("death → taken over, s", format!("p50 {median:.1}, max {longest:.1}"));
        // Who took it over may have died before it said so, and the database may have been away.
        let beyond = spans.iter().filter(|span| **span > goal).count();
        row("… beyond lease + grace + 2 s", beyond.to_string());
    }
    row("due → live, s", format!("max {:.1}", late.iter().copied().fold(0.0, f64::max)));
    row("duplicates", count(Wrong::Duplicate).to_string());
    row("lost", count(Wrong::Lost).to_string());
    row("live, but told otherwise", count(Wrong::Denied).to_string());
    row("before their time", count(Wrong::Early).to_string());
    row("live, but no post's", strangers.to_string());
    let bad: Vec<&Fate> = fates.iter().filter(|fate| !fate.wrongs().is_empty()).collect();
    for fate in &bad {
        let _ = write!(text, "\n{:?} ", fate.wrongs());
        let _ = write!(text, "{fate}");
    }
    for fate in fates.iter().filter(|fate| fate.stage == "needs_review").take(3) {
        let _ = write!(text, "\nfor a person to decide: {fate}");
    }
    // Past the capture of the test's output: the table is what a run is for.
    let _ = std::io::stdout().write_all(text.as_bytes());
    bad.len() + strangers
}

fn lateness(fate: &Fate) -> Option<f64> {
    Some((fate.live.first()?.timestamp - fate.due).as_seconds_f64())
}

/// How many failed for which reason.
fn reasons(fates: &[Fate]) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for fate in fates.iter().filter(|fate| fate.stage == "failed") {
        *reasons.entry(fate.attention.clone()).or_default() += 1;
    }
    reasons
}
