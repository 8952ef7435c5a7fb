//! What stands between the use cases and their ports: where a process dies, and where the database fails.

use std::{
    error::Error,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use rats_domain::store::StoreError;
use tokio::runtime::Handle;

use crate::executor::{Process, World};

/// When a process dies at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Crash {
    /// Before the call has an effect.
    Before,
    /// After its effect; the answer is lost.
    AnswerLost,
    /// After the answer, before anything is made of it.
    AnswerUnused,
    /// With the request on its way, which arrives as late as can be; of `publish` alone.
    InFlight,
}

impl Crash {
    /// The kinds that a call can meet.
    pub(crate) fn kinds(call: &str) -> &'static [Self] {
        match call {
            "publish" => &[Self::Before, Self::AnswerLost, Self::AnswerUnused, Self::InFlight],
            _ => &[Self::Before, Self::AnswerLost, Self::AnswerUnused],
        }
    }
}

/// What happens at one call of a port, besides what the seed decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    /// The process stands still before the call, as after SIGSTOP.
    StopBefore(Duration),
    /// The process stands still with the answer in its hands.
    StopAfter(Duration),
    /// The process dies.
    Die(Crash),
    /// The database does as it is told and says that it may not have.
    CommitUnknown,
}

/// What goes wrong with the database, in calls of a thousand, and when it is away.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    /// A call fails and has no effect.
    pub(crate) refused: u64,
    /// A call fails, although it had its effect.
    pub(crate) unknown: u64,
    /// The database cannot be reached before this.
    pub(crate) away_until: Duration,
}

/// Shared by all ports of all processes.
#[derive(Clone)]
pub(crate) struct Gates {
    pub(crate) world: World,
    /// Where calls to PostgreSQL run; the world stands still meanwhile.
    runtime: Option<Handle>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Crashes to come, the next one last: each after so many calls more than the one before.
    crashes: Vec<(usize, Crash)>,
    /// The calls since the last crash.
    calls: Vec<&'static str>,
    /// All calls.
    count: u64,
    /// Whether the next publish request is to be on its way when its sender dies.
    in_flight: bool,
    /// What is to happen at the next call of a name.
    twists: Vec<(&'static str, Twist)>,
    /// Whether the call that has just begun does not say whether it was stored.
    commit_unknown: bool,
    /// The process that dies at its next call.
    dying: Option<Process>,
    /// Who died, to be started again.
    died: Vec<Process>,
    trouble: Trouble,
}

/// The gate of one process.
#[derive(Clone)]
pub(crate) struct Gate {
    gates: Gates,
    process: Process,
}

impl Gates {
    pub(crate) fn new(world: &World, runtime: Option<Handle>) -> Self {
        Self { world: world.clone(), runtime, state: Arc::default() }
    }

