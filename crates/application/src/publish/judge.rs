//! What the witnesses prove about a request whose outcome is not known. A pure function: the heart of "never published twice".
//!
//! Three witnesses: the container's status, the listing of the account's recent media, the quota counter. Each may lag by *W*, none
//! proves absence alone. So before the waits are over (grace for a request that may still be in flight, then *W*) only "published"
//! settles anything; after them, the same container is sent again only if all three say that nothing is live.

use rats_domain::instagram::{ContainerStatus, ListedMedia};
use time::OffsetDateTime;

/// What one look found. What could not be read is `None`.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, no state machine")]
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// The container's status.
    pub(super) status: Option<ContainerStatus>,
    /// Media of the same kind and caption, gone live since the intent or up to the clocks' tolerance before it, that no other post owns;
    /// `None` if the listing is not whole.
    pub(super) candidates: Option<Vec<ListedMedia>>,
    /// The intent, by Instagram's clock: what went live before it is never adopted.
    pub(super) adoptable_from: OffsetDateTime,
    /// Whether the caption tells this post from every other of the account; not asked where there are no candidates.
    pub(super) distinctive: bool,
    /// Publishes since the intent that are not our own confirmed ones; `None` if the counter cannot be read.
    pub(super) unexplained: Option<u32>,
    /// Whether this look began after both waits.
    pub(super) waits_over: bool,
    /// Whether its time has passed: nothing is sent any more.
    pub(super) useless: bool,
    /// Whether it has been unclear for so long that a person decides.
    pub(super) ends: bool,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is live, by its container's status; its media, where exactly one is it.
    LiveByStatus(Option<ListedMedia>),
    /// It is live: this one media is it.
    LiveByListing(ListedMedia),
    /// It is not live: the same container may be sent again.
    SendAgain,
    /// A person decides; what the witnesses say.
    Review(String),
    /// Look again later.
    LookAgain,
}

/// What follows from the evidence.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let only = evidence.candidates.as_deref().and_then(|candidates| match candidates {
        [one] if evidence.distinctive && one.published_at >= evidence.adoptable_from => Some(one.clone()),
        _ => None,
    });
    match &evidence.status {
        // Which media it is, is told by a profile that shows it for certain: before the waits one that was made by hand may stand there alone.
        Some(ContainerStatus::Published) => Verdict::LiveByStatus(only.filter(|_| evidence.waits_over)),
        _ if !evidence.waits_over => Verdict::LookAgain,
        Some(ContainerStatus::Finished) => finished(evidence, only),
        Some(ContainerStatus::Expired | ContainerStatus::Error(_))
            if evidence.candidates.as_ref().is_some_and(|found| !found.is_empty()) =>
        {
            Verdict::Review(testimony(evidence))
        }
        _ => at_the_end(evidence),
    }
}

fn finished(evidence: &Evidence, only: Option<ListedMedia>) -> Verdict {
    // What Instagram's counter has not counted was not published by an app: somebody made it by hand.
    if let Some(media) = only.filter(|_| evidence.unexplained != Some(0)) {
        return Verdict::LiveByListing(media);
    }
    match (evidence.candidates.as_deref(), evidence.unexplained) {
        (None, _) => at_the_end(evidence),
        (Some([_, ..]), _) | (Some([]), Some(1..)) => Verdict::Review(testimony(evidence)),
        (Some([]), Some(0) | None) if evidence.useless => at_the_end(evidence),
        (Some([]), Some(0) | None) => Verdict::SendAgain,
    }
}

fn at_the_end(evidence: &Evidence) -> Verdict {
    if evidence.ends { Verdict::Review(testimony(evidence)) } else { Verdict::LookAgain }
}

/// Why what is not live is not sent by itself.
pub(super) const TOO_LATE: &str = " Its time has passed.";

/// What a person is asked for.
pub(super) const DECIDE: &str = "Nothing is sent until you decide. Look at the profile: if it is there, give us its link; if not, publish it again.";

