//! Many GETs on connections that stay open, as simply as can be: the machine is to be the server's.

use std::time::Duration;

use rats_domain::clock::{Clock as _, Monotonic};
use rats_runtime::SystemClock;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    Outcome,
    report::{Figures, percentile},
};

pub(crate) const RATE: &str = "requests/s";
pub(crate) const P99: &str = "p99, ms";

/// Connections at once.
const CONNECTIONS: usize = 64;
/// How long is asked before it counts, and how long it counts.
const WARM: Duration = Duration::from_secs(1);
const COUNTED: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The server, `host:port`.
    pub(crate) server: String,
    /// Paths, asked in turn.
    pub(crate) paths: Vec<String>,
    /// The caller's token.
    pub(crate) token: String,
}

/// Asks as often as it gets answers.
#[expect(clippy::cast_precision_loss, reason = "numbers of requests")]
pub(crate) async fn run(question: &Question) -> Outcome<Figures> {
    let begin = SystemClock::default().monotonic() + WARM;
    let mut connections = JoinSet::new();
    for number in 0..CONNECTIONS {
        let question = question.clone();
        connections.spawn(async move { ask(&question, number, begin).await });
    }
    let mut spans = Vec::new();
    for asked in connections.join_all().await {
        spans.extend(asked?);
    }
    let rate = spans.len() as f64 / COUNTED.as_secs_f64();
    Ok(vec![(RATE, rate), ("p50, ms", percentile(&mut spans, 50.0)), (P99, percentile(&mut spans, 99.0))])
}

/// How long each answer took, in milliseconds, of those that came while it counts.
async fn ask(question: &Question, first: usize, begin: Monotonic) -> Outcome<Vec<f64>> {
    let clock = SystemClock::default();
    let mut stream = TcpStream::connect(&question.server).await?;
    stream.set_nodelay(true)?;
    let requests: Vec<String> = question.paths.iter().map(|path| request(question, path)).collect();
    let (mut spans, mut buffer) = (Vec::new(), Vec::with_capacity(1 << 16));
    for request in requests.iter().cycle().skip(first) {
        let asked = clock.monotonic();
        if asked >= begin + COUNTED {
            break;
        }
        stream.write_all(request.as_bytes()).await?;
        answer(&mut stream, &mut buffer).await?;
        if asked >= begin {
            spans.push(clock.monotonic().since(asked).as_secs_f64() * 1e3);
        }
    }
    Ok(spans)
}

fn request(question: &Question, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\r\n", question.server, question.token)
}

/// Reads one answer, which must be a 200 that tells its length.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Outcome {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server hung up".into());
        }
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end])?.to_ascii_lowercase();
        if !head.starts_with("http/1.1 200 ") {
            return Err(format!("the server answered {}", String::from_utf8_lossy(buffer)).into());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("an answer without its length")?.trim().parse()?;
        while buffer.len() < end + 4 + length {
            if stream.read_buf(buffer).await? == 0 {
                return Err("the server hung up".into());
            }
        }
        return Ok(());
    }
}
