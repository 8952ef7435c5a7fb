//! A period beside the one before it, and its parts.

use super::{Figures, Period, Published};
use crate::{event::EventKind, picture::PictureSource};

/// A period beside the one before it, and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The whole period.
    pub whole: Figures,
    /// The one before it.
    pub previous: Figures,
    /// The period by what posts' pictures are; what has no post is left out.
    pub by_picture: Vec<(Option<PictureSource>, Figures)>,
    /// The period by the kind of event that posts celebrate; what has no post is left out.
    pub by_event: Vec<(Option<EventKind>, Figures)>,
}

impl Summary {
    /// Of those of `posts` that went out in `period`, and in `previous`.
    #[must_use]
    pub fn of(posts: &[Published], period: &Period, previous: &Period) -> Self {
        let within: Vec<&Published> = posts.iter().filter(|post| period.contains(post.sent_at)).collect();
        let pictures = [PictureSource::Card, PictureSource::Photo].map(Some).into_iter().chain([None]);
        let events = EventKind::ALL.map(Some).into_iter().chain([None]);
        Self {
            whole: Figures::of(within.iter().copied()),
            previous: Figures::of(posts.iter().filter(|post| previous.contains(post.sent_at))),
            by_picture: parts(&within, pictures, |post| post.picture),
            by_event: parts(&within, events, |post| post.event),
        }
    }
}

fn parts<K: PartialEq>(
    posts: &[&Published],
    kinds: impl Iterator<Item = K>,
    kind: impl Fn(&Published) -> K,
) -> Vec<(K, Figures)> {
    let of = |wanted: &K| Figures::of(posts.iter().copied().filter(|post| kind(post) == *wanted));
    let parts = kinds.map(|wanted| (of(&wanted), wanted)).filter(|(figures, _)| figures.posts > 0);
    parts.map(|(figures, kind)| (kind, figures)).collect()
}
