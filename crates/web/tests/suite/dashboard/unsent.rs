use super::browser::{Browser, token};
use crate::world::{Answer, World};

/// The fields of a page's form to this path, as a browser would send them.
fn fields(page: &Answer, path: &str) -> Vec<(String, String)> {
    let text = page.text();
    let form = text.split(&format!("action=\"{path}\"")).nth(1).unwrap().split("</form>").next().unwrap().to_owned();
    let plain = |value: &str| value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&");
    let field = |part: &str| {
        let value = part.split("value=\"").nth(1)?.split('"').next()?;
        Some((part.split('"').next()?.to_owned(), plain(value)))
    };
    form.split("type=\"hidden\" name=\"").skip(1).filter_map(field).collect()
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Signs in on a page that carries a form.
async fn sign_in(browser: &mut Browser<'_>, page: &Answer, password: &str) -> Answer {
    let carried = fields(page, "/sign-in");
    let own = [("email", "anna@example.com"), ("password", password)];
    browser.send("/sign-in", &[&pairs(&carried)[..], &own].concat()).await
}

#[actix_web::test]
async fn a_post_that_was_written_while_the_sign_in_ran_out_comes_back_after_it() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let before = token(&anna.get("/compose").await);
    anna.cookie.clear();
    let written =
        [("csrf", before.as_str()), ("caption", "Words & \"quotes\""), ("at", "2026-12-01T10:00"), ("go", "now")];
    let asked = anna.send_parts(&written, "a photo").await;
    assert_eq!(asked.status, 401);
    assert!(asked.text().contains("what you wrote comes back"), "{}", asked.text());
    assert!(world.outside.files.lock().unwrap().is_empty(), "nothing is kept for who is not signed in");

    let wrong = sign_in(&mut anna, &asked, "wrong").await;
    assert_eq!(wrong.status, 401);
    let back = sign_in(&mut anna, &wrong, "sentinel-password").await;
    assert_eq!(back.status, 200);
    let text = back.text();
    assert!(text.contains("<dd class=\"prose\">Words &#38; &#34;quotes&#34;</dd>"), "{text}");
    assert!(text.contains("choose it again"), "a picture is not kept, and that is said: {text}");

    let page = anna.send_parts(&pairs(&fields(&back, "/compose")), "").await;
    assert_eq!(page.status, 200, "it is shown, not published: {}", page.text());
    let text = page.text();
    assert!(text.contains("Words &#38; &#34;quotes&#34;</textarea>") && text.contains("2026-12-01T10:00"), "{text}");
}

#[actix_web::test]
async fn what_was_written_under_an_older_sign_in_is_sent_with_the_present_one() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let event = [("csrf", "old"), ("title", "Anna's birthday"), ("date", "2026-12-04"), ("eventType", "birthday")];
    let who = [("recipientName", "Anna"), ("recipientRelation", "friend")];
    let again = anna.send("/events", &[&event[..], &who].concat()).await;
    assert_eq!(again.status, 403);
    assert!(again.text().contains("Anna&#39;s birthday</dd>") && !again.text().contains("choose it again"));
    let made = anna.send("/events", &pairs(&fields(&again, "/events"))).await;
    assert!(made.header("location").starts_with("/events/"), "{}", made.text());

    let old = anna.send_parts(&[("csrf", "old"), ("caption", "Words"), ("go", "draft")], "").await;
    assert_eq!(old.status, 403);
    let page = anna.send_parts(&pairs(&fields(&old, "/compose")), "").await;
    assert!(page.text().contains("Words</textarea>"), "{}", page.text());
}

#[actix_web::test]
async fn where_rats_keeps_the_users_what_was_written_waits_for_the_sign_in_there() {
    let world = World::with(|settings| rats_web::WebSettings { stand_alone: false, ..settings }).await;
    let mut nobody = Browser::new(&world);
    let kept = nobody.send("/events", &[("title", "A \"long\" title")]).await;
    assert_eq!(kept.status, 401);
    assert!(kept.text().contains("name=\"title\" value=\"A &#34;long&#34; title\""), "{}", kept.text());
    assert!(kept.text().contains("in another tab"));
}

#[actix_web::test]
async fn sec_22_what_another_site_sent_is_not_even_shown() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    for origin in [Some("https://evil.example"), None] {
        let answer = anna.send_from(origin, "/events", &[("title", "Evil")]).await;
        assert_eq!(answer.status, 403);
        assert!(!answer.text().contains("Evil"), "{origin:?}");
    }
}
