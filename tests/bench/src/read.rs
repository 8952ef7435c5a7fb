//! Reads over HTTP: one post, and a list of fifty with their metrics; beside the least that could answer the same.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use jsonwebtoken::{EncodingKey, Header};
use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::{
    Database, Process, postgres,
    seed::{post_id, user},
    sentinel,
};
use serde_json::json;

use crate::{
    Outcome,
    arguments::Arguments,
    bare,
    bed::Bed,
    load::{self, P99, Question, RATE},
    report::Report,
    saga::ratio,
    template::Template,
};

/// Posts of the one who asks.
const POSTS: usize = 1_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A post by its id.
    One,
    /// The newest fifty.
    List,
}

/// A program that answers, ended with this value.
struct Answering {
    child: Child,
    server: String,
}

pub(crate) async fn measure(arguments: &Arguments, what: What) -> Outcome<Report> {
    let (title, goals): (_, &[_]) = match what {
        What::One => (
            "read: GET of one post by id, 64 connections, PostgreSQL",
            &[(RATE, "≥ 0.8 × bare, ≥ 1.3 × Express"), (P99, "≤ 1.5 × bare")],
        ),
        What::List => ("list: GET of fifty posts with metrics, 64 connections, PostgreSQL", &[(RATE, "≥ 0.7 × bare")]),
    };
    let mut report = Report::new(title, goals);
    let template = Template::new(Database::Postgres, 1).await?;
    // Users are RATS's, and may ask as often as they like.
    let settings = [("STAND_ALONE", "false".to_owned()), ("REQUESTS_PER_MINUTE", "1000000000".to_owned())];
    let bed = Bed::new(&template, Duration::ZERO, &settings).await?;
    bed.add_posts(POSTS, Duration::ZERO, |_| SystemClock::default().now() + Duration::from_hours(1)).await?;
    publish_all(&bed.url).await?;
    let _api: Process = bed.start_api().await?;
    let bare = Answering::start(Command::new(std::env::current_exe()?).args([bare::ROLE, &bed.url]))?;
    let peer = arguments.peer.as_ref().map(|command| {
        let mut shell = Command::new("sh");
        let user = user(0);
        shell.args(["-c", &format!("exec {command}")]).env("DATABASE_URL", &bed.url).env("USER_ID", user.as_str());
        Answering::start(&mut shell)
    });
    let peer = peer.transpose()?;

    let (mut ours, mut theirs, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        ours.push(load::run(&question(&bed.api_address(), "/api/social-media/posts", what, "?limit=50")?).await?);
        theirs.push(load::run(&question(&bare.server, "/posts", what, "")?).await?);
        if let Some(peer) = &peer {
            others.push(load::run(&question(&peer.server, "/posts", what, "")?).await?);
        }
    }
    report.column("ours", &ours);
    report.column("bare", &theirs);
    report.column("ratio to bare", &[ratio(&ours, &theirs)]);
    if peer.is_some() {
        report.column("peer", &others);
        report.column("ratio to peer", &[ratio(&ours, &others)]);
    }
    bed.tell_warnings();
    report.note("Ours checks the caller's token and reads the post's timeline besides; bare and peer do neither.");
    Ok(report)
}

fn question(server: &str, path: &str, what: What, limit: &str) -> Outcome<Question> {
    let paths = match what {
        What::One => (0..POSTS).map(|number| format!("{path}/{}", post_id(number))).collect(),
        What::List => vec![format!("{path}{limit}")],
    };
    let now = SystemClock::default().now().unix_timestamp();
    let claims = json!({"id": user(0).as_str(), "username": "bench", "iat": now, "exp": now + 3_600});
    let key = EncodingKey::from_secret(sentinel::JWT_SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key)?;
    Ok(Question { server: server.to_owned(), paths, token })
}

/// Makes all posts live, with metrics.
async fn publish_all(url: &str) -> Outcome {
    let statements = "UPDATE publication SET stage = 'published', due_at = NULL, container_id = 'c' || right(post_id, 12), \
         container_created_at = publish_at, container_ready = TRUE; \
         INSERT INTO receipt SELECT post_id, account, container_id, 'm' || container_id, 'https://www.instagram.com/p/' || container_id || '/', \
         publish_at, publish_at + 300000, 'answer' FROM publication; \
         INSERT INTO metrics (post_id, likes, comments, shares, views, reach, saved, total_interactions, measured_at) \
         SELECT post_id, 12, 3, 1, 250, 180, 2, 18, publish_at FROM publication; \
         VACUUM ANALYZE post; VACUUM ANALYZE publication; VACUUM ANALYZE receipt; VACUUM ANALYZE metrics";
    let client = postgres::client(url).await?;
    for statement in statements.split("; ") {
        client.batch_execute(statement).await?;
    }
    Ok(())
}

impl Answering {
    /// Starts a program that prints its address, `host:port`, once it answers.
    fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self { child, server: line.trim().to_owned() })
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
