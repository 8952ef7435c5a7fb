use std::sync::Arc;

use rats_domain::{
    id::{MediaId, PostId, UserId},
    instagram::{Access, Advice, ContainerStatus, ListedMedia, MediaName, PlatformError},
    post::PostRecord,
    publication::{Request, Stage, Step},
    receipt::{ConfirmedBy, Receipt},
};
use time::OffsetDateTime;

use super::{
    change::{Next, check_version},
    compose::usable_connection,
    content::{Content, PostChanges},
    find::find,
    publish::useful_for,
};
use crate::{
    Ports, Refusal,
    publish::{addresses, candidates, earliest, is_distinctive, note},
};

/// A person says which media on Instagram a post in review is.
pub struct AdoptMedia(pub Arc<Ports>);

impl AdoptMedia {
    /// Records the media as the post's, after finding it on Instagram among what the account has published since the post's request.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if the post is not in review, the account shows no such media ([`NOT_SHOWN`]) or it is another post's,
    /// [`Refusal::Unavailable`] if Instagram cannot be asked; nothing is changed then.
    pub async fn run(&self, user: &UserId, id: &PostId, name: &MediaName) -> Result<PostRecord, Refusal> {
        let ports = &self.0;
        let record = in_review(ports, user, id).await?;
        let access = access(ports, &record).await?;
        let Some(request) = record.publication.request.as_ref() else { return Err(not_in_review()) };
        let (media, permalink) = self.named(&access, request, name).await?;
        if !ports.history.owned_by_others(id, std::slice::from_ref(&media)).await?.is_empty() {
            return Err(Refusal::conflict("owned", "This belongs to another post. Give the link of the one it is."));
        }
        let receipt = Receipt {
            container: record.publication.container.as_ref().map(|container| container.id.clone()),
            media: Some(media),
            permalink,
            sent_at: request.sent_at(),
            confirmed_at: ports.clock.now(),
            confirmed_by: ConfirmedBy::Person,
        };
        let entry = note(
            ports,
            ports.clock.now(),
            "adopted",
            &record.publication,
            "You confirmed that this post is live.".into(),
        );
        ports.queue.record_published(id, &receipt, &[entry]).await.map_err(queue_refusal)?;
        find(ports, user, id).await
    }

    /// The id and the address of what is called so.
    async fn named(
        &self,
        access: &Access,
        request: &Request,
        name: &MediaName,
    ) -> Result<(MediaId, Option<String>), Refusal> {
        let since = earliest(request, self.0.settings.publish.clock_tolerance);
        let listing = self.0.reader.recent(access, since).await.map_err(|error| cannot_look(&error))?.value;
        match listing.media.into_iter().find(|media| name.is_of(media)) {
            Some(media) => Ok((media.id, media.permalink)),
            None if listing.complete => Err(not_shown()),
            None => Err(Refusal::unavailable(NOT_WHOLE)),
        }
    }
}

/// A person says that a post in review is not live.
pub struct RepublishPost(pub Arc<Ports>);

impl RepublishPost {
    /// Begins anew with a new container, and with `changes` where the person wants them, after reading status and listing once more. `seen`
    /// is the version that the person saw, where they say so. `anyway`: although the profile shows what may be it and its text cannot tell.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unavailable`] if they cannot be read; nothing is changed then. [`Refusal::Conflict`] if the post turns out to be live, which is
    /// recorded, if the profile shows a post with its text ([`MAY_BE_SHOWN`] where `anyway` helps), or if it is another version.
    pub async fn run(
        &self,
        user: &UserId,
        id: &PostId,
        changes: &PostChanges,
        seen: Option<i64>,
        anyway: bool,
    ) -> Result<PostRecord, Refusal> {
        let ports = &self.0;
        let mut record = in_review(ports, user, id).await?;
        check_version(&record, seen)?;
        let access = access(ports, &record).await?;
        let content = Content::changed(ports, &record.post, changes).await?;
        self.look_again(&record, &access, anyway).await?;
        let now = ports.clock.now();
        let step = Step::Republished { publish_at: now, useless_after: now + useful_for(ports, record.post.origin) };
        let edited = content.differences(&record.post).map(|text| ("edited", text));
        let decided = ("republished", "You decided to publish it again.".to_owned());
        content.put(&mut record.post);
        let next = Next::after(ports, record, step, edited.into_iter().chain([decided]).collect())?;
        if !ports.posts.change(&next.record, &next.entries).await? {
            return Err(Refusal::conflict(
                "busy",
                "This post was changed at this very moment. Look at it again, then decide.",
            ));
        }
        find(ports, user, id).await
    }

