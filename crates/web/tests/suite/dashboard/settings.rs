use super::browser::Browser;
use crate::world::World;

#[actix_web::test]
async fn where_somebody_lives_is_changed_on_a_page_and_shown_on_all() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    assert!(anna.get("/settings").await.text().contains("value=\"UTC\""));

    let fields = [("timeZone", "Europe/Lisbon"), ("postAt", "08:30")];
    let answer = anna.submit("/settings", "/settings", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/settings?done=saved"), "{}", answer.text());
    let page = anna.get("/settings?done=saved").await.text();
    assert!(page.contains("value=\"Europe/Lisbon\"") && page.contains("value=\"08:30\"") && page.contains("Kept."));
    assert!(anna.get("/calendar").await.text().contains("Europe/Lisbon"));
}

#[actix_web::test]
async fn a_zone_that_is_none_is_said_at_its_field() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let fields = [("timeZone", "Mars/<Olympus>"), ("postAt", "25:00")];
    let page = anna.submit("/settings", "/settings", &fields).await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains("id=\"postAt-wrong\"") && text.contains("Mars/&#60;Olympus&#62;"), "{text}");
    let fields = [("timeZone", "Mars/Olympus"), ("postAt", "08:00")];
    assert!(anna.submit("/settings", "/settings", &fields).await.text().contains("id=\"timeZone-wrong\""));
    assert!(anna.get("/settings").await.text().contains("value=\"UTC\""), "nothing was changed");
}
