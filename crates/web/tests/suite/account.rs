use std::sync::Arc;

use actix_web::http::Method;
use async_trait::async_trait;
use rats_application::Ports;
use rats_domain::{
    secret::Secret,
    user::{HashError, PasswordHasher},
};
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn a_user_registers_and_signs_in() {
    let world = World::new().await;
    let body = json!({ "email": "a@example.com", "password": "correct horse", "username": "anna" });
    let made = world.call("x", Method::POST, "/api/auth/register", body.clone()).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["username"], "anna");
    assert_eq!(made.json()["_id"].as_str().unwrap().len(), 24);

    let again = world.post("x", "/api/auth/register", body).await;
    assert_eq!(again.status, 400);
    assert!(again.json()["message"].is_string());

    let login = json!({ "email": "a@example.com", "password": "correct horse" });
    let signed_in = world.post("x", "/api/auth/login", login).await.json();
    let members: Vec<&String> = signed_in.as_object().unwrap().keys().collect();
    assert_eq!(members, ["_id", "email", "token"]);
}

/// Fails, as on a machine without memory.
struct NoMemory;

#[async_trait]
impl PasswordHasher for NoMemory {
    async fn hash(&self, _: Secret) -> Result<Secret, HashError> {
        Err(HashError("no memory".into()))
    }

    async fn matches(&self, _: Secret, _: Option<Secret>) -> Result<bool, HashError> {
        Err(HashError("no memory".into()))
    }
}

#[actix_web::test]
async fn nobody_is_registered_whose_password_could_not_be_hashed() {
    let world = World::over(|ports| Ports { passwords: Arc::new(NoMemory), ..ports }).await;
    let body = json!({ "email": "a@example.com", "password": "correct horse", "username": "anna" });
    let failed = world.post("x", "/api/auth/register", body).await;
    assert_eq!(failed.status, 503);
    assert!(failed.json()["message"].is_string());
    assert!(world.api.ports().users.find_by_email("a@example.com").await.unwrap().is_none());

    let login = json!({ "email": "a@example.com", "password": "correct horse" });
    assert_eq!(world.post("x", "/api/auth/login", login).await.status, 503, "not: a wrong password");
}

#[actix_web::test]
async fn a_username_that_shows_nothing_is_none() {
    let world = World::new().await;
    let body = json!({ "email": "a@example.com", "password": "correct horse", "username": "\u{200B}\u{2800}" });
    let refused = world.post("x", "/api/auth/register", body).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["errors"], json!([{ "field": "username", "message": "A username is needed." }]));
}

#[actix_web::test]
async fn sec_24_an_unknown_user_and_a_wrong_password_are_answered_alike_and_limited() {
    let world = World::new().await;
    let body = json!({ "email": "a@example.com", "password": "correct horse", "username": "anna" });
    world.post("x", "/api/auth/register", body).await;
    let login = |email: &str| json!({ "email": email, "password": "wrong horse" });
    let told = |answer: Value| (answer["message"].clone(), answer["type"].clone());

    let unknown = world.post("x", "/api/auth/login", login("b@example.com")).await;
    let wrong = world.post("x", "/api/auth/login", login("a@example.com")).await;
    assert_eq!((unknown.status.as_u16(), wrong.status.as_u16()), (401, 401));
    assert_eq!(told(unknown.json()), told(wrong.json()));

    for _ in 0..7 {
        world.post("x", "/api/auth/login", json!({})).await;
    }
    let limited = world.post("x", "/api/auth/login", login("a@example.com")).await;
    assert_eq!(limited.status, 429);
    assert_eq!(limited.header("retry-after"), "60");
}