    async fn look_again(&self, record: &PostRecord, access: &Access, anyway: bool) -> Result<(), Refusal> {
        let ports = &self.0;
        let Some(request) = record.publication.request.as_ref() else { return Err(not_in_review()) };
        let container = record.publication.container.as_ref().map(|container| container.id.clone());
        let status = match &container {
            Some(id) => Some(ports.publisher.status(access, id).await.map_err(|error| cannot_look(&error))?.value),
            None => None,
        };
        if status == Some(ContainerStatus::Published) {
            let receipt = Receipt {
                container,
                media: None,
                permalink: None,
                sent_at: request.sent_at(),
                confirmed_at: ports.clock.now(),
                confirmed_by: ConfirmedBy::Status,
            };
            let entry = note(
                ports,
                ports.clock.now(),
                "published",
                &record.publication,
                "Instagram says that it is live.".into(),
            );
            ports.queue.record_published(&record.post.id, &receipt, &[entry]).await.map_err(queue_refusal)?;
            return Err(Refusal::conflict(
                "published",
                "Instagram now says that this post is live, so it was not sent again.",
            ));
        }
        let since = earliest(request, ports.settings.publish.clock_tolerance);
        match ports.reader.recent(access, since).await {
            Ok(answer) if answer.value.complete => {
                self.refuse_if_shown(record, access, since, answer.value.media, anyway).await
            }
            // An expired container says enough by itself.
            _ if status == Some(ContainerStatus::Expired) => Ok(()),
            Ok(_) => Err(Refusal::unavailable(NOT_WHOLE)),
            Err(error) => Err(cannot_look(&error)),
        }
    }

    /// What the profile shows by now is not published a second time, unless only the person can tell whether it is that.
    async fn refuse_if_shown(
        &self,
        record: &PostRecord,
        access: &Access,
        since: OffsetDateTime,
        listed: Vec<ListedMedia>,
        anyway: bool,
    ) -> Result<(), Refusal> {
        let (ports, post) = (&self.0, &record.post);
        let found = candidates(ports, &post.id, &post.caption, since, listed).await?;
        if found.is_empty() {
            return Ok(());
        }
        let shown = addresses(&found);
        if is_distinctive(ports, &access.account, &post.id, &post.caption).await? {
            return Err(Refusal::conflict(
                "shown",
                format!(
                    "The profile shows a post with this text ({shown}). If it is this one, say that it is live, with its link; if you made it by \
                     hand and want another, remove it in the Instagram app first."
                ),
            ));
        }
        if anyway {
            return Ok(());
        }
        Err(Refusal::conflict(
            MAY_BE_SHOWN,
            format!(
                "The profile shows what may be this post ({shown}), but its text cannot tell: it is empty, or another post of the account has \
                 it, too. If it is this one, say that it is live, with its link; if it is not, confirm that this one is to be published again."
            ),
        ))
    }
}

/// The kind of conflict in which a person may insist.
pub const MAY_BE_SHOWN: &str = "may_be_shown";

const NOT_WHOLE: &str =
    "The profile's list of posts could not be read whole, so nothing was changed. Please try again later.";

async fn in_review(ports: &Ports, user: &UserId, id: &PostId) -> Result<PostRecord, Refusal> {
    let record = find(ports, user, id).await?;
    if record.publication.stage == Stage::NeedsReview { Ok(record) } else { Err(not_in_review()) }
}

