//! `rats-api check`: what is wrong, before anything runs.

use std::{process::ExitCode, sync::Arc, time::Duration};

use rats_storage::StoreClock;
use url::Url;

use crate::{assembly, clock::SystemClock, config::Config, process};

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
        Ok(_) => Ok("opened, its tables are up to date".into()),
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

/// Serves our health answer for a moment where nothing does yet, and fetches it at the public address.
async fn public_address(config: &Config) -> Finding {
    if let Some(reason) = assembly::unreachable(config) {
        return Err(reason);
    }
    let mut url = config.http.public_base_url.clone();
    url.set_path("/api/health");
    match fetch(&url).await {
        Ok(200) => Ok(format!("{url} answers")),
        Ok(status) => Err(format!("{url} answers with status {status}; expected 200: is another program there?")),
        Err(error) => Err(format!("{url} does not answer ({error}); start rats-api, then check again")),
    }
}

async fn answers(base: &Url) -> Finding {
    match fetch(base).await {
        Ok(_) => Ok(format!("{base} answers")),
        Err(error) => Err(format!("{base} does not answer ({error})")),
    }
}

async fn fetch(url: &Url) -> Result<u16, String> {
    let client =
        reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).no_proxy().build();
    let client = client.map_err(|error| error.without_url().to_string())?;
    let answer = client.get(url.clone()).send().await.map_err(|error| process::report(&error.without_url()))?;
    Ok(answer.status().as_u16())
}
