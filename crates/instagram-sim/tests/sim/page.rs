use crate::harness::{Sim, sim};

async fn text(sim: &Sim, path: &str) -> String {
    let answer = sim.http.get(sim.url(path)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_caption_is_shown_escaped() {
    let sim = sim().await;
    let media = sim.published("<script>alert(1)</script>").await;
    let (_, body) = sim.get(&format!("v25.0/{media}"), &[("fields", "shortcode")]).await;
    for path in [format!("p/{}/", body["shortcode"].as_str().unwrap()), "_control".to_owned()] {
        let page = text(&sim, &path).await;
        assert!(page.contains("&lt;script&gt;alert(1)"), "{path}");
        assert!(!page.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn a_profile_shows_its_posts() {
    let sim = sim().await;
    assert!(text(&sim, "goldencrust/").await.contains("No posts yet"));
    let media = sim.published("").await;
    let username = sim.get("v25.0/me", &[("fields", "username")]).await.1["username"].as_str().unwrap().to_owned();
    assert!(text(&sim, &format!("{username}/")).await.contains(&format!("/_media/{media}.jpg")));
}

#[tokio::test]
async fn unknown_pages_are_404() {
    let sim = sim().await;
    for path in ["nobody.here", "p/nothing/", "_media/1.jpg", "a/b/c"] {
        assert_eq!(sim.http.get(sim.url(path)).send().await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_panel_switches_faults_and_turns_the_clock() {
    let sim = sim().await;
    let before = sim.now();
    let press = async |form: &[(&str, &str)]| {
        let answer = sim.http.post(sim.url("_control/panel")).form(form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
    };
    let fault = [("action", "fault"), ("fault", "status-lag"), ("amount", "9"), ("account", ""), ("times", "1")];
    press(&fault).await;
    press(&[("action", "turn"), ("seconds", "3600")]).await;
    assert!(text(&sim, "_control").await.contains("status-lag 9 s"));
    assert_eq!((sim.now() - before).whole_seconds(), 3600);
    press(&[("action", "clear")]).await;
    assert!(sim.simulator.state().faults().is_empty());
}
