//! A real PostgreSQL for tests: the one named by `RATS_TEST_POSTGRES_URL`, else a cluster of our own from the system's binaries.
//!
//! One cluster serves a process, one [`database`] a test. The cluster lives in a temporary folder of its own, listens on loopback
//! alone, asks for a password, keeps `fsync` on, and ends with the process however that ends: a shell waits at the other end of a pipe. A missing
//! PostgreSQL is an error, never a skipped test.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio_postgres::{Client, NoTls};

use crate::{port, sentinel};

/// The variable that names a server to use; its user may create databases.
pub const URL_VARIABLE: &str = "RATS_TEST_POSTGRES_URL";

/// Makes a cluster, or a standby of the one at `$PRIMARY`, starts it, says so, and takes it away when its input ends.
const SCRIPT: &str = r#"
set -eu
dir=$(mktemp -d "${TMPDIR:-/tmp}/rats-postgres-XXXXXX")
trap 'rm -rf "$dir"' EXIT
printf %s "$PASSWORD" >"$dir/password"
if [ -n "$PRIMARY" ]; then
    "$BIN/pg_basebackup" --no-sync --checkpoint fast --write-recovery-conf --pgdata "$dir/data" --dbname "$PRIMARY" >"$dir/log" 2>&1
else
    "$BIN/initdb" --no-sync --no-locale --encoding UTF8 --username rats --pwfile "$dir/password" --auth scram-sha-256 --pgdata "$dir/data" >"$dir/log" 2>&1
fi || { cat "$dir/log" >&2; exit 1; }
start() {
    "$BIN/pg_ctl" --pgdata "$dir/data" --log "$dir/log" --wait --silent \
        -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=300" start >/dev/null \
        || { cat "$dir/log" >&2; exit 1; }
}
stop() {
    "$BIN/pg_ctl" --pgdata "$dir/data" --mode immediate --wait --silent stop
}
start
echo ready
while read -r command; do
    "$command"
    echo ready
done
stop
"#;

/// The address of an empty database, made for this call.
///
/// # Errors
///
/// Says why there is no server, or what it refused.
pub async fn database() -> Result<String, String> {
    database_like("template1").await
}

/// The address of a copy of the database at `url`, to which nobody is connected.
///
/// # Errors
///
/// As [`database`].
pub async fn copy(url: &str) -> Result<String, String> {
    database_like(name_in(url)).await
}

async fn database_like(template: &str) -> Result<String, String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let server = server()?;
    let name = format!("rats_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let client = client(&server).await.map_err(|error| format!("the test server cannot be reached: {error}"))?;
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name}; "))
        .await
        .map_err(|error| format!("{name} was not dropped: {error}"))?;
    client
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .await
        .map_err(|error| format!("{name} was not created: {error}"))?;
    Ok(at(&server, &name))
}

/// The address of a copy of the database at `url`, in the same cluster; nobody may be connected to it.
///
/// # Errors
///
/// What the server or the network says.
pub async fn copy_database(url: &str) -> Result<String, tokio_postgres::Error> {
    close(url).await?;
    let name = name_in(url);
    client(&at(url, "postgres")).await?.batch_execute(&format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await?;
    reopen(url).await?;
    Ok(at(url, &format!("{name}_copy")))
}

/// Restores a dump of the database at `from` into the empty one at `into`.
///
/// # Errors
///
/// What the server's programs say.
pub fn restore_dump(from: &str, into: &str) -> Result<(), String> {
    let bin = binaries()?;
    let run = |program: &str, arguments: &[&str]| {
        let said = Command::new(bin.join(program)).args(arguments).output().map_err(|error| error.to_string())?;
        let well = said.status.success();
        well.then_some(()).ok_or_else(|| format!("{program}: {}", String::from_utf8_lossy(&said.stderr)))
    };
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let path = file.path().to_string_lossy();
    run("pg_dump", &["--no-owner", "--file", &path, from])?;
    run("psql", &["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file", &path, into])
}

/// A new database's address on this server.
///
/// # Errors
///
/// What the server or the network says.
pub async fn create(server: &str, name: &str) -> Result<String, tokio_postgres::Error> {
    client(server).await?.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    Ok(at(server, name))
}

/// A connection of its own to the database at `url`.
///
/// # Errors
///
/// What the server or the network says.
pub async fn client(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with the client.
    tokio::spawn(connection);
    Ok(client)
}

/// Closes the database at `url` to everyone and ends its connections.
///
/// # Errors
///
/// What the server or the network says.
pub async fn close(url: &str) -> Result<(), tokio_postgres::Error> {
    allow_connections(url, false).await
}

/// Opens the database at `url` again.
///
/// # Errors
///
/// What the server or the network says.
pub async fn reopen(url: &str) -> Result<(), tokio_postgres::Error> {
    allow_connections(url, true).await
}

async fn allow_connections(url: &str, allowed: bool) -> Result<(), tokio_postgres::Error> {
    let name = name_in(url);
    let end =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND NOT {allowed}");
    let statements = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}; {end}");
    client(&at(url, "postgres")).await?.batch_execute(&statements).await
}

