//! `rats-api adopt-database`: makes a database at a new place the installation's own.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use rats_application::PublishSettings;
use rats_storage::{AdoptError, Home, OpenError, Store, StoreClock};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    assembly::{self, StartError},
    clock::SystemClock,
    config::Config,
    home::rfc3339,
    process::report,
};

const WHY: &str = "\
Posts may have gone out, or be on their way to Instagram, that this database does not know of. So it must be known until when: when the last
process that used the original stopped, or when the original itself stopped, whichever was earlier. Everything that was due by then is looked for
on Instagram before it is sent. A time that is too early publishes posts twice; one that is too late only makes us look for more.
";

/// How often it is said how long it takes.
const PROGRESS: Duration = Duration::from_mins(1);

/// What was given on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    stopped: Option<Stopped>,
    yes: bool,
}

/// When the original stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    Now,
    At(OffsetDateTime),
}

impl Arguments {
    /// Reads what follows `adopt-database`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn parse(given: &[&str]) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut given = given.iter();
        while let Some(word) = given.next() {
            let stopped = match *word {
                "--yes" => {
                    arguments.yes = true;
                    continue;
                }
                "--stopped-now" => Stopped::Now,
                "--stopped-at" => parse_stopped(given.next().copied().unwrap_or(""))?,
                other => {
                    return Err(format!("“{other}” is not known; expected --stopped-at TIME, --stopped-now or --yes"));
                }
            };
            if arguments.stopped.replace(stopped).is_some() {
                return Err("give one of --stopped-at and --stopped-now, once".into());
            }
        }
        Ok(arguments)
    }
}

fn parse_stopped(text: &str) -> Result<Stopped, String> {
    if text == "now" {
        return Ok(Stopped::Now);
    }
    let at = OffsetDateTime::parse(text, &Rfc3339);
    at.map(Stopped::At).map_err(|_| format!("read “{text}”; expected a time like 2026-12-04T09:00:00Z, or now"))
}

/// Adopts the database that the settings name.
pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    match adopt(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&format!("Not adopted: {message}"));
            ExitCode::FAILURE
        }
    }
}

async fn adopt(arguments: Arguments) -> Result<(), String> {
    let (config, _) = Config::from_env().map_err(|problems| report(&StartError::Settings(problems)))?;
    let store = open(&config).await?;
    let home = store.home().await.map_err(|error| report(&error))?;
    if home.is_known() {
        say(&format!("The database lives where it did ({}): there is nothing to adopt.", home.place));
        return Ok(());
    }
    say(&format!(
        "The database lives at             {}\nIt was last known to be in use at  {}, {}\n\n{WHY}",
        home.place,
        home.known_place,
        rfc3339(home.last)
    ));
    let stopped = match arguments.stopped {
        Some(stopped) => stopped,
        None => parse_stopped(&ask(
            "When did it stop? (like 2026-12-04T09:00:00Z, or “now”): ",
            "--stopped-at or --stopped-now",
        )?)?,
    };
    let stopped_at = check(stopped, &home)?;
    if !arguments.yes
        && ask("Type “yes” if nothing uses the original any more and this one is to publish: ", "--yes")? != "yes"
    {
        return Err("it was not confirmed".into());
    }
    wait(stopped_at, &home, &config.publish).await;
    commit(&store, &home, stopped_at + config.publish.lease).await
}

async fn open(config: &Config) -> Result<Store, String> {
    let opened = assembly::open(config, Arc::new(SystemClock::default()), StoreClock::Database).await;
    opened.map_err(|error| match error {
        StartError::Database(OpenError::InUse(path)) => {
            format!("{} is in use by rats-api: stop it, adopt, then start it again", path.display())
        }
        error => report(&error),
    })
}