/// Where a person can look at them, and what programs call them.
pub(crate) fn addresses(found: &[ListedMedia]) -> String {
    let address = |media: &ListedMedia| match &media.permalink {
        Some(link) => format!("{link}, id {}", media.id),
        None => format!("id {}", media.id),
    };
    found.iter().map(address).collect::<Vec<_>>().join("; ")
}

/// What each witness says, for the person.
pub(super) fn testimony(evidence: &Evidence) -> String {
    let status = match &evidence.status {
        None => "did not tell how the prepared post stands".to_owned(),
        Some(ContainerStatus::InProgress) => "says that the post is still being processed".to_owned(),
        Some(ContainerStatus::Finished) => "says that the post is prepared but not published".to_owned(),
        Some(ContainerStatus::Published) => "says that it is live".to_owned(),
        Some(ContainerStatus::Expired) => "says that the prepared post has expired".to_owned(),
        Some(ContainerStatus::Error(error)) => format!("says that the prepared post failed ({})", error.what),
    };
    let listing = match evidence.candidates.as_deref() {
        None => "the profile's list of posts could not be read".to_owned(),
        Some([]) => "the profile shows no post with this text since it was sent".to_owned(),
        Some(found) if !evidence.distinctive => format!(
            "the profile shows posts that may be it ({}), but its text cannot tell them apart: it is empty, or another post of the account has it, too",
            addresses(found)
        ),
        Some(found) => {
            format!("the profile shows posts with this text that may be it ({})", addresses(found))
        }
    };
    let counter = match evidence.unexplained {
        None => String::new(),
        Some(0) if evidence.candidates.as_ref().is_some_and(|found| !found.is_empty()) => {
            ", but it has counted no new post from an app, as if what is there was posted by hand".to_owned()
        }
        Some(0) => ", and it has counted no new post".to_owned(),
        Some(1) => ", and it has counted one new post, which may be this one".to_owned(),
        Some(count) => format!(", and it has counted {count} new posts, of which this may be one"),
    };
    let and = if counter.is_empty() { "and " } else { "" };
    let late = if evidence.useless { TOO_LATE } else { "" };
    format!(
        "We could not find out whether this post is live: Instagram {status}, {and}{listing}{counter}.{late} {DECIDE}"
    )
}

#[cfg(test)]
mod tests {
    use rats_domain::{
        id::MediaId,
        instagram::{Advice, PlatformError},
    };
    use time::macros::datetime;

    use super::*;

    fn media(id: &str) -> ListedMedia {
        ListedMedia {
            id: MediaId::new(id),
            caption: None,
            is_image: true,
            published_at: datetime!(2026-12-04 9:00 UTC),
            permalink: None,
        }
    }

    /// A look after the waits at which every witness says that nothing is live.
    fn nothing() -> Evidence {
        Evidence {
            status: Some(ContainerStatus::Finished),
            candidates: Some(vec![]),
            adoptable_from: datetime!(2026-12-04 9:00 UTC),
            distinctive: true,
            unexplained: Some(0),
            waits_over: true,
            useless: false,
            ends: false,
        }
    }

    #[test]
    fn it_is_sent_again_only_when_all_say_that_nothing_is_live() {
        assert_eq!(judge(&nothing()), Verdict::SendAgain);
        assert_eq!(judge(&Evidence { waits_over: false, ..nothing() }), Verdict::LookAgain);
        assert_eq!(judge(&Evidence { candidates: None, ..nothing() }), Verdict::LookAgain);
        assert_eq!(judge(&Evidence { status: None, ..nothing() }), Verdict::LookAgain);
        assert_eq!(judge(&Evidence { status: Some(ContainerStatus::InProgress), ..nothing() }), Verdict::LookAgain);
        assert_eq!(judge(&Evidence { useless: true, ..nothing() }), Verdict::LookAgain);
        assert!(matches!(judge(&Evidence { unexplained: Some(1), ..nothing() }), Verdict::Review(_)));
        assert!(matches!(
            judge(&Evidence { candidates: Some(vec![media("1"), media("2")]), ..nothing() }),
            Verdict::Review(_)
        ));
    }

