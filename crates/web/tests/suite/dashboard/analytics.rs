use rats_domain::metrics::{AccountDay, AccountNumbers, DueAccount};

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
    assert!(!text.contains("<b>") && text.contains("`step` is none of day, week, month."), "{text}");

    let unreadable = anna.get("/analytics?from=tomorrow&to=&step=day").await;
    assert_eq!(unreadable.status, 422);
    assert!(unreadable.text().contains("id=\"from-wrong\">Give a day"), "{}", unreadable.text());
}

#[actix_web::test]
async fn what_was_asked_for_stays_where_the_days_make_no_sense() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    let page = anna.get("/analytics?from=2026-12-02&to=2026-12-01&step=month&by=reach&age=7d").await;
    assert_eq!(page.status, 422);
    let text = page.text();
    for kept in ["value=\"2026-12-01\"", "<option selected>month", "value=\"reach\" selected", "value=\"7d\" selected"]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[actix_web::test]
async fn an_accounts_own_numbers_are_told_with_a_table_beside_their_chart() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    anna.connect().await;
    let none = anna.get("/accounts").await.text();
    assert!(none.contains("Accounts reached a day") && none.contains("Instagram has not told it"), "{none}");

    let ports = world.api.ports();
    let user = ports.users.find_by_email("anna@example.com").await.unwrap().unwrap().0.id;
    let connection = ports.connections.find_by_user(&user).await.unwrap().unwrap();
    let account = DueAccount { connection: connection.id, user, account: connection.account };
    let (now, today) = (ports.clock.now(), ports.clock.now().date());
    let read = |day, reach| AccountDay::read(day, AccountNumbers { reach: Some(reach), views: Some(2 * reach) }, now);
    let yesterday = today.previous_day().unwrap();
    let days = [
        AccountDay { followers: Some(2_300), ..read(yesterday.previous_day().unwrap(), 100) },
        AccountDay { followers: Some(2_318), ..read(yesterday, 50) },
    ];
    ports.account_metrics.record_account(&account, &days, now).await.unwrap();
    let page = anna.get("/analytics").await.text();
    assert!(page.contains("2,318") && page.contains("<dd>300<small>of 2 days</small>"), "{page}");
    assert!(page.contains("<dd>75<small>the mean of 2 days</small>"), "{page}");
    assert!(
        page.contains("The account day by day") && page.contains("<td>2,300</td><td>100</td><td>200</td>"),
        "{page}"
    );
    assert_eq!(page.matches("<svg aria-hidden=\"true\"").count(), 2, "followers; reach and views");
    assert!(anna.get("/accounts").await.text().contains("2,318"));
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
