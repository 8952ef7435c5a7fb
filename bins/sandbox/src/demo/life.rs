use std::{collections::BTreeSet, sync::Arc};

use rats_application::{
    Ports,
    auto_post::LookAtEvents,
    collect_accounts::CollectAccounts,
    collect_metrics::CollectMetrics,
    connect::{BeginConnect, ConfirmConnect, ReceiveCallback},
    event::CreateEvent,
    picture::{PictureChoice, UploadPicture},
    post::{CancelPost, PostRequest, SaveDraft, SchedulePost},
    preferences::{ChangePreferences, PreferenceChanges},
    publish::RunPost,
    refresh_tokens::RefreshTokens,
};
use rats_domain::{
    id::{EventId, PictureId, PostId, UserId},
    metrics::Slot,
    picture::Fit,
    post::PostFilter,
    publication::Status,
    secret::Secret,
};
use rats_instagram_sim::{AuthorizeRequest, Fault, FaultRule, Instagram};
use rats_runtime::Assembly;
use rats_storage::{Role, Store};
use time::{Date, Duration, OffsetDateTime};
use url::Url;

use super::{
    Outcome,
    past::Past,
    plan::{self, Fate, Shown},
};
use crate::world::DEMO_EMAIL;

/// How often the background comes round. Whatever of it does not count by the minute, counts by the hour.
const ROUND: Duration = Duration::hours(4);
/// The readings up to this age, which count by the minute, are made at times of their own.
const PROMPT: Duration = Duration::DAY;
/// How long before its time a post is written, at least.
const AHEAD: Duration = Duration::hours(20);
/// Everything was written by so long ago.
const WRITTEN: Duration = Duration::hours(3);
/// How long after it was written one is cancelled.
const THOUGHT: Duration = Duration::hours(1);
/// How often it is looked at whether a post is settled.
const GLANCE: std::time::Duration = std::time::Duration::from_millis(10);
/// "Instagram does not take the file's format".
const REFUSED: u32 = 2_207_026;

/// What happens at a moment, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    /// The post of this place in [`plan::POSTS`] is written.
    Written(usize),
    /// It is cancelled.
    Cancelled(usize),
    /// Instagram will take nothing for a moment.
    Refusing,
    /// Posts are due.
    Due,
    /// Numbers of a post are due.
    Numbers,
    /// The background comes round.
    Round,
}

/// The demo user's weeks.
pub(super) struct Life<'a> {
    ports: Arc<Ports>,
    store: Store,
    instagram: &'a Instagram,
    past: &'a mut Past,
    numbers: CollectMetrics,
    user: UserId,
    events: Vec<EventId>,
    pictures: Vec<PictureId>,
    /// When each post is to go out.
    times: Vec<Option<OffsetDateTime>>,
    /// Each post that was written.
    posts: Vec<Option<PostId>>,
    /// Until when all this happens.
    present: OffsetDateTime,
    ahead: BTreeSet<(OffsetDateTime, Happening)>,
}

impl<'a> Life<'a> {
    /// Settles the user, and knows all that will happen.
    pub(super) async fn begin(assembly: &Assembly, instagram: &'a Instagram, past: &'a mut Past) -> Outcome<Self> {
        let (ports, store) = (assembly.ports.clone(), assembly.store.clone());
        store.heartbeat(Role::Worker).await?;
        let (user, _) = ports.users.find_by_email(DEMO_EMAIL).await?.ok_or("the demo user is missing")?;
        let changes = PreferenceChanges { time_zone: Some(plan::ZONE.to_owned()), ..PreferenceChanges::default() };
        let preferences = ChangePreferences(ports.clone()).run(&user.id, changes).await?;
        connect(&ports, instagram, &user.id).await?;
        let present = past.present();
        let today = preferences.zone.day(present);
        let at = |day, time| preferences.zone.at(today.saturating_add(Duration::days(day)), time);
        let times: Vec<_> =
            plan::POSTS.iter().map(|post| at(post.day, post.at).filter(|_| post.fate != Fate::Draft)).collect();
        let alone = plan::EVENTS.iter().filter_map(|event| at(event.day, event.posts_itself?));
        let ahead = happenings(&times, alone, ports.clock.now(), present);
        let mut life = Self {
            numbers: CollectMetrics::new(ports.clone()),
            ports,
            store,
            instagram,
            past,
            user: user.id,
            events: Vec::new(),
            pictures: Vec::new(),
            posts: vec![None; times.len()],
            times,
            present,
            ahead,
        };
        life.settle(today).await?;
        Ok(life)
    }

    /// Lives until the present.
    pub(super) async fn run(&mut self) -> Outcome {
        while let Some((at, happening)) = self.ahead.pop_first() {
            self.past.turn_to(at);
            self.happens(happening).await?;
        }
        self.past.catch_up();
        self.round().await
    }

    /// The events and pictures that are there from the beginning.
    async fn settle(&mut self, today: Date) -> Outcome {
        for event in &plan::EVENTS {
            let event = CreateEvent(self.ports.clone()).run(&self.user, event.details(today), None).await?;
            self.events.push(event.id);
        }
        for picture in plan::PICTURES {
            let upload = UploadPicture(self.ports.clone());
            self.pictures.push(upload.run(&self.user, picture.into(), Fit::Pad, None).await?.id);
        }
        Ok(())
    }

