use super::browser::Browser;
use crate::world::World;

/// Anna's birthday, on a day to come.
async fn birthday(anna: &mut Browser<'_>) -> String {
    let fields = [
        ("title", "Anna's birthday"),
        ("eventType", "birthday"),
        ("date", "2026-12-20"),
        ("recipientName", "Anna"),
        ("recipientRelation", "friend"),
        ("isRecurring", "on"),
        ("isActive", "on"),
    ];
    let made = anna.submit("/events/new", "/events", &fields).await;
    let path = made.header("location").split('?').next().unwrap().to_owned();
    assert!(path.starts_with("/events/"), "{}", made.text());
    path
}

#[actix_web::test]
async fn an_event_is_switched_to_be_posted_by_itself_and_says_what_is_in_the_way() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let path = birthday(&mut anna).await;
    assert!(anna.get(&path).await.text().contains("without your doing anything"));

    let switch = format!("{path}/auto-post");
    let done = anna.submit(&path, &switch, &[("enabled", "on"), ("at", "10:15")]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, format!("{path}?done=posts-itself").as_str()));
    let page = anna.get(&path).await.text();
    assert!(page.contains("name=\"enabled\" checked") && page.contains("value=\"10:15\""), "{page}");
    assert!(page.contains("class=\"note warn\""), "no account is connected: {page}");
    assert!(!anna.get("/").await.text().contains("Will not be posted"), "its day is far ahead");

    let done = anna.submit(&path, &switch, &[("at", "")]).await;
    assert_eq!(done.header("location"), format!("{path}?done=posts-nothing"));
    assert!(!anna.get(&path).await.text().contains("name=\"enabled\" checked"));
}

#[actix_web::test]
async fn home_tells_ahead_which_events_cannot_be_posted() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let path = birthday(&mut anna).await;
    anna.submit(&path, &format!("{path}/auto-post"), &[("enabled", "on"), ("at", "")]).await;
    let clock = &world.api.ports().clock;
    clock.sleep_until(clock.monotonic() + std::time::Duration::from_hours(20 * 24)).await;
    rats_application::auto_post::LookAtEvents(world.api.ports().clone()).run().await.unwrap();
    let page = anna.get("/").await.text();
    assert!(
        page.contains("Will not be posted") && page.contains(&path) && page.contains("No Instagram account"),
        "{page}"
    );
    let ben = Browser::registered(&world, "ben").await;
    assert!(!ben.get("/").await.text().contains("Will not be posted"));
}

#[actix_web::test]
async fn a_time_that_is_none_is_said_at_its_field_and_changes_nothing() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let path = birthday(&mut anna).await;
    let page = anna.submit(&path, &format!("{path}/auto-post"), &[("enabled", "on"), ("at", "25:00")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("id=\"at-wrong\"") && page.text().contains("value=\"25:00\""));
    assert!(!anna.get(&path).await.text().contains("name=\"enabled\" checked"));

    let mut ben = Browser::registered(&world, "ben").await;
    let own = birthday(&mut ben).await;
    let others = ben.submit(&own, &format!("{path}/auto-post"), &[("enabled", "on"), ("at", "")]).await;
    assert_eq!(others.status, 404);
}

#[actix_web::test]
async fn what_was_cancelled_is_made_again_where_its_person_asks() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let path = birthday(&mut anna).await;
    anna.submit(&path, &format!("{path}/auto-post"), &[("enabled", "on"), ("at", "")]).await;
    let clock = &world.api.ports().clock;
    clock.sleep_until(clock.monotonic() + std::time::Duration::from_hours(20 * 24)).await;
    let look = || rats_application::auto_post::LookAtEvents(world.api.ports().clone());
    look().run().await.unwrap();
    let page = anna.get(&path).await.text();
    let post = page.split("href=\"/posts/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let (post, beside) = (format!("/posts/{post}"), format!("event={}&at=2026-12-20T12:00", &path["/events/".len()..]));
    assert!(anna.get(&post).await.text().contains(&format!("<a href=\"{path}\">Anna&#39;s birthday")), "{page}");
    assert!(anna.get(&format!("/compose?{beside}")).await.text().contains("it would be posted twice"));

    anna.submit(&post, &format!("{post}/cancel"), &[]).await;
    let page = anna.get(&path).await.text();
    assert!(page.contains("Its next post goes out: ") && page.contains("See that post"), "{page}");
    assert!(!anna.get(&format!("/compose?{beside}")).await.text().contains("it would be posted twice"));
    let again = anna.submit(&path, &format!("{path}/post-again"), &[]).await;
    assert_eq!(again.header("location"), format!("{path}?done=posts-again"));
    let page = anna.get(&path).await.text();
    assert!(page.contains("Its next post</a> goes out") && !page.contains(&post), "{page}");
    let ben = Browser::registered(&world, "ben").await;
    assert_eq!(ben.get(&path).await.status, 404);
}

#[actix_web::test]
async fn an_event_that_has_a_post_already_would_be_posted_twice() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let path = birthday(&mut anna).await;
    let fields = [("event", &path["/events/".len()..]), ("at", "2026-12-20T10:00"), ("go", "schedule")];
    let by_hand = anna.compose(&fields, "").await.header("location").split('?').next().unwrap().to_owned();
    anna.submit(&path, &format!("{path}/auto-post"), &[("enabled", "on"), ("at", "")]).await;
    assert!(anna.get(&path).await.text().contains("with this one it would be posted twice"));
    anna.submit(&by_hand, &format!("{by_hand}/cancel"), &[]).await;
    assert!(!anna.get(&path).await.text().contains("posted twice"));
}

#[actix_web::test]
async fn of_two_windows_the_second_one_is_told_what_it_would_undo() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let path = birthday(&mut anna).await;
    let edit = format!("{path}/edit");
    let seen = |page: &str| page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let opened = seen(&anna.get(&edit).await.text());
    let fields = |title, seen| {
        let rest = [
            ("eventType", "birthday"),
            ("date", "2026-12-20"),
            ("recipientName", "Anna"),
            ("recipientRelation", "friend"),
        ];
        [&rest[..], &[("isRecurring", "on"), ("isActive", "on"), ("title", title), ("seen", seen)]].concat()
    };
    let first = anna.submit(&edit, &path, &fields("Anna is 40", &opened)).await;
    assert_eq!(first.header("location"), format!("{path}?done=saved"));

    let second = anna.submit(&edit, &path, &fields("Anna at last", &opened)).await;
    assert_eq!(second.status, 422);
    let page = second.text();
    assert!(page.contains("since this page was opened") && page.contains("value=\"Anna at last\""), "{page}");
    assert!(
        page.contains("id=\"title-wrong\">The event says “Anna is 40” now.") && !page.contains("date-wrong"),
        "{page}"
    );
    assert!(anna.get(&path).await.text().contains("Anna is 40"));

    let third = anna.submit(&edit, &path, &fields("Anna at last", &seen(&page))).await;
    assert_eq!(third.header("location"), format!("{path}?done=saved"));
    assert!(anna.get(&path).await.text().contains("Anna at last"));
}
