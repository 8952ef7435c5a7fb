use rats_instagram_sim::{Call, Fault, FaultRule};
use reqwest::Method;

use crate::harness::{Sim, error, message, sim};

/// Switches the fault on and publishes; whether an answer came, and how many are live.
async fn lost(sim: &Sim, fault: Fault) -> (Option<reqwest::Response>, usize) {
    let container = sim.container("").await;
    sim.fault(fault);
    let answer = sim.send(Method::POST, &sim.edge("media_publish"), &[("creation_id", &container)]).await;
    (answer.ok(), sim.live())
}

#[tokio::test]
async fn s6_a_publish_then_drop_answers_no_byte_but_is_live() {
    let (answer, live) = lost(&sim().await, Fault::PublishThenDrop).await;
    assert!(answer.is_none());
    assert_eq!(live, 1);
}

#[tokio::test]
async fn s6_drop_before_publish_answers_no_byte_and_is_not_live() {
    let (answer, live) = lost(&sim().await, Fault::DropBeforePublish).await;
    assert!(answer.is_none());
    assert_eq!(live, 0);
}

#[tokio::test]
async fn s6_a_cut_answer_has_a_status_but_no_whole_body() {
    let (answer, live) = lost(&sim().await, Fault::PublishThenCut).await;
    let answer = answer.unwrap();
    assert_eq!((answer.status().as_u16(), live), (200, 1));
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn s6_f_an_empty_answer_with_and_without_effect() {
    for (fault, expected) in [(Fault::PublishThenEmpty, 1), (Fault::Empty, 0)] {
        let (answer, live) = lost(&sim().await, fault).await;
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), live), (200, expected));
        assert_eq!(answer.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn s6_and_f3_4_4_errors_at_publish_with_and_without_effect() {
    let cases = [
        (Fault::PublishThenError, (500, 2, None), 1),
        (Fault::PublishThenBlocked, (403, 4, Some(2_207_051)), 1),
        (Fault::PublishThenNotReady, (400, 9007, Some(2_207_027)), 1),
        (Fault::Blocked, (403, 4, Some(2_207_051)), 0),
        (Fault::NotReady, (400, 9007, Some(2_207_027)), 0),
        (Fault::QuotaReached, (400, 9, Some(2_207_042)), 0),
        (Fault::AccountRestricted, (403, 25, Some(2_207_050)), 0),
    ];
    for (fault, expected, live) in cases {
        let sim = sim().await;
        let container = sim.container("").await;
        sim.fault(fault.clone());
        assert_eq!((error(&sim.publish(&container).await), sim.live()), (expected, live), "{fault:?}");
        assert_eq!(sim.publish(&container).await.0, 200, "{fault:?} was counted");
        assert_eq!(sim.live(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn s6_e_not_found_for_some_seconds_after_finished() {
    let sim = sim().await;
    let container = sim.container("").await;
    let fault = Fault::NotFoundAfterFinished { seconds: 4 };
    sim.simulator.state().add_fault(FaultRule { fault, account: None, times: None, probability: None });
    assert_eq!(error(&sim.publish(&container).await), (400, 24, Some(2_207_006)));
    sim.pass(4);
    assert_eq!(sim.publish(&container).await.0, 200);
}

#[tokio::test]
async fn s6_g_and_h_status_and_listing_lag() {
    let sim = sim().await;
    sim.fault(Fault::StatusLag { seconds: 30 });
    sim.fault(Fault::ListingLag { seconds: 60 });
    let container = sim.container("").await;
    assert_eq!(sim.publish(&container).await.0, 200);
    let listed = async || sim.get(&sim.edge("media"), &[]).await.1["data"].as_array().unwrap().len();
    assert_eq!((sim.status(&container).await["status_code"].clone(), listed().await), ("FINISHED".into(), 0));
    sim.pass(30);
    assert_eq!((sim.status(&container).await["status_code"].clone(), listed().await), ("PUBLISHED".into(), 0));
    sim.pass(30);
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn s7_faults_on_every_call() {
    let cases = [
        (Fault::TokenExpired, (400, 190, Some(463))),
        (Fault::PasswordChanged, (401, 190, Some(460))),
        (Fault::UnsupportedRequest, (400, 100, None)),
        (Fault::RateLimited { minutes: 7 }, (400, 80002, None)),
        (Fault::ReadsDown, (500, 2, None)),
    ];
    for (fault, expected) in cases {
        let sim = sim().await;
        sim.fault(fault.clone());
        assert_eq!(error(&sim.get("v25.0/me", &[]).await), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn f1_5_4_unsupported_request_names_the_method() {
    let sim = sim().await;
    sim.fault(Fault::UnsupportedRequest);
    assert_eq!(message(&sim.create_from("good.jpg", "").await), "Unsupported request - method type: post");
}

#[tokio::test]
async fn f7_6_and_f7_10_a_rate_limit_says_in_minutes_when_to_come_back() {
    let sim = sim().await;
    sim.fault(Fault::RateLimited { minutes: 7 });
    let answer = sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    let usage = answer.headers()["x-business-use-case-usage"].to_str().unwrap();
    let usage: serde_json::Value = serde_json::from_str(usage).unwrap();
    let usage = &usage[sim.account.ig_user_id.to_string()][0];
    assert_eq!((&usage["type"], &usage["call_count"]), (&"instagram".into(), &100.into()));
    assert_eq!(usage["estimated_time_to_regain_access"], 7);
}

#[tokio::test]
async fn s12_usage_headers_are_on_ordinary_answers_and_can_be_set() {
    let sim = sim().await;
    sim.fault(Fault::Usage { percent: 81 });
    let answer = sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    let usage: serde_json::Value = serde_json::from_str(answer.headers()["x-app-usage"].to_str().unwrap()).unwrap();
    assert_eq!(usage["call_count"], 81);
}

#[tokio::test]
async fn s7_an_outage_answers_100_33_on_container_and_media_reads_only() {
    let sim = sim().await;
    let container = sim.container("").await;
    sim.fault(Fault::ObjectMissing);
    assert_eq!(sim.get(&sim.edge("media"), &[]).await.0, 200);
    assert_eq!(error(&sim.get(&format!("v25.0/{container}"), &[]).await), (400, 100, Some(33)));
}

#[tokio::test]
async fn s7_a_read_can_answer_html() {
    let sim = sim().await;
    sim.fault(Fault::ReadsHtml);
    let answer = sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (502, "text/html"));
}

#[tokio::test]
async fn s7_and_f8_3_20_faults_at_creation() {
    let sim = sim().await;
    sim.fault(Fault::DownloadRefused);
    assert_eq!(error(&sim.create_from("good.jpg", "").await), (400, 9004, Some(2_207_052)));
    sim.fault(Fault::DownloadTimeout);
    assert_eq!(error(&sim.create_from("good.jpg", "").await), (400, -2, Some(2_207_003)));
}

#[tokio::test]
async fn f3_2_4_a_container_can_end_in_error_with_a_subcode() {
    let sim = sim().await;
    sim.fault(Fault::ContainerError { subcode: 2_207_082 });
    let container = sim.container("").await;
    let status = sim.status(&container).await;
    assert_eq!(status["status_code"], "ERROR");
    assert_eq!(status["status"], "Error: Media upload has failed with error code 2207082");
}

#[tokio::test]
async fn a_fault_hits_its_account_only() {
    let sim = sim().await;
    let fault = Fault::Drop { call: Call::Profile };
    let account = Some("goldencrust".to_owned());
    sim.simulator.state().add_fault(FaultRule { fault, account, times: None, probability: None });
    assert_eq!(sim.get("v25.0/me", &[]).await.0, 200);
    let baker = sim.simulator.state().token_for("goldencrust", sim.now()).unwrap();
    assert!(sim.http.get(sim.url("v25.0/me")).bearer_auth(baker.token).send().await.is_err());
}

#[tokio::test]
async fn a_probable_fault_happens_sometimes_and_the_same_way_for_a_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let sim = sim().await;
        let rule = serde_json::from_str(r#"{"fault":"error","code":1,"call":"profile","probability":0.5}"#).unwrap();
        sim.simulator.state().add_fault(rule);
        let mut answers = Vec::new();
        for _ in 0..40 {
            answers.push(sim.get("v25.0/me", &[]).await.0);
        }
        assert!(answers.contains(&200) && answers.contains(&400));
        runs.push(answers);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn a_late_publish_happens_although_its_sender_has_gone() {
    let sim = sim().await;
    let container = sim.container("").await;
    sim.fault(Fault::PublishLate { delay_ms: 60 });
    let form = [("creation_id", container.as_str())];
    let request = sim.http.post(sim.url(&sim.edge("media_publish"))).bearer_auth(&sim.account.token).form(&form);
    let gone = request.timeout(std::time::Duration::from_millis(20)).send().await;
    assert!(gone.is_err());
    while sim.live() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_happened() {
    let sim = sim().await;
    sim.fault(Fault::CreateThenDrop);
    let before = sim.simulator.state().ledger(sim.now()).containers.len();
    let picture = format!("{}/good.jpg", sim.pictures);
    assert!(sim.send(Method::POST, &sim.edge("media"), &[("image_url", &picture)]).await.is_err());
    assert_eq!(sim.simulator.state().ledger(sim.now()).containers.len(), before + 1);
}