    async fn happens(&mut self, happening: Happening) -> Outcome {
        match happening {
            Happening::Written(place) => self.write(place).await,
            Happening::Cancelled(place) => self.cancel(place).await,
            Happening::Refusing => {
                let fault = Fault::ContainerError { subcode: REFUSED };
                self.instagram.add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
                Ok(())
            }
            Happening::Due => self.publish().await,
            Happening::Numbers => self.numbers.run().await.map(drop).map_err(Into::into),
            Happening::Round => self.round().await,
        }
    }

    async fn write(&mut self, place: usize) -> Outcome {
        let planned = &plan::POSTS[place];
        let (event, picture) = match planned.shown {
            Shown::Card(event) => (Some(self.events[event].clone()), PictureChoice::Card(None)),
            Shown::Picture(picture) => (None, PictureChoice::Uploaded(self.pictures[picture].clone())),
        };
        let request = PostRequest { content: Some(planned.text.to_owned()), event, picture, fit: None };
        let written = match self.times[place] {
            Some(at) => SchedulePost(self.ports.clone()).run(&self.user, &request, at, None).await?,
            None => SaveDraft(self.ports.clone()).run(&self.user, &request, None).await?,
        };
        self.posts[place] = Some(written.id().clone());
        Ok(())
    }

    async fn cancel(&self, place: usize) -> Outcome {
        let Some(post) = &self.posts[place] else { return Ok(()) };
        CancelPost(self.ports.clone()).run(&self.user, post, None).await?;
        Ok(())
    }

    /// Publishes what is due, and knows when the numbers of what went out are due.
    async fn publish(&mut self) -> Outcome {
        let now = self.ports.clock.now();
        let filter = PostFilter { status: Some(Status::Scheduled), ..PostFilter::default() };
        let open = self.ports.posts.list(&self.user, &filter).await?;
        for record in open.iter().filter(|record| record.publication.publish_at.is_some_and(|at| at <= now)) {
            let run = RunPost::new(self.ports.clone());
            run.run(&self.user, &record.post.id, self.settled(&record.post.id)).await?;
            let sent = self.ports.posts.find(&self.user, &record.post.id).await?.and_then(|record| record.receipt);
            let readings = |sent: OffsetDateTime| {
                let prompt = Slot::all().take_while(|slot| slot.age() <= PROMPT);
                prompt.map(move |slot| (sent + slot.age() + slot.jitter(), Happening::Numbers))
            };
            let readings = sent.into_iter().flat_map(|receipt| readings(receipt.sent_at));
            self.ahead.extend(readings.filter(|(at, _)| *at <= self.present));
        }
        Ok(())
    }

    /// Ends when a post is settled: its run, which somebody else might have taken over, looks again only half a second later.
    async fn settled(&self, post: &PostId) {
        while let Ok(Some(record)) = self.ports.posts.find(&self.user, post).await {
            if !record.publication.stage.is_open() {
                return;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// What a scheduler's loops do.
    async fn round(&self) -> Outcome {
        let ports = || self.ports.clone();
        self.store.heartbeat(Role::Worker).await?;
        LookAtEvents(ports()).run().await?;
        self.numbers.run().await?;
        CollectAccounts(ports()).run().await?;
        RefreshTokens(ports()).run().await?;
        Ok(())
    }
}

/// What happens between `begin` and `present`, beside the readings of what goes out.
fn happenings(
    times: &[Option<OffsetDateTime>],
    alone: impl Iterator<Item = OffsetDateTime>,
    begin: OffsetDateTime,
    present: OffsetDateTime,
) -> BTreeSet<(OffsetDateTime, Happening)> {
    let rounds = std::iter::successors(Some(begin), |at| Some(*at + ROUND)).map(|at| (at, Happening::Round));
    let mut ahead: BTreeSet<_> = rounds.take_while(|(at, _)| *at < present).collect();
    ahead.extend(alone.map(|at| (at, Happening::Due)));
    for (place, (post, time)) in plan::POSTS.iter().zip(times).enumerate() {
        let written = time.map_or(present, |at| at - AHEAD).min(present - WRITTEN);
        ahead.insert((written, Happening::Written(place)));
        ahead.extend(time.map(|at| (at, Happening::Due)));
        match (post.fate, time) {
            (Fate::Refused, Some(at)) => ahead.insert((*at, Happening::Refusing)),
            (Fate::Cancelled, _) => ahead.insert((written + THOUGHT, Happening::Cancelled(place))),
            _ => continue,
        };
    }
    ahead.retain(|(at, _)| *at <= present);
    ahead
}

/// Connects the demo user with their account, as they would by clicks.
async fn connect(ports: &Arc<Ports>, instagram: &Instagram, user: &UserId) -> Outcome {
    let login = BeginConnect(ports.clone()).run(user, "127.0.0.1".to_owned(), "").await?;
    let request = asked(&login);
    let state = request.state.clone().map(Secret::new);
    let code = instagram.grant(&request, plan::ACCOUNT, &request.scopes(), ports.clock.now());
    let code = code.ok_or("the simulated account is missing")?;
    let pending = ReceiveCallback(ports.clone()).run(state.as_ref(), Ok(Secret::new(code))).await?;
    ConfirmConnect(ports.clone()).run(&pending).await?;
    Ok(())
}

/// What Instagram's login page is opened with.
fn asked(login: &Url) -> AuthorizeRequest {
    let text = |name: &str| login.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    AuthorizeRequest {
        client_id: text("client_id").unwrap_or_default(),
        redirect_uri: text("redirect_uri").unwrap_or_default(),
        response_type: text("response_type").unwrap_or_default(),
        scope: text("scope").unwrap_or_default(),
        state: text("state"),
    }
}