/// Access to the account that the post was sent to, which may not be the one connected now.
async fn access(ports: &Ports, record: &PostRecord) -> Result<Access, Refusal> {
    let connection = usable_connection(ports, &record.post.user).await?;
    if record.publication.account.as_ref() != Some(&connection.account) {
        return Err(Refusal::conflict(
            "other_account",
            "This post was sent to another Instagram account. Connect that account again, then decide.",
        ));
    }
    let token = connection.token.ok_or_else(not_in_review)?.secret;
    Ok(Access { account: connection.account, token })
}

fn not_in_review() -> Refusal {
    Refusal::conflict(
        "not_in_review",
        "There is nothing to decide: only of a post whose outcome could not be found out you can say that it is live, or that it is to be published again.",
    )
}

fn cannot_look(error: &PlatformError) -> Refusal {
    let then = match error.advice {
        Advice::Reconnect | Advice::Refresh => "Connect the account again, then decide.",
        Advice::ActInApp => "Do what the Instagram app asks for, then decide.",
        _ => "Please try again later.",
    };
    let message = format!(
        "Instagram could not be asked whether the post is live, so nothing was changed: {}. {then}",
        error.what
    );
    Refusal::Unavailable { message, source: Some(Box::new(error.clone())) }
}

/// What the person named is not among what the account shows.
pub const NOT_SHOWN: &str = "not_shown";

fn not_shown() -> Refusal {
    Refusal::conflict(
        NOT_SHOWN,
        "`platformPostId` is none of the posts on the connected account's profile since this post was sent. Give the link of one of them; \
         a new post may take a minute to show.",
    )
}

