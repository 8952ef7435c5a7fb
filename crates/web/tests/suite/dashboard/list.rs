//! Lists that are longer than a page.

use super::browser::Browser;
use crate::world::World;

/// How often something stands on a page.
fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

/// Schedules so many posts for one day; answers their pages' paths, the soonest first.
async fn schedule(anna: &mut Browser<'_>, many: usize) -> Vec<String> {
    let event = anna.event("Anna's birthday").await;
    let id = event.trim_start_matches("/events/").to_owned();
    let mut paths = Vec::new();
    for number in 0..many {
        let (caption, at) = (format!("Post {number}"), format!("2026-12-01T{:02}:30", 8 + number));
        let fields = [("event", id.as_str()), ("caption", &caption), ("at", &at), ("go", "schedule")];
        let answer = anna.compose(&fields, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        paths.push(answer.header("location").split('?').next().unwrap().to_owned());
    }
    paths
}

#[actix_web::test]
async fn a_page_shows_the_first_posts_says_how_many_more_there_are_and_where() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let paths = schedule(&mut anna, 9).await;

    let home = anna.get("/").await.text();
    assert_eq!(count(&home, "class=\"post\""), 6, "{home}");
    assert!(home.contains("… and <a href=\"/posts\">3 more</a>"), "{home}");
    let all = anna.get("/posts").await.text();
    assert!(paths.iter().all(|path| all.contains(&format!("href=\"{path}\""))), "{all}");
    assert!(all.contains("9 posts") && !all.contains("Pages of this list"), "{all}");

    let month = anna.get("/calendar?day=2026-12-15").await.text();
    assert_eq!(count(&month, "data-post=\""), 4, "{month}");
    assert!(month.contains("<a href=\"/posts?show=day&amp;day=2026-12-01\">… and 5 more posts</a>"), "{month}");
    let week = anna.get("/calendar?view=week&day=2026-12-01").await.text();
    assert_eq!(count(&week, "data-post=\""), 9, "a day of a week has more room");
    let day = anna.get("/posts?show=day&day=2026-12-01").await.text();
    assert_eq!(count(&day, "class=\"post\""), 9);
    assert!(day.find(&paths[0]) < day.find(&paths[8]), "the soonest first");

    let ben = Browser::registered(&world, "ben").await;
    for path in ["/posts", "/posts?show=day&day=2026-12-01", "/posts?show=attention", "/posts?show=at-risk"] {
        assert!(ben.get(path).await.text().contains("No post stands here now"), "{path}");
    }
}

#[actix_web::test]
async fn drafts_and_what_needs_a_look_have_their_lists() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let draft = anna.draft("Not yet").await;
    assert!(anna.get("/posts?show=drafts").await.text().contains(&draft));
    assert!(!anna.get("/posts").await.text().contains(&draft));
    assert_eq!(anna.get("/posts?show=drafts&page=7").await.header("location"), "/posts?show=drafts");
    assert_eq!(anna.get("/posts?show=x&page=x&day=x").await.status, 200);
}

#[actix_web::test]
async fn what_waits_for_an_account_is_counted_and_listed() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let paths = schedule(&mut anna, 2).await;
    let clock = &world.api.ports().clock;
    // The token has 60 days; nothing renews it here, so that its end comes near.
    clock.sleep_until(clock.monotonic() + std::time::Duration::from_hours(52 * 24)).await;
    let account = anna.get("/accounts").await;
    assert_eq!(account.header("location"), "/sign-in?next=%2Faccounts", "a session has ended by then");
    anna.send("/sign-in", &[("email", "anna@example.com"), ("password", "sentinel-password")]).await;
    let page = anna.get("/accounts").await.text();
    assert!(page.contains("The access to Instagram ends") && page.contains("No scheduled post is later"), "{page}");
    anna.submit(&paths[0], &format!("{}/move", paths[0]), &[("at", "2027-02-10T10:00")]).await;
    let page = anna.get("/accounts").await.text();
    assert!(page.contains("1 post is to go out after that") && page.contains("/posts?show=at-risk"), "{page}");
    let list = anna.get("/posts?show=at-risk").await.text();
    assert!(list.contains(&paths[0]) && !list.contains(&paths[1]), "{list}");
}

#[actix_web::test]
async fn events_have_pages() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    for number in 0..25 {
        anna.event(&format!("Event {number}.")).await;
    }
    let first = anna.get("/events").await.text();
    assert_eq!(count(&first, "class=\"post\""), 24, "{first}");
    assert!(first.contains("25 events") && first.contains("Page 1 of 2"), "{first}");
    assert!(first.contains("href=\"/events?page=2\""), "{first}");
    let second = anna.get("/events?page=2").await.text();
    assert!(count(&second, "class=\"post\"") == 1 && second.contains("Event 24."), "{second}");
    assert_eq!(anna.get("/events?page=3").await.header("location"), "/events");
    assert!(anna.get("/events?show=past").await.text().contains("There is none"));

    let month = anna.get("/calendar?day=2026-12-15").await.text();
    assert!(month.contains("<a href=\"/events?day=2026-12-04\">… and 21 more events</a>"), "{month}");
    assert!(anna.get("/events?day=2026-12-04").await.text().contains("On Friday, 4 December 2026"));
}

#[actix_web::test]
async fn cards_count_as_small_pictures_and_take_nothing_from_the_pages() {
    let world = World::with(|settings| rats_web::WebSettings { requests_per_minute: 20, ..settings }).await;
    let mut anna = Browser::registered(&world, "anna").await;
    let event = anna.event("Anna's birthday").await;
    let page = anna.get("/events").await.text();
    let card = page.split("src=\"").nth(2).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    assert!(card.starts_with(&format!("{event}/card.jpg?v=")) && page.contains("loading=\"lazy\""), "{page}");
    for _ in 0..60 {
        let small = anna.get(&card).await;
        assert_eq!((small.status.as_u16(), small.header("content-type")), (200, "image/jpeg"));
        assert!(small.header("cache-control").contains("immutable"), "its address changes with the event");
    }
    assert_eq!(anna.get("/events").await.status, 200, "there is room for pages");
    let mut answers = Vec::new();
    for _ in 0..25 {
        answers.push(anna.get(&card).await.status.as_u16());
    }
    assert_eq!(answers.last(), Some(&429), "and yet they are bounded");
    assert_eq!(anna.get("/events").await.status, 200);
    anna.cookie.clear();
    assert_eq!(anna.get(&card).await.status, 404);
}
