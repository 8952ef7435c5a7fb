use super::browser::Browser;
use crate::world::World;

#[actix_web::test]
async fn a_post_is_looked_at_before_it_is_saved_and_nothing_is_lost() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let long = "#a ".repeat(31);
    let page = anna.compose(&[("caption", &long), ("at", "2026-01-01T10:00"), ("go", "schedule")], "a photo").await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains("31 of 30 hashtags") && text.contains("remove 1"), "{text}");
    assert!(text.contains("No Instagram account is connected"), "{text}");
    assert!(text.contains("#a #a") && text.contains("value=\"2026-01-01T10:00\""), "{text}");

    let media = text.split("name=\"media\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(media.len(), 32, "the picture is kept, it needs not be chosen again");
    let original = anna.get(&format!("/compose/original/{media}")).await;
    assert_eq!(original.status, 200);
    let fields = [("caption", "Short"), ("media", &media), ("at", "2026-12-01T10:00"), ("go", "draft")];
    let timed = anna.compose(&fields, "").await;
    assert_eq!(timed.status, 422);
    assert!(timed.text().contains("id=\"at-wrong\">You gave a time"), "{}", timed.text());
    let saved = anna.compose(&[("caption", "Short"), ("media", &media), ("go", "draft")], "").await;
    assert!(saved.header("location").starts_with("/posts/"), "{}", saved.text());

    let bert = Browser::registered(&world, "bert").await;
    assert_eq!(bert.get(&format!("/compose/original/{media}")).await.status, 404);
}

#[actix_web::test]
async fn a_form_that_is_sent_twice_makes_one_post() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let event = anna.event("Anna's birthday").await;
    let id = event.trim_start_matches("/events/").to_owned();
    let key = "0123456789abcdef0123456789abcdef";
    let fields = [("event", id.as_str()), ("key", key), ("at", "2026-12-01T10:00"), ("go", "schedule")];
    let first = anna.compose(&fields, "").await.header("location").to_owned();
    assert!(first.starts_with("/posts/"), "{first}");
    assert_eq!(anna.compose(&fields, "").await.header("location"), first);
    assert!(anna.get(&first).await.text().contains("Happy day, Anna!"), "an empty text is the event's message");

    let key = "1123456789abcdef0123456789abcdef";
    let fields = [("caption", "With a photo"), ("key", key), ("go", "draft")];
    let first = anna.compose(&fields, "a photo").await.header("location").to_owned();
    assert!(first.starts_with("/posts/"), "{first}");
    assert_eq!(anna.compose(&fields, "a photo").await.header("location"), first, "the same file is the same picture");
    assert_eq!(anna.compose(&fields, "another photo").await.status, 422);
}

#[actix_web::test]
async fn an_address_that_names_something_twice_is_answered_by_a_page() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    for path in
        ["/sign-in?next=a&next=b", "/compose?event=a&event=b", "/calendar?view=x&view=y", "/live?since=1&since=2"]
    {
        let page = anna.get(path).await;
        assert_eq!(page.status, 400, "{path}");
        let text = page.text();
        assert!(text.contains("<h1>") && text.contains("cannot be read") && !text.contains("deserialize"), "{text}");
    }
}

#[actix_web::test]
async fn a_time_that_clocks_leave_out_is_the_first_after_it() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.submit("/settings", "/settings", &[("timeZone", "Europe/Berlin"), ("postAt", "09:00"), ("cardLook", "")])
        .await;
    anna.connect().await;
    let event = anna.event("Anna's birthday").await;
    let id = event.trim_start_matches("/events/").to_owned();
    let made = anna.compose(&[("event", &id), ("at", "2027-03-28T02:30"), ("go", "schedule")], "").await;
    let page = anna.get(made.header("location")).await.text();
    assert!(page.contains("2027-03-28T01:00:00"), "{page}");
}

#[actix_web::test]
async fn who_goes_back_and_sends_something_else_is_shown_the_post_that_was_made() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let event = anna.event("Anna's birthday").await;
    let id = event.trim_start_matches("/events/").to_owned();
    let key = "0123456789abcdef0123456789abcdef";
    let first = anna.compose(&[("event", &id), ("key", key), ("caption", "One"), ("go", "draft")], "").await;
    let first = first.header("location").split('?').next().unwrap().to_owned();

    let other = [("event", id.as_str()), ("key", key), ("caption", "Two"), ("go", "draft")];
    let page = anna.compose(&other, "").await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains(&format!("<a href=\"{first}\">")) && text.contains("Two</textarea>"), "{text}");
    assert!(!text.contains("Idempotency"), "{text}");
    let fresh = text.split("name=\"key\" value=\"").nth(1).unwrap()[..32].to_owned();
    assert_ne!(fresh, key);
    let second = anna.compose(&[("event", &id), ("key", &fresh), ("caption", "Two"), ("go", "draft")], "").await;
    assert!(second.header("location").starts_with("/posts/") && !second.header("location").starts_with(&first));
}

