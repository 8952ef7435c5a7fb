//! A server that answers one request with given bytes.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread::JoinHandle,
};

/// Serves one connection on a loopback port.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: JoinHandle<String>,
}

impl Server {
    /// Answers `status` with `body`.
    pub(crate) fn answering(status: &str, body: &str) -> Self {
        let length = body.len();
        Self::sending(format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    /// Answers with these bytes, then closes.
    pub(crate) fn sending(bytes: String) -> Self {
        Self::with(move |stream| {
            // The client may have hung up by now; what it makes of that is the test's to judge.
            let _ = stream.write_all(bytes.as_bytes());
        })
    }

    /// Never answers; waits for the client to hang up.
    pub(crate) fn silent() -> Self {
        Self::with(|stream| {
            let _ = stream.read(&mut [0; 1]);
        })
    }

    /// The request that came, head and body.
    pub(crate) fn request(self) -> String {
        self.seen.join().unwrap()
    }

    fn with(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_request(&stream);
            answer(&mut stream);
            request
        });
        Self { url, seen }
    }
}

fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut request).unwrap(), 0, "the request ended in its head");
    }
    let length = request
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(|n| n.parse().unwrap()))
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request + &String::from_utf8(body).unwrap()
}
