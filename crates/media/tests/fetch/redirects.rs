use rats_media::fetch::{Bounds, FetchError};

use crate::server::{Server, ok, to};

#[tokio::test]
async fn sec_32_three_redirects_are_followed_and_a_fourth_is_not() {
    let three = Server::answering(|_| vec![to("/1"), to("2"), to("/3?x=y"), ok(b"picture")]).await;
    assert_eq!(three.fetched(Bounds::default()).await.unwrap(), b"picture");
    assert_eq!(three.connections(), 4);

    let endless = Server::with(to("/again")).await;
    let error = endless.fetched(Bounds::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "the picture's address redirects more than 3 times");
    assert_eq!(endless.connections(), 4);
}

#[tokio::test]
async fn sec_32_every_redirect_is_judged_anew() {
    let inner = Server::with(ok(b"secret")).await;
    let locations = [
        inner.url().to_string(),
        "http://127.0.0.1/".into(),
        "//169.254.169.254/latest/".into(),
        "https://10.0.0.1/".into(),
        "https://user:pass@example.com/".into(),
        "file:///etc/passwd".into(),
        "http://example.com/".into(),
        "https://[::1]/".into(),
    ];
    for location in locations {
        let server = Server::with(to(&location)).await;
        let error = server.fetched(Bounds::default()).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused(_)), "{location}: {error:?}");
        assert_eq!(server.connections(), 1);
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_explained() {
    for answer in [&b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"[..], &to("http://[")] {
        let error = Server::with(answer).await.fetched(Bounds::default()).await.unwrap_err();
        assert!(matches!(error, FetchError::BadRedirect), "{error:?}");
    }
}

#[tokio::test]
async fn an_address_that_has_no_picture_says_its_status() {
    let server = Server::with("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    let error = server.fetched(Bounds::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "the picture's address answers with status 404");
}
