//! The whole state: what the store, the workers and Instagram know.

/// How long a lease is, in ticks.
pub(crate) const LEASE: u8 = 2;
/// How long grace is, in ticks.
pub(crate) const GRACE: u8 = 2;
/// How long the witness window is, in ticks.
pub(crate) const WINDOW: u8 = 2;
/// Fewer ticks than this pass from the check of the deadline until a request has left, arrived and shows: the honest
/// limit.
pub(crate) const CHAIN: u8 = GRACE + WINDOW;

/// Where a post stands. Staging is folded into Waiting: a container counts as ready once it was read as finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Not prepared, or its container's status is to be read.
    #[default]
    Waiting,
    /// Its container is ready.
    Staged,
    /// A request was, or is about to be, sent.
    Requested,
    /// The outcome is unknown.
    Reconciling,
    /// Waits for the account to be connected again.
    Held,
    /// A person decides.
    Review,
    /// Live.
    Published,
    /// Ended without going live.
    Failed,
    /// Cancelled by the person.
    Cancelled,
}

/// The part of a post that a worker's decision writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// Where it stands.
    pub stage: Stage,
    /// Its present container.
    pub container: Option<u8>,
    /// Whether a request on its container was ever unclear.
    pub unclear: bool,
    /// Ticks until grace and *W* after `may_send_until` are over.
    pub waits: u8,
}

/// A post, as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Post {
    /// What decisions write.
    pub row: Row,
    /// Which text and picture the person wants: raised by an edit.
    pub content: u8,
    /// How many containers it had.
    pub made: u8,
    /// Ticks until its lease is over, by the store's clock.
    pub lease: u8,
    /// Whether its time has passed.
    pub useless: bool,
    /// For the properties: Instagram's answer with its media id has reached the store.
    pub told: bool,
    /// For the properties: refused, too late, or cancelled, since the person last wanted it.
    pub excused: bool,
}

/// A container on Instagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Container {
    /// What it was made of.
    pub content: u8,
    /// How many media were published from it.
    pub live: u8,
    /// For how long witnesses may still not show them.
    pub lag: u8,
}

/// A publish request on its way to Instagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flight {
    /// Of which post.
    pub post: u8,
    /// Of which container.
    pub container: u8,
    /// What is left of the [`CHAIN`].
    pub left: u8,
}

/// What Instagram answered, or what became of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is live, with its id.
    Id,
    /// An error that proves nothing, or none at all.
    Unclear,
    /// Not a byte was written.
    NotSent,
    /// Not published; it can be tried again.
    Retry,
    /// Not published; the account must be connected again.
    Reconnect,
    /// Not published; the content must be changed.
    Fix,
}

/// What the container's status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Not published.
    Finished,
    /// Published.
    Published,
    /// Expired or broken.
    Odd,
}

/// What a look at the witnesses leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Live by its status.
    Live,
    /// Live by the listing.
    Adopt,
    /// Send the same container again.
    Again,
    /// A person decides.
    Review,
    /// Nothing is concluded; look again.
    Look,
    /// Only without a rule: make a new container.
    Anew,
}

/// What a worker is about to do. Between any two phases it may pause for ever, unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Holds no claim.
    #[default]
    Idle,
    /// Holds a claim.
    Claimed,
    /// Has read the status and will read the listing.
    SawStatus(Option<Status>),
    /// Has read the listing too and will read the counter.
    SawListing(Option<Status>, Option<u8>),
    /// Has looked at the witnesses and will do what follows.
    Judged(Verdict),
    /// Has stored the intent and will compare the deadline.
    Intended,
    /// Has compared the deadline and will write; pauses no longer than what is left of the [`CHAIN`].
    Checked(u8),
    /// Has written and awaits the answer.
    Sent,
    /// Has the answer and will store what follows.
    Answered(Answer),
}

/// A process that works on one post at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Worker {
    /// What it is about to do.
    pub phase: Phase,
    /// With which post.
    pub post: u8,
    /// Whether its claim's epoch is still the post's.
    pub valid: bool,
    /// Ticks until its deadline, on its own clock.
    pub deadline: u8,
    /// Whether the end of its lease is long past by the store's clock, which has jumped since.
    pub past: bool,
    /// The content when it claimed.
    pub content: u8,
    /// The row when it claimed, and what it made of it.
    pub view: Row,
    /// Ticks on its own clock until the waits since its first look at each post's request are over.
    pub looks: [Option<u8>; 2],
}

/// Everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct World {
    /// The posts of the account.
    pub posts: [Post; 2],
    /// Their containers.
    pub containers: [[Container; 2]; 2],
    /// The publish requests under way.
    pub flights: [Option<Flight>; 2],
    /// The workers.
    pub workers: [Worker; 2],
    /// Whether the account is not connected.
    pub disconnected: bool,
    /// For the properties: something went live after a cancel, or older than an edit.
    pub stale_is_live: bool,
}

impl World {
    /// How many media of the post are live.
    #[must_use]
    pub fn live(&self, post: usize) -> u8 {
        self.containers[post].iter().map(|container| container.live).sum()
    }

    /// Whether a request for the post is, or may be at any moment, on its way.
    #[must_use]
    pub fn is_under_way(&self, post: usize) -> bool {
        self.flights.iter().flatten().any(|flight| usize::from(flight.post) == post)
            || self.workers.iter().any(|w| usize::from(w.post) == post && matches!(w.phase, Phase::Checked(_)))
    }

    /// The same, whichever worker is called the first.
    pub(crate) fn sorted(mut self) -> Self {
        self.workers.sort_unstable();
        self.flights.sort_unstable();
        self
    }

    pub(crate) fn post_of(&mut self, worker: usize) -> &mut Post {
        &mut self.posts[usize::from(self.workers[worker].post)]
    }
}

impl Stage {
    /// Whether it holds the account's lane.
    #[must_use]
    pub fn holds_lane(self) -> bool {
        matches!(self, Self::Requested | Self::Reconciling)
    }

    /// Whether it says that nothing was sent, or that what was sent was refused.
    #[must_use]
    pub fn is_settled_or_unsent(self) -> bool {
        matches!(self, Self::Waiting | Self::Staged | Self::Held | Self::Failed | Self::Cancelled)
    }
}
