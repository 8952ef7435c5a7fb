//! What became of every post, by the ledger of the simulated Instagram and by the database.

use std::{collections::BTreeMap, fmt};

use rats_instagram_sim::{Ledger, LedgerMedia};
use rats_tests::seed;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio_postgres::Client;

/// Stages in which nothing more happens soon.
pub(crate) const SETTLED: &str = "('published', 'needs_review', 'failed', 'cancelled', 'draft')";

/// What became of a post.
#[derive(Debug)]
pub(crate) struct Fate {
    /// Its number.
    pub(crate) number: usize,
    /// When it was due.
    pub(crate) due: OffsetDateTime,
    /// What the database says of it.
    pub(crate) stage: String,
    /// What its person is told.
    pub(crate) attention: String,
    /// What happened to it, in order.
    pub(crate) timeline: Vec<Line>,
    /// What is live of it, by any container that it ever had, and by its text.
    pub(crate) live: Vec<LedgerMedia>,
    /// When publish requests for it arrived.
    pub(crate) requests: Vec<OffsetDateTime>,
}

/// A line of a timeline.
#[derive(Debug)]
pub(crate) struct Line {
    /// When.
    pub(crate) at: OffsetDateTime,
    /// What.
    pub(crate) step: String,
    /// Instagram's code, if it gave one.
    pub(crate) code: Option<i64>,
    message: String,
}

/// What is wrong with a fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// It is live more than once.
    Duplicate,
    /// It is not live, and nothing says why.
    Lost,
    /// It is live, and reads otherwise.
    Denied,
    /// It was asked for or live before its time.
    Early,
}

impl Fate {
    /// Everything that is wrong.
    pub(crate) fn wrongs(&self) -> Vec<Wrong> {
        let (stage, live) = (self.stage.as_str(), self.live.len());
        let asked_early = self.requests.iter().any(|at| *at < self.due);
        let checks = [
            (live > 1, Wrong::Duplicate),
            (stage == "published" && live == 0, Wrong::Lost),
            (!self.is_settled() || (stage != "published" && !self.is_explained()), Wrong::Lost),
            (live > 0 && !matches!(stage, "published" | "needs_review"), Wrong::Denied),
            (asked_early || self.live.iter().any(|media| media.timestamp < self.due), Wrong::Early),
        ];
        checks.into_iter().filter_map(|(is_so, wrong)| is_so.then_some(wrong)).collect()
    }

    fn is_settled(&self) -> bool {
        matches!(self.stage.as_str(), "published" | "needs_review" | "failed")
    }

    /// Whether Instagram failed it: what dies does not say so in a timeline.
    fn is_explained(&self) -> bool {
        self.timeline
            .iter()
            .any(|line| line.code.is_some() || matches!(line.step.as_str(), "unclear" | "try_again" | "read_failed"))
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "post {}: {}, due {}, {}", self.number, self.stage, text(self.due), self.attention)?;
        for line in &self.timeline {
            writeln!(f, "  {} {:<18} {:?} {}", text(line.at), line.step, line.code, line.message)?;
        }
        for at in &self.requests {
            writeln!(f, "  {} request arrived", text(*at))?;
        }
        for media in &self.live {
            writeln!(f, "  {} live as {} of container {}", text(media.timestamp), media.media_id, media.container_id)?;
        }
        Ok(())
    }
}

/// The fates of all posts, and how many media no post accounts for.
pub(crate) async fn fates(client: &Client, ledger: &Ledger, due: &[OffsetDateTime]) -> (Vec<Fate>, usize) {
    let numbers: BTreeMap<String, usize> = (0..due.len()).map(|number| (seed::post_id(number), number)).collect();
    let mut fates = Vec::new();
    let stages = "SELECT post_id, stage, coalesce(attention, '') FROM publication ORDER BY post_id";
    for row in client.query(stages, &[]).await.expect("the publications") {
        let number = numbers[row.get::<_, &str>(0)];
        let (stage, attention) = (row.get(1), row.get(2));
        let (timeline, live, requests) = (vec![], vec![], vec![]);
        fates.push(Fate { number, due: due[number], stage, attention, timeline, live, requests });
    }
    let lines = "SELECT post_id, at, step, code, message FROM timeline_entry ORDER BY seq";
    for row in client.query(lines, &[]).await.expect("the timelines") {
        let line = Line { at: moment(row.get(1)), step: row.get(2), code: row.get(3), message: row.get(4) };
        fates[numbers[row.get::<_, &str>(0)]].timeline.push(line);
    }
    let containers = "SELECT container_id, post_id FROM container";
    let containers = client.query(containers, &[]).await.expect("the containers");
    let posts: BTreeMap<&str, usize> =
        containers.iter().map(|row| (row.get(0), numbers[row.get::<_, &str>(1)])).collect();
    let mut strangers = 0;
    for media in &ledger.media {
        let by_container = posts.get(media.container_id.to_string().as_str()).copied();
        match by_container.or_else(|| seed::number_in(&media.caption)).and_then(|number| fates.get_mut(number)) {
            Some(fate) => fate.live.push(media.clone()),
            None => strangers += 1,
        }
    }
    for container in &ledger.containers {
        let Some(fate) = seed::number_in(&container.caption).and_then(|number| fates.get_mut(number)) else { continue };
        let arrived = container.publish_requests.iter().filter_map(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        fate.requests.extend(arrived);
    }
    (fates, strangers)
}

/// How long after the first death that may have left it each request was taken over, in seconds.
pub(crate) fn takeovers(fates: &[Fate], deaths: &[OffsetDateTime]) -> Vec<f64> {
    let of_one = |fate: &Fate| -> Vec<f64> {
        let pairs = fate.timeline.windows(2).filter(|pair| pair[1].step == "taken_over");
        let span = |pair: &[Line]| {
            let death = deaths.iter().filter(|death| **death >= pair[0].at).min()?;
            Some((pair[1].at - *death).as_seconds_f64())
        };
        pairs.filter_map(span).filter(|span| *span >= 0.0).collect()
    };
    let mut spans: Vec<f64> = fates.iter().flat_map(of_one).collect();
    spans.sort_by(f64::total_cmp);
    spans
}

fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).expect("a time")
}

fn text(at: OffsetDateTime) -> String {
    at.time().to_string()
}
