use std::time::Duration;

use rats_instagram_sim::{Config, Repeat};
use serde_json::json;

use crate::harness::{config, error, id, sim, sim_with};

#[tokio::test]
async fn f3_3_p1_publishing_answers_a_media_id_and_the_container_reads_published() {
    let sim = sim().await;
    let container = sim.container("hello").await;
    let answer = sim.publish(&container).await;
    assert_eq!((answer.0, id(&answer).len()), (200, 17));
    assert_eq!(sim.status(&container).await["status_code"], "PUBLISHED");
    assert_eq!(sim.live(), 1);
}

#[tokio::test]
async fn f8_3_21_publishing_too_early_is_9007() {
    let sim = sim_with(Config { processing: Duration::from_secs(5), ..config() }).await;
    let container = sim.container("").await;
    assert_eq!(error(&sim.publish(&container).await), (400, 9007, Some(2_207_027)));
    sim.pass(5);
    assert_eq!(sim.publish(&container).await.0, 200);
}

#[tokio::test]
async fn f8_3_11_and_f8_3_12_unknown_and_expired_containers_are_24() {
    let sim = sim().await;
    assert_eq!(error(&sim.publish("17900000000000099").await), (400, 24, Some(2_207_006)));
    let container = sim.container("").await;
    sim.pass(24 * 3600);
    assert_eq!(error(&sim.publish(&container).await), (400, 24, Some(2_207_008)));
}

#[tokio::test]
async fn s5_a_second_publish_makes_no_second_media_in_the_three_plausible_modes() {
    let expected = [(Repeat::SameId, None), (Repeat::Error2207008, Some(24)), (Repeat::Error9007, Some(9007))];
    for (repeat, code) in expected {
        let sim = sim_with(Config { repeat, ..config() }).await;
        let container = sim.container("").await;
        let first = sim.publish(&container).await;
        let second = sim.publish(&container).await;
        match code {
            None => assert_eq!(first, second),
            Some(code) => assert_eq!(error(&second).1, code),
        }
        assert_eq!(sim.live(), 1);
    }
}

#[tokio::test]
async fn s5_the_hostile_mode_publishes_twice_and_the_ledger_tells() {
    let sim = sim_with(Config { repeat: Repeat::Hostile, ..config() }).await;
    let container = sim.container("").await;
    assert_ne!(sim.publish(&container).await, sim.publish(&container).await);
    let ledger = sim.simulator.state().ledger(sim.now());
    assert_eq!((ledger.media.len(), ledger.containers[0].publish_calls), (2, 2));
}

#[tokio::test]
async fn f3_5_p1_the_quota_tells_usage_and_limit() {
    let sim = sim().await;
    sim.published("one").await;
    let (_, body) = sim.get(&sim.edge("content_publishing_limit"), &[("fields", "quota_usage,config")]).await;
    let config = json!({"quota_total": 100, "quota_duration": 86_400});
    assert_eq!(body, json!({"data": [{"quota_usage": 1, "config": config}]}));
    let (_, body) = sim.get(&sim.edge("content_publishing_limit"), &[]).await;
    assert_eq!(body, json!({"data": [{"quota_usage": 1}]}));
}

#[tokio::test]
async fn f3_5_1_since_counts_from_then_on() {
    let sim = sim().await;
    sim.published("one").await;
    sim.pass(60);
    let since = sim.now().unix_timestamp().to_string();
    sim.published("two").await;
    let (_, body) = sim.get(&sim.edge("content_publishing_limit"), &[("since", &since)]).await;
    assert_eq!(body["data"][0]["quota_usage"], 1);
}

#[tokio::test]
async fn f3_5_3_over_quota_is_9_2207042_and_slots_free_one_by_one() {
    let sim = sim_with(Config { quota_total: 2, ..config() }).await;
    sim.published("one").await;
    sim.pass(3600);
    sim.published("two").await;
    let container = sim.container("three").await;
    assert_eq!(error(&sim.publish(&container).await), (400, 9, Some(2_207_042)));
    sim.pass(23 * 3600 - 1);
    assert_eq!(error(&sim.publish(&container).await).1, 9);
    sim.pass(1);
    assert_eq!(sim.publish(&container).await.0, 200);
}
