use rats_domain::{
    id::AccountId,
    publication::{Rest, RestCause},
};
use time::Duration;

use super::browser::{Browser, token};
use crate::{
    fake::{T, listed},
    world::World,
};

#[actix_web::test]
async fn who_has_nothing_yet_is_told_what_to_do_next() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    let home = anna.get("/").await.text();
    assert!(home.contains("First, connect Instagram") && home.contains("Nothing is scheduled"), "{home}");
    assert!(anna.get("/events").await.text().contains("Nobody to celebrate yet"));
    assert!(anna.get("/accounts").await.text().contains("No account yet"));
}

#[actix_web::test]
async fn a_post_is_drafted_moved_cancelled_and_removed_without_a_script() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let post = anna.draft("Counting the hours!").await;
    assert!(anna.get(&post).await.text().contains("Counting the hours!"));

    let moved = anna.submit(&post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    assert_eq!(moved.header("location"), format!("{post}?done=moved"), "{}", moved.text());
    let home = anna.get("/").await.text();
    assert!(
        home.contains("Tue 1 Dec, 10:30") && home.contains("title=\"Tuesday, 1 December 2026, 10:30 UTC\""),
        "{home}"
    );

    let past = anna.submit(&post, &format!("{post}/move"), &[("at", "2026-01-01T10:30")]).await;
    assert_eq!(past.status, 422);
    let text = past.text();
    assert!(text.contains("id=\"at-wrong\"") && text.contains("value=\"2026-01-01T10:30\""), "{text}");

    anna.submit(&post, &format!("{post}/cancel"), &[]).await;
    let page = anna.get(&post).await.text();
    assert!(page.contains("Cancelled"));
    let repeated = anna.submit(&post, &format!("{post}/cancel"), &[]).await;
    assert_ne!(repeated.header("location"), "/?done=removed", "it may have come again by itself");
    let version = page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let removed = anna.submit(&post, &format!("{post}/cancel"), &[("version", version)]).await;
    assert_eq!(removed.header("location"), "/?done=removed");
    assert!(anna.get("/?done=removed").await.text().contains("The post was removed."));
    assert_eq!(anna.get(&post).await.status, 404);
}

#[actix_web::test]
async fn times_inside_of_sentences_stand_on_the_persons_clock() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let settings = [("timeZone", "Europe/Berlin"), ("postAt", "09:00")];
    assert_eq!(anna.submit("/settings", "/settings", &settings).await.status, 303);
    let post = anna.draft("Counting the hours!").await;
    anna.submit(&post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    let page = anna.get(&post).await.text();
    let time = "<time datetime=\"2026-12-01T09:30:00.000Z\" title=\"Tuesday, 1 December 2026, 09:30 UTC\">";
    assert!(page.contains(&format!("Scheduled for {time}1 December 2026, 10:30</time>.")), "{page}");
}

#[actix_web::test]
async fn an_edit_of_an_older_version_is_refused_and_its_text_stays() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("First").await;
    let csrf = token(&anna.get(&post).await);
    let edit = |text: &'static str| [("csrf", csrf.clone()), ("version", "1".into()), ("caption", text.into())];
    let pairs = |fields: &[(&'static str, String); 3]| fields.clone();
    for (text, status) in [("Second", 303), ("Third", 422)] {
        let fields = pairs(&edit(text));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = anna.send(&format!("{post}/edit"), &fields).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        if status == 422 {
            assert!(answer.text().contains("Third") && answer.text().contains("changed meanwhile"));
        }
    }
}

#[actix_web::test]
async fn sec_25_what_is_someone_elses_is_not_there() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("Mine").await;
    let event = anna.event("Mine").await;
    let mut bert = Browser::registered(&world, "bert").await;
    for path in [&post, &event, &format!("{event}/edit"), &format!("{event}/card.jpg")] {
        let page = bert.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.text().contains("Mine"));
    }
    for word in ["edit", "move", "cancel", "publish", "retry", "republish"] {
        let fields = [("caption", "x"), ("at", "2026-12-01T10:30")];
        assert_eq!(bert.submit("/", &format!("{post}/{word}"), &fields).await.status, 404, "{word}");
    }
    for path in [format!("{event}/regenerate"), format!("{event}/delete")] {
        assert_eq!(bert.submit("/", &path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(anna.get(&post).await.status, 200);
    assert_eq!(anna.get(&event).await.status, 200);
}

#[actix_web::test]
async fn sec_22_no_form_of_any_page_works_without_its_token() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let (post, event) = (anna.draft("Mine").await, anna.event("Mine").await);
    let posts =
        ["edit", "move", "cancel", "publish", "retry", "adopt", "republish"].map(|word| format!("{post}/{word}"));
    let events = ["", "/regenerate", "/delete"].map(|word| format!("{event}{word}"));
    let others = ["/events", "/accounts/connect", "/accounts/disconnect", "/compose/check", "/sign-out-everywhere"];
    for path in posts.iter().chain(&events).map(String::as_str).chain(others) {
        assert_eq!(anna.send(path, &[("title", "x")]).await.status, 403, "{path}");
    }
    assert_eq!(anna.send_parts(&[("go", "draft"), ("caption", "x")], "").await.status, 403);
    assert_eq!(anna.get(&post).await.status, 200, "and nothing was done");
}

#[actix_web::test]
async fn small_pictures_are_for_who_is_signed_in() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("Mine").await;
    let page = anna.get(&post).await.text();
    let name = page.split("/media/").nth(1).unwrap()[..32].to_owned();
    let small = anna.get(&format!("/thumb/{name}.jpg")).await;
    assert_eq!((small.status.as_u16(), small.header("content-type")), (200, "image/jpeg"));
    assert_eq!(anna.get("/thumb/../secrets.jpg").await.status, 404);
    anna.cookie.clear();
    assert_eq!(anna.get(&format!("/thumb/{name}.jpg")).await.status, 404);
}