fn queue_refusal(error: rats_domain::publication::QueueError) -> Refusal {
    match error {
        rats_domain::publication::QueueError::Store(error) => error.into(),
        other => Refusal::Broken(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        id::{AccountId, ContainerId},
        instagram::{Dated, ListedMedia, Listing, WE_TRY},
        publication::{Attention, AttentionKind, Publication},
        secret::Secret,
    };

    use super::*;
    use crate::mock::{Mocks, NOW, at, connection, post};

    fn in_review() -> PostRecord {
        let note = || Attention::new(AttentionKind::Review, "look");
        let steps = [
            at(NOW),
            Step::ContainerCreated { id: ContainerId::new("17"), at: NOW, look_at: NOW },
            Step::ContainerReady,
            Step::Intended { at: NOW, may_send_until: NOW },
            Step::Unclear { at: NOW, look_at: NOW, attention: note() },
            Step::Review { look_at: NOW, attention: note() },
        ];
        let record = post();
        let publication =
            steps.into_iter().fold(record.publication.clone(), |at: Publication, step| at.after(step).unwrap());
        PostRecord { publication, ..record }
    }

    /// Adopts what is called `name`, while the profile lists `listed`.
    fn adopts(name: &str, listed: &[&str], complete: bool) -> Result<PostRecord, Refusal> {
        let mut mocks = asked();
        mocks.history.expect_owned_by_others().returning(|_, media| {
            let others = MediaId::new("other");
            Ok(media.iter().filter(|media| **media == others).cloned().collect())
        });
        let listing = Listing { media: listed.iter().map(|id| media(id)).collect(), complete };
        mocks.reader.expect_recent().returning(move |_, _| Ok(Dated { value: listing.clone(), date: None }));
        mocks.queue.expect_record_published().returning(|_, receipt, _| {
            assert_eq!(receipt.permalink.as_deref(), Some("https://www.instagram.com/p/Ym/"));
            assert_eq!(receipt.media, Some(MediaId::new("m")));
            Ok(true)
        });
        adopt(mocks, name)
    }

    fn adopt(mocks: Mocks, name: &str) -> Result<PostRecord, Refusal> {
        let name = if name == "m" { MediaName::Id(MediaId::new("m")) } else { MediaName::parse(name).unwrap() };
        AdoptMedia(mocks.ports()).run(&UserId::new("u"), &PostId::new("p"), &name).now_or_never().unwrap()
    }

    /// A post in review of a connected account.
    fn asked() -> Mocks {
        let mut mocks = Mocks::default();
        mocks.posts.expect_find().returning(|_, _| Ok(Some(in_review())));
        mocks
            .connections
            .expect_find_by_user()
            .returning(|_| Ok(Some(connection(vec![Feature::Basic, Feature::Publish]))));
        mocks
    }

    fn media(id: &str) -> ListedMedia {
        ListedMedia {
            id: MediaId::new(id),
            caption: Some("Happy birthday, Anna!".into()),
            is_image: true,
            published_at: NOW,
            permalink: Some(format!("https://www.instagram.com/p/Y{id}/")),
        }
    }

    #[test]
    fn a_media_that_is_not_there_is_told_from_an_outage() {
        assert!(adopts("m", &["m"], true).is_ok(), "the list shows it");
        assert!(matches!(adopts("m", &["n"], true), Err(Refusal::Conflict { code: NOT_SHOWN, .. })));
        assert!(matches!(adopts("m", &["n"], false), Err(Refusal::Unavailable { .. })));
    }

    #[test]
    fn a_media_is_adopted_by_the_link_that_people_copy() {
        for link in ["https://www.instagram.com/anna/p/Ym/?igsh=1", "http://127.0.0.1:5002/p/Ym/", "Ym"] {
            assert!(adopts(link, &["n", "m"], true).is_ok(), "{link}");
        }
        let link = "https://www.instagram.com/p/Ym/";
        let Err(Refusal::Conflict { code, message }) = adopts(link, &["n"], true) else { panic!("it is not there") };
        assert!(code == NOT_SHOWN && message.contains("may take a minute to show"), "{code}: {message}");
        assert!(matches!(adopts(link, &["n"], false), Err(Refusal::Unavailable { .. })));
        let others = adopts("https://www.instagram.com/p/Yother/", &["other"], true);
        assert!(matches!(others, Err(Refusal::Conflict { code: "owned", .. })), "{others:?}");
    }

    #[test]
    fn who_cannot_look_is_told_why_and_promises_nothing() {
        let refused = |advice, code, what, then| {
            let mut mocks = asked();
            let error = PlatformError { code: Some(code), ..PlatformError::unnumbered(advice, what, then) };
            mocks.reader.expect_recent().returning(move |_, _| Err(error.clone()));
            match adopt(mocks, "m") {
                Err(Refusal::Unavailable { message, .. }) => message,
                other => panic!("{other:?}"),
            }
        };
        let told = refused(Advice::Retry, 2, "Instagram had a problem of its own", WE_TRY);
        assert!(told.ends_with("changed: Instagram had a problem of its own. Please try again later."), "{told}");
        let told = refused(Advice::Reconnect, 190, "Our access has expired", "Connect the account again.");
        assert!(told.ends_with("Our access has expired. Connect the account again, then decide."), "{told}");
    }

    /// What the person is told who publishes again while the profile shows media `m`.
    fn shown(repeats: bool, anyway: bool) -> Option<(&'static str, String)> {
        let mut mocks = Mocks::default();
        mocks.history.expect_owned_by_others().returning(|_, _| Ok(vec![]));
        mocks.history.expect_caption_repeats().returning(move |_, _, _| Ok(repeats));
        let access = Access { account: AccountId::new("1784"), token: Secret::new("t") };
        let republish = RepublishPost(mocks.ports());
        let record = in_review();
        let looks = republish.refuse_if_shown(&record, &access, NOW, vec![media("m")], anyway);
        match looks.now_or_never().unwrap() {
            Err(Refusal::Conflict { code, message }) => Some((code, message)),
            other => {
                other.unwrap();
                None
            }
        }
    }

    #[test]
    fn what_may_be_shown_already_is_told_before_it_is_published_again() {
        let link = "https://www.instagram.com/p/Ym/, id m";
        let (code, told) = shown(true, false).unwrap();
        assert!(code == MAY_BE_SHOWN && told.contains(link), "{code}: {told}");
        assert_eq!(shown(true, true), None, "the person's word holds");
        for anyway in [false, true] {
            let (code, told) = shown(false, anyway).unwrap();
            assert!(code == "shown" && told.contains(link), "{code}: {told}");
        }
    }
}
