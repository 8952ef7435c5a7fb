//! The publish sender over plain TCP: what leaves, when, and how often.

use std::{
    future::{Future, poll_fn},
    net::TcpListener,
    pin::pin,
    time::Duration,
};

use rats_domain::{
    clock::Monotonic,
    instagram::{Advice, PublishAnswer, Publisher},
};
use rats_instagram_adapter::{Settings, boottime};
use url::Url;

use crate::{
    fixture::{access, client, container, instagram, publish, settings, soon},
    server::{Script, Server, answer},
};

const LIVE: &str = r#"{"id":"17920000000000001"}"#;

/// How much longer than the deadline a pause lasts: what was sent before it is read in this time, what comes after it is late.
pub(crate) const PAUSE_BEYOND: Duration = Duration::from_millis(60);

/// Polls `future`; before poll number `polls` the thread stands still until `moment`, as if the process had been paused.
pub(crate) async fn paused<F: Future>(polls: usize, moment: Monotonic, future: F) -> F::Output {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            while boottime() <= moment {
                std::hint::spin_loop();
            }
        }
        polled += 1;
        future.as_mut().poll(context)
    })
    .await
}

fn assert_not_sent(answer: &PublishAnswer) {
    assert!(matches!(answer, PublishAnswer::NotSent(error) if error.advice == Advice::Retry), "{answer:?}");
}

#[tokio::test]
async fn one_request_is_sent_as_instagram_wants_it() {
    let server = Server::bodies(&[LIVE]);
    let answer = publish(&server.base).await;
    let request = server.next();

    assert!(matches!(answer, PublishAnswer::Live(_)), "{answer:?}");
    assert!(request.starts_with("POST /v25.0/17841400000000001/media_publish HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer IGAAsentineltoken\r\n"), "{request}");
    assert!(request.contains(&format!("host: 127.0.0.1:{}\r\n", server.base.port().unwrap())), "{request}");
    assert!(request.ends_with("\r\n\r\ncreation_id=17900000000000001"), "{request}");
    assert!(server.rest().is_empty());
}

#[tokio::test]
async fn a_paused_process_writes_nothing_after_the_deadline() {
    let mut caught = 0;
    for polls in 0..6 {
        let server = Server::bodies(&[LIVE]);
        let client = instagram(&server.base);
        let deadline = boottime() + Duration::from_millis(40);
        let pause_end = deadline + PAUSE_BEYOND;
        let (access, container) = (access(), container());
        let answer = paused(polls, pause_end, client.publish(&access, &container, deadline)).await;

        match answer {
            PublishAnswer::NotSent(_) => {
                caught += 1;
                // Where it had connected, the server read nothing.
                let read = if polls == 0 { server.rest().concat() } else { server.next() };
                assert_eq!(read, "", "after {polls} polls");
            }
            PublishAnswer::Live(_) | PublishAnswer::Unclear(_) => {
                let (read, at) = server.next_at();
                assert!(!read.is_empty());
                assert!(at < pause_end, "it left after the pause of poll {polls}");
            }
            PublishAnswer::Refused(error) => panic!("{error:?}"),
        }
    }
    assert!(caught >= 2, "the pause never fell between connecting and writing");
}

#[tokio::test]
async fn nothing_is_sent_at_or_after_the_deadline() {
    let server = Server::bodies(&[LIVE]);
    let answer = instagram(&server.base).publish(&access(), &container(), boottime()).await;

    assert_not_sent(&answer);
    assert!(server.rest().is_empty());
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);

    assert_not_sent(&publish(&base).await);
}

#[tokio::test]
async fn a_silent_server_is_unclear() {
    let server = Server::start(vec![Script::Silence]);
    let client = client(Settings {
        publish_timeout: Duration::from_millis(60),
        connect_timeout: Duration::from_millis(50),
        ..settings(&server.base)
    });
    let answer = client.publish(&access(), &container(), soon()).await;

    assert!(matches!(answer, PublishAnswer::Unclear(_)), "{answer:?}");
    assert_eq!(server.next().matches("POST").count(), 1);
    assert!(server.rest().is_empty());
}

#[tokio::test]
async fn a_connection_that_hung_up_before_the_request_is_replaced_once() {
    for script in [Script::HangUp, Script::SpeakFirst(answer(200, LIVE)), Script::SpeakFirst(answer(408, ""))] {
        let server = Server::start(vec![script, Script::Answer(answer(200, r#"{"id":"2"}"#))]);
        let client = instagram(&server.base);
        let (access, container) = (access(), container());
        // Standing still for a while lets the server's words or its end arrive before the request is written.
        let heard = boottime() + Duration::from_millis(50);
        let answer = paused(1, heard, client.publish(&access, &container, soon())).await;

        assert!(matches!(&answer, PublishAnswer::Live(media) if media.as_str() == "2"), "{answer:?}");
        assert_eq!(server.next(), "", "a request left on a connection that was of no use");
        assert_eq!(server.next().matches("POST").count(), 1);
    }
}

#[tokio::test]
async fn a_server_that_always_speaks_first_gets_nothing() {
    // The second connection is looked at without a pause, so what is proven is only that no answer is invented.
    let server = Server::start(vec![Script::SpeakFirst(answer(200, LIVE))]);
    let client = instagram(&server.base);
    let (access, container) = (access(), container());
    let heard = boottime() + Duration::from_millis(50);
    let answer = paused(1, heard, client.publish(&access, &container, soon())).await;

    let first = server.next();
    assert_eq!(first, "");
    if let PublishAnswer::NotSent(_) = answer {
        assert_eq!(server.next(), "");
    }
}
