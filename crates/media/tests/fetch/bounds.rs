use std::time::Duration;

use rats_media::fetch::{Bounds, FetchError};

use crate::server::{Server, impatient, ok};

#[test]
fn sec_33_the_bounds_are_3_seconds_to_connect_and_15_in_all() {
    let bounds = Bounds::default();
    assert_eq!((bounds.connect, bounds.total), (Duration::from_secs(3), Duration::from_secs(15)));
    assert_eq!((bounds.max_bytes, bounds.max_redirects), (30_000_000, 3));
}

#[tokio::test]
async fn sec_33_an_answer_that_says_it_is_too_large_is_not_read() {
    let server = Server::with("HTTP/1.1 200 OK\r\nContent-Length: 30000001\r\n\r\n").await;
    let error = server.fetched(Bounds::default()).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { max_bytes: 30_000_000 }), "{error:?}");
}

#[tokio::test]
async fn sec_33_bytes_are_counted_while_they_arrive() {
    let bounds = Bounds { max_bytes: 1_000, ..Bounds::default() };
    let endless = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
        b"100\r\n".to_vec(),
        vec![b'x'; 256],
        b"\r\n".to_vec(),
    ];
    let server = Server::with([&endless[0][..], &endless[1..].concat().repeat(20)].concat()).await;
    let error = server.fetched(bounds).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { max_bytes: 1_000 }), "{error:?}");
    assert_eq!(
        Server::with(ok(&[7; 1_000])).await.fetched(bounds).await.unwrap().len(),
        1_000,
        "exactly the limit is fine"
    );
}

#[tokio::test]
async fn sec_33_a_body_that_stalls_is_cut() {
    let server = Server::with("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this").await;
    let error = server.fetched(impatient()).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow(_)), "{error:?}");
}

#[tokio::test]
async fn sec_33_a_server_that_never_answers_is_left() {
    let silent = Server::with("").await;
    let error = silent.fetched(impatient()).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow(_)), "{error:?}");
    let bounds = Bounds { total: Duration::from_millis(50), ..Bounds::default() };
    let error = silent.fetched(bounds).await.unwrap_err();
    assert_eq!(error.to_string(), "the picture's address answers too slowly (more than 0.05 s)");
}

#[tokio::test]
async fn sec_34_nothing_compressed_is_asked_for_or_unpacked() {
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let server =
            Server::with(format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 3\r\n\r\nabc"))
                .await;
        let error = server.fetched(Bounds::default()).await.unwrap_err();
        assert!(matches!(error, FetchError::Compressed), "{encoding} {error:?}");
        assert!(server.request().contains("accept-encoding: identity\r\n"), "{}", server.request());
    }
}

#[tokio::test]
async fn nothing_of_ours_is_sent_along() {
    let server = Server::with(ok(b"picture")).await;
    server.fetched(Bounds::default()).await.unwrap();
    for header in ["cookie", "referer", "authorization"] {
        assert!(!server.request().contains(header));
    }
}