/// The address of a server, started once for this process unless [`URL_VARIABLE`] names one.
///
/// # Errors
///
/// Says what is missing, and how to get it.
pub fn server() -> Result<String, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();

    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return Ok(url);
    }
    match SERVER.get_or_init(Server::start) {
        Ok(server) => Ok(server.url.clone()),
        Err(reason) => Err(reason.clone()),
    }
}

/// A cluster of our own. Its shell's input stays open for as long as this process lives.
#[derive(Debug)]
pub struct Server {
    url: String,
    shell: Child,
    /// What the shell is told, and what it says when that is done.
    ears: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Server {
    /// Starts a cluster.
    ///
    /// # Errors
    ///
    /// Says what is missing, and how to get it.
    pub fn start() -> Result<Self, String> {
        Self::start_as("")
    }

    /// Starts a standby that follows this one.
    ///
    /// # Errors
    ///
    /// Says what is in the way.
    pub fn standby(&self) -> Result<Self, String> {
        Self::start_as(&self.url)
    }

    fn start_as(primary: &str) -> Result<Self, String> {
        let (bin, port) = (binaries()?, port());
        let mut shell = shell()
            .env("BIN", &bin)
            .env("PORT", port.to_string())
            .env("PRIMARY", primary)
            .env("PASSWORD", sentinel::DATABASE_PASSWORD)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("no shell for PostgreSQL: {error}"))?;
        let mut ears = shell.stdin.take().zip(shell.stdout.take().map(BufReader::new));
        if ears.as_mut().is_some_and(|(_, said)| is_ready(said)) {
            let url = format!("postgres://rats:{}@127.0.0.1:{port}/postgres", sentinel::DATABASE_PASSWORD);
            return Ok(Self { url, shell, ears: Mutex::new(ears) });
        }
        let mut reason = String::new();
        if let Some(mut err) = shell.stderr.take() {
            let _ = err.read_to_string(&mut reason);
        }
        Err(format!("PostgreSQL of {} did not start: {reason}", bin.display()))
    }

    /// The address of its first database; the user may do everything.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it at once, as a crash does: every connection breaks, and what was not committed is lost.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Starts it again, which recovers what was committed.
    pub fn start_again(&self) {
        self.tell("start");
    }

    fn tell(&self, command: &str) {
        let mut ears = self.ears.lock().unwrap_or_else(PoisonError::into_inner);
        let (told, said) = ears.as_mut().expect("its shell listens");
        writeln!(told, "{command}").expect("its shell listens");
        assert!(is_ready(said), "PostgreSQL did not {command}");
    }
}

fn is_ready(said: &mut BufReader<ChildStdout>) -> bool {
    let mut line = String::new();
    said.read_line(&mut line).is_ok() && line.trim() == "ready"
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.ears.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.shell.wait();
    }
}

/// `initdb` refuses root: then another user runs it.
fn shell() -> Command {
    if id(&["-u"]).as_deref() != Some("0") {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT]);
        return shell;
    }
    let user = if id(&["postgres"]).is_some() { "postgres" } else { "nobody" };
    let group = id(&["-g", user]).unwrap_or_default();
    let mut shell = Command::new("setpriv");
    shell.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups", "sh", "-c", SCRIPT]);
    shell
}

fn id(arguments: &[&str]) -> Option<String> {
    let said = Command::new("id").args(arguments).output().ok().filter(|said| said.status.success())?;
    Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// The newest server's programs, at least version 15.
fn binaries() -> Result<PathBuf, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(version, bin)| *version >= 15 && bin.join("initdb").exists())
        .max()
        .map(|(_, bin)| bin)
        .ok_or_else(|| {
            format!(
                "tests need PostgreSQL 15 or newer: install it (Debian: apt-get install postgresql) so that /usr/lib/postgresql/*/bin/initdb \
                 exists, or set {URL_VARIABLE} to a server whose user may create databases"
            )
        })
}

/// The name of the database at `url`.
fn name_in(url: &str) -> &str {
    url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap_or_default()
}

/// The address with another database's name.
fn at(server: &str, database: &str) -> String {
    let (address, parameters) = server.split_once('?').unwrap_or((server, ""));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    if parameters.is_empty() { format!("{base}/{database}") } else { format!("{base}/{database}?{parameters}") }
}
