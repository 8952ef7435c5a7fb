//! A server that does what its script says, one connection after the other, and tells what it read.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use rats_domain::clock::Monotonic;
use rats_instagram_adapter::boottime;
use url::Url;

/// What is done on one connection.
#[derive(Clone)]
pub(crate) enum Script {
    /// Reads a request, writes this, closes.
    Answer(String),
    /// Writes this at once, then reads to the end.
    SpeakFirst(String),
    /// Closes at once.
    HangUp,
    /// Reads a request and never answers.
    Silence,
}

/// The running server; what it read on each connection can be waited for.
pub(crate) struct Server {
    pub(crate) base: Url,
    read: Receiver<(String, Monotonic)>,
}

impl Server {
    /// Plays `scripts`, one for each connection; the last one again and again.
    pub(crate) fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (tell, read) = channel();
        thread::spawn(move || serve(&listener, &scripts, &tell));
        Self { base, read }
    }

    /// One answer with this status and JSON body, again and again.
    pub(crate) fn answering(status: u16, body: &str) -> Self {
        Self::start(vec![Script::Answer(answer(status, body))])
    }

    /// Answers of status 200 with these bodies.
    pub(crate) fn bodies(bodies: &[&str]) -> Self {
        Self::start(bodies.iter().map(|body| Script::Answer(answer(200, body))).collect())
    }

    /// What was read on the next connection.
    pub(crate) fn next(&self) -> String {
        self.next_at().0
    }

    /// What was read on the next connection, and when that had happened.
    pub(crate) fn next_at(&self) -> (String, Monotonic) {
        self.read.recv_timeout(Duration::from_secs(10)).expect("another connection")
    }

    /// What was read and not asked for yet.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.read.try_iter().map(|(read, _)| read).collect()
    }
}

/// A whole answer.
pub(crate) fn answer(status: u16, body: &str) -> String {
    headed(status, "", body)
}

/// A whole answer with further header lines, each ending in CRLF.
pub(crate) fn headed(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Whatever\r\ndate: Tue, 03 Nov 2026 09:15:07 GMT\r\ncontent-type: application/json\r\n\
         connection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn serve(listener: &TcpListener, scripts: &[Script], tell: &Sender<(String, Monotonic)>) {
    for (index, stream) in listener.incoming().enumerate() {
        let script = &scripts[index.min(scripts.len() - 1)];
        let told = |read: String| tell.send((read, boottime())).is_ok();
        let is_wanted = match stream {
            Ok(stream) => play(stream, script, told),
            Err(_) => told(String::new()),
        };
        if !is_wanted {
            return;
        }
    }
}

/// Answers whether what was read is still wanted. Whoever has an answer is also told what was asked.
fn play(mut stream: TcpStream, script: &Script, told: impl Fn(String) -> bool) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    match script {
        Script::Answer(text) => {
            let is_wanted = told(request(&mut stream));
            // The client may be gone already.
            let _ = stream.write_all(text.as_bytes());
            is_wanted
        }
        Script::SpeakFirst(text) => {
            let _ = stream.write_all(text.as_bytes());
            told(to_end(&mut stream))
        }
        Script::HangUp => told(String::new()),
        Script::Silence => {
            let mut read = request(&mut stream);
            read.push_str(&to_end(&mut stream));
            told(read)
        }
    }
}

/// Reads one request, or to the end.
pub(crate) fn request(stream: &mut impl Read) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&read) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn to_end(stream: &mut impl Read) -> String {
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    String::from_utf8_lossy(&read).into_owned()
}

fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}