#[actix_web::test]
async fn an_account_that_rests_says_so_before_anybody_waits_for_it() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    assert!(anna.get("/accounts").await.text().contains("Working"));
    let rest = Rest { until: T + Duration::hours(4), cause: RestCause::Blocked };
    world.api.ports().history.rest(&AccountId::new("1784"), rest).await.unwrap();

    let accounts = anna.get("/accounts").await.text();
    assert!(accounts.contains("Resting") && accounts.contains("24 November 2026, 16:00"), "{accounts}");
    assert!(anna.get("/compose").await.text().contains("takes this account&#39;s posts for spam"));
}

#[actix_web::test]
async fn who_is_asked_whether_a_post_is_live_says_so_with_its_link() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let post = anna.draft("Is it live?").await;
    anna.submit(&post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    let link = "https://www.instagram.com/p/ABC/";
    world.review(post.trim_start_matches("/posts/"), &format!("It may be it ({link}, id 1790), we do not know.")).await;

    let page = anna.get(&post).await.text();
    assert!(page.contains("Link of the post on Instagram") && page.contains("Publish it again"), "{page}");
    assert!(page.contains(&format!("(<a href=\"{link}\" rel=\"noreferrer\">{link}</a>, id 1790)")), "{page}");
    assert!(page.contains(&format!("name=\"platformPostId\" value=\"{link}\"><button")), "{page}");
    for word in ["media id", "(adopt)", "(republish)"] {
        assert!(!page.contains(word), "{word}: {page}");
    }

    let adopt = format!("{post}/adopt");
    for (name, words) in [
        ("", "This is neither the link nor the id of a post on Instagram."),
        ("the first one", "This is neither the link nor the id of a post on Instagram."),
        (link, "This is none of the posts"),
    ] {
        let refused = anna.submit(&post, &adopt, &[("platformPostId", name)]).await;
        assert_eq!(refused.status, 422);
        let page = refused.text();
        assert!(page.contains(&format!("id=\"platformPostId-wrong\">{words}")), "{name}: {page}");
        assert!(page.contains(&format!("value=\"{name}\" autocomplete")), "{name}: {page}");
    }
    world.outside.listed.lock().unwrap().push(listed("ABC", "Is it live?"));
    let adopted = anna.submit(&post, &adopt, &[("platformPostId", link)]).await;
    assert_eq!(adopted.header("location"), format!("{post}?done=adopted"), "{}", adopted.text());
    assert!(anna.get(&post).await.text().contains("See it on Instagram"));
}

#[actix_web::test]
async fn who_publishes_again_what_the_profile_may_show_is_asked_once_more() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let (twin, post) = (anna.draft("Happy birthday, twins!").await, anna.draft("Happy birthday, twins!").await);
    for post in [&twin, &post] {
        anna.submit(post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    }
    world.review(post.trim_start_matches("/posts/"), "Nobody knows.").await;
    world.outside.listed.lock().unwrap().push(listed("ABC", "Happy birthday, twins!"));
    let again = format!("{post}/republish");

    let asked = anna.submit(&post, &again, &[]).await;
    assert_eq!(asked.status, 422);
    let page = asked.text();
    assert!(page.contains("may be this post") && page.contains("name=\"anyway\" value=\"yes\""), "{page}");
    assert!(page.contains("value=\"https://www.instagram.com/p/ABC/\"><button"), "it can be said that it is that one");
    let done = anna.submit(&post, &again, &[("anyway", "yes")]).await;
    assert_eq!(done.header("location"), format!("{post}?done=publishing"), "{}", done.text());
}

#[actix_web::test]
async fn what_a_post_waits_for_is_told_and_for_how_long() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let (first, second) = (anna.draft("The first one").await, anna.draft("The second one").await);
    for post in [&first, &second] {
        anna.submit(post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    }
    world.prepared(second.trim_start_matches("/posts/")).await;
    world.unclear(first.trim_start_matches("/posts/"), "Nobody knows.").await;

    let page = anna.get(&second).await.text();
    assert!(page.contains(&format!("It waits for <a href=\"{first}\">Anna&#39;s birthday</a>")), "{page}");
    assert!(page.contains("If it cannot go out by"), "{page}");

    let third = anna.draft("The third one").await;
    anna.submit(&third, &format!("{third}/move"), &[("at", "2026-11-24T15:00")]).await;
    let rest = Rest { until: T + Duration::days(8), cause: RestCause::Unclear };
    world.api.ports().history.rest(&AccountId::new("1784"), rest).await.unwrap();
    let page = anna.get(&third).await.text();
    assert!(
        page.contains("nothing more is published before") && page.contains("it is too late for this post"),
        "{page}"
    );
    assert!(page.contains(">tomorrow, 03:00</time>, it is not published any more"), "{page}");
}
