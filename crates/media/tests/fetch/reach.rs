use std::sync::atomic::Ordering;

use rats_media::fetch::{Bounds, FetchError, Fetcher, Policy, Refused};
use url::Url;

use crate::server::{Script, Server, ok};

fn refused(error: &FetchError) -> &Refused {
    match error {
        FetchError::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_exempt_server_is_fetched_from() {
    let server = Server::with(ok(b"picture")).await;
    assert_eq!(server.fetched(Bounds::default()).await.unwrap(), b"picture");
}

#[tokio::test]
async fn sec_30_a_literal_private_address_is_never_connected_to() {
    let server = Server::with(ok(b"secret")).await;
    let fetcher = Fetcher::new(Policy { allow_http: true, ..Policy::default() }, Bounds::default()).unwrap();
    let error = fetcher.fetch(&server.url()).await.unwrap_err();
    assert_eq!(refused(&error), &Refused::Port(server.address.port()));
    for url in ["http://127.0.0.1/", "http://0x7f000001/", "http://[::1]/", "http://169.254.169.254/latest/meta-data"] {
        let error = fetcher.fetch(&Url::parse(url).unwrap()).await.unwrap_err();
        assert!(matches!(refused(&error), Refused::Address(_)), "{url}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn sec_30_a_name_that_stands_for_a_private_address_is_never_connected_to() {
    for address in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.1.2.3", "64:ff9b::a00:1"] {
        let lookup = Script::answering(&[&[address]]);
        let fetcher = Fetcher::with_lookup(Policy::default(), Bounds::default(), lookup).unwrap();
        let error = fetcher.fetch(&Url::parse("https://pictures.example/a.jpg").unwrap()).await.unwrap_err();
        assert_eq!(refused(&error), &Refused::Address(address.parse().unwrap()));
        assert_eq!(
            error.to_string(),
            "the picture's address cannot be used: it is not on the public internet",
            "what a name of our own network stands for is nobody else's business"
        );
    }
}

#[tokio::test]
async fn sec_30_one_private_address_among_public_ones_refuses_the_name() {
    let lookup = Script::answering(&[&["1.1.1.1", "10.0.0.1"]]);
    let fetcher = Fetcher::with_lookup(Policy::default(), Bounds::default(), lookup).unwrap();
    let error = fetcher.fetch(&Url::parse("https://pictures.example/").unwrap()).await.unwrap_err();
    assert_eq!(refused(&error), &Refused::Address("10.0.0.1".parse().unwrap()));
}

#[tokio::test]
async fn sec_31_a_name_that_turns_private_between_two_answers_is_not_connected_to() {
    // An exempt name may stand for this machine, as a public name may stand for public addresses; no network is needed to try it.
    let server = Server::with(ok(b"picture")).await;
    let host = format!("sandbox.example:{}", server.address.port());
    let policy = Policy { allow_http: false, allowed_loopback: vec![host.clone()] };
    let lookup = Script::answering(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let fetcher = Fetcher::with_lookup(policy, Bounds::default(), lookup.clone()).unwrap();
    let url = Url::parse(&format!("http://{host}/a.jpg")).unwrap();

    assert_eq!(fetcher.fetch(&url).await.unwrap(), b"picture");
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1, "the address judged is the address connected to");
    assert_eq!(refused(&fetcher.fetch(&url).await.unwrap_err()), &Refused::Address("10.0.0.1".parse().unwrap()));
    assert_eq!((lookup.asked.load(Ordering::SeqCst), server.connections()), (2, 1));
}

#[tokio::test]
async fn sec_31_another_name_cannot_use_the_exemption() {
    let server = Server::with(ok(b"secret")).await;
    let policy =
        Policy { allow_http: true, allowed_loopback: vec![format!("sandbox.example:{}", server.address.port())] };
    let fetcher = Fetcher::with_lookup(policy, Bounds::default(), Script::answering(&[&["127.0.0.1"]])).unwrap();
    let error = fetcher.fetch(&Url::parse("http://evil.example/").unwrap()).await.unwrap_err();
    assert_eq!(refused(&error), &Refused::Address("127.0.0.1".parse().unwrap()));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_unreachable() {
    let fetcher = Fetcher::with_lookup(Policy::default(), Bounds::default(), Script::answering(&[])).unwrap();
    let error = fetcher.fetch(&Url::parse("https://nobody.example/").unwrap()).await.unwrap_err();
    assert_eq!(error.to_string(), "the picture's address cannot be reached");
}
