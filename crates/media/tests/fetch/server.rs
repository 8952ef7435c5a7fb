//! A server that answers what a test tells it to, byte by byte, and a resolver that says what a test tells it to.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rats_media::fetch::{Bounds, FetchError, Fetcher, Lookup, Policy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use url::Url;

/// A server on the loopback interface.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the first request with the first answer, and so on; the last is repeated. Then the connection is kept open.
    pub(crate) async fn answering(answers: impl Fn(SocketAddr) -> Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut answers = VecDeque::from(answers(address));
        let (connections, requests) = (Arc::default(), Arc::default());
        let server = Self { address, connections: Arc::clone(&connections), requests: Arc::clone(&requests) };
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }.unwrap();
                let requests = Arc::clone(&requests);
                tokio::spawn(async move {
                    let mut request = vec![0; 4_096];
                    let length = stream.read(&mut request).await.unwrap_or_default();
                    requests.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
                    let _ = stream.write_all(&answer).await;
                    std::future::pending::<()>().await;
                    drop(stream);
                });
            }
        });
        server
    }

    /// Always the same answer.
    pub(crate) async fn with(answer: impl AsRef<[u8]>) -> Self {
        let answer = answer.as_ref().to_vec();
        Self::answering(move |_| vec![answer.clone()]).await
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}/photo.jpg", self.address)).unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn request(&self) -> String {
        self.requests.lock().unwrap()[0].to_lowercase()
    }

    /// A fetcher for which this server alone is exempt, at its address and as `name`.
    pub(crate) fn fetcher(&self, bounds: Bounds) -> Fetcher {
        let policy = Policy { allow_http: false, allowed_loopback: vec![self.address.to_string()] };
        Fetcher::new(policy, bounds).unwrap()
    }

    pub(crate) async fn fetched(&self, bounds: Bounds) -> Result<Vec<u8>, FetchError> {
        self.fetcher(bounds).fetch(&self.url()).await
    }
}

/// `200` with a body of known length.
pub(crate) fn ok(body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// A redirect.
pub(crate) fn to(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// Time-outs short enough to wait for.
pub(crate) fn impatient() -> Bounds {
    Bounds { idle: Duration::from_millis(50), ..Bounds::default() }
}

/// Answers one list of addresses after the other; the last is repeated.
#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    pub(crate) asked: AtomicUsize,
}

impl Script {
    pub(crate) fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = answers.iter().map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Self { answers: Mutex::new(parsed), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Lookup for Script {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.ok_or_else(|| io::Error::other("no such name"))
    }
}
