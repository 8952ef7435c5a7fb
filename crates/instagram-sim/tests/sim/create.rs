use std::time::Duration;

use rats_instagram_sim::Config;

use crate::harness::{config, error, id, message, sim, sim_with};

#[tokio::test]
async fn f0_3_6_creation_answers_200_with_an_id_string_of_17_digits() {
    let sim = sim().await;
    let answer = sim.create_from("good.jpg", "hello").await;
    assert_eq!((answer.0, id(&answer).len()), (200, 17));
}

#[tokio::test]
async fn f3_6_1_and_f3_6_9_only_baseline_jpeg_is_accepted() {
    let sim = sim().await;
    for name in ["picture.png", "progressive.jpg"] {
        assert_eq!(error(&sim.create_from(name, "").await), (400, 9004, Some(2_207_052)), "{name}");
    }
    assert_eq!(error(&sim.create_from("truncated.jpg", "").await), (400, 36001, Some(2_207_005)));
}

#[tokio::test]
async fn f3_6_2_more_than_8_mib_is_36000() {
    assert_eq!(error(&sim().await.create_from("large.jpg", "").await), (400, 36000, Some(2_207_004)));
}

#[tokio::test]
async fn f3_6_3_the_ratio_is_from_4_5_to_1_91() {
    let sim = sim().await;
    for name in ["tall.jpg", "wide.jpg"] {
        assert_eq!(error(&sim.create_from(name, "").await), (400, 36003, Some(2_207_009)), "{name}");
    }
    for name in ["good.jpg", "widest.jpg"] {
        assert_eq!(sim.create_from(name, "").await.0, 200, "{name}");
    }
}

#[tokio::test]
async fn f3_7_1_what_cannot_be_fetched_is_9004() {
    let sim = sim().await;
    for name in ["missing.jpg", "moved.jpg", "größe.jpg"] {
        assert_eq!(error(&sim.create_from(name, "").await), (400, 9004, Some(2_207_052)), "{name}");
    }
}

#[tokio::test]
async fn f8_3_1_a_download_that_takes_too_long_is_2207003() {
    let sim = sim_with(Config { download_timeout: Duration::from_millis(50), ..config() }).await;
    assert_eq!(error(&sim.create_from("slow.jpg", "").await), (400, -2, Some(2_207_003)));
}

#[tokio::test]
async fn a_picture_is_fetched_for_each_container_unless_it_is_to_be_remembered() {
    for (remember_pictures, second) in [(false, 400), (true, 200)] {
        let sim = sim_with(Config { remember_pictures, ..config() }).await;
        assert_eq!(sim.create_from("fading.jpg", "one").await.0, 200);
        assert_eq!(sim.create_from("fading.jpg", "two").await.0, second, "remembered: {remember_pictures}");
    }
}

#[tokio::test]
async fn an_answer_takes_as_long_as_it_is_set_to() {
    let latency = Duration::from_millis(40);
    let sim = sim_with(Config { latency, ..config() }).await;
    let asked = tokio::time::Instant::now();
    assert_eq!(sim.create_from("good.jpg", "").await.0, 200);
    assert!(asked.elapsed() >= latency);
}

#[tokio::test]
async fn f3_1_4_caption_limits() {
    let sim = sim().await;
    assert_eq!(sim.create_from("good.jpg", &"a".repeat(2200)).await.0, 200);
    assert_eq!(error(&sim.create_from("good.jpg", &"a".repeat(2201)).await), (400, 36004, Some(2_207_010)));
    assert_eq!(error(&sim.create_from("good.jpg", &"#a ".repeat(31)).await), (400, 36004, Some(2_207_010)));
    assert_eq!(error(&sim.create_from("good.jpg", &"@a ".repeat(21)).await), (400, 100, Some(2_207_040)));
}

#[tokio::test]
async fn f3_1_p3_a_missing_image_url_and_an_unknown_type_are_named() {
    let sim = sim().await;
    let answer = sim.post(&sim.edge("media"), &[("caption", "x")]).await;
    assert_eq!(error(&answer), (400, 100, None));
    assert_eq!(answer.1["error"]["type"], "IGApiException");
    assert_eq!(message(&answer), "The parameter image_url is required.");
    let answer = sim.post(&sim.edge("media"), &[("media_type", "POEM")]).await;
    assert_eq!(error(&answer), (400, 100, Some(2_207_023)));
}

#[tokio::test]
async fn f3_1_p4_four_hundred_containers_a_day() {
    let sim = sim().await;
    let (state, picture) = (sim.simulator.state(), rats_instagram_sim::Picture::stand_in());
    for _ in 0..400 {
        let new = rats_instagram_sim::NewContainer { caption: String::new(), alt_text: None, picture: picture.clone() };
        state.create_container(sim.account.ig_user_id, new, sim.now());
    }
    assert_eq!(error(&sim.create_from("good.jpg", "").await).0, 400);
    sim.pass(24 * 3600);
    assert_eq!(sim.create_from("good.jpg", "").await.0, 200);
}

#[tokio::test]
async fn f3_2_1_and_f3_2_2_a_container_is_in_progress_then_finished() {
    let sim = sim_with(Config { processing: Duration::from_secs(5), ..config() }).await;
    let container = sim.container("").await;
    let status = sim.status(&container).await;
    assert_eq!(status["status_code"], "IN_PROGRESS");
    assert_eq!(status["status"], "In Progress: Media is still being processed.");
    sim.pass(5);
    let status = sim.status(&container).await;
    assert_eq!(status["status_code"], "FINISHED");
    assert_eq!(status["status"], "Finished: Media has been uploaded and it is ready to be published.");
}

#[tokio::test]
async fn f3_2_5_a_container_expires_after_24_h() {
    let sim = sim().await;
    let container = sim.container("").await;
    sim.pass(24 * 3600 - 1);
    assert_eq!(sim.status(&container).await["status_code"], "FINISHED");
    sim.pass(1);
    assert_eq!(sim.status(&container).await["status_code"], "EXPIRED");
}

#[tokio::test]
async fn f3_2_10_another_account_cannot_read_a_container() {
    let sim = sim().await;
    let container = sim.container("").await;
    let other = sim.simulator.state().make_accounts(1, sim.now()).remove(0);
    let url = sim.url(&format!("v25.0/{container}"));
    let answer = crate::harness::reply(sim.http.get(url).bearer_auth(other.token).send().await.unwrap()).await;
    assert_eq!(error(&answer), (400, 100, Some(33)));
}
