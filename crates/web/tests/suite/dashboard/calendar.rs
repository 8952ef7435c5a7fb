use super::browser::{Browser, token};
use crate::world::World;

/// The ids and versions of the posts that can be moved on a page.
fn movable(page: &str) -> Vec<(String, String)> {
    let value = |part: &str, name: &str| part.split(name).nth(1).unwrap().split('"').next().unwrap().to_owned();
    page.split("draggable=\"true\"")
        .skip(1)
        .map(|part| (value(part, "data-post=\""), value(part, "data-version=\"")))
        .collect()
}

#[actix_web::test]
async fn a_post_is_moved_to_another_day_and_keeps_its_time_of_day() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let post = anna.draft("Counting the hours!").await;
    anna.submit(&post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;

    let page = anna.get("/calendar?view=month&day=2026-12-15").await.text();
    assert!(
        page.contains("December 2026") && page.contains("Anna&#39;s birthday"),
        "its event stands there, too: {page}"
    );
    assert!(page.contains("aria-describedby=\"move-hint\"") && page.contains("<kbd>Alt</kbd>"), "{page}");
    assert!(!page.contains("class=\"unseen\" id=\"move-hint\""), "the hint is for everybody: {page}");
    let [(id, version)] = &movable(&page)[..] else { panic!("one post") };
    let csrf = token(&anna.get("/calendar").await);
    let fields = [
        ("csrf", csrf.as_str()),
        ("post", id),
        ("version", version),
        ("day", "2026-12-03"),
        ("around", "2026-12-15"),
        ("view", "week"),
    ];
    let moved = anna.send("/calendar/move", &fields).await;
    assert_eq!(moved.header("location"), "/calendar?view=week&day=2026-12-03&done=moved", "{}", moved.text());
    assert!(anna.get(&post).await.text().contains("2026-12-03T10:30"));

    let stale = anna.send("/calendar/move", &fields).await;
    assert_eq!(stale.status, 422, "another version was seen");
    let loaded_anew = anna.get("/calendar/move").await;
    assert_eq!((loaded_anew.status.as_u16(), loaded_anew.header("location")), (303, "/calendar"));
    let where_it_was = anna.get("/calendar/move?view=week&day=2026-12-15").await;
    assert_eq!(where_it_was.header("location"), "/calendar?view=week&day=2026-12-15");
    assert!(stale.text().contains("changed meanwhile"));
    let unreadable = [("csrf", csrf.as_str()), ("post", id), ("version", "NaN"), ("day", "2026-12-04")];
    assert_eq!(anna.send("/calendar/move", &unreadable).await.status, 422, "a version that nobody saw");
    let past = [("csrf", csrf.as_str()), ("post", id), ("version", ""), ("day", "2026-01-01")];
    let past = anna.send("/calendar/move", &past).await;
    assert!(past.text().contains("in the past"), "{}", past.text());

    let beyond =
        [("csrf", csrf.as_str()), ("post", id), ("version", ""), ("day", "2027-01-20"), ("around", "2026-12-15")];
    let beyond = anna.send("/calendar/move", &beyond).await;
    assert_eq!(beyond.header("location"), "/calendar?view=month&day=2027-01-20&done=moved", "it stays in sight");

    anna.submit(&post, &format!("{post}/cancel"), &[]).await;
    let page = anna.get("/calendar?view=week&day=2026-12-03").await.text();
    assert!(movable(&page).is_empty(), "nothing to drag it by");
    let dragged = [("csrf", csrf.as_str()), ("post", id), ("version", ""), ("day", "2026-12-04")];
    let dragged = anna.send("/calendar/move", &dragged).await;
    assert_eq!(dragged.status, 422, "a stray drag brings nothing back");
    assert!(dragged.text().contains("not on its way"), "{}", dragged.text());
}

#[actix_web::test]
async fn a_time_that_clocks_leave_out_is_the_first_after_it() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.submit("/settings", "/settings", &[("timeZone", "Europe/Berlin"), ("postAt", "09:00")]).await;
    anna.connect().await;
    let post = anna.draft("In the middle of the night").await;
    anna.submit(&post, &format!("{post}/move"), &[("at", "2027-03-20T02:30")]).await;
    let id = post.trim_start_matches("/posts/").to_owned();
    let fields = [("post", id.as_str()), ("version", ""), ("day", "2027-03-28")];
    let moved = anna.submit("/calendar", "/calendar/move", &fields).await;
    assert_eq!(moved.status, 303, "{}", moved.text());
    assert!(anna.get(&post).await.text().contains("2027-03-28T03:00"), "as in every form");
}

#[actix_web::test]
async fn sec_25_nobody_moves_someone_elses_post() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("Mine").await;
    let id = post.trim_start_matches("/posts/").to_owned();
    let mut bert = Browser::registered(&world, "bert").await;
    let fields = [("post", id.as_str()), ("day", "2026-12-03")];
    assert_eq!(bert.submit("/calendar", "/calendar/move", &fields).await.status, 404);
    assert!(!bert.get("/calendar?day=2026-12-04").await.text().contains("Anna"));
    assert_eq!(bert.send("/calendar/move", &fields).await.status, 403);
}

#[actix_web::test]
async fn days_at_the_ends_of_the_calendar_break_nothing() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    for day in ["0001-01-01", "9999-12-31", "nonsense"] {
        let page = anna.get(&format!("/calendar?day={day}")).await;
        assert!(page.status == 200 || page.status == 400, "{day}: {}", page.status);
    }
}
