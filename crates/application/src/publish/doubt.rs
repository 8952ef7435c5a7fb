//! Looking into a post that a lost database may have sent.
//!
//! The database is a copy that was adopted. What its original did after the copy was taken is not in it: neither the container that it made nor
//! the request that it sent. The only witnesses are the status of the container that the copy knows, if it knows one, and the listing.

use rats_domain::{
    id::ContainerId,
    instagram::{ContainerStatus, ListedMedia},
    publication::{Request, Stage, Step},
    receipt::ConfirmedBy,
};

use super::{
    judge::{DECIDE, Evidence, addresses},
    reconcile::first_unclear,
    work::{Flow, Stop, Work},
};

/// What follows.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    /// It is live, by its container's status; its media, where exactly one is it.
    Live(Option<ListedMedia>),
    /// The profile shows what may be it.
    Shown(Vec<ListedMedia>),
    /// It is not live.
    Nothing,
    /// The witnesses could not be asked.
    Unknown,
}

impl Work<'_> {
    /// Asks the witnesses, after the waits: a post with this text on the profile is a person's to judge, without one it goes on as usual.
    pub(super) async fn doubt(&mut self, container: Option<ContainerId>, request: Request) -> Result<Flow, Stop> {
        let waits = self.waits(&request);
        let Some((_, access)) = self.access() else { return self.cannot_look(&request, waits).await };
        self.keep_lease().await?;
        let evidence = self.look(&access, container.as_ref(), &request, waits.is_none()).await?;
        let ends = self.now() >= first_unclear(&request) + self.ports.settings.publish.ends_after;
        match (judge(&evidence, container.is_some()), container) {
            (Finding::Live(media), Some(container)) => {
                let entry = self.entry("published", "Instagram says that it is live.");
                let receipt = self.receipt(&container, &request, media, ConfirmedBy::Status);
                self.store_live(receipt, &[entry]).await
            }
            _ if waits.is_some() || self.publication().stage == Stage::NeedsReview => {
                self.look_again(&request, waits).await
            }
            (Finding::Shown(found), _) => self.review(&testimony(Some(&found))).await,
            (Finding::Nothing, _) => {
                let entry = self.entry("cleared", "Instagram shows that it had not gone out; it goes on.");
                self.take(Step::Cleared { at: self.now() }, &[entry]).await
            }
            _ if ends => self.review(&testimony(None)).await,
            _ => self.look_again(&request, None).await,
        }
    }
}

/// What follows from the evidence. The one media with its text is not taken for it: another container may have made it, or a person.
fn judge(evidence: &Evidence, has_container: bool) -> Finding {
    match (&evidence.status, &evidence.candidates) {
        (Some(ContainerStatus::Published), candidates) => {
            let only = candidates.as_deref().and_then(|found| match found {
                [one] if evidence.distinctive => Some(one.clone()),
                _ => None,
            });
            Finding::Live(only)
        }
        (_, Some(found)) if !found.is_empty() => Finding::Shown(found.clone()),
        (None, _) if has_container => Finding::Unknown,
        (_, Some(_)) => Finding::Nothing,
        (_, None) => Finding::Unknown,
    }
}

fn testimony(found: Option<&[ListedMedia]>) -> String {
    let shown = match found {
        Some(found) => format!("the profile shows posts with this text that may be it ({})", addresses(found)),
        None => "Instagram could not be asked".to_owned(),
    };
    format!(
        "This service was put back from a copy of its data, which does not know whether this post had gone out, and {shown}. {DECIDE}"
    )
}

#[cfg(test)]
mod tests {
    use rats_domain::id::MediaId;
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

    fn nothing() -> Evidence {
        Evidence {
            status: Some(ContainerStatus::Finished),
            candidates: Some(vec![]),
            adoptable_from: datetime!(2026-12-04 9:00 UTC),
            distinctive: true,
            unexplained: None,
            waits_over: true,
            useless: false,
            ends: false,
        }
    }

    #[test]
    fn it_goes_on_only_if_every_witness_there_is_was_read_and_saw_nothing() {
        assert_eq!(judge(&nothing(), true), Finding::Nothing);
        assert_eq!(judge(&Evidence { status: None, ..nothing() }, false), Finding::Nothing);
        assert_eq!(judge(&Evidence { status: None, ..nothing() }, true), Finding::Unknown);
        assert_eq!(judge(&Evidence { candidates: None, ..nothing() }, true), Finding::Unknown);
        assert_eq!(judge(&Evidence { status: None, candidates: None, ..nothing() }, false), Finding::Unknown);
    }

    #[test]
    fn what_the_profile_shows_is_a_persons_to_judge() {
        let one = Evidence { candidates: Some(vec![media("1")]), ..nothing() };
        assert_eq!(judge(&one, true), Finding::Shown(vec![media("1")]));
        assert_eq!(judge(&Evidence { status: None, ..one.clone() }, false), Finding::Shown(vec![media("1")]));
        assert!(testimony(Some(&[media("1")])).contains("(id 1)"));
        let published = Evidence { status: Some(ContainerStatus::Published), ..one };
        assert_eq!(judge(&published, true), Finding::Live(Some(media("1"))));
        assert_eq!(judge(&Evidence { distinctive: false, ..published }, true), Finding::Live(None));
    }
}