    #[test]
    fn an_unreadable_counter_does_not_forbid_it() {
        assert_eq!(judge(&Evidence { unexplained: None, ..nothing() }), Verdict::SendAgain);
    }

    #[test]
    fn published_settles_it_at_once_with_the_one_media_that_is_it() {
        let published = Evidence { status: Some(ContainerStatus::Published), waits_over: false, ..nothing() };
        assert_eq!(judge(&published), Verdict::LiveByStatus(None));
        let one = Evidence { candidates: Some(vec![media("1")]), ..published.clone() };
        assert_eq!(judge(&one), Verdict::LiveByStatus(None), "another may stand there before ours shows");
        let one = Evidence { waits_over: true, ..one };
        assert_eq!(judge(&one), Verdict::LiveByStatus(Some(media("1"))));
        assert_eq!(judge(&Evidence { distinctive: false, ..one }), Verdict::LiveByStatus(None));
    }

    #[test]
    fn a_media_is_adopted_only_if_nothing_else_can_be_it() {
        let one = Evidence { candidates: Some(vec![media("1")]), unexplained: Some(1), ..nothing() };
        assert_eq!(judge(&one), Verdict::LiveByListing(media("1")));
        assert_eq!(judge(&Evidence { unexplained: None, ..one.clone() }), Verdict::LiveByListing(media("1")));
        assert!(
            matches!(judge(&Evidence { unexplained: Some(0), ..one.clone() }), Verdict::Review(_)),
            "it was made by hand"
        );
        assert_eq!(judge(&Evidence { waits_over: false, ..one.clone() }), Verdict::LookAgain);
        assert!(matches!(judge(&Evidence { distinctive: false, ..one.clone() }), Verdict::Review(_)));
        let earlier = Evidence { adoptable_from: datetime!(2026-12-04 9:01 UTC), ..one };
        assert!(matches!(judge(&earlier), Verdict::Review(_)), "it went live before the intent");
    }

    #[test]
    fn an_expired_container_proves_nothing() {
        let expired = Evidence { status: Some(ContainerStatus::Expired), ..nothing() };
        assert_eq!(judge(&expired), Verdict::LookAgain);
        assert!(matches!(
            judge(&Evidence { candidates: Some(vec![media("1")]), ..expired.clone() }),
            Verdict::Review(_)
        ));
        assert!(matches!(judge(&Evidence { ends: true, ..expired }), Verdict::Review(_)));
    }

    #[test]
    fn a_person_is_told_candidates_by_their_links_and_ids() {
        let linked = ListedMedia { permalink: Some("https://www.instagram.com/p/a/".into()), ..media("1") };
        let told = testimony(&Evidence { candidates: Some(vec![linked, media("2")]), ..nothing() });
        assert!(told.contains("(https://www.instagram.com/p/a/, id 1; id 2)"), "{told}");
        assert!(told.ends_with("if it is there, give us its link; if not, publish it again."), "{told}");
    }

    #[test]
    fn of_what_failed_a_person_is_told_what_and_not_to_post_it_again() {
        let error = PlatformError::unnumbered(Advice::Fix, "it has no shape", "Crop it and schedule the post again.");
        let told = testimony(&Evidence { status: Some(ContainerStatus::Error(error)), ..nothing() });
        assert!(told.contains("the prepared post failed (it has no shape)") && !told.contains("Crop"), "{told}");
    }

    #[test]
    fn a_status_that_was_not_told_is_not_told_as_if_nothing_was() {
        let told = testimony(&Evidence { status: None, ..nothing() });
        let expected =
            "Instagram did not tell how the prepared post stands, the profile shows no post with this text since";
        assert!(told.contains(expected), "{told}");
    }

    #[test]
    fn it_ends_with_a_person_and_never_before_the_waits() {
        let blind = Evidence { status: None, candidates: None, unexplained: None, ends: true, ..nothing() };
        assert!(matches!(judge(&blind), Verdict::Review(_)));
        assert_eq!(judge(&Evidence { waits_over: false, ..blind }), Verdict::LookAgain);
    }
}
