//! The publish sender over TLS, with a certificate of our own making.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

use rats_domain::{
    clock::Monotonic,
    instagram::{MediaReader, PublishAnswer, Publisher},
};
use rats_instagram_adapter::{Instagram, Settings, boottime};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use url::Url;

use crate::{
    fixture::{access, client, container, media, settings, soon},
    sender::{PAUSE_BEYOND, paused},
    server::{answer, request},
};

struct TlsServer {
    base: Url,
    root: Vec<u8>,
    read: Receiver<(String, Monotonic)>,
}

impl TlsServer {
    /// Answers each request with `text`; tells what it could read of it.
    fn start(text: String) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let root = made.cert.der().to_vec();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(root.clone())], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = Url::parse(&format!("https://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
        let (tell, read) = channel();
        let config = Arc::new(config);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let read = play(stream.unwrap(), &config, &text);
                if tell.send((read, boottime())).is_err() {
                    return;
                }
            }
        });
        Self { base, root, read }
    }

    fn trusted(&self) -> Instagram {
        client(Settings { extra_roots: vec![self.root.clone()], ..settings(&self.base) })
    }

    fn next(&self) -> String {
        self.read.recv_timeout(Duration::from_secs(10)).unwrap().0
    }
}

fn play(stream: TcpStream, config: &Arc<ServerConfig>, text: &str) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    let read = request(&mut stream);
    let _ = stream.write_all(text.as_bytes());
    stream.conn.send_close_notify();
    let _ = stream.flush();
    read
}

#[tokio::test]
async fn a_request_is_published_over_tls_with_a_private_authority() {
    let server = TlsServer::start(answer(200, r#"{"id":"17920000000000001"}"#));
    let answer = server.trusted().publish(&access(), &container(), soon()).await;

    assert!(matches!(answer, PublishAnswer::Live(_)), "{answer:?}");
    assert!(server.next().starts_with("POST /v25.0/"));
}

#[tokio::test]
async fn everything_else_goes_over_tls_too() {
    let server = TlsServer::start(answer(200, r#"{"permalink":"https://www.instagram.com/p/x/"}"#));
    let permalink = server.trusted().permalink(&access(), &media()).await.unwrap();

    assert_eq!(permalink.as_deref(), Some("https://www.instagram.com/p/x/"));
}

#[tokio::test]
async fn sec_08_a_certificate_that_nobody_vouches_for_gets_no_token() {
    let server = TlsServer::start(answer(200, r#"{"id":"17920000000000001"}"#));
    let other = TlsServer::start(String::new());
    let client = client(Settings { extra_roots: vec![other.root.clone()], ..settings(&server.base) });
    let answer = client.publish(&access(), &container(), soon()).await;

    assert!(matches!(answer, PublishAnswer::NotSent(_)), "{answer:?}");
    assert_eq!(server.next(), "");
    client.permalink(&access(), &media()).await.unwrap_err();
    assert_eq!(server.next(), "");
}

#[tokio::test]
async fn a_paused_process_writes_nothing_after_the_deadline_under_tls_either() {
    let mut caught = 0;
    for polls in 1..9 {
        let server = TlsServer::start(answer(200, r#"{"id":"17920000000000001"}"#));
        let client = server.trusted();
        let deadline = boottime() + Duration::from_millis(40);
        let pause_end = deadline + PAUSE_BEYOND;
        let (access, container) = (access(), container());
        let answer = paused(polls, pause_end, client.publish(&access, &container, deadline)).await;

        match answer {
            PublishAnswer::NotSent(_) => {
                caught += 1;
                assert!(server.read.try_iter().all(|(read, _)| read.is_empty()), "after {polls} polls");
            }
            PublishAnswer::Live(_) | PublishAnswer::Unclear(_) => {
                let (read, at) = server.read.recv_timeout(Duration::from_secs(10)).unwrap();
                assert!(read.starts_with("POST"), "after {polls} polls");
                assert!(at < pause_end, "it left after the pause of poll {polls}");
            }
            PublishAnswer::Refused(error) => panic!("{error:?}"),
        }
    }
    assert!(caught >= 2, "the pause never fell between connecting and writing");
}
