//! From signing in to disconnecting, as a person goes.

use rats_tests::program::root;
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime, Time};

use crate::{
    page::Width,
    visit::{MINUTE, Visit, field},
};

/// Whom the journey connects: an account of the simulated Instagram that nobody else takes in these tests.
const ACCOUNT: &str = "the.okafors";

#[tokio::test]
async fn a_person_at_a_desk_goes_all_the_way() {
    all_the_way(Width::Desktop).await;
}

#[tokio::test]
async fn a_person_with_a_phone_goes_all_the_way() {
    all_the_way(Width::Phone).await;
}

async fn all_the_way(width: Width) {
    let visit = Visit::begin(width).await;
    signs_in(&visit).await;
    connects(&visit).await;
    let post = composes(&visit).await;
    sees_it_go_out(&visit).await;
    sees_what_came_of_it(&visit, &post).await;
    let later = schedules_for_an_event(&visit).await;
    moves_it_on_the_calendar(&visit, &later, width).await;
    cancels(&visit, &later).await;
    leaves_an_event_to_itself(&visit).await;
    reads_on(&visit).await;
    disconnects(&visit).await;
    connects_from_rats(&visit).await;
}

async fn signs_in(visit: &Visit) {
    let page = &visit.page;
    page.go("/register").await;
    page.audit().await;
    visit.register("Mara").await;
    page.audit().await;
    page.press("Sign out").await;
    page.until_at("/sign-in").await;
    page.audit().await;
    visit.sign_in("Mara").await;
    page.until_shows("First, connect Instagram").await;
}

/// From the dashboard, in a browser that is signed in: nobody is asked whether it was them.
async fn connects(visit: &Visit) {
    let page = &visit.page;
    page.press("Accounts").await;
    page.until_shows("No account yet").await;
    page.audit().await;
    page.press("Connect Instagram").await;
    page.until_shows("Log in to continue").await;
    page.press(ACCOUNT).await;
    page.press("Allow").await;
    page.until_shows("Instagram is connected.").await;
    page.until_shows(&format!("@{ACCOUNT}")).await;
    page.audit().await;
}

/// With a PNG of one's own, for in two hours; answers the post's path.
async fn composes(visit: &Visit) -> String {
    let page = &visit.page;
    page.press("New post").await;
    page.until_at("/compose").await;
    page.audit().await;
    page.attach("Your own picture", &root().join("docs/images/confirm.png")).await;
    page.press("Upload and look").await;
    page.until_shows("As you gave it").await;
    page.fill("Caption", "Counting the hours! #together").await;
    page.until_shows("1 of 30 hashtags").await;
    let at = visit.sandbox.now().await + Duration::hours(2);
    page.choose("Day and time", &field(at)).await;
    page.audit().await;
    page.press("Schedule it").await;
    page.until("location.pathname.startsWith('/posts/')").await;
    page.until_shows("Scheduled").await;
    page.audit().await;
    page.value("location.pathname").await.as_str().expect("a path").to_owned()
}

/// The page that shows it is not loaded anew.
async fn sees_it_go_out(visit: &Visit) {
    let page = &visit.page;
    page.value("globalThis.isTheSamePage = true").await;
    let scheduled = page.until("document.querySelector('main time').dateTime").await;
    visit.sandbox.turn_to(moment(&scheduled)).await;
    page.until("document.querySelector('main .status').innerText === 'Live' && isTheSamePage").await;
    page.until_shows("Receipt").await;
    let ledger = visit.sandbox.ledger().await;
    assert_eq!(ledger["media"].as_array().map(Vec::len), Some(1), "{ledger:#}");
    page.audit().await;
}

/// Numbers are read twice, which makes a plot.
async fn sees_what_came_of_it(visit: &Visit, post: &str) {
    let page = &visit.page;
    for readings in 1..=2 {
        visit.sandbox.turn(20 * MINUTE).await;
        page.until(&format!(
            "countOf({}, '[aria-label=\"Every reading\"] tbody tr').then((it) => it >= {readings})",
            json!(post)
        ))
        .await;
    }
    page.go(post).await;
    page.until("document.querySelector('.chart svg polyline')").await;
    page.press("Every reading").await;
    page.audit().await;
    page.press("Home").await;
    page.until_shows("reached").await;
    page.audit().await;
}

/// With its card and its message, for the day after tomorrow; answers the post's path.
async fn schedules_for_an_event(visit: &Visit) -> String {
    let (page, now) = (&visit.page, visit.sandbox.now().await);
    page.go("/events/new").await;
    page.audit().await;
    visit.add_event("Nonna Rosa’s birthday", &(now + Duration::days(2)).date().to_string()).await;
    page.audit().await;
    page.press("Change it").await;
    page.until_shows("More ways to reach them").await;
    page.audit().await;
    page.press("Leave it").await;
    page.press("Post this").await;
    page.until_at("/compose").await;
    page.choose("Day and time", &field(now + Duration::days(2))).await;
    page.press("Schedule it").await;
    page.until("location.pathname.startsWith('/posts/')").await;
    page.until_shows("Scheduled").await;
    page.value("location.pathname").await.as_str().expect("a path").to_owned()
}

