//! What people ask of the server, and what they find in the store afterwards.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rats_application::{
    Ports, Refusal,
    post::{CancelPost, Change, EditPost, PostChanges},
};
use rats_domain::{
    event::Event,
    id::{PostId, UserId},
    post::{PostRecord, PostRepository},
    publication::Stage,
};

use super::{calendar::bury, said::Hand};
use crate::{executor::Process, town::Town};

/// The process that takes what people ask for. It dies now and then, too.
const SERVER: Process = 3;

pub(super) async fn do_by_hand(ports: Arc<Ports>, user: &UserId, id: &PostId, what: Hand) -> Result<(), Refusal> {
    let (content, time) = match what {
        Hand::Text(text) => (Change::Set(text), Change::Keep),
        Hand::Time(at) => (Change::Keep, Change::Set(at)),
        Hand::Cancelled => return CancelPost(ports).run(user, id, None).await.map(drop),
    };
    let changes = PostChanges { content, ..PostChanges::default() };
    EditPost(ports).run(user, id, &changes, &time, None).await.map(drop)
}

/// The answer to what somebody asks for; none if the process died of it.
pub(super) fn asked<T: Send + 'static, R: Future<Output = T> + Send + 'static>(
    town: &mut Town,
    question: impl FnOnce(Arc<Ports>) -> R,
) -> Option<T> {
    let answer = Arc::new(Mutex::new(None));
    let (told, question) = (answer.clone(), question(town.event_ports(SERVER)));
    town.world.spawn(SERVER, async move { *told.lock().unwrap() = Some(question.await) });
    let end = town.world.now() + Duration::from_mins(10);
    let has_answer = || answer.lock().unwrap().is_some();
    while !has_answer() {
        assert!(town.world.run_while(end, || has_answer() || town.gates.has_dead()), "no answer within ten minutes");
        if bury(town).contains(&SERVER) {
            break;
        }
    }
    answer.lock().unwrap().take()
}

pub(super) fn text_of(event: &Event) -> String {
    let own = event.details.auto_post.caption.as_ref().map(|caption| caption.as_str().to_owned());
    own.or_else(|| event.message.clone()).unwrap()
}

/// The event's post that is on its way and can be changed, and how long its timeline is.
pub(super) fn open_post(town: &Town, event: &Event) -> Option<(PostRecord, usize)> {
    let mut found = town.occurrences(event).into_iter().rev().filter_map(|known| {
        let id = known.post.clone();
        town.gates.wait(PostRepository::find(&town.store, &event.user, &id)).unwrap()
    });
    let is_open = |stage| matches!(stage, Stage::Waiting | Stage::Staging | Stage::Staged);
    let record = found.find(|record| is_open(record.publication.stage))?;
    let length = town.timeline(&record.post).len();
    Some((record, length))
}

/// The event's posts whose request has left: what is changed now does not reach them.
pub(super) fn spared(town: &Town, event: &Event) -> Vec<PostId> {
    let mut posts: Vec<PostId> = town.occurrences(event).into_iter().map(|known| known.post).collect();
    posts.retain(|id| {
        let found = town.gates.wait(PostRepository::find(&town.store, &event.user, id)).unwrap();
        found.is_some_and(|record| {
            record.publication.stage.is_unsettled() || record.publication.stage == Stage::Published
        })
    });
    posts
}

/// What was done to a post that was on its way is in its timeline, unless it was too late.
pub(super) fn is_written_down(town: &Town, open: Option<(PostRecord, usize)>, what: &str) {
    let Some((before, length)) = open else { return };
    let Some(now) = town.found(&before.post) else { return };
    let is_late = now.publication.stage.is_unsettled() || now.publication.stage == Stage::Published;
    let told = town.timeline(&now.post);
    assert!(is_late || told.len() > length, "{what}: not in the timeline {:#?}", town.story(&now.post));
}