/// The time, if it can be true.
fn check(stopped: Stopped, home: &Home) -> Result<OffsetDateTime, String> {
    let at = match stopped {
        Stopped::Now => home.now,
        Stopped::At(at) => at,
    };
    if at > home.now {
        return Err(format!("{} is in the future (the database's clock says {})", rfc3339(at), rfc3339(home.now)));
    }
    // What is shown is whole seconds.
    if at < home.last - Duration::from_secs(1) {
        let last = rfc3339(home.last);
        return Err(format!(
            "a process used the original at {last}: it cannot have stopped before, at {}",
            rfc3339(at)
        ));
    }
    Ok(at.max(home.last))
}

/// Until what the original sent has arrived and Instagram shows it.
async fn wait(stopped_at: OffsetDateTime, home: &Home, spans: &PublishSettings) {
    let until = stopped_at + spans.grace + spans.witness_window;
    let mut left: Duration = (until - home.now).try_into().unwrap_or_default();
    if !left.is_zero() {
        say(&format!(
            "Waiting until {} for what may still be on its way to Instagram ({} s), and for Instagram to show it ({} s). Nothing is changed before.",
            rfc3339(until),
            spans.grace.as_secs(),
            spans.witness_window.as_secs()
        ));
    }
    while !left.is_zero() {
        say(&format!("{} s left", left.as_secs_f32().ceil()));
        let nap = left.min(PROGRESS);
        tokio::time::sleep(nap).await;
        left = left.saturating_sub(nap);
    }
}

async fn commit(store: &Store, home: &Home, sent_until: OffsetDateTime) -> Result<(), String> {
    let adopted = store.adopt(home, sent_until).await.map_err(|error| match error {
        AdoptError::AtHome => "it was adopted meanwhile, by somebody else".to_owned(),
        error @ AdoptError::Store(_) => format!("{}; run the command again to see whether it was", report(&error)),
    })?;
    say(&format!(
        "Adopted, as generation {}. {} posts may have gone out already: each is looked for on Instagram before anything of it is sent. \
         Processes that wait for this go on by themselves.",
        adopted.generation, adopted.doubted
    ));
    Ok(())
}

/// Asks the operator; `flag` says the same where nobody can be asked.
fn ask(question: &str, flag: &str) -> Result<String, String> {
    if !std::io::stdin().is_terminal() {
        return Err(format!("give {flag}: there is nobody to ask here"));
    }
    write(question);
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|error| format!("the answer could not be read: {error}"))?;
    Ok(answer.trim().to_owned())
}

fn say(text: &str) {
    write(&format!("{text}\n"));
}

/// Nobody listening is no reason to stop half way.
fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const LAST: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

    fn home() -> Home {
        Home {
            now: LAST + Duration::from_hours(1),
            place: "here".into(),
            known_place: "there".into(),
            last: LAST,
            generation: 1,
        }
    }

    #[test]
    fn what_is_given_is_read_and_what_is_wrong_is_named() {
        let at = Some(Stopped::At(LAST));
        assert_eq!(
            Arguments::parse(&["--stopped-at", "2026-12-04T10:00:00+01:00", "--yes"]),
            Ok(Arguments { stopped: at, yes: true })
        );
        assert_eq!(Arguments::parse(&["--stopped-now"]).unwrap().stopped, Some(Stopped::Now));
        assert_eq!(Arguments::parse(&[]), Ok(Arguments::default()));
        assert!(Arguments::parse(&["--stopped-at", "noon"]).unwrap_err().contains("“noon”"));
        assert!(Arguments::parse(&["--stopped-now", "--stopped-at", "now"]).unwrap_err().contains("once"));
        assert!(Arguments::parse(&["--force"]).unwrap_err().contains("“--force”"));
    }

    #[test]
    fn it_stopped_neither_before_it_was_last_heard_of_nor_in_the_future() {
        assert_eq!(check(Stopped::Now, &home()), Ok(home().now));
        assert_eq!(check(Stopped::At(LAST), &home()), Ok(LAST));
        let early = check(Stopped::At(LAST - Duration::from_secs(2)), &home()).unwrap_err();
        assert!(early.contains("2026-12-04T09:00:00Z"), "{early}");
        let late = check(Stopped::At(home().now + Duration::from_secs(1)), &home()).unwrap_err();
        assert!(late.contains("future"), "{late}");
    }
}
