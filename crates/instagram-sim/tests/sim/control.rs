use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Sim, sim};

async fn control(sim: &Sim, method: Method, path: &str, body: &str) -> Value {
    let request = sim.http.request(method, sim.url(&format!("_control/{path}")));
    let answer = request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn s2_the_date_header_is_the_simulated_time_and_the_clock_can_be_turned() {
    let sim = sim().await;
    control(&sim, Method::POST, "clock", r#"{"advance_seconds":86400}"#).await;
    let answer = sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    assert_eq!(answer.headers()["date"], "Wed, 04 Nov 2026 09:15:07 GMT");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn the_clock_goes_neither_back_nor_for_ever_and_says_so() {
    let sim = sim().await;
    for (seconds, why) in [("-60", "not turned back"), ("9000000000", "2100"), ("9223372036854775807", "2100")] {
        let turned = sim.http.post(sim.url("_control/clock")).header("content-type", "application/json");
        let answer = turned.body(format!(r#"{{"advance_seconds":{seconds}}}"#)).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{seconds}");
        assert!(answer.text().await.unwrap().contains(why), "{seconds}");
        let pressed =
            sim.http.post(sim.url("_control/panel")).header("content-type", "application/x-www-form-urlencoded");
        let answer = pressed.body(format!("action=turn&seconds={seconds}")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{seconds}");
    }
    let answer = sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    assert_eq!(answer.headers()["date"], "Tue, 03 Nov 2026 09:15:07 GMT");
}

#[tokio::test]
async fn made_accounts_have_ready_tokens() {
    let sim = sim().await;
    let made = control(&sim, Method::POST, "accounts", r#"{"count":3}"#).await;
    assert_eq!(made.as_array().unwrap().len(), 3);
    let token = made[2]["token"].as_str().unwrap();
    let url = sim.url("v25.0/me?fields=user_id");
    let (_, me) = crate::harness::reply(sim.http.get(url).bearer_auth(token).send().await.unwrap()).await;
    assert_eq!(me["user_id"], made[2]["igUserId"]);
}

#[tokio::test]
async fn faults_are_switched_listed_and_cleared() {
    let sim = sim().await;
    let rule = r#"{"fault":"status-lag","seconds":30,"account":"goldencrust","times":2}"#;
    let faults = control(&sim, Method::POST, "faults", rule).await;
    assert_eq!(faults, json!([serde_json::from_str::<Value>(rule).unwrap()]));
    assert_eq!(control(&sim, Method::DELETE, "faults", "").await, json!([]));
    let unknown = sim.http.post(sim.url("_control/faults")).header("content-type", "application/json");
    assert_eq!(unknown.body(r#"{"fault":"rain"}"#).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_ledger_tells_what_was_published_and_how_often_it_was_asked_for() {
    let sim = sim().await;
    let container = sim.container("hello").await;
    sim.publish(&container).await;
    sim.publish(&container).await;
    let ledger = control(&sim, Method::GET, "ledger", "").await;
    let media = &ledger["media"][0];
    assert_eq!(media["containerId"], container);
    assert_eq!(media["caption"], "hello");
    assert_eq!((&media["width"], &media["height"], &media["publishCalls"]), (&json!(64), &json!(80), &json!(2)));
    assert_eq!(media["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(ledger["containers"][0]["publishRequests"].as_array().unwrap().len(), 2);
    control(&sim, Method::POST, "reset", "").await;
    assert_eq!(control(&sim, Method::GET, "ledger", "").await, json!({"media": [], "containers": []}));
}

#[tokio::test]
async fn f8_2_15_an_unknown_path_is_2500() {
    let sim = sim().await;
    let answer = sim.get("v25.0/17841400000000001/cake", &[]).await;
    assert_eq!(crate::harness::error(&answer), (500, 2500, None));
}
