//! What Prometheus reads of running programs.

use std::{collections::BTreeMap, path::Path, time::Duration};

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Config, Fault, FaultRule};
use rats_tests::{Database, Installation, Process, person::Person, sentinel, until};
use reqwest::StatusCode;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

const CAPTION: &str = "sentinel caption";
const ON: [(&str, &str); 2] = [("METRICS_ADDRESS", "127.0.0.1:0"), ("LOG", "info")];

#[tokio::test(flavor = "multi_thread")]
async fn sec_28_metrics_tell_what_the_engine_did_at_an_address_of_their_own() {
    let installation = Installation::new(Database::Sqlite, &ON, Config::default()).await;
    let log = installation.dir.path().join("log");
    let mut api = Process::recorded("rats-api", &["--with-scheduler"], &installation.settings, &log);
    installation.wait_ready().await;
    let page = address(&log).await;
    let anna = Person::register(&installation.address, "anna").await;
    anna.connect("goldencrust").await;
    let began = read(&page).await;
    assert_eq!(began["rats_connections{health=\"working\"}"].total_cmp(&1.0), std::cmp::Ordering::Equal, "{began:#?}");

    let id = schedule(&installation, &anna).await;
    anna.post_until(&id, |post| post["status"] == "published").await;
    let once = read(&page).await;
    installation.simulator.state().add_fault(FaultRule {
        fault: Fault::PublishThenDrop,
        account: None,
        times: Some(1),
        probability: None,
    });
    let unclear = schedule(&installation, &anna).await;
    anna.post_until(&unclear, |post| post["status"] == "published").await;
    let twice = read(&page).await;

    assert_changed(&began, &once, "rats_posts_published_total{confirmed_by=\"answer\"}", 1.0);
    assert_changed(&began, &once, "rats_publish_request_lateness_seconds_count", 1.0);
    assert_changed(&began, &once, "rats_publish_request_lateness_seconds_bucket{le=\"2.5\"}", 1.0);
    assert_changed(&began, &once, "rats_published_lateness_seconds_count", 1.0);
    assert_changed(&began, &once, "rats_publish_requests_total{outcome=\"live\"}", 1.0);
    assert_changed(&began, &once, "rats_reconciliations_begun_total", 0.0);
    assert_changed(&once, &twice, "rats_publish_requests_total{outcome=\"unclear\"}", 1.0);
    assert_changed(&once, &twice, "rats_reconciliations_begun_total", 1.0);
    assert_changed(&once, &twice, "rats_reconciliations_settled_total{how=\"status\"}", 1.0);
    assert_changed(&once, &twice, "rats_posts_published_total{confirmed_by=\"status\"}", 1.0);
    assert_changed(&once, &twice, "rats_published_lateness_seconds_count", 1.0);
    assert!(twice["rats_database_call_duration_seconds_count{port=\"queue\",operation=\"claim_due\"}"] > 0.0);
    assert!(twice["rats_instagram_call_duration_seconds_count{call=\"create_image\",outcome=\"ok\"}"] > 1.0);
    assert!(twice["rats_clock_offset_seconds{against=\"database\"}"].abs() < 5.0);

    assert_nobody_is_named(&page, &anna, &[&id, &unclear]).await;
    assert_apart(&page, &anna).await;
    assert!(api.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduler_has_a_page_too_and_programs_have_none_unless_asked() {
    let installation = Installation::new(Database::Postgres, &[("LOG", "info")], Config::default()).await;
    let logs = ["api", "scheduler"].map(|name| installation.dir.path().join(name));
    let mut api = Process::recorded("rats-api", &[], &installation.settings, &logs[0]);
    let mut settings = installation.settings.clone();
    settings.extend(ON.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut scheduler = Process::recorded("rats-scheduler", &[], &settings, &logs[1]);
    installation.wait_ready().await;
    let page = address(&logs[1]).await;
    let anna = Person::register(&installation.address, "anna").await;
    anna.connect("goldencrust").await;
    let id = schedule(&installation, &anna).await;
    anna.post_until(&id, |post| post["status"] == "published").await;

    let series = read(&page).await;
    assert!(series["rats_published_lateness_seconds_count"] > 0.0, "{series:#?}");
    assert!(series["rats_database_readable"] > 0.0, "{series:#?}");
    assert!(series.contains_key("rats_posts_open{stage=\"staged\"}"), "{series:#?}");
    let said = std::fs::read_to_string(&logs[0]).expect("a log");
    assert!(!said.contains("serving metrics"), "{said}");
    for program in [&mut api, &mut scheduler] {
        assert!(program.stop().success());
    }
}

/// Where the page is, as the log says.
pub(crate) async fn address(log: &Path) -> String {
    let find = || {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let line = text.lines().find(|line| line.contains("serving metrics"))?;
        line.split_once("address=").map(|(_, address)| address.trim().to_owned())
    };
    until(|| async { find().is_some() }).await;
    find().expect("an address")
}

async fn schedule(installation: &Installation, anna: &Person) -> String {
    let event = anna.event("Zoë").await;
    let at = (installation.clock.now() + Duration::from_secs(2)).format(&Rfc3339).expect("a time");
    let content = format!("{CAPTION} {at}");
    let body = json!({"platform": "instagram", "content": content, "eventId": event["_id"], "scheduledFor": at});
    let (status, answer) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["post"]["_id"].as_str().expect("an id").to_owned()
}

/// The page, each series with its value.
async fn read(page: &str) -> BTreeMap<String, f64> {
    let answer = reqwest::get(page).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    parse(&answer.text().await.expect("a text"))
}

fn assert_changed(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>, series: &str, by: f64) {
    let change = after[series] - before[series];
    assert!((change - by).abs() < f64::EPSILON, "{series} changed by {change}, expected {by}");
}

async fn assert_nobody_is_named(page: &str, anna: &Person, posts: &[&str]) {
    let text = reqwest::get(page).await.expect("an answer").text().await.expect("a text");
    let accounts = anna.get("/api/social-auth/connected-accounts").await.to_string();
    let username = "goldencrust";
    assert!(accounts.contains(username), "{accounts}");
    let secrets = [
        sentinel::JWT_SECRET,
        sentinel::CLIENT_SECRET,
        sentinel::PASSWORD,
        sentinel::TOKEN_KEY,
        "IGAA",
        "1784",
        "sentinel",
        "anna",
        username,
        &anna.token,
    ];
    for secret in secrets.iter().chain(posts) {
        assert!(!text.contains(*secret), "{secret} in\n{text}");
    }
}

/// Nothing of the API is on the metrics' address, and nothing of the metrics on the API's.
async fn assert_apart(page: &str, anna: &Person) {
    let client = &anna.browser;
    let base = page.strip_suffix("/metrics").expect("a path");
    for path in ["/", "/api/health", "/ready", "/openapi.json", "/api/social-media/posts", "/metrics/", "/metrics/x"] {
        let answer = client.get(format!("{base}{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let answer = client.post(page).body("x").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let answer = client.get(format!("{}/metrics", anna.address)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(!answer.text().await.expect("a text").contains("rats_"));
}

/// Reads Prometheus' text format as strictly as its own tool does; the series by name and labels.
fn parse(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let (mut families, mut series) = (BTreeMap::new(), BTreeMap::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).expect(line);
        assert!(!help.trim().is_empty() && is_name(name), "{line}");
        let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} "))).expect(line);
        assert!(families.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} comes twice");
        assert_named_well(name, kind);
        let mut members = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (key, value) = line.rsplit_once(' ').expect(line);
            let value: f64 = value.parse().expect(line);
            let (member, labels) = key.split_once('{').unwrap_or((key, "}"));
            let suffix = member.strip_prefix(name).expect(line);
            let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(suffixes.contains(&suffix), "{line}");
            assert_labels(labels.strip_suffix('}').expect(line), line);
            assert!(series.insert(key.to_owned(), value).is_none(), "{key} comes twice");
            members.push((key.to_owned(), value));
        }
        assert!(!members.is_empty(), "{name} has no series");
        if kind == "histogram" {
            assert_cumulative(&members);
        }
    }
    series
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn assert_named_well(name: &str, kind: &str) {
    assert!(name.starts_with("rats_") || name == "process_start_time_seconds", "{name}");
    assert!(["counter", "gauge", "histogram"].contains(&kind), "{name} is a {kind}");
    assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
    let is_span = ["lateness", "duration", "offset", "oldest", "time_"].iter().any(|word| name.contains(word));
    assert_eq!(name.ends_with("_seconds"), is_span, "{name} has no unit, or a wrong one");
    assert!(!["_ms", "_millis", "_micro", "percent"].iter().any(|unit| name.contains(unit)), "{name}");
}

/// Few names, and values that are words of ours or numbers.
fn assert_labels(labels: &str, line: &str) {
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once("=\"").expect(line);
        let value = value.strip_suffix('"').expect(line);
        assert!(is_name(name), "{line}");
        let is_number = value == "+Inf" || value.split('.').all(|part| part.parse::<u64>().is_ok());
        assert_eq!(is_number, matches!(name, "le" | "version"), "{line}");
        assert!(is_number || is_name(value), "{line}");
    }
}

/// Buckets rise to the count, for each set of labels.
fn assert_cumulative(members: &[(String, f64)]) {
    let mut last = 0.0;
    for (key, value) in members {
        if !key.contains("_bucket{") {
            continue;
        }
        assert!(*value >= last, "{key} falls");
        last = *value;
        if key.contains("le=\"+Inf\"") {
            let labels = key.replace("_bucket{", "_count{").replace("le=\"+Inf\"", "").replace(",}", "}");
            let count = labels.trim_end_matches("{}");
            let (_, count) = members.iter().find(|(key, _)| key == count).expect(count);
            assert!((count - value).abs() < f64::EPSILON, "{key}");
            last = 0.0;
        }
    }
}
