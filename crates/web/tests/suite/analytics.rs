//! Figures over HTTP.

use actix_web::http::Method;
use rats_domain::{
    id::{ContainerId, MediaId, PostId},
    metrics::{Collection, Numbers, Reading, Slot, Snapshot},
    publication::Step,
    receipt::{ConfirmedBy, Receipt},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::{fake::T, world::World};

const ROUTES: [&str; 4] = ["summary", "timeseries", "best-times", "posts"];

fn path(rest: &str) -> String {
    format!("/api/social-media/analytics/{rest}")
}

fn numbers(likes: u64) -> Numbers {
    Numbers {
        likes: Some(likes),
        views: Some(likes * 20),
        reach: Some(likes * 10),
        total_interactions: Some(likes * 2),
        ..Numbers::default()
    }
}

impl World {
    /// A post of the user's that went out so long ago; answers its id.
    async fn went_out(&self, user: &str, text: &str, ago: Duration) -> String {
        let event = self.event(user).await;
        let body =
            json!({"platform": "instagram", "content": text, "eventId": event, "scheduledFor": "2026-12-04T09:00:00Z"});
        let made = self.post(user, "/api/social-media/schedule", body).await.json();
        let id = made["post"]["_id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let (queue, post, sent_at) = (&self.api.ports().queue, PostId::new(&id), T - ago);
        let claim = queue.claim(&post, std::time::Duration::from_mins(1)).await.unwrap().unwrap();
        let container = ContainerId::new(format!("17-{id}"));
        let made = Step::ContainerCreated { id: container.clone(), at: sent_at, look_at: sent_at };
        queue.record(&claim, &claim.publication.after(made).unwrap(), &[], true).await.unwrap();
        let receipt = Receipt {
            container: Some(container),
            media: Some(MediaId::new(format!("m-{id}"))),
            permalink: Some(format!("https://www.instagram.com/p/{id}/")),
            sent_at,
            confirmed_at: sent_at,
            confirmed_by: ConfirmedBy::Answer,
        };
        queue.record_published(&post, &receipt, &[]).await.unwrap();
        id
    }

    /// What Instagram told of it at an age.
    async fn read(&self, id: &str, ago: Duration, age: Duration, numbers: Numbers) {
        let slot = Slot::of_age(age).unwrap();
        let snapshot = Some(Snapshot { slot, taken_at: T - ago + age, age, numbers });
        let collection = Collection { next_at: Some(T), ..Collection::default() };
        let reading = Reading { snapshot, collection, entries: vec![] };
        self.api.ports().metrics.record(&PostId::new(id), &reading).await.unwrap();
    }

    /// A user with three posts, of one and four days ago; the second of them read twice, the last not read.
    async fn with_posts() -> (Self, [String; 3]) {
        let world = Self::new().await;
        world.connect("u1").await;
        let (day, four) = (Duration::days(1), Duration::days(4));
        let first = world.went_out("u1", "=HYPERLINK(\"http://evil\")\n+1", four).await;
        let second = world.went_out("u1", "The second, with \"quotes\"", four - Duration::hours(1)).await;
        let third = world.went_out("u1", "The third", day).await;
        world.read(&first, four, day, numbers(10)).await;
        world.read(&second, four - Duration::hours(1), day, numbers(30)).await;
        world.read(&second, four - Duration::hours(1), Duration::days(2), Numbers { likes: None, ..numbers(40) }).await;
        (world, [first, second, third])
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["posts"].as_array().unwrap().iter().map(|post| post["_id"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_period_is_summed_up_with_how_many_posts_each_number_is_of() {
    let (world, _) = World::with_posts().await;
    let answer = world.get("u1", &path("summary?from=2026-11-18&to=2026-11-24")).await.json();
    let total = &answer["total"];
    assert_eq!((&total["posts"], &total["measured"], &total["growing"]), (&json!(3), &json!(2), &json!(2)), "{answer}");
    assert_eq!(total["likes"], json!({"value": 40, "posts": 2}), "the second's as last told");
    assert_eq!(total["impressions"], json!({"value": 1000, "posts": 2}));
    assert_eq!((&total["impressionsSource"], &total["saved"]), (&json!("views"), &json!({"value": null, "posts": 0})));
    let rate = json!({"value": 0.2, "why": null, "interactions": 100, "reach": 500, "posts": 2});
    assert_eq!(total["engagementRate"], rate);
    assert_eq!(total["asOf"], json!({"first": "2026-11-21T12:00:00.000Z", "last": "2026-11-22T13:00:00.000Z"}));
    assert_eq!(answer["previous"]["posts"], 0);
    assert_eq!(answer["previous"]["engagementRate"]["why"], "not_measured");
    assert_eq!(answer["previousPeriod"]["from"], "2026-11-11");
    assert_eq!(answer["byEventKind"][0]["eventKind"], "birthday");
    assert_eq!(answer["byEventKind"][0]["likes"], total["likes"]);
    assert_eq!((&answer["byKind"][0]["kind"], &answer["byKind"][0]["posts"]), (&json!("card"), &json!(3)));
    assert!(answer["engagementRateFormula"].as_str().unwrap().contains('÷'));
    let account = &answer["account"];
    assert_eq!(
        (&account["followersLast"], &account["views"], &account["viewsDays"]),
        (&Value::Null, &Value::Null, &json!(0))
    );

    let others = world.get("u2", &path("summary")).await.json();
    assert_eq!((&others["total"]["posts"], &others["account"]), (&json!(0), &Value::Null));
    assert_eq!(others["total"]["likes"], json!({"value": null, "posts": 0}));
}

#[actix_web::test]
async fn the_parts_of_a_period_add_up_to_it_in_any_zone() {
    let (world, _) = World::with_posts().await;
    for query in ["step=day", "step=week", "step=month", "step=day&timeZone=Pacific/Kiritimati"] {
        let answer = world.get("u1", &path(&format!("timeseries?from=2026-10-01&to=2026-11-30&{query}"))).await.json();
        let points = answer["points"].as_array().unwrap();
        for point in points {
            let told = &point["told"];
            assert_eq!((&told["likes"], &told["engagementRate"]), (&point["measured"], &point["measured"]));
            assert_eq!((&told["saved"], point["impressionsSource"].is_null()), (&json!(0), point["measured"] == 0));
        }
        for number in ["posts", "likes", "reach", "saved"] {
            let of = |view: &Value| view.as_u64().or_else(|| view["value"].as_u64());
            let parts: Vec<u64> = points.iter().filter_map(|point| of(&point[number])).collect();
            let whole = of(&answer["total"][number]);
            assert_eq!((!parts.is_empty()).then(|| parts.iter().sum()), whole, "{number} by {query}");
        }
        assert_eq!(answer["account"]["days"].as_array().unwrap().len(), 61);
    }
    let days = world.get("u1", &path("timeseries?from=2026-11-19&to=2026-11-21")).await.json();
    let likes: Vec<&Value> = days["points"].as_array().unwrap().iter().map(|point| &point["likes"]).collect();
    assert_eq!(likes, [&Value::Null, &json!(40), &Value::Null]);
}

#[actix_web::test]
async fn hours_of_the_week_are_those_of_the_zone_and_say_when_they_are_too_few() {
    let (world, _) = World::with_posts().await;
    let times = world.get("u1", &path("best-times?timeZone=Asia/Tokyo")).await.json();
    let cells = times["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 168);
    let with_posts: Vec<_> =
        cells.iter().filter(|cell| cell["posts"] != 0).map(|cell| (&cell["weekday"], &cell["hour"])).collect();
    let expected = [("monday", 21), ("friday", 21), ("friday", 22)].map(|(day, hour)| (json!(day), json!(hour)));
    assert_eq!(with_posts, expected.iter().map(|(day, hour)| (day, hour)).collect::<Vec<_>>());
    assert_eq!((&times["best"], &times["tooYoung"], &times["notMeasured"]), (&json!([]), &json!(1), &json!(1)));
    assert!(times["why"].as_str().unwrap().contains("too few"), "{times}");
}

#[actix_web::test]
async fn posts_are_ranked_at_equal_age_page_by_page_and_anothers_cursor_is_harmless() {
    let (world, [first, second, _]) = World::with_posts().await;
    let all = world.get("u1", &path("posts?age=1d&by=likes")).await.json();
    assert_eq!(ids(&all), [&second, &first], "{all}");
    assert_eq!(
        (&all["posts"][0]["value"], &all["posts"][0]["numbers"]["likes"]),
        (&json!(30.0), &json!(30)),
        "at that age"
    );
    assert_eq!(
        (&all["ranked"], &all["leftOut"]),
        (&json!(2), &json!({"tooYoung": 1, "notRead": 0, "notTold": 0, "nobodyReached": 0})),
        "the third is about to be read"
    );
    let earlier = world.get("u1", &path("posts?age=12h&by=likes")).await.json();
    assert_eq!(earlier["leftOut"], json!({"tooYoung": 0, "notRead": 3, "notTold": 0, "nobodyReached": 0}));
    let later = world.get("u1", &path("posts?age=2d&by=likes")).await.json();
    assert_eq!(later["leftOut"], json!({"tooYoung": 1, "notRead": 1, "notTold": 1, "nobodyReached": 0}));

    let page = world.get("u1", &path("posts?by=likes&limit=1")).await.json();
    assert_eq!(ids(&page), [&second]);
    let cursor = page["nextCursor"].as_str().unwrap().to_owned();
    let next = world.get("u1", &path(&format!("posts?by=likes&limit=1&cursor={cursor}"))).await.json();
    assert_eq!((ids(&next), &next["nextCursor"]), (vec![first.as_str()], &Value::Null));
    let theirs = world.get("u2", &path(&format!("posts?by=likes&cursor={cursor}"))).await;
    assert_eq!((theirs.status.as_u16(), ids(&theirs.json()).len()), (200, 0));
}

#[actix_web::test]
async fn a_sheet_has_every_post_and_runs_nothing() {
    let (world, [first, ..]) = World::with_posts().await;
    let answer = world.get("u1", &path("export.csv?timeZone=Europe/Berlin")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"rats-posts.csv\"");
    let sheet = String::from_utf8(answer.bytes).unwrap();
    let lines: Vec<&str> = sheet.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{sheet}");
    assert!(lines[0].starts_with("_id,sentAt,sentLocal,kind,"));
    let expected = format!(
        "{first},2026-11-20T12:00:00.000Z,2026-11-20 13:00:00,card,birthday,\"Anna's birthday\",\"'=HYPERLINK(\"\"http://evil\"\")\n'+1\",\
         \"https://www.instagram.com/p/{first}/\",200,views,100,10,,,,20,0.2,2026-11-21T12:00:00.000Z,true,collecting"
    );
    assert_eq!(lines[3], expected);
    assert!(lines[1].ends_with(",,,,,,,,,,,,collecting"), "{}", lines[1]);
    let theirs = world.get("u2", &path("export.csv")).await;
    assert_eq!(String::from_utf8(theirs.bytes).unwrap().lines().count(), 1);
}

#[actix_web::test]
async fn a_posts_numbers_come_with_every_reading_and_when_each_was_told() {
    let (world, [_, second, third]) = World::with_posts().await;
    let answer = world.get("u1", &format!("/api/social-media/posts/{second}/metrics")).await.json();
    assert_eq!((&answer["metrics"]["likes"], &answer["metrics"]["impressions"]), (&json!(30), &json!(800)), "{answer}");
    assert_eq!(answer["metrics"]["measuredAt"], "2026-11-22T13:00:00.000Z");
    let as_of = &answer["asOf"];
    assert_eq!((&as_of["likes"], &as_of["saved"]), (&json!("2026-11-21T13:00:00.000Z"), &Value::Null));
    assert_eq!(as_of["reach"], answer["metrics"]["measuredAt"]);
    assert_eq!(answer["mayStillGrow"], false, "it was read when it was two days old");
    let series = answer["series"].as_array().unwrap();
    assert_eq!(series.iter().map(|one| &one["plannedAge"]).collect::<Vec<_>>(), ["1d", "2d"]);
    assert_eq!((&series[1]["likes"], &series[1]["ageSeconds"]), (&Value::Null, &json!(172_800)));
    assert_eq!(answer["collection"]["state"], "collecting");

    let unread = world.get("u1", &format!("/api/social-media/posts/{third}/metrics")).await.json();
    assert_eq!((&unread["mayStillGrow"], &unread["series"]), (&Value::Null, &json!([])));
    assert_eq!(unread["metrics"]["likes"], Value::Null);
    let listed = world.get("u1", "/api/social-media/posts").await.json();
    let listed =
        listed["posts"].as_array().unwrap().iter().find(|post| post["_id"] == second.as_str()).unwrap().clone();
    assert_eq!((&listed["metrics"]["likes"], &listed["metrics"]["impressionsSource"]), (&json!(30), &json!("views")));
}

#[actix_web::test]
async fn what_is_gone_from_instagram_says_so() {
    let (world, [first, ..]) = World::with_posts().await;
    let collection = Collection { gone_at: Some(OffsetDateTime::UNIX_EPOCH), ..Collection::default() };
    let reading = Reading { collection, ..Reading::default() };
    world.api.ports().metrics.record(&PostId::new(&first), &reading).await.unwrap();
    let answer = world.get("u1", &format!("/api/social-media/posts/{first}/metrics")).await.json();
    assert_eq!(answer["collection"]["state"], "gone");
    assert!(answer["collection"]["message"].as_str().unwrap().contains("no longer on Instagram"));
    assert_eq!(answer["metrics"]["likes"], 10, "what was read stays");
    let post = world.get("u1", &format!("/api/social-media/posts/{first}")).await.json();
    assert_eq!(post["post"]["status"], "published", "it went out, whatever became of it: {post}");
}

#[actix_web::test]
async fn what_cannot_be_read_says_that_it_waits_for_its_account() {
    let (world, [first, ..]) = World::with_posts().await;
    let path = format!("/api/social-media/posts/{first}/metrics");
    let collection = async || world.get("u1", &path).await.json()["collection"].clone();
    let before = collection().await;
    assert_eq!((&before["state"], before["nextAt"].is_null()), (&json!("collecting"), false));
    world.call("u1", Method::DELETE, "/api/social-auth/instagram/disconnect", Value::Null).await;
    let waits = collection().await;
    assert_eq!((&waits["state"], &waits["nextAt"]), (&json!("paused"), &Value::Null));
    assert!(waits["message"].as_str().unwrap().contains("not connected"));
    let sheet = String::from_utf8(world.get("u1", &self::path("export.csv")).await.bytes).unwrap();
    assert!(sheet.trim_end().ends_with(",paused"), "{sheet}");
}

#[actix_web::test]
async fn what_is_wrong_is_named_all_at_once() {
    let world = World::new().await;
    for (query, fields) in [
        ("summary?from=yesterday&to=9999-99-99", vec!["from", "to"]),
        ("summary?from=2026-11-24T00:00:00Z&to=%2B2026-11-2", vec!["from", "to"]),
        ("summary?from=9999-12-31&to=9999-12-31", vec!["from"]),
        ("summary?from=2026-01-02&to=2026-01-01", vec!["from"]),
        ("summary?from=2020-01-01&to=2026-01-01", vec!["from"]),
        ("summary?timeZone=Mars/Olympus", vec!["timeZone"]),
        ("timeseries?step=century", vec!["step"]),
        ("best-times?timeZone=", vec!["timeZone"]),
        ("posts?age=2h&by=fame&limit=0&cursor=x", vec!["age", "by", "limit", "cursor"]),
        ("export.csv?timeZone=%2B01:00", vec!["timeZone"]),
        ("summary?timezone=Mars&From=2026-01-01", vec!["timezone", "From"]),
        ("timeseries?age=1d", vec!["age"]),
        ("best-times?step=day", vec!["step"]),
        ("posts?step=day&age=2h", vec!["age", "step"]),
        ("export.csv?from=2026-01-01", vec!["from"]),
    ] {
        let answer = world.get("u1", &path(query)).await;
        assert_eq!(answer.status, 400, "{query}");
        let problem = answer.json();
        let named: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{problem}");
    }
    for route in ROUTES {
        assert_eq!(world.get("u1", &path(&format!("{route}?to=2026-11-24&to=2026-11-25"))).await.status, 400);
        let anonymous = actix_web::test::TestRequest::get().uri(&path(route));
        assert_eq!(world.send(anonymous).await.status, 401);
        assert_eq!(world.post("u1", &path(route), json!({})).await.status, 405);
    }
}
