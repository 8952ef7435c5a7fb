use serde_json::{Value, json};

use crate::harness::{Reply, Sim, error, message, sim};

async fn insights(sim: &Sim, media: &str, metrics: &str) -> Reply {
    sim.get(&format!("v25.0/{media}/insights"), &[("metric", metrics)]).await
}

fn value(reply: &Reply, place: usize) -> u64 {
    reply.1["data"][place]["values"][0]["value"].as_u64().unwrap_or_else(|| panic!("no value in {reply:?}"))
}

#[tokio::test]
async fn f5_1_17_missing_data_is_an_empty_list() {
    let sim = sim().await;
    let media = sim.published("").await;
    assert_eq!(insights(&sim, &media, "reach,likes").await, (200, json!({"data": []})));
}

#[tokio::test]
async fn f5_1_1_metrics_grow_with_the_age_and_are_equal_for_equal_seeds() {
    let metrics = "views,reach,likes,comments,saved,shares,total_interactions";
    let (sim, twin) = (sim().await, crate::harness::sim().await);
    let media = sim.published("").await;
    assert_eq!(media, twin.published("").await);
    let mut before = 0;
    for hours in [1, 5, 48] {
        sim.pass(hours * 3600);
        twin.pass(hours * 3600);
        let answer = insights(&sim, &media, metrics).await;
        assert_eq!(answer, insights(&twin, &media, metrics).await);
        assert!(value(&answer, 0) > before);
        assert!(value(&answer, 0) >= value(&answer, 1));
        before = value(&answer, 0);
        assert_eq!(answer.1["data"][0]["period"], "lifetime");
        assert_eq!(answer.1["data"][0]["id"], format!("{media}/insights/views/lifetime"));
    }
}

#[tokio::test]
async fn f5_1_13_one_bad_metric_fails_all() {
    let sim = sim().await;
    let media = sim.published("").await;
    sim.pass(3600);
    let answer = insights(&sim, &media, "reach,happiness").await;
    assert_eq!(error(&answer), (400, 100, None));
    assert!(message(&answer).starts_with("(#100) metric[1] must be one of the following values: impressions, reach"));
}

#[tokio::test]
async fn f5_1_10_and_f5_1_12_impressions_are_gone() {
    let sim = sim().await;
    let media = sim.published("").await;
    let answer = insights(&sim, &media, "impressions").await;
    assert!(message(&answer).starts_with("(#100) Starting from version v22.0 and above, the impressions metric"));
}

#[tokio::test]
async fn f5_1_14_an_unsupported_breakdown_is_an_unknown_error() {
    let sim = sim().await;
    let media = sim.published("").await;
    sim.pass(86_400);
    let path = format!("v25.0/{media}/insights");
    let answer = sim.get(&path, &[("metric", "reach"), ("breakdown", "action_type")]).await;
    assert_eq!(message(&answer), "An unknown error has occurred.");
    let (_, body) = sim.get(&path, &[("metric", "profile_activity"), ("breakdown", "action_type")]).await;
    let breakdown = &body["data"][0]["total_value"]["breakdowns"][0];
    assert_eq!(breakdown["dimension_keys"], json!(["action_type"]));
    assert_eq!(breakdown["results"][0]["dimension_values"], json!(["BIO_LINK_CLICKED"]));
    assert_ne!(body["data"][0]["total_value"]["value"], Value::Null);
}
