//! What is to be measured, and how.

use rats_tests::Database;

use crate::Outcome;

pub(crate) const HELP: &str = "\
cargo xtask bench NAME [OPTIONS]

  herd       many posts due in the same second, staged ahead: how late they are
  saga       whole sagas, as many as go through
  inflight   whole sagas, 1,000 at once, 300 ms an answer
  lone       one post at a time on an idle system: how late it is
  claim      the claim of 100 due posts, the more are stored
  replicas   three schedulers on one PostgreSQL
  snapshot   whole sagas while a snapshot is held open in PostgreSQL
  faults     whole sagas while Instagram fails now and then
  read       GET of one post, beside the least that could answer it
  list       GET of fifty posts with metrics, beside the same
  pages      every page and every analytics call, for a user with 10,000 posts of 30 readings each
  memory     resident memory, idle and with 1,000 posts in flight
  start      from the start of a process until it is ready
  photo      a photo of 12 megapixels made to fit
  card       an event card

  --database postgres|sqlite   on this one only
  --posts N                    how many posts (default: the goal's)
  --in-flight N                the setting IN_FLIGHT (default: the bench's)
  --stage-seconds N            herd: how long before the moment the posts are stored (default 60)
  --runs N                     medians of so many runs (default 3)
  --peer COMMAND               measures the peer, too, in turn with ours: saga, inflight, read, list, photo
  --full                       claim: with 10⁷ posts, too
  --json                       JSON instead of a table
";

/// What is to be measured, and how.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) name: String,
    pub(crate) databases: Vec<Database>,
    pub(crate) posts: Option<usize>,
    pub(crate) in_flight: Option<usize>,
    pub(crate) stage_seconds: u64,
    pub(crate) runs: usize,
    pub(crate) peer: Option<String>,
    pub(crate) full: bool,
    pub(crate) json: bool,
}

impl Arguments {
    pub(crate) fn parse(words: &[String]) -> Outcome<Self> {
        let mut words = words.iter();
        let name = words.next().ok_or(HELP)?.clone();
        let mut arguments = Self {
            name,
            databases: vec![Database::Postgres, Database::Sqlite],
            posts: None,
            in_flight: None,
            stage_seconds: 60,
            runs: 3,
            peer: None,
            full: false,
            json: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--database" => arguments.databases = vec![database(value()?)?],
                "--posts" => arguments.posts = Some(value()?.parse()?),
                "--in-flight" => arguments.in_flight = Some(value()?.parse()?),
                "--stage-seconds" => arguments.stage_seconds = value()?.parse()?,
                "--runs" => arguments.runs = value()?.parse::<usize>()?.max(1),
                "--peer" => arguments.peer = Some(value()?.clone()),
                "--full" => arguments.full = true,
                "--json" => arguments.json = true,
                other => return Err(format!("there is no option {other}.\n{HELP}").into()),
            }
        }
        Ok(arguments)
    }
}

fn database(word: &str) -> Outcome<Database> {
    match word {
        "postgres" => Ok(Database::Postgres),
        "sqlite" => Ok(Database::Sqlite),
        other => Err(format!("--database: read “{other}”; expected postgres or sqlite").into()),
    }
}
