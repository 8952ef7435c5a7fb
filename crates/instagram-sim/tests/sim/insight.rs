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

#[tokio::test]
async fn a_metric_that_was_retired_is_unknown() {
    let sim = sim().await;
    let media = sim.published("").await;
    sim.pass(3600);
    sim.fault(rats_instagram_sim::Fault::MetricRetired { metric: "saved".into() });
    let answer = insights(&sim, &media, "reach,saved").await;
    assert!(message(&answer).starts_with("(#100) metric[1] must be one of"), "{answer:?}");
    assert_eq!(insights(&sim, &media, "reach").await.0, 200);
}

#[tokio::test]
async fn what_its_owner_deleted_cannot_be_read() {
    let sim = sim().await;
    let media = sim.published("").await;
    sim.pass(3600);
    sim.simulator.state().delete_by_hand(rats_instagram_sim::MediaId(media.parse().unwrap()));
    assert_eq!(error(&insights(&sim, &media, "reach").await), (400, 100, Some(33)));
    assert_eq!(error(&sim.get(&format!("v25.0/{media}"), &[]).await), (400, 100, Some(33)));
    assert_eq!(sim.get(&sim.edge("media"), &[]).await.1, json!({"data": []}));
    assert_eq!(sim.simulator.state().ledger(sim.now()).media.len(), 1, "it was live");
}

#[tokio::test]
async fn f5_2_an_accounts_insights_are_what_its_media_did_in_a_span() {
    let sim = sim().await;
    let media = sim.published("").await;
    let began = sim.now().unix_timestamp();
    sim.pass(2 * 86_400);
    let (start, middle, end) = (began.to_string(), (began + 86_400).to_string(), (began + 2 * 86_400).to_string());
    let span = async |since: &str, until: &str| {
        let params = [
            ("metric", "reach,views"),
            ("period", "day"),
            ("metric_type", "total_value"),
            ("since", since),
            ("until", until),
        ];
        let (status, body) = sim.get(&sim.edge("insights"), &params).await;
        assert_eq!(status, 200, "{body}");
        [0, 1].map(|place| body["data"][place]["total_value"]["value"].as_u64().unwrap())
    };
    let (first, second, both) = (span(&start, &middle).await, span(&middle, &end).await, span(&start, &end).await);

    assert!(first[0] > second[0] && second[0] > 0);
    assert_eq!([first[0] + second[0], first[1] + second[1]], both);
    assert_eq!(both[1], value(&insights(&sim, &media, "views").await, 0));
    let (_, me) = sim.get("v25.0/me", &[("fields", "followers_count")]).await;
    assert_eq!(me["followers_count"].as_u64().unwrap(), 250 + both[0] / 300);
}

#[tokio::test]
async fn f5_2_12_and_f5_2_13_what_an_account_does_not_tell() {
    let sim = sim().await;
    let edge = sim.edge("insights");
    let day = ("period", "day");
    let answer = sim.get(&edge, &[("metric", "views"), day]).await;
    assert!(message(&answer).ends_with("should be specified with parameter metric_type=total_value"), "{answer:?}");
    let answer = sim.get(&edge, &[("metric", "impressions"), day]).await;
    assert!(message(&answer).starts_with("(#100) metric[0] must be one of"), "{answer:?}");
    let long = [("metric", "reach"), day, ("since", "1790000000"), ("until", "1792592001")];
    let answer = sim.get(&edge, &long).await;
    assert!(message(&answer).starts_with("(#100) There cannot be more than 30 days"), "{answer:?}");
}
