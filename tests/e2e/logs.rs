//! Secrets are in no log line: the whole flow, good and bad, through real programs that log all they can.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rats_instagram_sim::{Call, Config, Fault, FaultRule};
use rats_tests::{Database, Installation, Process, files_in, person::Person, postgres, sentinel, until};
use reqwest::{StatusCode, Url};
use serde_json::json;

use crate::pictures::camera_jpeg;

/// What a person writes, made to look like the beginning of a log line.
const CAPTION: &str = "sentinel caption\r\n2026-01-01T00:00:00Z ERROR forged";

/// Lines that the flow's troubles bring: without them it was not looked at.
const TROUBLES: [&str; 6] = [
    "rats_instagram_call_duration_seconds",
    "served",
    "Instagram could not be asked",
    "Instagram did not do it",
    "a connect flow ended at its callback",
    "settings are wrong or missing",
];
/// The same, where the database goes away, too.
const DATABASE_TROUBLES: [&str; 5] = [
    "not ready",
    "a request could not be served",
    "what is due could not be claimed",
    "a token could not be refreshed",
    "cannot start: the database",
];

#[tokio::test(flavor = "multi_thread")]
async fn sec_40_secrets_are_in_no_log_line_on_sqlite() {
    whole_flow(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_40_secrets_are_in_no_log_line_on_postgresql() {
    whole_flow(Database::Postgres).await;
}

async fn whole_flow(database: Database) {
    let mut house = House::new(database).await;
    house.starts_in_vain();
    let mut programs = house.start(database);
    house.installation.wait_ready().await;
    let anna = house.sign_in().await;
    house.connect(&anna).await;
    house.post(&anna).await;
    house.lose_the_token(&anna).await;
    if database == Database::Postgres {
        house.lose_the_database(&anna).await;
        house.refresh_in_vain(&mut programs).await;
    }
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let House { installation, logs, secrets } = house;
    installation.simulator.stop().await;
    without_instagram(&anna, &callback).await;
    keep_metrics(&logs).await;
    for program in &mut programs {
        assert!(program.stop().success());
    }
    let troubles = if database == Database::Postgres { &DATABASE_TROUBLES[..] } else { &[] };
    assert_nothing_was_said(&logs, &secrets, troubles);
}

/// An installation, what its programs say, and what they must not say.
struct House {
    installation: Installation,
    logs: PathBuf,
    secrets: BTreeMap<&'static str, String>,
}

impl House {
    async fn new(database: Database) -> Self {
        let installation =
            Installation::new(database, &[("LOG", "trace"), ("METRICS_ADDRESS", "127.0.0.1:0")], Config::default())
                .await;
        let logs = installation.dir.path().join("logs");
        std::fs::create_dir(&logs).expect("a directory");
        let mut secrets: BTreeMap<_, _> = [
            ("the key of tokens", sentinel::TOKEN_KEY),
            ("the signing key", sentinel::JWT_SECRET),
            ("the app's secret", sentinel::CLIENT_SECRET),
            ("a password", sentinel::PASSWORD),
            ("a caption", "sentinel caption"),
            ("every token of Instagram", "IGAA"),
        ]
        .map(|(name, secret)| (name, secret.to_owned()))
        .into();
        // A server of somebody else's, named for the tests, may have no password.
        let url = Url::parse(&installation.settings["DATABASE_URL"]).ok();
        secrets.extend(url.and_then(|url| Some(("the database's password", url.password()?.to_owned()))));
        Self { installation, logs, secrets }
    }

    /// Starts a program with other settings besides; what it says is kept.
    fn run(&self, name: &str, arguments: &[&str], more: &[(&str, &str)]) -> Process {
        let mut settings = self.installation.settings.clone();
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Process::recorded(name, arguments, &settings, &self.logs.join(name))
    }

    /// The programs of an installation: one logs for people, the other for machines.
    fn start(&self, database: Database) -> Vec<Process> {
        match database {
            Database::Sqlite => vec![self.run("rats-api", &["--with-scheduler"], &[])],
            Database::Postgres => vec![self.run("rats-api", &[], &[]), self.scheduler()],
        }
    }

    fn scheduler(&self) -> Process {
        self.run("rats-scheduler", &[], &[("LOG_FORMAT", "json")])
    }

    /// What is said of settings, good and bad ones.
    fn starts_in_vain(&self) {
        self.run("rats-api", &["check"], &[]).wait();
        let wrong =
            [("PORT", "none"), ("JWT_SECRET", "sentinel-jwt-secret"), ("TOKEN_ENCRYPTION_KEYS", sentinel::TOKEN_KEY)];
        for wrong in wrong {
            assert!(!self.run("rats-api", &["--with-scheduler"], &[wrong]).wait().success(), "{wrong:?}");
        }
    }

    /// Registers and signs in, after a wrong password and a token that is not ours.
    async fn sign_in(&mut self) -> Person {
        let mut anna = Person::register(&self.installation.address, "anna").await;
        let wrong = json!({"email": "anna@rats.example", "password": format!("{} but wrong", sentinel::PASSWORD)});
        assert_eq!(anna.post("/api/auth/login", &wrong).await.0, StatusCode::UNAUTHORIZED);
        let token = anna.token.clone();
        anna.token.push('x');
        assert_eq!(anna.delete("/api/events/%0d%0aforged").await.0, StatusCode::UNAUTHORIZED);
        anna.token.clone_from(&token);
        self.secrets.insert("a session", token);
        anna
    }

    /// Connects, after Instagram failed at each step.
    async fn connect(&mut self, anna: &Person) {
        for (call, times) in [(Call::Token, 2), (Call::Profile, 2)] {
            self.fault(Fault::Drop { call }, times);
            let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
            anna.follow_callback(&callback).await.expect_err("Instagram hung up");
            self.installation.simulator.state().clear_faults();
        }
        let auth_url = anna.auth_url().await;
        let callback = anna.consent(&auth_url, "goldencrust", "approve").await;
        assert!(anna.follow_callback(&callback.replace("code=", "code=wrong")).await.is_err());
        let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
        let cookie = anna.follow_callback(&callback).await.expect("a pending connection");
        assert!(anna.decide(&cookie, "connect").await.ends_with("?connected=instagram"));
        for (name, value) in Url::parse(&callback).expect("an address").query_pairs() {
            let name = if name == "code" { "a code of Instagram" } else { "a state" };
            self.secrets.insert(name, value.into_owned());
        }
        self.secrets.insert("a cookie", cookie.split_once('=').expect("a pair").1.to_owned());
    }

    /// Posts a picture; once nothing comes back, once it goes well.
    async fn post(&self, anna: &Person) {
        let (_, _, answer) = anna.upload(camera_jpeg(640, 480, 1), "pad").await;
        self.fault(Fault::Drop { call: Call::Create }, 1);
        self.fault(Fault::PublishThenDrop, 1);
        let body = json!({"platform": "instagram", "content": CAPTION, "mediaId": answer["media"]["_id"]});
        let (status, answer) = anna.post("/api/social-media/post", &body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        let id = answer["post"]["_id"].as_str().expect("an id");
        anna.post_until(id, |post| post["status"] == "published").await;
        anna.get(&format!("/api/social-media/posts/{id}/metrics")).await;
    }

    /// The person takes our access away at Instagram, then gives it anew.
    async fn lose_the_token(&self, anna: &Person) {
        self.fault(Fault::PasswordChanged, 1);
        let (status, answer) = anna.test(&anna.event("Zoë").await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert!(!anna.is_connected().await);
        anna.connect("goldencrust").await;
    }

    async fn lose_the_database(&self, anna: &Person) {
        let url = &self.installation.settings["DATABASE_URL"];
        let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
        postgres::close(url).await.expect("closed");
        let ready = anna.browser.get(format!("{}/ready", anna.address)).send().await.expect("an answer");
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
        let login = json!({"email": "anna@rats.example", "password": sentinel::PASSWORD});
        assert_eq!(anna.post("/api/auth/login", &login).await.0, StatusCode::SERVICE_UNAVAILABLE);
        let body = json!({"platform": "instagram", "content": CAPTION, "eventId": "none"});
        assert_eq!(anna.post("/api/social-media/post", &body).await.0, StatusCode::SERVICE_UNAVAILABLE);
        anna.follow_callback(&callback).await.expect_err("it cannot be kept");
        assert!(!self.run("rats-api", &[], &[("PORT", "0")]).wait().success());
        let wrong = url.replace(sentinel::DATABASE_PASSWORD, &format!("{}-but-wrong", sentinel::DATABASE_PASSWORD));
        assert!(!self.run("rats-api", &[], &[("PORT", "0"), ("DATABASE_URL", &wrong)]).wait().success());
        self.until_said("what is due could not be claimed").await;
        postgres::reopen(url).await.expect("open");
        self.installation.wait_ready().await;
    }

    /// The token grows old; Instagram hangs up on the address that holds it.
    async fn refresh_in_vain(&self, programs: &mut [Process]) {
        assert!(programs[1].stop().success());
        let database = postgres::client(&self.installation.settings["DATABASE_URL"]).await.expect("the database");
        let age = "UPDATE connection SET token_issued_at = 0, token_expires_at = \
                   token_issued_at + (token_expires_at - token_issued_at) / 3";
        assert_eq!(database.execute(age, &[]).await.expect("older"), 1);
        self.fault(Fault::Drop { call: Call::Token }, 1);
        programs[1] = self.scheduler();
        self.until_said("a token could not be refreshed").await;
    }

    fn fault(&self, fault: Fault, times: u32) {
        let rule = FaultRule { fault, account: None, times: Some(times), probability: None };
        self.installation.simulator.state().add_fault(rule);
    }

    async fn until_said(&self, words: &str) {
        until(|| async { said(&self.logs).iter().any(|(_, text)| text.contains(words)) }).await;
    }
}

/// What the API's process measured is kept beside what it said.
async fn keep_metrics(logs: &Path) {
    let page = crate::metrics::address(&logs.join("rats-api")).await;
    let text = reqwest::get(page).await.expect("an answer").text().await.expect("a text");
    std::fs::write(logs.join("metrics"), text).expect("kept");
}

/// Instagram cannot be reached at all.
async fn without_instagram(anna: &Person, callback: &str) {
    anna.follow_callback(callback).await.expect_err("Instagram is gone");
    let body = json!({"platform": "instagram", "content": CAPTION, "eventId": anna.event("Tom").await["_id"]});
    let (_, answer) = anna.post("/api/social-media/post", &body).await;
    let id = answer["post"]["_id"].as_str().expect("an id");
    let post = anna.post_until(id, |post| post["attention"].is_object()).await;
    assert_eq!(post["attention"]["code"], "unreachable", "{post:#}");
    let (status, _) = anna.delete("/api/social-auth/instagram/disconnect").await;
    assert_eq!(status, StatusCode::OK);
}

/// All that was said, by program.
fn said(logs: &Path) -> Vec<(PathBuf, String)> {
    let files = files_in(logs).into_iter();
    files.map(|file| (file.clone(), std::fs::read_to_string(file).expect("a text"))).collect()
}

/// The troubles were looked at, and no line holds a secret or was forged.
fn assert_nothing_was_said(logs: &Path, secrets: &BTreeMap<&str, String>, troubles: &[&str]) {
    let said = said(logs);
    for words in TROUBLES.iter().chain(troubles).chain(&["TRACE"]) {
        assert!(said.iter().any(|(_, text)| text.contains(words)), "nothing was said of “{words}”");
    }
    for (program, text) in &said {
        for (name, secret) in secrets {
            for shape in shapes(secret) {
                let told = text.lines().find(|line| line.contains(&shape));
                assert_eq!(told, None, "{name} is told by {}", program.display());
            }
        }
        let forged = text.lines().find(|line| line.starts_with("forged") || line.contains("ERROR forged"));
        assert_eq!(forged, None, "{}", program.display());
    }
}

/// A secret as it is, in hexadecimal, in base64, and as a list of bytes.
fn shapes(secret: &str) -> [String; 4] {
    let hex = secret.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let list = format!("{:?}", secret.as_bytes());
    [secret.to_owned(), hex, BASE64_STANDARD.encode(secret), list.trim_matches(['[', ']']).to_owned()]
}