#[actix_web::test]
async fn an_event_that_is_sent_twice_is_one_event() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let page = anna.get("/events/new").await.text();
    let key = page.split("name=\"key\" value=\"").nth(1).unwrap()[..32].to_owned();
    let fields = |title: &'static str| {
        let fields = [("key", key.as_str()), ("title", title), ("eventType", "birthday"), ("date", "2026-12-04")];
        [&fields[..], &[("recipientName", "Anna"), ("recipientRelation", "friend")]].concat()
    };
    let first = anna.submit("/events/new", "/events", &fields("One")).await;
    let made = first.header("location").to_owned();
    assert!(made.starts_with("/events/"), "{}", first.text());
    assert_eq!(anna.submit("/events/new", "/events", &fields("One")).await.header("location"), made);
    let other = anna.submit("/events/new", "/events", &fields("Two")).await;
    let event = made.split('?').next().unwrap();
    assert_eq!(other.status, 422);
    assert!(other.text().contains(&format!("<a href=\"{event}\">")), "{}", other.text());
    assert!(other.text().contains("value=\"Two\""));
}

#[actix_web::test]
async fn a_text_is_looked_at_while_it_is_written_by_the_same_rules() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let told = anna.submit("/compose", "/compose/check", &[("caption", "Hi @bert #a 🎂")]).await.text();
    assert!(
        told.contains("14 of 2200") && told.contains("1 of 30 hashtags") && told.contains("1 of 20 mentions"),
        "{told}"
    );
}

#[actix_web::test]
async fn html_in_what_people_write_is_harmless_on_every_page() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "<b>anna").await;
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let event = anna.event(evil).await;
    let id = event.trim_start_matches("/events/").to_owned();
    let post = anna.compose(&[("event", id.as_str()), ("caption", evil), ("go", "draft")], "").await;
    let post = post.header("location").split('?').next().unwrap().to_owned();
    let compose = format!("/compose?event={id}&at=%22%3E%3Cscript%3E");
    for path in
        ["/", "/events", &event, &format!("{event}/edit"), &post, &compose, "/accounts?reason=%3Cscript%3E&error=x"]
    {
        let page = anna.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let text = page.text();
        assert!(
            !text.contains("<script>") && !text.contains("<img src=x") && !text.contains("<b>anna"),
            "{path}: {text}"
        );
    }
}

#[actix_web::test]
async fn an_event_is_kept_changed_and_deleted_and_its_faults_are_at_their_fields() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let wrong = anna.submit("/events/new", "/events", &[("title", "T"), ("date", "soon"), ("reminderDays", "x")]).await;
    assert_eq!(wrong.status, 422);
    let text = wrong.text();
    for field in ["date", "recipientName", "recipientRelation", "eventType", "reminderDays"] {
        assert!(text.contains(&format!("id=\"{field}-wrong\"")), "{field}: {text}");
    }
    assert!(text.contains("value=\"soon\"") && !text.contains("`date`"), "at its field it needs no name: {text}");

    let event = anna.event("Anna's birthday").await;
    assert!(anna.get(&event).await.text().contains("Happy day, Anna! (0)"));
    anna.submit(&event, &format!("{event}/regenerate"), &[]).await;
    assert!(!anna.get(&event).await.text().contains("Happy day, Anna! (0)"));
    let fields = [
        ("title", "Another"),
        ("eventType", "other"),
        ("date", "2026-12-05"),
        ("recipientName", "Anna"),
        ("recipientRelation", "friend"),
    ];
    let saved = anna.submit(&format!("{event}/edit"), &event, &fields).await;
    assert_eq!(saved.header("location"), format!("{event}?done=rewritten"), "{}", saved.text());
    let page = anna.get(&event).await.text();
    assert!(page.contains("Another") && page.contains("Something else") && page.contains("Resting"), "{page}");
    let card = anna.get(&format!("{event}/card.jpg")).await;
    assert_eq!(card.header("content-type"), "image/jpeg");
    assert_eq!(anna.submit(&event, &format!("{event}/delete"), &[]).await.header("location"), "/events?done=deleted");
}
