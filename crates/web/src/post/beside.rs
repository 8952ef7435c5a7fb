//! Posts that are walked to their end beside the requests that asked for it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rats_application::{Ports, publish::RunPost};
use rats_domain::id::{PostId, UserId};
use tokio::{runtime::Handle, sync::watch, task::JoinSet};

/// The posts of "publish now" and "test" in this process, each in a task of its own.
///
/// They run on the process's runtime and not on that of a server's worker, which ends with the server, whatever is on its way.
pub(crate) struct Beside {
    run: Arc<RunPost>,
    tasks: Mutex<JoinSet<()>>,
    stop: watch::Sender<bool>,
    runtime: Handle,
}

impl Beside {
    /// On the runtime that this is called on.
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        let run = Arc::new(RunPost::new(ports));
        Self { run, tasks: Mutex::default(), stop: watch::Sender::new(false), runtime: Handle::current() }
    }

    /// Walks the post to its end, whether or not its caller stays.
    pub(crate) fn start(&self, user: &UserId, post: &PostId) {
        let (run, mut told) = (Arc::clone(&self.run), self.stop.subscribe());
        let (user, post) = (user.clone(), post.clone());
        let walk = async move {
            let stop = async { drop(told.wait_for(|stop| *stop).await) };
            if let Err(refusal) = run.run(&user, &post, stop).await {
                tracing::warn!(%post, error = %refusal, source = ?std::error::Error::source(&refusal), "work on a post stopped; a scheduler goes on with it");
            }
        };
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn_on(walk, &self.runtime);
    }

    /// Lets what is in flight finish, for so long at most, and leaves the rest to whoever comes next. What is started from now on is left, too.
    pub(crate) async fn finish(&self, within: Duration) {
        self.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        let finished = tokio::time::timeout(within, async { while tasks.join_next().await.is_some() {} }).await;
        if finished.is_err() {
            tracing::warn!(posts = tasks.len(), "stopped while posts were in flight; they are looked into afterwards");
        }
    }

    /// Tells once the process is to stop.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
