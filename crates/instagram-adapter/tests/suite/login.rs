//! Logging in, and whose token it is, in every shape that occurs.

use rats_domain::{
    connection::Feature,
    instagram::{Authorizer, Profile},
    secret::Secret,
};
use rats_instagram_adapter::Settings;
use time::Duration;

use crate::{
    fixture::{CODE, NOW, TOKEN, client, instagram, settings},
    server::{Script, Server, answer},
};

const LONG: &str = r#"{"access_token":"IGAAlong","token_type":"bearer","expires_in":5183944}"#;

async fn profile(body: &str) -> Profile {
    let server = Server::bodies(&[body]);
    instagram(&server.base).profile(&Secret::new(TOKEN)).await.unwrap()
}

#[test]
fn f1_1_the_authorize_address_asks_for_what_is_needed() {
    let base = "http://127.0.0.1:1".parse().unwrap();
    let url = instagram(&base).authorize_url(&Secret::new("st&te"));
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).unwrap().1.clone();

    assert!(url.as_str().starts_with("https://www.instagram.com/oauth/authorize?"), "{url}");
    assert_eq!(value("client_id"), "1234567890");
    assert_eq!(value("redirect_uri"), "https://rats.example/callback?from=instagram");
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("state"), "st&te");
    assert_eq!(
        value("scope"),
        "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_insights"
    );
}

#[test]
fn f1_1_11_comments_are_asked_for_where_wanted() {
    let base = "http://127.0.0.1:1".parse().unwrap();
    let client = client(Settings { manage_comments: true, ..settings(&base) });

    assert!(client.authorize_url(&Secret::new("x")).as_str().contains("instagram_business_manage_comments"));
}

#[tokio::test]
async fn f1_2_every_shape_of_the_code_exchange_is_read() {
    let some = Some(vec![Feature::Basic, Feature::Publish]);
    let scopes = "instagram_business_basic,instagram_business_content_publish";
    let array = scopes.replace(',', "\",\"");
    for (body, features) in [
        (
            format!(r#"{{"data":[{{"access_token":"IGAAshort","user_id":"265","permissions":"{scopes}"}}]}}"#),
            some.clone(),
        ),
        (format!(r#"{{"access_token":"IGAAshort","user_id":26500000000000001,"permissions":["{array}"]}}"#), some),
        (r#"{"access_token":"IGAAshort","user_id":17841400000000001}"#.to_owned(), None),
        (r#"{"access_token":"IGAAshort","user_id":1,"permissions":""}"#.to_owned(), None),
    ] {
        let server = Server::bodies(&[&body, LONG]);
        let grant = instagram(&server.base).exchange(&Secret::new(CODE)).await.unwrap();

        assert_eq!(grant.features, features, "{body}");
        assert_eq!(grant.token.secret, Secret::new("IGAAlong"));
        assert_eq!(grant.token.issued_at, NOW);
        assert_eq!(grant.token.expires_at, NOW + Duration::seconds(5_183_944));
        let first = server.next();
        assert!(first.starts_with("POST /oauth/access_token HTTP"), "{first}");
        assert!(first.contains("grant_type=authorization_code") && first.contains("code=AQDsentinelcode"), "{first}");
        let second = server.next();
        assert!(second.starts_with("GET /access_token?grant_type=ig_exchange_token&"), "{second}");
    }
}

#[tokio::test]
async fn the_second_half_of_an_exchange_is_asked_for_again_since_the_code_is_spent() {
    let short = r#"{"access_token":"IGAAshort","user_id":1}"#;
    let server = Server::start(vec![
        Script::Answer(answer(200, short)),
        Script::Answer(answer(500, "")),
        Script::Answer(answer(200, LONG)),
    ]);

    instagram(&server.base).exchange(&Secret::new(CODE)).await.unwrap();
}

#[tokio::test]
async fn f1_4_a_refresh_gives_a_token_that_lives_on() {
    let server = Server::bodies(&[r#"{"access_token":"IGAAnew","expires_in":"5183000"}"#]);
    let token = instagram(&server.base).refresh(&Secret::new(TOKEN)).await.unwrap();

    assert_eq!(token.secret, Secret::new("IGAAnew"));
    assert_eq!(token.expires_at, NOW + Duration::seconds(5_183_000));
    assert!(server.next().starts_with("GET /refresh_access_token?grant_type=ig_refresh_token&access_token="));
}

#[tokio::test]
async fn f2_p3_a_profile_is_read_flat_or_wrapped_with_ids_as_text_or_number() {
    let flat = r#"{"id":"372","user_id":"17841400000000001","username":"demo.shop","account_type":"BUSINESS"}"#;
    let numbers = r#"{"id":372,"user_id":17841400000000001,"username":"demo.shop","account_type":"Media_Creator"}"#;
    for body in [
        flat,
        numbers,
        &format!(r#"{{"data":[{flat}]}}"#),
        r#"{"id":"372","user_id":"17841400000000001","username":"demo.shop"}"#,
    ] {
        let profile = profile(body).await;

        assert_eq!(profile.account.unwrap().as_str(), "17841400000000001", "{body}");
        assert_eq!((profile.app_scoped_id.as_str(), profile.username.as_str()), ("372", "demo.shop"));
    }
}

#[tokio::test]
async fn f2_5_a_personal_account_has_no_account() {
    for body in [
        r#"{"id":"372","username":"me"}"#,
        r#"{"id":"372","user_id":"17841400000000001","username":"me","account_type":"PERSONAL"}"#,
    ] {
        assert_eq!(profile(body).await.account, None, "{body}");
    }
}
