//! What must always hold, and what must be reachable lest the model be empty.

use stateright::Property;

use crate::{
    protocol::Protocol,
    setting::Setting,
    world::{Phase, Post, Stage, Verdict, World},
};

/// No post is live twice.
pub const ONCE: &str = "no post is live twice";
/// A post that reads as not sent or refused is neither live nor can become so.
pub const UNSENT: &str = "what reads as not sent is neither live nor under way";
/// While it is not settled it does not read as ended.
pub const UNCLEAR: &str = "no post with an unclear request reads as unsent, failed or cancelled";
/// Nothing goes live after a cancel, nor older than an edit.
pub const FRESH: &str = "nothing goes live after a cancel nor older than an edit";
/// What reads as published is live.
pub const TRUE: &str = "what reads as published is live";
/// Nothing ends without a reason.
pub const NOT_LOST: &str = "what failed or is cancelled was refused, late or cancelled by the person";
/// An id that Instagram told is never thrown away.
pub const KEPT: &str = "what Instagram told is kept";
/// One worker at most has the say about a post.
pub const ONE_CLAIM: &str = "at most one worker holds a valid claim on a post";
/// The account's requests go one at a time.
pub const ONE_REQUEST: &str = "at most one publish request of the account is under way";
/// A person is asked only when nothing moves any more.
pub const ASKED_LATE: &str = "a person is asked only when nothing of the post is under way";
/// A person is asked: where the witnesses can be read, never.
pub const ASKED: &str = "sometimes: a person is asked";
/// Its outcome was unknown, and it was published.
pub const RECOVERED: &str = "sometimes: a post whose outcome was unknown is published";
/// The same container is sent again.
pub const SENT_AGAIN: &str = "sometimes: the same container is sent again";
/// A media is adopted by the listing.
pub const ADOPTED: &str = "sometimes: a media is found in the listing";
/// All posts are published.
pub const ALL_LIVE: &str = "sometimes: all posts are published";
/// A container is made anew after an edit or a decision, and published.
pub const ANEW: &str = "sometimes: a second container is published";

pub(crate) fn all() -> Vec<Property<Protocol>> {
    let mut all = always();
    all.extend(sometimes());
    all
}

fn always() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONCE, |m, w: &World| posts(m).all(|p| w.live(p) <= 1)),
        Property::always(UNSENT, |m, w: &World| {
            posts(m).all(|p| !stage(w, p).is_settled_or_unsent() || (w.live(p) == 0 && !w.is_under_way(p)))
        }),
        Property::always(UNCLEAR, |m, w: &World| {
            posts(m).all(|p| !stage(w, p).is_settled_or_unsent() || !w.posts[p].row.unclear)
        }),
        Property::always(FRESH, |_, w: &World| !w.stale_is_live),
        Property::always(TRUE, |m, w: &World| posts(m).all(|p| stage(w, p) != Stage::Published || w.live(p) > 0)),
        Property::always(NOT_LOST, |m, w: &World| {
            let ended = |post: &Post| matches!(post.row.stage, Stage::Failed | Stage::Cancelled);
            posts(m).map(|p| w.posts[p]).all(|post| !ended(&post) || post.excused)
        }),
        Property::always(KEPT, |m, w: &World| posts(m).all(|p| !w.posts[p].told || stage(w, p) == Stage::Published)),
        Property::always(ONE_CLAIM, |m, w: &World| {
            posts(m).all(|p| w.workers.iter().filter(|w| w.valid && usize::from(w.post) == p).count() <= 1)
        }),
        Property::always(ONE_REQUEST, |_, w: &World| w.flights.iter().flatten().count() <= 1),
        Property::always(ASKED_LATE, |m, w: &World| {
            posts(m).all(|p| stage(w, p) != Stage::Review || !w.is_under_way(p))
        }),
    ]
}

fn sometimes() -> Vec<Property<Protocol>> {
    vec![
        Property::sometimes(ASKED, |m, w: &World| posts(m).any(|p| stage(w, p) == Stage::Review)),
        Property::sometimes(RECOVERED, |m, w: &World| {
            posts(m).any(|p| stage(w, p) == Stage::Published && w.posts[p].row.unclear)
        }),
        Property::sometimes(SENT_AGAIN, |m, w: &World| {
            posts(m).any(|p| stage(w, p) == Stage::Requested && w.posts[p].row.unclear)
        }),
        Property::sometimes(ADOPTED, |_, w: &World| w.workers.iter().any(|w| w.phase == Phase::Judged(Verdict::Adopt))),
        Property::sometimes(ALL_LIVE, |m, w: &World| posts(m).all(|p| stage(w, p) == Stage::Published)),
        Property::sometimes(ANEW, |m, w: &World| {
            posts(m).any(|p| stage(w, p) == Stage::Published && w.containers[p][1].live > 0)
        }),
    ]
}

fn posts(Protocol(Setting { posts, .. }): &Protocol) -> std::ops::Range<usize> {
    0..*posts
}

fn stage(world: &World, post: usize) -> Stage {
    world.posts[post].row.stage
}
