use rats_instagram_sim::{Config, TokenShape};
use reqwest::Response;
use serde_json::Value;
use url::Url;

use crate::harness::{BASIC, PUBLISH, REDIRECT, Reply, Sim, config, error, message, reply, sim, sim_with};

fn authorize(sim: &Sim, changes: &[(&str, &str)]) -> Url {
    let scope = format!("{BASIC},{PUBLISH}");
    let client_id = &sim.simulator.state().config().client_id;
    let defaults = [
        ("client_id", client_id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", &scope),
        ("state", "a b&c"),
    ];
    let mut url = Url::parse(&sim.url("oauth/authorize")).unwrap();
    for (name, value) in defaults {
        let set = changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, value)| value);
        url.query_pairs_mut().append_pair(name, set);
    }
    url
}

async fn decide(sim: &Sim, form: &[(&str, &str)]) -> Url {
    let answer = sim.http.post(authorize(sim, &[])).form(form).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

async fn code(sim: &Sim) -> String {
    param(&decide(sim, &[("account", "goldencrust"), ("decision", "approve")]).await, "code").unwrap()
}

async fn exchange(sim: &Sim, code: &str) -> Reply {
    let Config { client_id, client_secret, .. } = sim.simulator.state().config();
    let form = [
        ("client_id", client_id.as_str()),
        ("client_secret", client_secret),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code", code),
    ];
    reply(sim.http.post(sim.url("oauth/access_token")).form(&form).send().await.unwrap()).await
}

async fn short_token(sim: &Sim) -> String {
    exchange(sim, &code(sim).await).await.1["access_token"].as_str().unwrap().to_owned()
}

async fn lengthen(sim: &Sim, short: &str) -> Reply {
    let secret = &sim.simulator.state().config().client_secret;
    let query = [("grant_type", "ig_exchange_token"), ("client_secret", secret), ("access_token", short)];
    reply(sim.http.get(sim.url("access_token")).query(&query).send().await.unwrap()).await
}

async fn refresh(sim: &Sim, token: &str) -> Reply {
    let query = [("grant_type", "ig_refresh_token"), ("access_token", token)];
    reply(sim.http.get(sim.url("refresh_access_token")).query(&query).send().await.unwrap()).await
}

async fn page(sim: &Sim, changes: &[(&str, &str)]) -> Response {
    sim.http.get(authorize(sim, changes)).send().await.unwrap()
}

#[tokio::test]
async fn f1_1_p3_success_returns_code_state_and_fragment() {
    let sim = sim().await;
    let to = decide(&sim, &[("account", "goldencrust"), ("decision", "approve")]).await;
    assert!(to.as_str().starts_with(REDIRECT));
    assert_eq!(to.fragment(), Some("_"));
    assert_eq!(param(&to, "state").unwrap(), "a b&c");
    assert!(param(&to, "code").unwrap().starts_with("AQ"));
}

#[tokio::test]
async fn f1_1_p3_a_code_is_single_use() {
    let sim = sim().await;
    let code = code(&sim).await;
    assert_eq!(exchange(&sim, &code).await.0, 200);
    assert_eq!(exchange(&sim, &code).await.0, 400);
}

#[tokio::test]
async fn f1_1_p3_a_code_lives_one_hour() {
    let sim = sim().await;
    let code = code(&sim).await;
    sim.pass(3600);
    assert_eq!(exchange(&sim, &code).await.0, 400);
}

#[tokio::test]
async fn f1_1_p4_denied_redirect() {
    let sim = sim().await;
    let to = decide(&sim, &[("account", "goldencrust"), ("decision", "deny")]).await;
    assert_eq!(param(&to, "error").unwrap(), "access_denied");
    assert_eq!(param(&to, "error_reason").unwrap(), "user_denied");
    assert!(to.as_str().contains("error_description=The+user+denied+your+request"));
    assert_eq!(param(&to, "state").unwrap(), "a b&c");
}

#[tokio::test]
async fn f1_1_bad_requests_show_an_error_page_and_do_not_redirect() {
    let sim = sim().await;
    let cases = [
        ("client_id", "1", "Invalid platform app"),
        ("redirect_uri", "http://client.test/callback/", "Invalid redirect_uri"),
        ("response_type", "token", "Invalid response_type"),
        ("scope", PUBLISH, "Invalid scope"),
        ("scope", "business_basic", "Invalid scope"),
    ];
    for (name, value, text) in cases {
        let answer = page(&sim, &[(name, value)]).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains(text), "{name}={value}");
    }
}

