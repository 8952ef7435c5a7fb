//! Secrets at rest: sealed, bound to their place, gone when deleted.

use std::collections::HashSet;

use rats_domain::{
    connection::{ConnectFlowRepository as _, ConnectionRepository as _, Health},
    secret::Secret,
};
use rats_storage::{
    DatabaseUrl, KeyRing,
    crypto::{KeyError, OpenSealedError, Place, Sealed},
};

use crate::{
    example::{link, pending, started, user},
    world::{Backend, KEY, T, World, try_on},
};

const TOKEN: &str = "IGAA-secret-token";

fn ring() -> KeyRing {
    KeyRing::parse(KEY).unwrap()
}

fn place(row: &str) -> Place<'_> {
    Place { table: "connection", column: "token", row, account: "a" }
}

fn is_in_a_file(world: &World, needle: &str) -> bool {
    world.files().iter().any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

/// The ciphertext in the only connection's row, read by another connection to the file.
fn stored_ciphertext(world: &World) -> String {
    use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

    #[derive(QueryableByName)]
    struct Stored {
        #[diesel(sql_type = Text)]
        token: String,
    }

    let DatabaseUrl::SqliteFile(path) = &world.url else { panic!("not a file") };
    let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    sql_query("SELECT token FROM connection").get_result::<Stored>(&mut conn).unwrap().token
}

#[test]
fn sec_13_the_files_hold_no_token_and_no_state() {
    try_on(Backend::File, async |world| {
        link(&world.store, "u", "a").await;
        world.store.start(&Secret::new("state-that-is-secret"), &started("u")).await.unwrap();
        world.store.keep_pending(&Secret::new("name-that-is-secret"), &pending("v", "b")).await.unwrap();

        assert!(is_in_a_file(&world, "anna.celebrates"), "the files are the right ones");
        for secret in [TOKEN, "state-that-is-secret", "name-that-is-secret"] {
            assert!(!is_in_a_file(&world, secret), "{secret}");
        }
    });
}

#[test]
fn sec_10_disconnecting_leaves_neither_token_nor_ciphertext_in_the_files() {
    try_on(Backend::File, async |world| {
        link(&world.store, "u", "a").await;
        let ciphertext = stored_ciphertext(&world);
        assert!(is_in_a_file(&world, &ciphertext));

        world.store.disconnect(&user("u"), T).await.unwrap();
        assert!(!is_in_a_file(&world, TOKEN));
        assert!(!is_in_a_file(&world, &ciphertext));
    });
}

#[test]
fn sec_10_an_unfinished_flow_leaves_no_ciphertext_in_the_files() {
    try_on(Backend::File, async |world| {
        let name = Secret::new("name");
        world.store.keep_pending(&name, &pending("v", "b")).await.unwrap();
        world.store.take_pending(&name, T).await.unwrap();

        assert!(!is_in_a_file(&world, TOKEN));
        assert!(!is_in_a_file(&world, "anna.celebrates"), "what is deleted is overwritten, in the log too");
    });
}

#[test]
fn sec_14_any_altered_byte_is_an_error() {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

    let sealed = ring().seal(&Secret::new(TOKEN), place("c")).unwrap();
    let bytes = BASE64.decode(&sealed.text).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << bit;
            let altered = Sealed { text: BASE64.encode(altered), ..sealed.clone() };
            assert_eq!(ring().open(&altered, place("c")).unwrap_err(), OpenSealedError::Altered);
        }
    }
    for length in 0..bytes.len() {
        let cut = Sealed { text: BASE64.encode(&bytes[..length]), ..sealed.clone() };
        assert_eq!(ring().open(&cut, place("c")).unwrap_err(), OpenSealedError::Altered);
    }
    let other_key = Sealed { key: "k0".into(), ..sealed.clone() };
    assert_eq!(ring().open(&other_key, place("c")).unwrap_err(), OpenSealedError::UnknownKey);
    let no_text = Sealed { text: "%%".into(), ..sealed.clone() };
    assert_eq!(ring().open(&no_text, place("c")).unwrap_err(), OpenSealedError::Altered);
    assert_eq!(ring().open(&sealed, place("c")).unwrap(), Secret::new(TOKEN));
}

#[test]
fn sec_15_a_ciphertext_opens_only_in_its_place() {
    let sealed = ring().seal(&Secret::new(TOKEN), place("c")).unwrap();
    let elsewhere = [
        place("d"),
        Place { table: "pending_connection", ..place("c") },
        Place { column: "secret", ..place("c") },
        Place { account: "b", ..place("c") },
        Place { column: "tokenc", row: "", ..place("c") },
    ];
    for place in elsewhere {
        assert_eq!(ring().open(&sealed, place).unwrap_err(), OpenSealedError::Altered, "{place:?}");
    }
}

#[test]
fn sec_15_two_rows_with_their_tokens_swapped_give_neither() {
    use diesel::{Connection as _, connection::SimpleConnection as _};

    try_on(Backend::File, async |world| {
        link(&world.store, "u", "a").await;
        link(&world.store, "v", "b").await;
        let DatabaseUrl::SqliteFile(path) = &world.url else { panic!("not a file") };
        let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute(
            "CREATE TEMP TABLE before AS SELECT id, token FROM connection; \
             UPDATE connection SET token = (SELECT b.token FROM before b WHERE b.id <> connection.id)",
        )
        .unwrap();

        for owner in ["u", "v"] {
            let found = world.store.find_by_user(&user(owner)).await.unwrap().unwrap();
            assert_eq!((found.token, found.health), (None, Health::NeedsReconnect));
        }
    });
}

#[test]
fn sec_17_a_million_nonces_do_not_repeat() {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

    let (ring, secret) = (ring(), Secret::new("x"));
    let nonces: HashSet<Vec<u8>> = (0..1_000_000)
        .map(|_| {
            let sealed = ring.seal(&secret, place("c")).unwrap();
            // 12 bytes are 16 characters.
            BASE64.decode(&sealed.text[..16]).unwrap()
        })
        .collect();

    assert_eq!(nonces.len(), 1_000_000);
}

#[test]
fn sec_18_bad_keys_are_refused_without_being_shown() {
    let zero = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let counted = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let cases = [
        ("", KeyError::Missing),
        ("  ", KeyError::Missing),
        ("no-colon", KeyError::Malformed(1)),
        (":n3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE=", KeyError::Malformed(1)),
        ("k1:c2hvcnQ=", KeyError::Length("k1".into())),
        ("k1:not base64!", KeyError::Length("k1".into())),
        (zero, KeyError::Guessable("k1".into())),
        (counted, KeyError::Guessable("k1".into())),
        (&format!("{KEY},{KEY}"), KeyError::Duplicate("k1".into())),
        (&format!("{KEY},"), KeyError::Malformed(2)),
    ];
    for (text, expected) in cases {
        let error = KeyRing::parse(text).unwrap_err();
        assert_eq!(error, expected);
        let shown = format!("{error} {error:?}");
        assert!(error.to_string().contains("TOKEN_ENCRYPTION_KEYS"), "{shown}");
        for secret in ["n3pP0rC5", "c2hvcnQ", "not base64", "AAAAAAAA", "AAECAw"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn sec_19_a_key_ring_shows_its_ids_alone() {
    let shown = format!("{:?} {:#?}", ring(), ring());

    assert!(shown.contains("k1") && !shown.contains("n3pP"), "{shown}");
}
