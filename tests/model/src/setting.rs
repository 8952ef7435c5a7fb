//! What is explored: what may happen, and which rule is left out.

/// Something that may happen in a [`Setting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A publish request for a container that is live already publishes it a second time.
    PublishedTwice,
    /// A publish request is answered with an unclear error, live or not.
    WrongAnswer,
    /// A publish request is definitely refused.
    Refusal,
    /// A status, a listing or the counter cannot be read.
    FailedRead,
    /// A container that does not read as published reads as expired or broken.
    OddStatus,
    /// The status may go on to say "finished" for good, though it is live.
    StuckStatus,
    /// The listing may go on to leave it out for good.
    StuckListing,
    /// The counter may go on to leave it out for good.
    StuckCounter,
    /// The counter alone cannot be read.
    NoCounter,
    /// The person edits.
    Edit,
    /// The person cancels.
    Cancel,
    /// The person disconnects and reconnects.
    Disconnect,
    /// The person adopts or publishes again what is in review.
    Decide,
    /// The post becomes useless.
    Useless,
    /// The store's clock jumps far ahead.
    ClockJump,
    /// A media of the same text is posted by hand: the listing may show it, the counter does not count it.
    ByHand,
    /// A pause between the check of the deadline and the write is longer than the honest limit.
    LongPause,
}

/// A rule of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One unsettled request at a time per account.
    Lane,
    /// The intent is stored before the request leaves.
    WriteAhead,
    /// The worker's deadline counts from before it asked for the claim, not from the answer.
    DeadlineFromBeforeTheClaim,
    /// The deadline is compared right before the bytes are written.
    DeadlineCheck,
    /// Grace is waited for.
    Grace,
    /// After grace, the witness window is waited for too.
    Window,
    /// The waits count from the end of the lease under which the intent was stored, not from the intent.
    WaitsFromLeaseEnd,
    /// Whatever clears the lease leaves `may_send_until` as it is.
    MaySendUntilIsKept,
    /// Only a request of which no byte was written was not sent.
    OnlyNoBytesProveNotSent,
    /// The lane is given back to a person's decision only after the waits.
    ReviewAfterWaits,
    /// What is unclear cannot be edited or cancelled.
    NoChangeWhileUnclear,
    /// A definite refusal settles only the request that it answers.
    RefusalSettlesOnlyItsRequest,
    /// A media id is accepted at any epoch.
    FactsAreNotFenced,
    /// A decision is accepted at its own epoch only.
    DecisionsAreFenced,
    /// Every change of a person raises the epoch.
    ChangesRaiseTheEpoch,
    /// Once a request was unclear, no error about the container permits a new one.
    NoNewContainer,
    /// The look that permits sending again begins after the waits.
    LookAfterWaits,
    /// The container's status is a witness.
    StatusWitness,
    /// The listing is a witness.
    ListingWitness,
    /// The quota counter is a witness.
    CounterWitness,
    /// Only a distinctive text is adopted by the listing.
    Distinctive,
    /// What the counter does not count is not adopted.
    CounterForbidsAdoption,
    /// "Publish again" reads status and listing first.
    LookBeforeAgain,
    /// The waits are also measured on the waiter's own clock from its first look.
    OwnClock,
    /// ... and that measure includes the length of a lease.
    OwnClockCoversTheLease,
}

/// What is explored.
#[derive(Clone, Debug)]
pub struct Setting {
    /// How many posts of one account, at most two.
    pub posts: usize,
    /// Whether their texts are equal.
    pub alike: bool,
    events: u32,
    left_out: u32,
}

impl Setting {
    /// The whole protocol, in a world where besides lateness, pauses, lost messages and crashes only `events` happen.
    #[must_use]
    pub fn new(posts: usize, events: &[Event]) -> Self {
        let events = events.iter().fold(0, |all, event| all | 1 << *event as u32);
        Self { posts, alike: false, events, left_out: 0 }
    }

    /// The posts' texts are equal.
    #[must_use]
    pub fn alike(self) -> Self {
        Self { alike: true, ..self }
    }

    /// The protocol without one of its rules.
    #[must_use]
    pub fn without(self, rule: Rule) -> Self {
        Self { left_out: self.left_out | 1 << rule as u32, ..self }
    }

    pub(crate) fn may(&self, event: Event) -> bool {
        self.events & 1 << event as u32 != 0
    }

    pub(crate) fn keeps(&self, rule: Rule) -> bool {
        self.left_out & 1 << rule as u32 == 0
    }
}
