use actix_web::{http::Method, test::TestRequest};
use rats_web::WebSettings;
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn sec_41_every_error_has_a_message_an_id_and_nothing_of_the_inside() {
    let world = World::new().await;
    for (method, path, status) in [
        (Method::GET, "/api/tasks", 404),
        (Method::PATCH, "/api/events", 405),
        (Method::GET, "/api/events/none", 404),
        (Method::POST, "/api/events", 415),
    ] {
        let answer = world.call("u1", method, path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let body = answer.json();
        assert_eq!(body["success"], false);
        assert!(!body["message"].as_str().unwrap().is_empty());
        assert_eq!(body["requestId"], answer.header("x-request-id"));
    }
    assert_eq!(world.call("u1", Method::PATCH, "/api/events", Value::Null).await.header("allow"), "GET, POST, OPTIONS");
}

#[actix_web::test]
async fn sec_23_without_a_good_token_nothing_is_served() {
    let world = World::new().await;
    for token in ["", "Bearer x", "Bearer a.b.c", "Basic dTpw"] {
        let answer = world.send(TestRequest::get().uri("/api/events").insert_header(("authorization", token))).await;
        assert_eq!(answer.status, 401);
        assert!(answer.json()["message"].is_string());
    }
}

#[actix_web::test]
async fn sec_23_in_stand_alone_mode_a_token_of_nobody_is_refused() {
    let alone = World::new().await;
    let refused = alone.get("stranger", "/api/events").await;
    assert_eq!(refused.status, 401);
    assert!(refused.json()["message"].is_string());
    assert_eq!(alone.get("u1", "/api/events").await.status, 200);

    let beside_rats = World::with(|settings| WebSettings { stand_alone: false, ..settings }).await;
    assert_eq!(beside_rats.get("stranger", "/api/events").await.status, 200, "RATS' server keeps the users");
}

#[actix_web::test]
async fn members_given_twice_are_named_wherever_they_stand() {
    let world = World::new().await;
    let json = [("content-type", "application/json")];
    let body = br#"{"title":"a","recipientContact":{"email":"a@example.com","email":"b@example.com"},"title":"b","notes":"x"}"#;
    let refused = world.post_raw("u1", "/api/events", &json, body).await;
    assert_eq!(refused.status, 400);
    let errors = refused.json()["errors"].clone();
    let fields: Vec<&Value> = errors.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["recipientContact.email", "title"]);
    assert!(refused.json()["message"].as_str().unwrap().contains("`title` is given twice"), "{}", refused.json());

    // Escapes do not hide it, and neither does a list.
    let hidden = world.post_raw("u1", "/api/events", &json, br#"{"reminderDays":[{"a":1,"\u0061":2}]}"#).await;
    assert_eq!(hidden.json()["errors"][0]["field"], "reminderDays.0.a");
}

#[actix_web::test]
async fn a_compressed_body_is_refused_for_what_it_is() {
    let world = World::new().await;
    let packed = [("content-encoding", "gzip"), ("content-type", "application/json")];
    let refused = world.post_raw("u1", "/api/events", &packed, b"\x1f\x8b\x08\0\0\0\0\0\0\x03").await;
    assert_eq!((refused.status.as_u16(), refused.header("accept-encoding")), (415, "identity"));
    assert!(refused.json()["message"].as_str().unwrap().contains("Compressed bodies"), "{}", refused.json());

    let form = [("content-encoding", "br"), ("content-type", "multipart/form-data; boundary=b")];
    let refused = world.post_raw("u1", "/api/media", &form, b"...").await;
    assert_eq!((refused.status.as_u16(), refused.header("accept-encoding")), (415, "identity"));

    let plain = [("content-encoding", "identity"), ("content-type", "application/json")];
    let refused = world.post_raw("u1", "/api/events", &plain, b"{").await;
    assert_eq!(refused.status, 400, "read, and found to be no JSON");
}

#[actix_web::test]
async fn sec_42_large_and_deep_bodies_and_many_requests_are_refused() {
    let world = World::with(|settings| WebSettings { requests_per_minute: 3, ..settings }).await;
    let large = json!({ "title": "x".repeat(70_000) });
    assert_eq!(world.post("u1", "/api/events", large).await.status, 413);
    let deep: Value = serde_json::from_str(&format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40))).unwrap();
    assert_eq!(world.post("u1", "/api/events", deep).await.status, 400);
    world.get("u1", "/api/events").await;
    let limited = world.get("u1", "/api/events").await;
    assert_eq!((limited.status.as_u16(), limited.header("retry-after")), (429, "60"));
    assert_eq!(world.get("u2", "/api/events").await.status, 200);
}

#[actix_web::test]
async fn sec_43_answers_carry_security_headers_and_cors_names_one_origin() {
    let world = World::new().await;
    let health = world.get("u1", "/api/health").await;
    assert_eq!(health.json()["status"], "UP");
    assert_eq!(health.header("x-content-type-options"), "nosniff");
    assert!(health.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(health.header("strict-transport-security").contains("max-age"));

    let preflight = |origin: &'static str| {
        let request = TestRequest::with_uri("/api/events").method(Method::OPTIONS).insert_header(("origin", origin));
        let request = request.insert_header(("access-control-request-method", "PUT"));
        world.send(
            request.insert_header(("access-control-request-headers", "authorization,content-type,idempotency-key")),
        )
    };
    let allowed = preflight("http://localhost:3000").await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
}

#[actix_web::test]
async fn a_scheduled_posts_body_is_a_posts_and_a_time() {
    let world = World::new().await;
    let schemas = world.get("u1", "/openapi.json").await.json()["components"]["schemas"].clone();
    let (mut now, mut scheduled) = (schemas["PostRequest"].clone(), schemas["ScheduleRequest"].clone());
    assert_eq!(scheduled["additionalProperties"], false);
    assert_eq!(scheduled["required"], json!(["platform", "scheduledFor"]));
    assert_eq!(scheduled["properties"]["scheduledFor"]["format"], "date-time");
    scheduled["properties"].as_object_mut().unwrap().remove("scheduledFor");
    for schema in [&mut now, &mut scheduled] {
        schema.as_object_mut().unwrap().retain(|member, _| member == "properties");
    }
    assert_eq!(now, scheduled);
}

#[actix_web::test]
async fn the_description_names_every_problem_and_closes_every_body() {
    let world = World::new().await;
    let api = world.get("u1", "/openapi.json").await.json();
    assert_eq!(api["components"]["schemas"]["NewEvent"]["additionalProperties"], false);
    assert!(api["components"]["schemas"]["Problem"]["properties"]["message"].is_object());
    let create = &api["paths"]["/api/events"]["post"];
    for status in ["201", "400", "401", "413", "415", "422", "429", "500", "503"] {
        assert!(create["responses"][status].is_object(), "{status}");
    }
}
