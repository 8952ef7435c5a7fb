//! The whole way, against the simulated Instagram: log in, publish, look, count.

use std::{io::Write, net::TcpListener, sync::Arc, thread};

use jpeg_encoder::{ColorType, Encoder};
use rats_domain::{
    connection::Feature,
    instagram::{Access, Advice, Authorizer, ContainerStatus, Dated, MediaReader, PublishAnswer, Publisher},
    metrics::AccountNumbers,
    secret::Secret,
};
use rats_instagram_adapter::{Instagram, Settings};
use rats_instagram_sim::{Config, Fault, FaultRule, Simulator, TokenShape, TurnableClock, start};
use time::Duration;
use url::Url;

use crate::{
    fixture::{NOW, client, everything, settings, soon},
    server::request,
};

async fn simulated(shape: TokenShape) -> (Simulator, Instagram) {
    let sentinel = settings(&"http://127.0.0.1:1".parse().unwrap());
    let config = Config {
        client_id: sentinel.client_id.clone(),
        client_secret: sentinel.client_secret.expose().to_owned(),
        redirect_uris: vec![sentinel.redirect_uri.to_string()],
        token_shape: shape,
        ..Config::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let simulator = start(config, Arc::new(TurnableClock::manual(NOW)), listener).await.unwrap();
    let base = simulator.base_url();
    let client = client(Settings { authorize_base: base.clone(), ..settings(&base) });
    (simulator, client)
}

/// A person agrees; the code that comes back.
async fn consent(instagram: &Instagram, state: &str) -> Secret {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("account", "goldencrust"), ("decision", "approve")];
    let answer = http.post(instagram.authorize_url(&Secret::new(state))).form(&form).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    let back: Url = location.parse().unwrap();
    let value = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(value("state"), state);
    Secret::new(value("code"))
}

/// A picture that can be fetched as often as wanted.
fn picture() -> Url {
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90).encode(&vec![200; 400 * 400 * 3], 400, 400, ColorType::Rgb).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/p.jpg", listener.local_addr().unwrap()).parse().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            request(&mut stream);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                jpeg.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &jpeg].concat());
        }
    });
    url
}

async fn connected(instagram: &Instagram) -> Access {
    let code = consent(instagram, "state").await;
    let grant = instagram.exchange(&code).await.unwrap();
    let profile = instagram.profile(&grant.token.secret).await.unwrap();
    Access { account: profile.account.unwrap(), token: grant.token.secret }
}

#[tokio::test]
async fn a_post_goes_all_the_way() {
    for shape in [TokenShape::Flat, TokenShape::Data] {
        let (simulator, instagram) = simulated(shape).await;
        let grant = instagram.exchange(&consent(&instagram, "st&te").await).await.unwrap();
        assert_eq!(grant.features, Some(vec![Feature::Basic, Feature::Publish, Feature::Insights]));
        let profile = instagram.profile(&grant.token.secret).await.unwrap();
        assert_eq!(profile.username, "goldencrust");
        let access = Access { account: profile.account.unwrap(), token: grant.token.secret };

        let container = instagram.create_image(&access, &picture(), "Happy birthday, Ana! #joy & love").await.unwrap();
        let Dated { value, .. } = instagram.status(&access, &container).await.unwrap();
        assert_eq!(value, ContainerStatus::Finished);
        let PublishAnswer::Live(media) = instagram.publish(&access, &container, soon()).await else {
            panic!("not live")
        };
        assert_eq!(instagram.status(&access, &container).await.unwrap().value, ContainerStatus::Published);

        let listing = instagram.recent(&access, NOW - Duration::MINUTE).await.unwrap().value;
        assert!(listing.complete);
        assert_eq!(listing.media.len(), 1, "{listing:?}");
        assert_eq!(listing.media[0].id, media);
        assert_eq!(listing.media[0].caption.as_deref(), Some("Happy birthday, Ana! #joy & love"));
        assert!(listing.media[0].is_image);

        let quota = instagram.quota(&access, NOW - Duration::HOUR).await.unwrap();
        assert_eq!((quota.used, quota.total), (1, Some(100)));
        let engagement = instagram.engagement(&access, &media, everything()).await.unwrap();
        assert_eq!(engagement.permalink, instagram.permalink(&access, &media).await.unwrap());
        assert!(engagement.permalink.is_some() && engagement.numbers.likes.is_some(), "{engagement:?}");
        assert_eq!(instagram.followers(&access).await.unwrap(), Some(2318));
        let retired = Fault::MetricRetired { metric: "reach".into() };
        simulator.state().add_fault(FaultRule { fault: retired, account: None, times: None, probability: None });
        let day = instagram.account_insights(&access, NOW - Duration::DAY, NOW).await.unwrap();
        assert_eq!(day, AccountNumbers { reach: None, views: Some(0) });

        let ledger = simulator.state().ledger(NOW);
        assert_eq!(ledger.media.iter().filter(|media| media.publish_calls > 0).count(), 1);
    }
}

#[tokio::test]
async fn a_code_that_was_used_is_refused() {
    let (_simulator, instagram) = simulated(TokenShape::Flat).await;
    let code = consent(&instagram, "state").await;
    instagram.exchange(&code).await.unwrap();

    instagram.exchange(&code).await.unwrap_err();
}

#[tokio::test]
async fn a_picture_that_cannot_be_fetched_is_tried_again() {
    let (_simulator, instagram) = simulated(TokenShape::Flat).await;
    let access = connected(&instagram).await;
    let nowhere = "http://127.0.0.1:1/p.jpg".parse().unwrap();
    let error = instagram.create_image(&access, &nowhere, "text").await.unwrap_err();

    assert_eq!(error.advice, Advice::RetryThenFix, "{error:?}");
}

#[tokio::test]
async fn whatever_hides_a_post_that_is_live_makes_it_unclear_and_is_sent_once() {
    for fault in [
        Fault::PublishThenDrop,
        Fault::PublishThenCut,
        Fault::PublishThenError,
        Fault::PublishThenBlocked,
        Fault::PublishThenEmpty,
    ] {
        let (simulator, instagram) = simulated(TokenShape::Flat).await;
        let access = connected(&instagram).await;
        let container = instagram.create_image(&access, &picture(), "text").await.unwrap();
        simulator.state().add_fault(FaultRule {
            fault: fault.clone(),
            account: None,
            times: Some(1),
            probability: None,
        });
        let answer = instagram.publish(&access, &container, soon()).await;

        assert!(matches!(answer, PublishAnswer::Unclear(_)), "{fault:?}: {answer:?}");
        let ledger = simulator.state().ledger(NOW);
        assert_eq!(ledger.containers.iter().map(|container| container.publish_calls).sum::<usize>(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn definite_refusals_are_refused() {
    for fault in [Fault::NotReady, Fault::QuotaReached, Fault::AccountRestricted, Fault::TokenExpired] {
        let (simulator, instagram) = simulated(TokenShape::Flat).await;
        let access = connected(&instagram).await;
        let container = instagram.create_image(&access, &picture(), "text").await.unwrap();
        simulator.state().add_fault(FaultRule {
            fault: fault.clone(),
            account: None,
            times: Some(1),
            probability: None,
        });
        let answer = instagram.publish(&access, &container, soon()).await;

        assert!(matches!(answer, PublishAnswer::Refused(_)), "{fault:?}: {answer:?}");
    }
}
