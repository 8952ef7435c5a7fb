//! Secrets show up nowhere.

use rats_tests::{Database, World, files_in, sentinel};

#[tokio::test(flavor = "multi_thread")]
async fn sec_40_secrets_are_in_no_file_and_no_answer() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let event = anna.event("Zoë").await;
    let (_, answer) = anna.test(&event).await;
    let post = answer["postId"].as_str().expect("a post").to_owned();
    let mut seen = vec![answer.to_string()];
    for path in
        [format!("/api/social-media/posts/{post}"), "/api/social-auth/connected-accounts".into(), "/api/nowhere".into()]
    {
        seen.push(anna.get(&path).await.to_string());
    }
    let dir = world.stop().await;
    let secrets = [sentinel::JWT_SECRET, sentinel::CLIENT_SECRET, sentinel::PASSWORD, "IGAA"];
    for secret in secrets {
        assert!(seen.iter().all(|text| !text.contains(secret)), "{secret} in an answer");
    }
    for file in files_in(dir.path()) {
        let bytes = std::fs::read(&file).expect("bytes");
        for secret in secrets {
            let held = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!held, "{secret} in {}", file.display());
        }
    }
}
