use super::*;

fn complete() -> BTreeMap<String, String> {
    [
        ("JWT_SECRET", "0123456789abcdef0123456789abcdef"),
        ("DATABASE_URL", "sqlite:rats.db"),
        ("TOKEN_ENCRYPTION_KEYS", "k1:n3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE="),
        ("INSTAGRAM_CLIENT_ID", "123"),
        ("INSTAGRAM_CLIENT_SECRET", "s"),
        ("INSTAGRAM_REDIRECT_URI", "https://rats.example/api/social-auth/instagram/callback"),
        ("INSTALLATION_ID", "production"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[test]
fn the_defaults_are_instagram_itself() {
    let (config, _) = Config::read(complete()).unwrap();
    assert!(config.instagram.is_real());
    assert_eq!(config.http.port, 5001);
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let problems = Config::read(BTreeMap::new()).unwrap_err();
    let names: Vec<_> = problems.iter().map(|problem| problem.name).collect();
    for name in [
        "JWT_SECRET",
        "DATABASE_URL",
        "TOKEN_ENCRYPTION_KEYS",
        "INSTAGRAM_CLIENT_ID",
        "INSTAGRAM_CLIENT_SECRET",
        "INSTAGRAM_REDIRECT_URI",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

/// The settings that are wrong, of these and of nothing else.
fn wrong(values: &[(&str, &str)]) -> Vec<&'static str> {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(values.collect()).unwrap_err().into_iter().map(|problem| problem.name).collect()
}

#[test]
fn what_is_wrong_is_named_beside_what_is_missing() {
    let values = [
        ("DATABASE_URL", "mysql://h/d"),
        ("TOKEN_ENCRYPTION_KEYS", "k1:c2hvcnQ="),
        ("CLIENT_URL", "rats"),
        ("LEASE", "7"),
        ("GRACE", "1"),
        ("WITNESS_WINDOW", "1"),
        ("BODY_TIMEOUT", "soon"),
        ("AUTO_POST_AHEAD", "60"),
        ("INSTAGRAM_MANAGE_COMMENTS", "perhaps"),
    ];
    let named = wrong(&values);
    for name in values.map(|(name, _)| name).into_iter().chain(["JWT_SECRET", "INSTALLATION_ID"]) {
        assert!(named.contains(&name), "{name} in {named:?}");
    }
}

#[test]
fn a_publish_time_out_within_which_only_a_connection_is_made_is_refused() {
    let mut values = complete();
    values.insert("PUBLISH_TIMEOUT".to_owned(), "5".to_owned());
    assert_eq!(
        Config::read(values).unwrap_err()[0].to_string(),
        "PUBLISH_TIMEOUT: read 5 s; expected more than the 5 s that connecting may take: only then a failed connection proves that nothing was sent"
    );
}

#[test]
fn a_file_with_nothing_in_it_is_called_empty() {
    let read = |text, environment: BTreeMap<String, String>| {
        Config::read_over(Path::new("rats.env"), text, environment.into_iter())
    };
    let problems = read("# nothing\n", BTreeMap::new()).unwrap_err();
    assert_eq!(problems[0].to_string(), "RATS_CONFIG: rats.env is empty; expected lines of the form NAME=value");
    assert!(problems.len() > 1, "what is missing is named, too");
    assert!(read("", complete()).is_ok(), "the environment says all");
}

#[test]
fn lines_that_cannot_be_read_are_named_beside_everything_else() {
    let problems = Config::read_over(Path::new("rats.env"), "LEASE 60\nPORT=none\n?", complete().into_iter());
    let problems: Vec<_> = problems.unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems[..2],
        [
            "RATS_CONFIG: rats.env line 1 is not of the form NAME=value",
            "RATS_CONFIG: rats.env line 3 is not of the form NAME=value",
        ]
    );
    assert!(problems[2].starts_with("PORT: "), "{problems:?}");
}

#[test]
fn a_name_that_is_no_setting_is_told() {
    let text = "WITNES_WINDOW=60\nLOG=debug\nLEASE=60\n";
    let problems = Config::read_over(Path::new("rats.env"), text, complete().into_iter()).unwrap_err();
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "RATS_CONFIG: rats.env sets LOG, which is read from the environment alone",
            "RATS_CONFIG: rats.env sets WITNES_WINDOW, which is no setting (docs/operations.md lists them all)",
        ]
    );
}

#[test]
fn an_installation_on_instagram_itself_has_a_name() {
    let mut values = complete();
    values.remove("INSTALLATION_ID");
    assert_eq!(Config::read(values).unwrap_err()[0].name, "INSTALLATION_ID");
}

#[test]
fn a_grace_shorter_than_a_request_may_fly_is_refused() {
    let mut values = complete();
    values.insert("GRACE".to_owned(), "30".to_owned());
    assert_eq!(Config::read(values).unwrap_err()[0].name, "GRACE");
}

#[test]
fn a_witness_window_shorter_than_instagram_may_lag_is_refused() {
    let mut values = complete();
    values.insert("WITNESS_WINDOW".to_owned(), "59".to_owned());
    assert_eq!(
        Config::read(values.clone()).unwrap_err()[0].to_string(),
        "WITNESS_WINDOW: read 59 s; expected at least 60 s: Instagram may show for so long that nothing is live although it is"
    );
    let simulator = ["AUTHORIZE", "TOKEN", "GRAPH"]
        .map(|host| (format!("INSTAGRAM_{host}_URL"), "http://localhost:5002".to_owned()));
    values.extend(simulator);
    assert!(Config::read(values).is_ok(), "a simulator lags as it is told");
}

#[test]
fn metrics_are_off_unless_an_address_is_given() {
    let mut values = complete();
    assert_eq!(Config::read(values.clone()).unwrap().0.metrics_address, None);
    values.insert("METRICS_ADDRESS".to_owned(), "127.0.0.1:0".to_owned());
    let address = Config::read(values.clone()).unwrap().0.metrics_address;
    assert_eq!(address, Some(SocketAddr::from(([127, 0, 0, 1], 0))));
    values.insert("METRICS_ADDRESS".to_owned(), "9464".to_owned());
    let problem = Config::read(values).unwrap_err()[0].to_string();
    assert_eq!(
        problem,
        "METRICS_ADDRESS: read “9464”; expected an IP address and a port to serve metrics at, like 127.0.0.1:9464"
    );
}

#[test]
fn sec_18_secrets_are_hidden_in_what_is_shown() {
    let (_, shown) = Config::read(complete()).unwrap();
    let text = format!("{shown:?}");
    assert!(!text.contains("0123456789abcdef") && !text.contains("sqlite:rats.db"), "{text}");
}
