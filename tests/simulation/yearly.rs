//! Events that post themselves, over a year in which processes die and the database fails.

mod calendar;
mod changes;
mod judge;
mod people;
mod said;
mod server;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use rats_application::{Ports, auto_post::LookAtEvents};
use rats_domain::{
    connection::Connection,
    event::{Author, AutoPost, Event, EventFilter, EventKind, EventOrder, EventRepository, MessageWriter, Written},
    id::{EventId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    occurrence::{DueEvent, EventAgenda, Making, Occurrence, OccurrenceRepository, Problem},
    part::{Part, Span},
    picture::{MadePicture, MockPictureFiles, MockPictureMaker},
    post::{Post, PostFilter, PostRecord},
    publication::{Publication, Stage},
    store::StoreError,
    timeline::Entry,
};
use rats_instagram_sim::LedgerMedia;
use rats_storage::Store;
use time::{Date, OffsetDateTime, Time};

use crate::{
    executor::{Process, World},
    gate::{Crash, Gate},
    town::{Town, hostile, settings},
};

/// The events of the store as one process reaches them.
struct Gated {
    store: Store,
    gate: Gate,
}

macro_rules! gated {
    ($port:ident { $(fn $name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)* $(also { $($more:tt)* })? }) => {
        #[async_trait]
        impl $port for Gated {
            $(async fn $name(&self $(, $arg: $type)*) -> $answer {
                self.gate.stored(concat!(stringify!($port), "::", stringify!($name)), $port::$name(&self.store $(, $arg)*)).await
            })*
            $($($more)*)?
        }
    };
}

gated!(EventRepository {
    fn find(user: &UserId, id: &EventId) -> Result<Option<Event>, StoreError>;
    fn list(user: &UserId, filter: EventFilter) -> Result<Vec<Event>, StoreError>;
    fn part(user: &UserId, filter: EventFilter, order: EventOrder, span: Span) -> Result<Part<Event>, StoreError>;
    fn by_day(user: &UserId, first: Date, last: Date, most: usize) -> Result<Vec<(Date, Part<Event>)>, StoreError>;
    fn replace(event: &Event, expected: OffsetDateTime) -> Result<bool, StoreError>;
    fn delete(user: &UserId, id: &EventId) -> Result<bool, StoreError>;
    also {
        async fn add<'a>(&self, event: &Event, key: Option<&'a IdempotencyKey>) -> Result<Added<Event>, AddError> {
            EventRepository::add(&self.store, event, key).await
        }
    }
});

gated!(EventAgenda {
    fn take_due_event(now: OffsetDateTime, until: OffsetDateTime, busy: &[UserId]) -> Result<Option<DueEvent>, StoreError>;
    fn take_event(user: &UserId, event: &EventId, until: OffsetDateTime) -> Result<Option<DueEvent>, StoreError>;
    fn hindered(user: &UserId, first: Date, last: Date, limit: usize) -> Result<Vec<(Event, Problem)>, StoreError>;
    fn problems(user: &UserId) -> Result<Vec<(EventId, Problem)>, StoreError>;
    also {
        async fn looked_at<'a>(
            &self,
            due: &DueEvent,
            next: Option<OffsetDateTime>,
            problem: Option<&'a Problem>,
        ) -> Result<bool, StoreError> {
            self.gate.stored("EventAgenda::looked_at", self.store.looked_at(due, next, problem)).await
        }
    }
});

gated!(OccurrenceRepository {
    fn make(occurrence: &Occurrence, post: &Post, publication: &Publication, entries: &[Entry], seen: OffsetDateTime) -> Result<Making, StoreError>;
    fn tend(occurrence: &Occurrence, record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError>;
    fn settle(occurrence: &Occurrence, epoch: Option<i64>) -> Result<bool, StoreError>;
    also {
        async fn forget<'a>(
            &self,
            occurrence: &Occurrence,
            left: Option<&'a PostRecord>,
            entries: &[Entry],
        ) -> Result<bool, StoreError> {
            let forgotten = self.store.forget(occurrence, left, entries);
            self.gate.stored("OccurrenceRepository::forget", forgotten).await
        }

        async fn occurrences<'a>(
            &self,
            user: &UserId,
            event: Option<&'a EventId>,
            from_year: i32,
        ) -> Result<Vec<Occurrence>, StoreError> {
            let occurrences = self.store.occurrences(user, event, from_year);
            self.gate.stored("OccurrenceRepository::occurrences", occurrences).await
        }
    }
});

/// Writes what tells the event, whom it is about and the notes, after a while.
struct Writer(World);

#[async_trait]
impl MessageWriter for Writer {
    async fn write(&self, event: &Event, variant: u32) -> Written {
        self.0.sleep(self.0.span(Duration::ZERO, Duration::from_secs(3))).await;
        let (id, name) = (&event.id, &event.details.recipient_name);
        Written { message: format!("Happy day {variant} of {id}, {name}!"), plan: "Tea.".into(), by: Author::Templates }
    }
}

