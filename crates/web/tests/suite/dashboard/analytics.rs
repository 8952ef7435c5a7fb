use super::browser::Browser;
use crate::world::World;

#[actix_web::test]
async fn without_a_post_there_is_no_invented_number() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    let page = anna.get("/analytics").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("No post went out in these days") && text.contains("of no post known yet"), "{text}");
    assert!(text.contains("No hour of the week has three posts"), "{text}");
}

#[actix_web::test]
async fn days_that_make_no_sense_are_said_at_their_field() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    let page = anna.get("/analytics?from=2026-12-02&to=2026-12-01&step=%3Cb%3E&by=x&age=x").await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains("id=\"from-wrong\"") && text.contains("value=\"2026-12-02\""), "{text}");
    assert!(!text.contains("<b>"), "{text}");
}

#[actix_web::test]
async fn all_posts_can_be_taken_away_as_a_sheet() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let sheet = anna.get("/analytics/export.csv").await;
    assert!(sheet.header("content-disposition").contains("rats-posts.csv"));
    anna.cookie.clear();
    assert_eq!(anna.get("/analytics/export.csv").await.status, 303);
}