/// By the keyboard a day on, by the pointer back again; on a phone, where empty days are not shown, by the post's own page.
async fn moves_it_on_the_calendar(visit: &Visit, post: &str, width: Width) {
    let page = &visit.page;
    let first = visit.sandbox.now().await.date() + Duration::days(2);
    page.press("Calendar").await;
    page.until_at("/calendar").await;
    page.audit().await;
    let chip = format!("document.querySelector('.chip[href=\"{post}\"]')");
    let stands_on = |day: Date| format!("{chip}?.closest('[data-day]').dataset.day === '{day}'");
    page.until(&stands_on(first)).await;
    page.alt_key(&chip, "ArrowRight").await;
    page.until_shows("It has another day.").await;
    page.until(&stands_on(first + Duration::days(1))).await;
    if width == Width::Desktop {
        page.drag(&chip, &format!("document.querySelector('[data-day=\"{first}\"]')")).await;
        page.until(&stands_on(first)).await;
    }
    page.press("Week").await;
    page.until("location.search.includes('view=week')").await;
    page.audit().await;
    page.go(post).await;
    page.press("Move it to another time").await;
    let at = (first + Duration::days(3)).with_time(Time::from_hms(17, 30, 0).expect("a time")).assume_utc();
    page.choose("Day and time", &field(at)).await;
    page.press("Set the time").await;
    page.until_shows("17:30").await;
}

async fn cancels(visit: &Visit, post: &str) {
    let page = &visit.page;
    page.go(post).await;
    page.press("Cancel it").await;
    page.until("document.querySelector('main .status').innerText === 'Cancelled'").await;
    page.audit().await;
}

/// An event that posts itself is live on its day, and nothing else is.
async fn leaves_an_event_to_itself(visit: &Visit) {
    let (page, now) = (&visit.page, visit.sandbox.now().await);
    let day = (now + Duration::days(4)).date();
    let event = visit.add_event("Ada’s birthday", &day.to_string()).await;
    page.press("Post it by itself on its day").await;
    page.choose("At", "10:00").await;
    page.press("Keep").await;
    page.until_shows("It is posted by itself, as set below.").await;
    page.until_shows("Its next post goes out:").await;
    page.audit().await;
    page.press("Its next post").await;
    page.until("location.pathname.startsWith('/posts/')").await;
    page.until_shows("Scheduled").await;
    // It is made ready some minutes ahead; then its time comes.
    let due = day.with_time(Time::from_hms(10, 0, 0).expect("a time")).assume_utc();
    visit.sandbox.turn_to(due).await;
    page.until("document.querySelector('main .status').innerText === 'Live'").await;
    page.audit().await;
    let ledger = visit.sandbox.ledger().await;
    assert_eq!(ledger["media"].as_array().map(Vec::len), Some(2), "{ledger:#}");
    page.go(&event).await;
    page.audit().await;
}

/// The pages that the journey did not come by.
async fn reads_on(visit: &Visit) {
    let page = &visit.page;
    page.go("/posts/nowhere").await;
    page.until_shows("Go to Home").await;
    let found = page.accessibility().await;
    assert!(found.is_empty(), "a page that is not there: {found:#?}");
    // That it is not there, which a browser says, too.
    page.chromium.forget_events();
    for (path, words) in
        [("/events", "Nonna Rosa’s birthday"), ("/analytics", "Good hours"), ("/settings", "Your events")]
    {
        page.go(path).await;
        page.until_shows(words).await;
        page.audit().await;
    }
}

async fn disconnects(visit: &Visit) {
    let page = &visit.page;
    page.go("/accounts").await;
    page.press("Disconnect…").await;
    page.audit().await;
    page.press(&format!("Disconnect @{ACCOUNT}")).await;
    page.until_shows("The account was disconnected").await;
    page.audit().await;
}

/// As RATS' own frontend begins it, in a browser that is not signed in here: our page asks who connects what.
async fn connects_from_rats(visit: &Visit) {
    let page = &visit.page;
    page.press("Sign out").await;
    page.until_at("/sign-in").await;
    let mara = visit.person("Mara").await;
    page.go(&mara.auth_url().await).await;
    page.press(ACCOUNT).await;
    page.press("Allow").await;
    page.until_shows(&format!("Connect @{ACCOUNT} with RATS?")).await;
    page.audit().await;
    page.press("Connect").await;
    page.until_at("/sign-in").await;
    visit.sign_in("Mara").await;
    page.go("/accounts").await;
    page.until_shows("Working").await;
}

fn moment(told: &Value) -> OffsetDateTime {
    let told = told.as_str().expect("a time");
    OffsetDateTime::parse(told, &time::format_description::well_known::Rfc3339).expect("a time")
}