impl Town {
    /// The ports of a process that looks at events.
    fn event_ports(&mut self, process: Process) -> Arc<Ports> {
        let ports = Arc::into_inner(self.ports(process)).unwrap();
        let gated = Arc::new(Gated { store: self.store.clone(), gate: self.gates.of(process) });
        let mut maker = MockPictureMaker::new();
        maker.expect_card().returning(|_| {
            Ok(MadePicture { jpeg: vec![1], width: 1080, height: 1350, changes: vec![], original: vec![] })
        });
        let mut files = MockPictureFiles::new();
        files.expect_put().returning(|_, _| Ok(()));
        Arc::new(Ports {
            events: gated.clone(),
            agenda: gated.clone(),
            occurrences: gated,
            preferences: Arc::new(self.store.clone()),
            pictures: Arc::new(self.store.clone()),
            maker: Arc::new(maker),
            writer: Arc::new(Writer(self.world.clone())),
            files: Arc::new(files),
            ..ports
        })
    }

    /// Starts a scheduler process that looks at events, every so often.
    fn start_with_events(&mut self, process: Process, every: Duration) {
        self.start(process);
        let (world, look) = (self.world.clone(), LookAtEvents(self.event_ports(process)));
        self.world.spawn(process, async move {
            loop {
                let _ = look.run().await;
                world.sleep(every).await;
            }
        });
    }

    /// An event of the person's that posts itself.
    fn event(&self, person: &Connection, number: usize, date: Date, at: Option<Time>) -> Event {
        let mut event = Event::example(&format!("e{number:03}"), person.user.as_str(), date);
        event.details.title = format!("Event {number}");
        event.details.kind = EventKind::ALL[number % 4];
        event.details.auto_post = AutoPost { enabled: true, at, ..AutoPost::default() };
        event.message = Some(format!("Happy day of event {number}!"));
        (event.created_at, event.updated_at) = (self.now(), self.now());
        self.gates.wait(EventRepository::add(&self.store, &event, None)).unwrap();
        event
    }

    fn found_event(&self, event: &Event) -> Event {
        self.stored_event(event).unwrap()
    }

    /// None where it was deleted.
    fn stored_event(&self, event: &Event) -> Option<Event> {
        self.gates.wait(EventRepository::find(&self.store, &event.user, &event.id)).unwrap()
    }

    /// All that the event ever became.
    fn occurrences(&self, event: &Event) -> Vec<Occurrence> {
        self.gates.wait(self.store.occurrences(&event.user, Some(&event.id), 0)).unwrap()
    }

    /// What is live of an event.
    fn live(&self, event: &Event) -> Vec<LedgerMedia> {
        let media = self.network.instagram.ledger(self.now()).media;
        media.into_iter().filter(|media| Some(&media.caption) == event.message.as_ref()).collect()
    }

    /// All posts of a person.
    fn all_posts(&self, person: &Connection) -> Vec<PostRecord> {
        let filter = PostFilter::default();
        self.gates.wait(rats_domain::post::PostRepository::list(&self.store, &person.user, &filter)).unwrap()
    }
}

const SCHEDULER: Process = 1;
const DAY: Duration = Duration::from_hours(24);

/// A week and more of one event, whose scheduler dies at these calls; answers the calls, none if not every crash happened.
fn week(crashes: &[(usize, Crash)]) -> Option<Vec<&'static str>> {
    let mut town = Town::new(11, hostile(), settings());
    let anna = town.person();
    let event = town.event(&anna, 0, (town.now() + DAY * 8).date(), None);
    town.gates.crash_at(crashes);
    let every = Duration::from_hours(6);
    town.start_with_events(SCHEDULER, every);
    let (world, end) = (town.world.clone(), DAY * 10);
    while world.run_while(end, || town.gates.has_dead()) {
        town.gates.take_dead();
        world.run_until(world.now() + Duration::from_secs(3));
        town.start_with_events(SCHEDULER, every);
    }
    let calls = town.gates.all_crashed().then(|| town.gates.calls());

    let live = town.live(&event);
    assert_eq!(live.len(), 1, "{crashes:?}");
    let due = (event.details.date.midnight() + Duration::from_hours(9)).assume_utc();
    assert!((due..due + Duration::from_mins(15)).contains(&live[0].timestamp), "{crashes:?}: {}", live[0].timestamp);
    let posts = town.all_posts(&anna);
    assert_eq!(posts.len(), 1, "{crashes:?}: one post of one occurrence");
    assert_eq!(posts[0].publication.stage, Stage::Published);
    let after = town.found_event(&event);
    assert_eq!(after.last_message_sent, posts[0].receipt.as_ref().map(|receipt| receipt.sent_at), "{crashes:?}");
    assert_eq!(after.details.date, event.details.date.replace_year(2027).unwrap(), "{crashes:?}: it moved on");
    calls
}

#[test]
fn no_crash_at_any_call_loses_or_doubles_an_occurrence() {
    let calls = week(&[]).expect("nothing dies");
    // Those of publishing are tried elsewhere, and that nothing is due is read again and again.
    let decides = |index: &usize| {
        let is_of_events = ["Event", "Occurrence", "PostRepository"].iter().any(|port| calls[*index].starts_with(port));
        let next = calls.get(index + 1).is_some_and(|next| next.starts_with("Event"));
        is_of_events && (calls[*index] != "EventAgenda::take_due_event" || next)
    };
    let of_events: Vec<usize> = (0..calls.len()).filter(decides).collect();
    let mut died = 0;
    for call in &of_events {
        for crash in [Crash::Before, Crash::AnswerLost, Crash::AnswerUnused] {
            died += usize::from(week(&[(*call, crash)]).is_some());
        }
    }
    assert_eq!(died, of_events.len() * 3);
    assert!(of_events.len() > 60, "{}", of_events.len());
}
