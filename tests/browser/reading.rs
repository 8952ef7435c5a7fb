//! Without scripts everything is read and done all the same.

use serde_json::json;

use crate::{
    page::Width,
    visit::{Visit, field},
};

#[tokio::test]
async fn without_scripts_everything_is_read_and_done_all_the_same() {
    let visit = Visit::begin(Width::Phone).await;
    let (page, now) = (&visit.page, visit.sandbox.now().await);
    page.without_scripts().await;
    visit.register("Mara").await;
    page.press("Accounts").await;
    page.until_at("/accounts").await;
    page.press("Connect Instagram").await;
    page.press("the.okafors").await;
    page.press("Allow").await;
    page.until_shows("Instagram is connected.").await;

    let event = visit.add_event("Nonna Rosa’s birthday", &(now + time::Duration::days(2)).date().to_string()).await;
    assert_eq!(page.value("location.search").await, json!("?done=created"), "which a script would have taken away");
    page.press("Post this").await;
    page.until_at("/compose").await;
    page.choose("Day and time", &field(now + time::Duration::days(2))).await;
    page.press("Schedule it").await;
    page.until("location.pathname.startsWith('/posts/')").await;
    let post = page.value("location.pathname").await;

    let post = post.as_str().expect("a path");
    for (path, words) in [
        ("/", "Going out next"),
        ("/calendar", "Nonna Rosa’s birthday"),
        ("/compose", "Before it goes"),
        ("/events", "Coming up"),
        (&*event, "Its message"),
        (post, "Scheduled"),
        ("/analytics", "No post went out in these days"),
        ("/accounts", "@the.okafors"),
        ("/settings", "Time zone"),
    ] {
        page.go(path).await;
        page.until_shows(words).await;
    }
    page.go(post).await;
    page.press("Cancel it").await;
    page.until_shows("Cancelled").await;
    assert!(page.complaints().is_empty(), "{:#?}", page.complaints());
}
