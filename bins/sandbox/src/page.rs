//! The sandbox's own page: where everything is, and the API to click through. The dashboard itself is at `/`.

use std::io::Write as _;

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::Url;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the pages point to.
#[derive(Clone)]
pub(crate) struct Links {
    /// Where the API is, without a slash at the end.
    pub(crate) address: String,
    /// Where the simulated Instagram is.
    pub(crate) simulator: Url,
    /// Where metrics are.
    pub(crate) metrics: String,
    /// The demo user.
    pub(crate) email: &'static str,
    /// Their password.
    pub(crate) password: &'static str,
}

/// Prints where everything is.
pub(crate) fn announce(links: &Links) {
    let text = format!(
        "
  RATS is ready at {address}/

    demo login            {email}  /  {password}
    simulated Instagram   {simulator}
    fault panel           {simulator}_control
    the API by clicks     {address}/sandbox
    OpenAPI               {address}/openapi.json
    metrics               {metrics}

  Stop it with Ctrl-C. Its data stay; delete the directory (SANDBOX_DIR, data/sandbox) to begin anew.
",
        address = links.address,
        email = links.email,
        password = links.password,
        simulator = links.simulator,
        metrics = links.metrics,
    );
    tell(&text);
}

/// Prints a text in one piece; a reader that went away is no reason to stop.
pub(crate) fn tell(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The pages' routes.
pub(crate) fn routes(links: &Links) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let links = links.clone();
    move |config| {
        config
            .app_data(web::Data::new(links.clone()))
            .route("/sandbox", web::get().to(start))
            .route("/sandbox.js", web::get().to(script));
    }
}

async fn script() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(SCRIPT)
}

async fn start(links: web::Data<Links>) -> HttpResponse {
    page("RATS sandbox", &start_page(&links))
}

fn page(title: &str, body: &Markup) -> HttpResponse {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                script src="/sandbox.js" {}
            }
        }
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"))
        .content_type("text/html; charset=utf-8")
        .body(markup.into_string())
}

fn start_page(links: &Links) -> Markup {
    html! {
        header {
            h1 { "RATS sandbox" }
            p { "The whole product on this machine: API, scheduler and a simulated Instagram. Nothing leaves it." }
            p { a.button href="/" { "Open the dashboard" } }
        }
        section {
            h2 { "The API by clicks" }
            p.login data-email=(links.email) data-password=(links.password) {
                "You are " b { (links.email) } " with the password " b { (links.password) } "."
            }
            ol.steps {
                li { button data-do="connect" { "Connect Instagram" } span { "choose a simulated account, allow, confirm" } }
                li { button data-do="event" { "Create an event" } span { "Anna's birthday, with its message" } }
                li { button data-do="test" { "Post its message now" } span { "the card goes to the simulated profile" } }
                li { button data-do="schedule" { "Schedule another in a minute" } span { "the scheduler publishes it at its time" } }
                li { button data-do="posts" { "Look at the posts" } span { "where each stands" } }
            }
            pre #answer aria-live="polite" { "The answers of the API appear here." }
        }
        section {
            h2 { "The simulated Instagram" }
            ul {
                li { a href=(links.simulator) { "Profiles" } " and what was published" }
                li { a href=(format!("{}_control", links.simulator)) { "Fault panel" } ": make things go wrong, turn the clock" }
            }
        }
        section {
            h2 { "The same with curl" }
            pre { (curl(links)) }
            p { "More in the README and at " a href="/openapi.json" { "/openapi.json" } "." }
        }
    }
}

fn curl(links: &Links) -> String {
    let Links { address, email, password, .. } = links;
    format!(
        r#"TOKEN=$(curl -s {address}/api/auth/login -H 'Content-Type: application/json' \
  -d '{{"email":"{email}","password":"{password}"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
curl -s {address}/api/social-auth/instagram/auth-url -H "Authorization: Bearer $TOKEN"
curl -s {address}/api/social-media/posts -H "Authorization: Bearer $TOKEN""#
    )
}
