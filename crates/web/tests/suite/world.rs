//! One product with users, reached through its routes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    http::{Method, StatusCode, header::HeaderMap},
    test,
};
use async_trait::async_trait;
use rats_application::{Ports, Settings};
use rats_domain::{
    id::{ContainerId, PostId, UserId},
    publication::{Attention, AttentionKind, Step},
    secret::Secret,
    user::{User, UserRepository as _},
};
use rats_storage::{DatabaseUrl, KeyRing, Options, Store};
use rats_web::{Api, Argon2Hasher, Readiness, WebSettings, app};
use serde_json::Value;
use time::OffsetDateTime;

use crate::fake::{CountingRandom, Outside, SteppingClock, T};

const KEY: &str = "k1:CVBqi8c61kHaey7Z9klfP9Zdgqotttv4DaNH7YA4N+Q=";

pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) outside: Arc<Outside>,
    pub(crate) ready: Arc<Ready>,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Ready unless told otherwise.
#[derive(Default)]
pub(crate) struct Ready {
    pub(crate) is_moved: AtomicBool,
}

#[async_trait]
impl Readiness for Ready {
    async fn ready(&self) -> Result<(), String> {
        if self.is_moved.load(Ordering::Relaxed) { Err("It was moved.".to_owned()) } else { Ok(()) }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|settings| settings).await
    }

    /// With other settings.
    pub(crate) async fn with(change: impl FnOnce(WebSettings) -> WebSettings) -> Self {
        Self::made(change, |ports| ports).await
    }

    /// With other ports.
    pub(crate) async fn over(change: impl FnOnce(Ports) -> Ports) -> Self {
        Self::made(|settings| settings, change).await
    }

    async fn made(
        change_settings: impl FnOnce(WebSettings) -> WebSettings,
        change_ports: impl FnOnce(Ports) -> Ports,
    ) -> Self {
        let (clock, outside) = (Arc::new(SteppingClock::default()), Arc::new(Outside::default()));
        let options = Options::new(DatabaseUrl::SqliteMemory, KeyRing::parse(KEY).unwrap(), clock.clone());
        let store = Arc::new(Store::open(options).await.unwrap());
        for name in ["u1", "u2"] {
            store.add(&user(name), &Secret::new("no hash")).await.unwrap();
        }
        let ports = Ports {
            clock,
            random: Arc::new(CountingRandom::default()),
            users: store.clone(),
            passwords: Arc::new(Argon2Hasher::default()),
            sessions: store.clone(),
            flows: store.clone(),
            connections: store.clone(),
            events: store.clone(),
            agenda: store.clone(),
            occurrences: store.clone(),
            preferences: store.clone(),
            writer: outside.clone(),
            pictures: store.clone(),
            files: outside.clone(),
            maker: outside.clone(),
            fetcher: outside.clone(),
            posts: store.clone(),
            history: store.clone(),
            queue: store.clone(),
            metrics: store.clone(),
            account_metrics: store.clone(),
            analytics: store,
            authorizer: outside.clone(),
            publisher: outside.clone(),
            reader: outside.clone(),
            settings: Settings::new("https://rats.example".parse().unwrap()),
        };
        let settings = WebSettings::new(
            "http://localhost:3000".parse().unwrap(),
            Secret::new("sentinel-jwt-secret-of-32-characters"),
        );
        let (ports, settings) = (Arc::new(change_ports(ports)), change_settings(settings));
        let ready = Arc::new(Ready::default());
        Self { api: Api::new(ports, settings, ready.clone()), outside, ready }
    }

    /// The `Authorization` of a user.
    pub(crate) fn bearer(&self, id: &str) -> String {
        format!("Bearer {}", self.api.tokens().issue(&user(id), self.api.ports().clock.now()).unwrap())
    }

    pub(crate) async fn send(&self, request: test::TestRequest) -> Answer {
        let service = test::init_service(app(&self.api, |_| {})).await;
        let request = request.peer_addr("192.0.2.7:1234".parse().unwrap()).to_request();
        let response = test::call_service(&service, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = test::read_body(response).await.to_vec();
        Answer { status, headers, bytes }
    }

    /// A call of a user with a JSON body.
    pub(crate) async fn call(&self, user: &str, method: Method, path: &str, body: Value) -> Answer {
        let request =
            test::TestRequest::with_uri(path).method(method).insert_header(("authorization", self.bearer(user)));
        self.send(if body.is_null() { request } else { request.set_json(body) }).await
    }

    pub(crate) async fn get(&self, user: &str, path: &str) -> Answer {
        self.call(user, Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, user: &str, path: &str, body: Value) -> Answer {
        self.call(user, Method::POST, path, body).await
    }

    /// An event of Anna's birthday; answers its id.
    pub(crate) async fn event(&self, user: &str) -> String {
        let answer = self.post(user, "/api/events", event()).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["_id"].as_str().unwrap().to_owned()
    }

    /// What became of a scheduled post is not known: its person is asked, and told this.
    pub(crate) async fn review(&self, post: &str, told: &str) {
        self.unclear(post, told).await;
        self.steps(post, |at| {
            vec![Step::Review { look_at: at, attention: Attention::new(AttentionKind::Review, told) }]
        })
        .await;
    }

    /// What became of a scheduled post is not known yet.
    pub(crate) async fn unclear(&self, post: &str, told: &str) {
        self.prepared(post).await;
        self.steps(post, |at| {
            let attention = Attention::new(AttentionKind::Unconfirmed, told);
            vec![Step::Intended { at, may_send_until: at }, Step::Unclear { at, look_at: at, attention }]
        })
        .await;
    }

    /// A scheduled post is prepared.
    pub(crate) async fn prepared(&self, post: &str) {
        self.steps(post, |at| {
            let id = ContainerId::new(format!("of {post}"));
            vec![Step::ContainerCreated { id, at, look_at: at }, Step::ContainerReady]
        })
        .await;
    }

    /// Takes the steps that follow at the post's time, as whoever claimed it.
    async fn steps(&self, post: &str, of: impl FnOnce(OffsetDateTime) -> Vec<Step>) {
        let queue = &self.api.ports().queue;
        let mut claim = queue.claim(&PostId::new(post), Duration::from_mins(1)).await.unwrap().unwrap();
        let steps = of(claim.publication.publish_at.unwrap());
        let count = steps.len();
        for (n, step) in steps.into_iter().enumerate() {
            let next = claim.publication.after(step).unwrap();
            queue.record(&claim, &next, &[], n + 1 < count).await.unwrap();
            claim.publication = next;
        }
    }

    /// A POST of a user with a body of any kind.
    pub(crate) async fn post_raw(
        &self,
        user: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &'static [u8],
    ) -> Answer {
        let mut request = test::TestRequest::post().uri(path).insert_header(("authorization", self.bearer(user)));
        for header in headers {
            request = request.insert_header(*header);
        }
        self.send(request.set_payload(body)).await
    }

    /// Goes through the whole connect journey.
    pub(crate) async fn connect(&self, user: &str) {
        let cookie = self.callback(user).await;
        let page = self.page(&cookie).await;
        let decided = self.decide(&cookie, &csrf(&page), "connect", None).await;
        assert_eq!(decided.header("location"), "http://localhost:3000/settings/social-accounts?connected=instagram");
    }

    /// Up to Instagram's redirect; answers the cookie.
    pub(crate) async fn callback(&self, user: &str) -> String {
        let state = self.state(user).await;
        let path = format!("/api/social-auth/instagram/callback?code=sentinel-code&state={state}");
        let answer = self.send(test::TestRequest::get().uri(&path)).await;
        assert_eq!(answer.header("location"), "/connect/confirm");
        answer.header("set-cookie").to_owned()
    }

    /// Where Instagram's redirect with a good state and `query` besides leads to.
    pub(crate) async fn callback_with(&self, user: &str, query: &str) -> String {
        let path = format!("/api/social-auth/instagram/callback?state={}{query}", self.state(user).await);
        self.send(test::TestRequest::get().uri(&path)).await.header("location").to_owned()
    }

    /// Begins to connect; answers the state.
    async fn state(&self, user: &str) -> String {
        let begun = self.get(user, "/api/social-auth/instagram/auth-url").await.json();
        begun["authUrl"].as_str().unwrap().split_once("state=").unwrap().1.to_owned()
    }

    pub(crate) async fn page(&self, cookie: &str) -> Answer {
        let cookie = cookie.split(';').next().unwrap();
        self.send(test::TestRequest::get().uri("/connect/confirm").insert_header(("cookie", cookie))).await
    }

    pub(crate) async fn decide(&self, cookie: &str, csrf: &str, decision: &str, origin: Option<&str>) -> Answer {
        let cookie = cookie.split(';').next().unwrap();
        let mut request = test::TestRequest::post().uri("/connect/confirm").insert_header(("cookie", cookie));
        if let Some(origin) = origin {
            request = request.insert_header(("origin", origin));
        }
        self.send(request.set_form([("csrf", csrf), ("decision", decision)])).await
    }
}

fn user(id: &str) -> User {
    User { id: UserId::new(id), email: format!("{id}@rats.example"), username: id.into(), created_at: T }
}

/// The token in the page's form.
pub(crate) fn csrf(page: &Answer) -> String {
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    text.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest[..64].to_owned()).unwrap_or_default()
}

/// An event as RATS' form sends it.
pub(crate) fn event() -> Value {
    serde_json::json!({
        "title": "Anna's birthday", "eventType": "birthday", "date": "2026-12-04", "recipientName": "Anna",
        "recipientRelation": "friend", "recipientContact": { "email": "", "phone": "" },
        "socialMediaHandles": { "facebook": "", "instagram": "anna", "twitter": "", "whatsapp": "" },
        "notes": "", "reminderDays": [1, 7], "isRecurring": true,
    })
}
