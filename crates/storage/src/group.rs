//! Steps of many posts stored together, so that the disk is not waited for once per post.
//!
//! Nothing is delayed for it: whatever was handed in while a transaction ran is the next one. A group that the database refuses is
//! halved until the post at fault is alone, so that one post's trouble is its own. Storing the same again is harmless.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{runtime::Handle, sync::oneshot};

use crate::{
    backend::transact,
    commit::{Commits as _, Job},
    database::Database,
    trouble::Trouble,
};

/// The most jobs in one transaction.
const MOST: usize = 1_000;

/// Whether something was written for the job.
type Answer = Result<bool, Trouble>;

struct Waiting {
    job: Job,
    database: Database,
    answer: oneshot::Sender<Answer>,
}

/// What waits to be stored together.
#[derive(Clone, Default)]
pub(crate) struct Group(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether a task is storing.
    busy: bool,
}

impl Group {
    /// Stores the job with whatever else waits.
    pub(crate) async fn commit(&self, runtime: &Handle, database: &Database, job: Job) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.hand_in(Waiting { job, database: database.clone(), answer }) {
            runtime.spawn(run(Busy { group: self.clone(), is_over: false }));
        }
        answered.await.map_err(|lost| Trouble::Crashed(Box::new(lost)))?
    }

    /// Answers whether a task must be started to store it.
    fn hand_in(&self, waiting: Waiting) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(waiting);
        !std::mem::replace(&mut queue.busy, true)
    }

    /// The next group; no two jobs of one post, since their order matters. Where nothing waits, the task's work is over.
    fn take(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.queue();
        let (mut posts, mut group) = (BTreeSet::new(), vec![]);
        while group.len() < MOST
            && let Some(next) = queue.waiting.pop_front()
        {
            if !posts.insert(next.job.post().clone()) {
                queue.waiting.push_front(next);
                break;
            }
            group.push(next);
        }
        queue.busy = !group.is_empty();
        group.sort_by(|a, b| a.job.order().cmp(&b.job.order()));
        Some(group).filter(|group| !group.is_empty())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that stores; if it is dropped in the middle, another one may begin.
struct Busy {
    group: Group,
    /// Whether it has said itself that it stores no more: another task may have begun since.
    is_over: bool,
}

impl Drop for Busy {
    fn drop(&mut self) {
        if !self.is_over {
            self.group.queue().busy = false;
        }
    }
}

async fn run(mut busy: Busy) {
    while let Some(group) = busy.group.take() {
        store(group).await;
    }
    busy.is_over = true;
}

/// Stores the group, halved wherever the database refuses it. One that may not have reached the database is repeated once.
async fn store(group: Vec<Waiting>) {
    let mut groups = vec![group];
    let mut repeated = false;
    while let Some(mut group) = groups.pop() {
        let jobs: Arc<[Job]> = group.iter().map(|waiting| waiting.job.clone()).collect();
        let Some(database) = group.first().map(|waiting| waiting.database.clone()) else { continue };
        match commit(database, jobs).await {
            Ok(written) => tell(group, |post| Ok(written.contains(post))),
            Err(trouble) if !repeated && (trouble.is_of_reach() || trouble.is_of_connection()) => {
                repeated = true;
                groups.push(group);
            }
            Err(trouble) if trouble.is_of_reach() => {
                let trouble = Arc::new(trouble);
                let all = groups.drain(..).flatten().chain(group);
                tell(all, |_| Err(Trouble::Group(trouble.clone())));
            }
            Err(trouble) if group.len() < 2 => {
                if let Some(only) = group.pop() {
                    let _ = only.answer.send(Err(trouble));
                }
            }
            Err(_) => {
                let half = group.split_off(group.len() / 2);
                groups.extend([half, group]);
            }
        }
    }
}

fn tell(group: impl IntoIterator<Item = Waiting>, outcome: impl Fn(&str) -> Answer) {
    // Whoever has its answer may close the store at once: nothing of ours keeps it open then.
    let told: Vec<_> = group.into_iter().map(|Waiting { job, answer, database: _ }| (job, answer)).collect();
    for (job, answer) in told {
        // Who has gone away is not told.
        let _ = answer.send(outcome(job.post().as_str()));
    }
}

/// Stores the jobs in one transaction; answers of which posts something was written.
pub(crate) async fn commit(database: Database, jobs: Arc<[Job]>) -> Result<BTreeSet<String>, Trouble> {
    let here = database.here();
    let committed = transact!(database, |conn| conn.commit(&jobs, &here).await)?;
    if committed.frees {
        database.due.sooner();
    }
    Ok(committed.written)
}
