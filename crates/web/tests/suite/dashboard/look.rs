use super::browser::{Browser, token};
use crate::world::World;

/// What the picture of the post's page shows.
async fn picture(browser: &Browser<'_>, post: &str) -> String {
    let page = browser.get(post).await.text();
    let path = page.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.get(&path).await.text().trim().to_owned()
}

#[actix_web::test]
async fn the_look_of_cards_is_chosen_for_all_or_for_one() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let event = anna.event("Anna's birthday").await;
    assert!(anna.get(&event).await.text().contains("look=cake"));
    assert!(anna.get("/looks/hearts.jpg").await.text().starts_with("hearts"));
    assert_eq!(anna.get("/looks/unheard-of.jpg").await.status, 404);

    let fields = [("timeZone", "UTC"), ("postAt", "09:00"), ("cardLook", "hearts")];
    assert_eq!(anna.submit("/settings", "/settings", &fields).await.header("location"), "/settings?done=saved");
    assert!(anna.get("/settings").await.text().contains("value=\"hearts\" checked"));
    assert!(anna.get(&event).await.text().contains("look=hearts"));
    let post = anna.draft("As the settings say").await;
    assert_eq!(picture(&anna, &post).await, "hearts    card");

    let id = event.trim_start_matches("/events/");
    let fields = [("event", id), ("look", "lanterns"), ("go", "draft")];
    let post = anna.compose(&fields, "").await.header("location").split('?').next().unwrap().to_owned();
    assert_eq!(picture(&anna, &post).await, "lanterns  card");
}

#[actix_web::test]
async fn a_post_gets_another_picture_on_its_page() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("Counting the hours!").await;
    let change = format!("{post}/picture");
    let page = anna.get(&post).await;
    let version = page.text().split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let signed = token(&page);
    let own = [("csrf", signed.as_str()), ("version", version.as_str())];
    let with = |look| [&own[..], &[("look", look)]].concat();

    let answer = anna.send_parts_to(&change, &with(""), "").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("id=\"file-wrong\"") && answer.text().contains("Choose a picture"));
    let answer = anna.send_parts_to(&change, &with("daisies"), "").await;
    assert_eq!(answer.header("location"), format!("{post}?done=pictured"), "{}", answer.text());
    assert_eq!(picture(&anna, &post).await, "daisies   card");
    let late = anna.send_parts_to(&change, &with("cake"), "").await;
    assert_eq!(late.status, 422, "somebody else changed it meanwhile: {}", late.text());

    let page = anna.get(&post).await;
    let signed = token(&page);
    let answer = anna.send_parts_to(&change, &[("csrf", signed.as_str()), ("fit", "crop")], "a photo").await;
    assert_eq!(answer.header("location"), format!("{post}?done=pictured"), "{}", answer.text());
    assert_eq!(picture(&anna, &post).await, "0123456789");
    assert!(anna.get(&post).await.text().contains("Picture changed."), "the timeline tells");

    let again = anna.send_parts_to(&change, &[("csrf", "of another session"), ("look", "hearts")], "a photo").await;
    let sent_again = format!("action=\"{change}\" enctype=\"multipart/form-data\"");
    assert!(again.text().contains(&sent_again) && again.text().contains("choose it again"), "{}", again.text());
}
