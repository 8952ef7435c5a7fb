//! Chromium over its protocol for developers (CDP).
//!
//! It is spoken through a pipe: JSON, each message ended by a zero byte. That takes no driver, no port, no websocket and no crate, and
//! Chromium ends by itself when the pipe closes, however the test ended. Of the crates for it, fantoccini and thirtyfour want a chromedriver of the
//! same version besides, and chromiumoxide and `headless_chrome` bring the whole protocol as generated types, of which some twenty calls are used
//! here.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::symlink, process::CommandExt as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, time::timeout};

use crate::program::root;

/// How long an answer of Chromium may take.
const LONGEST: Duration = Duration::from_mins(2);

/// The names under which it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What Chromium is started with, besides its profile.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--remote-debugging-pipe",
    // CI runs as root, where the sandbox refuses to start; only our own pages are opened.
    "--no-sandbox",
    // Containers give it 64 MB of shared memory, in which pages crash.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    // Nothing of its own goes over the network.
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
];

/// A Chromium of its own, without a window; ended with the test.
pub struct Chromium {
    process: Child,
    to: Mutex<ChildStdin>,
    heard: Arc<Mutex<Heard>>,
    next: AtomicU64,
    _profile: TempDir,
}

/// What Chromium says.
#[derive(Default)]
struct Heard {
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    events: Vec<Value>,
}

impl Chromium {
    /// Starts it with an empty profile.
    #[must_use]
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        // Chromium reads its pipe at 3 and writes it at 4.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#]).arg(path()).args(ARGUMENTS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        // What it leaves behind when it is killed goes with its profile.
        command.env("TMPDIR", profile.path()).env("FONTCONFIG_FILE", fonts(&profile));
        // A group of its own, so that all of its processes are ended at once.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("Chromium starts");
        let (to, from) = (process.stdin.take().expect("its input"), process.stdout.take().expect("its output"));
        let heard = Arc::<Mutex<Heard>>::default();
        let listener = heard.clone();
        std::thread::spawn(move || listen(from, &listener));
        Self { process, to: Mutex::new(to), heard, next: AtomicU64::new(1), _profile: profile }
    }

    /// Opens an empty page; answers its session.
    ///
    /// # Errors
    ///
    /// What Chromium says is wrong.
    pub async fn open(&self) -> Result<String, String> {
        let target = self.call(None, "Target.createTarget", json!({"url": "about:blank"})).await?;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.call(None, "Target.attachToTarget", attach).await?;
        attached["sessionId"].as_str().map(str::to_owned).ok_or_else(|| "Target.attachToTarget: no session".into())
    }

    /// Calls a method, of a page (`session`) or of the browser.
    ///
    /// # Errors
    ///
    /// What Chromium says is wrong.
    pub async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let (sender, answer) = oneshot::channel();
        lock(&self.heard).waiting.insert(id, sender);
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        lock(&self.to).write_all(&bytes).expect("Chromium runs");
        let answer = timeout(LONGEST, answer).await.unwrap_or_else(|_| panic!("{method} was not answered"));
        let mut answer = answer.unwrap_or_else(|_| panic!("Chromium ended during {method}"));
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }

    /// All events so far of a name.
    pub fn events(&self, name: &str) -> Vec<Value> {
        let heard = lock(&self.heard);
        heard.events.iter().filter(|event| event["method"] == name).map(|event| event["params"].clone()).collect()
    }

    /// Forgets the events so far.
    pub fn forget_events(&self) {
        lock(&self.heard).events.clear();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
        let _ = self.process.wait();
    }
}

/// The machine's fonts, and of ours the emoji, which not every machine has.
fn fonts(profile: &TempDir) -> PathBuf {
    let (dir, config) = (profile.path().join("fonts"), profile.path().join("fonts.conf"));
    std::fs::create_dir(&dir).expect("a directory");
    let emoji = "NotoColorEmoji.ttf";
    symlink(root().join("crates/media/fonts").join(emoji), dir.join(emoji)).expect("a link");
    let text = format!(
        "<fontconfig><include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include><dir>{}</dir></fontconfig>",
        dir.display()
    );
    std::fs::write(&config, text).expect("a file");
    config
}

/// Where it is; a missing one is a failure, not a skip.
fn path() -> PathBuf {
    let dirs = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = std::env::split_paths(&dirs).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    paths.find(|path| path.is_file()).expect("Chromium on the PATH: on Debian, `apt-get install chromium`")
}

/// Takes in all that it says, to its end.
fn listen(from: ChildStdout, heard: &Mutex<Heard>) {
    for message in BufReader::new(from).split(0).map_while(Result::ok) {
        let Ok(message) = serde_json::from_slice::<Value>(&message) else { continue };
        let mut heard = lock(heard);
        match message["id"].as_u64().and_then(|id| heard.waiting.remove(&id)) {
            Some(sender) => drop(sender.send(message)),
            None => heard.events.push(message),
        }
    }
    // Whoever still waits is told that nothing comes.
    lock(heard).waiting.clear();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
