use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use jpeg_encoder::{ColorType, Encoder};
use rats_instagram_sim::{Config, Credentials, Fault, FaultRule, Simulator, TurnableClock, start};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use time::macros::datetime;

pub(crate) const REDIRECT: &str = "http://client.test/callback";
pub(crate) const BASIC: &str = "instagram_business_basic";
pub(crate) const PUBLISH: &str = "instagram_business_content_publish";

/// A simulator with a standing clock, a client that follows nothing, a picture server, and an account.
pub(crate) struct Sim {
    pub(crate) simulator: Simulator,
    pub(crate) clock: Arc<TurnableClock>,
    pub(crate) http: Client,
    pub(crate) pictures: String,
    pub(crate) account: Credentials,
}

/// A status and a JSON body.
pub(crate) type Reply = (u16, Value);

pub(crate) fn config() -> Config {
    Config { redirect_uris: vec![REDIRECT.to_owned()], ..Config::default() }
}

pub(crate) async fn sim() -> Sim {
    sim_with(config()).await
}

pub(crate) async fn sim_with(config: Config) -> Sim {
    let clock = Arc::new(TurnableClock::manual(datetime!(2026-11-03 09:15:07.5 UTC)));
    let simulator = start(config, clock.clone(), listener()).await.unwrap();
    let account = simulator.state().make_accounts(1, clock_now(&clock)).remove(0);
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let http = http.timeout(Duration::from_secs(20)).build().unwrap();
    Sim { simulator, clock, http, pictures: serve_pictures(), account }
}

impl Sim {
    pub(crate) fn now(&self) -> time::OffsetDateTime {
        clock_now(&self.clock)
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}", self.simulator.base_url(), path.trim_start_matches('/'))
    }

    /// The path of the account's edge.
    pub(crate) fn edge(&self, edge: &str) -> String {
        format!("v25.0/{}/{edge}", self.account.ig_user_id)
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.simulator.state().add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
    }

    pub(crate) async fn send(&self, method: Method, path: &str, params: &[(&str, &str)]) -> reqwest::Result<Response> {
        let request = self.http.request(method.clone(), self.url(path)).bearer_auth(&self.account.token);
        let request = if method == Method::GET { request.query(params) } else { request.form(params) };
        request.send().await
    }

    pub(crate) async fn get(&self, path: &str, params: &[(&str, &str)]) -> Reply {
        reply(self.send(Method::GET, path, params).await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, params: &[(&str, &str)]) -> Reply {
        reply(self.send(Method::POST, path, params).await.unwrap()).await
    }

    pub(crate) async fn create_from(&self, picture: &str, caption: &str) -> Reply {
        let url = format!("{}/{picture}", self.pictures);
        self.post(&self.edge("media"), &[("image_url", &url), ("caption", caption)]).await
    }

    pub(crate) async fn container(&self, caption: &str) -> String {
        id(&self.create_from("good.jpg", caption).await)
    }

    pub(crate) async fn publish(&self, container: &str) -> Reply {
        self.post(&self.edge("media_publish"), &[("creation_id", container)]).await
    }

    /// Creates and publishes; answers the media id.
    pub(crate) async fn published(&self, caption: &str) -> String {
        let container = self.container(caption).await;
        id(&self.publish(&container).await)
    }

    pub(crate) async fn status(&self, container: &str) -> Value {
        self.get(&format!("v25.0/{container}"), &[("fields", "id,status_code,status")]).await.1
    }

    pub(crate) fn live(&self) -> usize {
        self.simulator.state().ledger(self.now()).media.len()
    }
}

pub(crate) async fn reply(response: Response) -> Reply {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

pub(crate) fn id(reply: &Reply) -> String {
    reply.1["id"].as_str().unwrap_or_else(|| panic!("no id in {reply:?}")).to_owned()
}

/// HTTP status, code and subcode of an error.
pub(crate) fn error(reply: &Reply) -> (u16, i64, Option<u64>) {
    let error = &reply.1["error"];
    let code = error["code"].as_i64().unwrap_or_else(|| panic!("no error in {reply:?}"));
    (reply.0, code, error["error_subcode"].as_u64())
}

pub(crate) fn message(reply: &Reply) -> &str {
    reply.1["error"]["message"].as_str().unwrap()
}

pub(crate) fn jpeg(width: u16, height: u16, is_progressive: bool) -> Vec<u8> {
    let pixels: Vec<u8> =
        (0..usize::from(width) * usize::from(height) * 3).map(|at| (at * 7).to_le_bytes()[0]).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_progressive(is_progressive);
    encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    bytes
}

pub(crate) fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn clock_now(clock: &TurnableClock) -> time::OffsetDateTime {
    rats_instagram_sim::SimClock::now(clock)
}

fn serve_pictures() -> String {
    let listener = listener();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let fetched = web::Data::new(AtomicU32::new(0));
    let server = HttpServer::new(move || App::new().app_data(fetched.clone()).route("/{name}", web::get().to(picture)));
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    tokio::spawn(server);
    address
}

async fn picture(name: web::Path<String>, fetched: web::Data<AtomicU32>) -> HttpResponse {
    let is_first = fetched.fetch_add(1, Ordering::Relaxed) == 0;
    let bytes = match name.as_str() {
        "fading.jpg" if is_first => jpeg(64, 80, false),
        "good.jpg" => jpeg(64, 80, false),
        "progressive.jpg" => jpeg(64, 80, true),
        "tall.jpg" => jpeg(64, 81, false),
        "wide.jpg" => jpeg(192, 100, false),
        "widest.jpg" => jpeg(191, 100, false),
        "large.jpg" => [jpeg(64, 80, false), vec![0; 8 * 1024 * 1024]].concat(),
        "truncated.jpg" => jpeg(64, 80, false)[..900].to_vec(),
        "picture.png" => b"\x89PNG\r\n\x1a\n".to_vec(),
        "moved.jpg" => return HttpResponse::Found().insert_header(("location", "/good.jpg")).finish(),
        "slow.jpg" => std::future::pending().await,
        _ => return HttpResponse::NotFound().json(json!({})),
    };
    HttpResponse::Ok().content_type("image/jpeg").body(bytes)
}
