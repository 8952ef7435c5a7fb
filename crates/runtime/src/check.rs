//! `rats-api check`: what is wrong, before anything runs.

use std::{process::ExitCode, sync::Arc, time::Duration};

use actix_web::{HttpResponse, web};
use rats_domain::random::Random;
use rats_storage::StoreClock;
use tokio::task::JoinHandle;
use url::Url;

use crate::{
    assembly::{self, StartError},
    clock::{SystemClock, SystemRandom},
    config::Config,
    content,
    home::moved_text,
    process,
};

/// What is fetched as our picture: the beginning of a JPEG and a word.
const PROBE: &[u8] = b"\xFF\xD8\xFFrats";

/// How long each outside question may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What Meta's error texts at the login mean.
const LOGIN_ERRORS: &str = "\
What Instagram's error texts at the login mean:
  Invalid platform app           INSTAGRAM_CLIENT_ID is not the Instagram app's id (App dashboard > Instagram > API setup; not the Meta app's id)
  Invalid redirect_uri           INSTAGRAM_REDIRECT_URI is not registered with the app, character by character (see above)
  Insufficient developer role    the account is not a tester of the app: invite it, and accept the invitation in the Instagram app
  Matching code was not found    the code was used before, is older than an hour, or belongs to another redirect URI
";

/// Prints each finding and answers whether all is well.
#[expect(clippy::print_stdout, reason = "what this command is for")]
pub(crate) async fn run() -> ExitCode {
    let (config, shown) = match Config::from_env() {
        Ok(read) => read,
        Err(problems) => {
            println!("These settings are wrong or missing:");
            for problem in problems {
                println!("  ✗ {problem}");
            }
            println!("docs/operations.md explains each.");
            return ExitCode::FAILURE;
        }
    };
    println!("Settings as read:");
    for setting in shown {
        println!("  {} = {}{}", setting.name, setting.value, if setting.is_default { "  (default)" } else { "" });
    }
    let mut well = true;
    for (what, finding) in findings(&config).await {
        let (mark, text) = match &finding {
            Ok(text) => ("✓", text),
            Err(text) => ("✗", text),
        };
        well &= finding.is_ok();
        println!("{mark} {what}: {text}");
    }
    println!("\nRegister exactly this redirect URI with the Instagram app:\n  {}\n", config.instagram.redirect_uri);
    println!("{LOGIN_ERRORS}");
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

type Finding = Result<String, String>;

async fn findings(config: &Config) -> Vec<(&'static str, Finding)> {
    vec![
        ("database", database(config).await),
        ("picture files", pictures(config)),
        ("our address, as Instagram sees it", public_address(config).await),
        ("Instagram's login host", answers(&config.instagram.authorize_base).await),
        ("Instagram's token host", answers(&config.instagram.token_base).await),
        ("Instagram's Graph host", answers(&config.instagram.graph_base).await),
    ]
}

async fn database(config: &Config) -> Finding {
    let opened = assembly::open(config, Arc::new(SystemClock::default()), StoreClock::Database).await;
    match opened {
        Ok(store) => match store.home().await {
            Ok(home) if home.is_known() => Ok("opened, its tables are up to date".into()),
            Ok(home) => Err(moved_text(&home, false)),
            Err(error) => Err(process::report(&error)),
        },
        Err(StartError::Database(rats_storage::OpenError::InUse(_))) => Ok("in use by rats-api, which runs".into()),
        Err(error) => Err(process::report(&error)),
    }
}

fn pictures(config: &Config) -> Finding {
    let dir = &config.storage.media_dir;
    let probe = dir.join(".check");
    let written = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Ok(format!("{} can be written", dir.display())),
        Err(error) => Err(format!("{} cannot be written: {error}; set MEDIA_DIR", dir.display())),
    }
}

/// Puts a file among the pictures and fetches it at the public address, as Instagram would. Where nothing serves yet, we do for the moment.
async fn public_address(config: &Config) -> Finding {
    if let Some(reason) = assembly::unreachable(config) {
        return Err(reason);
    }
    let name = (&SystemRandom as &dyn Random).new_name();
    let files = content::files(&config.storage.media_dir).map_err(|error| process::report(&error))?;
    files.put(&name, PROBE.to_vec()).await.map_err(|error| error.to_string())?;
    let server = serve_probe(config);
    let found = fetch_probe(config, &name).await;
    if let Some(server) = server {
        server.abort();
    }
    let _ = files.delete(&name).await;
    found
}

/// Serves the probe if our port is free; if not, rats-api itself is there, or something else that will show.
fn serve_probe(config: &Config) -> Option<JoinHandle<std::io::Result<()>>> {
    let listener = process::bind(config.http.host, config.http.port, "PORT").ok()?;
    let app = || actix_web::App::new().route("/media/{name}", web::get().to(probe));
    let server = actix_web::HttpServer::new(app).workers(1).disable_signals().listen(listener).ok()?.run();
    Some(tokio::spawn(server))
}

async fn probe() -> HttpResponse {
    HttpResponse::Ok().content_type("image/jpeg").body(PROBE)
}

async fn fetch_probe(config: &Config, name: &str) -> Finding {
    let mut url = config.http.public_base_url.clone();
    url.set_path(&format!("{}/media/{name}.jpg", url.path().trim_end_matches('/')));
    let failed =
        |error| format!("our picture at {url} does not answer ({error}); does a proxy or firewall stand between?");
    let answer =
        client()?.get(url.clone()).send().await.map_err(|error| failed(process::report(&error.without_url())))?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| failed(process::report(&error.without_url())))?;
    match (status.as_u16(), body.as_ref() == PROBE) {
        (200, true) => Ok(format!("our picture is served at {}", config.http.public_base_url)),
        (200, false) => Err(format!(
            "{url} answers with something else than our picture: is another program or a login page there?"
        )),
        (status, _) => {
            Err(format!("our picture at {url} answers with status {status}; expected 200: is another program there?"))
        }
    }
}

async fn answers(base: &Url) -> Finding {
    match fetch(base).await {
        Ok(_) => Ok(format!("{base} answers")),
        Err(error) => Err(format!("{base} does not answer ({error})")),
    }
}

async fn fetch(url: &Url) -> Result<u16, String> {
    let answer = client()?.get(url.clone()).send().await.map_err(|error| process::report(&error.without_url()))?;
    Ok(answer.status().as_u16())
}

fn client() -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.build().map_err(|error| error.without_url().to_string())
}