    /// The answer of the database, in no time of the world's.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        match &self.runtime {
            None => call.now_or_never().expect("without a runtime a call to the store never waits"),
            Some(runtime) => runtime.block_on(call),
        }
    }

    pub(crate) fn of(&self, process: Process) -> Gate {
        Gate { gates: self.clone(), process }
    }

    /// Lets whoever makes these calls die at them: each counted from the crash before it, the first from now.
    pub(crate) fn crash_at(&self, crashes: &[(usize, Crash)]) {
        let mut state = self.state();
        state.crashes = crashes.iter().rev().copied().collect();
        state.calls.clear();
    }

    /// Lets this happen at the next call of this name, whoever makes it.
    pub(crate) fn twist(&self, call: &'static str, twist: Twist) {
        self.state().twists.push((call, twist));
    }

    /// The calls since the last crash, or since [`crash_at`](Self::crash_at).
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.state().calls.clone()
    }

    /// The way to the database or back: others may come between.
    async fn way(&self) {
        self.world.sleep(self.world.span(Duration::ZERO, Duration::from_millis(5))).await;
    }

    /// How many calls there were.
    pub(crate) fn count(&self) -> u64 {
        self.state().count
    }

    /// Whether every crash that was asked for happened.
    pub(crate) fn all_crashed(&self) -> bool {
        self.state().crashes.is_empty()
    }

    /// Who died since this was last asked.
    pub(crate) fn take_dead(&self) -> Vec<Process> {
        std::mem::take(&mut self.state().died)
    }

    pub(crate) fn has_dead(&self) -> bool {
        !self.state().died.is_empty()
    }

    pub(crate) fn trouble(&self, change: impl FnOnce(&mut Trouble)) {
        change(&mut self.state().trouble);
    }

    /// SIGKILL from outside.
    pub(crate) fn kill(&self, process: Process) {
        self.world.note(u64::MAX);
        self.state().died.push(process);
        self.world.kill(process);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is to happen at this call.
    fn take_twist(&self, name: &str) -> Option<Twist> {
        let mut state = self.state();
        let index = state.twists.iter().position(|(call, _)| *call == name)?;
        Some(state.twists.remove(index).1)
    }

    /// Counts a call; answers the crash that is due at it.
    fn arrive(&self, process: Process, name: &'static str) -> Option<Crash> {
        self.world.note(name.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte)));
        let mut state = self.state();
        state.count += 1;
        if state.dying == Some(process) {
            state.dying = None;
            return Some(Crash::Before);
        }
        let index = state.calls.len();
        state.calls.push(name);
        let (_, crash) = state.crashes.pop_if(|(at, _)| *at == index)?;
        state.calls.clear();
        Some(crash)
    }
}

impl Gate {
    /// A call to a port.
    pub(crate) async fn pass<T>(&self, name: &'static str, call: impl Future<Output = T>) -> T {
        let twist = self.gates.take_twist(name);
        let crash = match twist {
            Some(Twist::Die(crash)) => Some(crash),
            _ => self.gates.arrive(self.process, name),
        };
        if crash == Some(Crash::Before) {
            self.die().await;
        }
        if let Some(Twist::StopBefore(span)) = twist {
            self.stop(span).await;
        }
        if twist == Some(Twist::CommitUnknown) {
            self.gates.state().commit_unknown = true;
        }
        if crash == Some(Crash::InFlight) {
            self.gates.state().in_flight = true;
        }
        let answer = call.await;
        match crash {
            // In flight, it is dead by now; where nothing was sent, this is as good a moment.
            Some(Crash::AnswerLost | Crash::InFlight) => self.die().await,
            Some(Crash::AnswerUnused) => self.gates.state().dying = Some(self.process),
            _ => {}
        }
        if let Some(Twist::StopAfter(span)) = twist {
            self.stop(span).await;
        }
        answer
    }

    /// A call to the database, which may fail.
    pub(crate) async fn stored<T, E: From<StoreError>>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.pass(name, async {
            let world = &self.gates.world;
            let commit_unknown = std::mem::take(&mut self.gates.state().commit_unknown);
            self.gates.way().await;
            let trouble = self.gates.state().trouble.clone();
            if world.now() < trouble.away_until || world.happens(trouble.refused) {
                return Err(unavailable("it cannot be reached").into());
            }
            let answer = self.gates.wait(call);
            self.gates.way().await;
            let answer = answer?;
            if commit_unknown || world.happens(trouble.unknown) {
                return Err(unavailable("the commit's outcome is unknown").into());
            }
            Ok(answer)
        })
        .await
    }

    /// Whether the request that has just left is on its way when its sender dies.
    pub(crate) fn dies_in_flight(&self) -> bool {
        std::mem::take(&mut self.gates.state().in_flight)
    }

    /// SIGSTOP, and SIGCONT after a while.
    async fn stop(&self, span: Duration) {
        self.gates.world.pause(self.process, span);
        // The task that asks for it runs on until it waits.
        self.gates.world.sleep(Duration::from_micros(1)).await;
    }

    pub(crate) async fn die(&self) {
        self.gates.kill(self.process);
        std::future::pending::<()>().await;
    }
}

fn unavailable(why: &str) -> StoreError {
    StoreError::Unavailable(Box::<dyn Error + Send + Sync>::from(why))
}