#[tokio::test]
async fn f1_1_4_scopes_may_be_a_space_list() {
    let sim = sim().await;
    let answer = page(&sim, &[("scope", &format!("{BASIC} {PUBLISH}"))]).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn f1_1_9_the_basic_scope_is_always_granted_and_others_can_be_unticked() {
    let sim = sim().await;
    let form = [("account", "goldencrust"), ("decision", "approve"), ("choices", "shown")];
    let code = param(&decide(&sim, &form).await, "code").unwrap();
    let answer = exchange(&sim, &code).await.1;
    assert_eq!(answer["permissions"], serde_json::json!([BASIC]));
    let token = answer["access_token"].as_str().unwrap();
    let limit = sim.get("v25.0/17841400000000001/content_publishing_limit", &[]).await;
    assert_eq!(error(&limit).1, 100, "another account's edge is not there");
    let url = sim.url("v25.0/17841400000000001/content_publishing_limit");
    let limit = reply(sim.http.get(url).bearer_auth(token).send().await.unwrap()).await;
    assert_eq!(error(&limit), (403, 10, None));
}

#[tokio::test]
async fn f1_2_p3_flat_token_answer() {
    let sim = sim().await;
    let answer = exchange(&sim, &code(&sim).await).await.1;
    assert_eq!(answer["user_id"], 26_500_000_000_000_001_u64);
    assert_eq!(answer["permissions"], serde_json::json!([BASIC, PUBLISH]));
}

#[tokio::test]
async fn f1_2_p2_documented_token_answer() {
    let sim = sim_with(Config { token_shape: TokenShape::Data, ..config() }).await;
    let answer = exchange(&sim, &code(&sim).await).await.1;
    assert_eq!(answer["data"][0]["user_id"], "26500000000000001");
    assert_eq!(answer["data"][0]["permissions"], format!("{BASIC},{PUBLISH}"));
}

#[tokio::test]
async fn f1_2_p5_a_short_token_lives_one_hour() {
    let sim = sim().await;
    let token = short_token(&sim).await;
    sim.pass(3600);
    assert_eq!(error(&lengthen(&sim, &token).await).1, 190);
}

#[tokio::test]
async fn f1_2_p6_a_rejected_exchange_has_no_envelope() {
    let sim = sim().await;
    let (status, body) = exchange(&sim, "nonsense").await;
    assert_eq!(status, 400);
    assert_eq!(body["error_type"], "OAuthException");
    assert_eq!(body["code"], 400);
    assert_eq!(body["error_message"], "Matching code was not found or was already used");
    assert_eq!(body.get("error"), None);
}

#[tokio::test]
async fn f1_3_p2_a_long_token_lives_just_under_sixty_days() {
    let sim = sim().await;
    let (status, body) = lengthen(&sim, &short_token(&sim).await).await;
    assert_eq!(
        (status, &body["expires_in"], &body["token_type"]),
        (200, &Value::from(5_183_944), &Value::from("bearer"))
    );
    assert!(body["access_token"].as_str().unwrap().starts_with("IGAA"));
}

#[tokio::test]
async fn f1_4_p2_a_refresh_needs_a_day_and_a_living_token() {
    let sim = sim().await;
    let token = sim.account.token.clone();
    assert_eq!(refresh(&sim, &token).await.0, 400);
    sim.pass(24 * 3600);
    let (status, body) = refresh(&sim, &token).await;
    assert_eq!((status, &body["expires_in"]), (200, &Value::from(5_183_944)));
    sim.pass(60 * 24 * 3600);
    assert_eq!(error(&refresh(&sim, &token).await), (400, 190, Some(463)));
}

#[tokio::test]
async fn f0_3_7_token_endpoints_answer_with_a_version_too() {
    let sim = sim().await;
    sim.pass(24 * 3600);
    let answer = sim.get("v25.0/refresh_access_token", &[("grant_type", "ig_refresh_token")]).await;
    assert_eq!(answer.0, 200);
}

#[tokio::test]
async fn f1_5_1_an_expired_token_is_190_463_with_its_dates() {
    let sim = sim().await;
    sim.pass(5_183_944);
    let answer = sim.get("v25.0/me", &[]).await;
    assert_eq!(error(&answer), (400, 190, Some(463)));
    assert!(message(&answer).starts_with("Error validating access token: Session has expired on "));
}

#[tokio::test]
async fn f1_5_3_a_garbage_token_is_190_without_subcode() {
    let sim = sim().await;
    let answer = reply(sim.http.get(sim.url("v25.0/me?access_token=EAAnope")).send().await.unwrap()).await;
    assert_eq!(error(&answer), (401, 190, None));
    assert_eq!(message(&answer), "Invalid OAuth access token - Cannot parse access token");
}

#[tokio::test]
async fn f0_3_1_the_token_is_a_header_or_a_parameter() {
    let sim = sim().await;
    let token = &sim.account.token;
    for url in [format!("v25.0/me?access_token={token}"), format!("me?access_token={token}")] {
        assert_eq!(sim.http.get(sim.url(&url)).send().await.unwrap().status(), 200);
    }
    let header = format!("OAuth {token}");
    let answer = sim.http.get(sim.url("v25.0/me")).header("authorization", header).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn f2_p3_the_profile_is_flat_with_both_ids() {
    let sim = sim().await;
    let (_, body) = sim.get("v25.0/me", &[("fields", "id,user_id,username,account_type")]).await;
    assert_eq!(body["user_id"], sim.account.ig_user_id.to_string());
    assert!(body["id"].as_str().unwrap().starts_with("265"));
    assert_eq!(body["account_type"], "BUSINESS");
    assert_eq!(body.as_object().unwrap().len(), 4);
    let by_app_scoped_id = sim.get(&format!("v25.0/{}", body["id"].as_str().unwrap()), &[]).await;
    assert_eq!(by_app_scoped_id.1["id"], body["id"]);
}

#[tokio::test]
async fn f2_p2_unset_fields_are_left_out_and_unknown_ones_refused() {
    let sim = sim().await;
    let (_, body) = sim.get("v25.0/me", &[("fields", "website")]).await;
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    let answer = sim.get("v25.0/me", &[("fields", "shoe_size")]).await;
    assert_eq!(error(&answer), (400, 100, None));
    assert!(message(&answer).contains("nonexistent field (shoe_size)"));
}

#[tokio::test]
async fn a_personal_account_has_no_professional_id_and_cannot_publish() {
    let sim = sim().await;
    let token = sim.simulator.state().token_for("quiet.kim", sim.now()).unwrap().token;
    let get = |path: &str| sim.http.get(sim.url(path)).bearer_auth(&token).send();
    let (_, body) = reply(get("v25.0/me?fields=user_id,account_type").await.unwrap()).await;
    assert_eq!((&body["account_type"], body.get("user_id")), (&Value::from("PERSONAL"), None));
    let limit = reply(get("v25.0/me/content_publishing_limit").await.unwrap()).await;
    assert_eq!(error(&limit), (403, 10, None));
}
