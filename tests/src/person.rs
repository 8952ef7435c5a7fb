//! A person with a browser.

use reqwest::{Method, RequestBuilder, Response, StatusCode, header, multipart};
use serde_json::{Value, json};

use crate::world::sentinel;

/// A signed-in user of the product at an address.
pub struct Person {
    /// Where the API is.
    pub address: String,
    /// Their RATS token.
    pub token: String,
    /// Their browser: it follows no redirects by itself and keeps no cookies.
    pub browser: reqwest::Client,
}

/// A browser that follows no redirects by itself.
#[must_use]
pub fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

impl Person {
    /// Registers and signs in.
    pub async fn register(address: &str, name: &str) -> Self {
        let browser = browser();
        let email = format!("{name}@rats.example");
        let body = json!({"email": email, "password": sentinel::PASSWORD, "username": name});
        let answer = browser.post(format!("{address}/api/auth/register")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED, "{}", answer.text().await.unwrap_or_default());
        Self::sign_in(address, name).await
    }

    /// Signs in who registered under this name.
    pub async fn sign_in(address: &str, name: &str) -> Self {
        let browser = browser();
        let body = json!({"email": format!("{name}@rats.example"), "password": sentinel::PASSWORD});
        let answer = browser.post(format!("{address}/api/auth/login")).json(&body).send().await.expect("an answer");
        let value: Value = answer.json().await.expect("json");
        let token = value["token"].as_str().expect("a token").to_owned();
        Self { address: address.to_owned(), token, browser }
    }

    /// A request in their name.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.browser.request(method, format!("{}{path}", self.address)).bearer_auth(&self.token)
    }

    /// GETs and reads JSON.
    pub async fn get(&self, path: &str) -> Value {
        read(self.request(Method::GET, path).send().await.expect("an answer")).await.1
    }

    /// Sends JSON, reads the status and JSON.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        read(self.request(method, path).json(body).send().await.expect("an answer")).await
    }

    /// POSTs JSON, reads the status and JSON.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send(Method::POST, path, body).await
    }

    /// DELETEs, reads the status and JSON.
    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        read(self.request(Method::DELETE, path).send().await.expect("an answer")).await
    }

    /// Uploads a picture; reads the status, the content type and JSON.
    pub async fn upload(&self, file: Vec<u8>, fit: &'static str) -> (StatusCode, String, Value) {
        // Neither name nor type is true: only the bytes count.
        let part = multipart::Part::bytes(file).file_name("holiday.png").mime_str("image/png").expect("a type");
        let form = multipart::Form::new().part("file", part).text("fit", fit);
        let answer = self.request(Method::POST, "/api/media").multipart(form).send().await.expect("an answer");
        let kind = answer.headers()[header::CONTENT_TYPE].to_str().expect("a text").to_owned();
        let (status, value) = read(answer).await;
        (status, kind, value)
    }

    /// Begins to connect: Instagram's login address.
    pub async fn auth_url(&self) -> String {
        let value = self.get("/api/social-auth/instagram/auth-url").await;
        value["authUrl"].as_str().expect("an address").to_owned()
    }

    /// Connects a demo account, confirming on our page.
    pub async fn connect(&self, account: &str) {
        let callback = self.consent(&self.auth_url().await, account, "approve").await;
        let cookie = self.follow_callback(&callback).await.expect("a pending connection");
        let end = self.decide(&cookie, "connect").await;
        assert!(end.ends_with("/settings/social-accounts?connected=instagram"), "{end}");
    }

    /// Decides on Instagram's consent page; answers where Instagram sends the browser.
    pub async fn consent(&self, auth_url: &str, account: &str, decision: &str) -> String {
        let form = [("account", account), ("decision", decision)];
        let answer = self.browser.post(auth_url).form(&form).send().await.expect("an answer");
        location(&answer)
    }

    /// Allows only some of what is asked for; answers where Instagram sends the browser.
    pub async fn consent_to(&self, auth_url: &str, account: &str, scopes: &[&str]) -> String {
        let mut form = vec![("account", account), ("decision", "approve"), ("choices", "shown")];
        form.extend(scopes.iter().map(|scope| ("grant", *scope)));
        let answer = self.browser.post(auth_url).form(&form).send().await.expect("an answer");
        location(&answer)
    }

    /// Opens the callback as the browser does; answers the cookie that names what is pending, or else where it ended.
    pub async fn follow_callback(&self, callback: &str) -> Result<String, String> {
        let answer = self.browser.get(callback).send().await.expect("an answer");
        let target = location(&answer);
        let cookie =
            answer.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok()).map(str::to_owned);
        match cookie {
            Some(cookie) if target.ends_with("/connect/confirm") => {
                Ok(cookie.split(';').next().unwrap_or_default().to_owned())
            }
            _ => Err(target),
        }
    }

    /// The confirmation page of what is pending.
    pub async fn confirm_page(&self, cookie: &str) -> (StatusCode, String) {
        let answer = self
            .browser
            .get(format!("{}/connect/confirm", self.address))
            .header(header::COOKIE, cookie)
            .send()
            .await
            .expect("an answer");
        (answer.status(), answer.text().await.expect("a page"))
    }

    /// Decides on our confirmation page; answers where the journey ends.
    pub async fn decide(&self, cookie: &str, decision: &str) -> String {
        let (status, page) = self.confirm_page(cookie).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let csrf =
            page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a CSRF token");
        let form = [("decision", decision), ("csrf", csrf)];
        let request = self.browser.post(format!("{}/connect/confirm", self.address)).header(header::COOKIE, cookie);
        location(&request.form(&form).send().await.expect("an answer"))
    }

    /// Whether the settings page shows Instagram as connected.
    pub async fn is_connected(&self) -> bool {
        self.get("/api/social-auth/connected-accounts").await["connectedAccounts"]["instagram"]
            .as_bool()
            .expect("a flag")
    }

    /// Creates an event for tomorrow and answers it.
    pub async fn event(&self, recipient: &str) -> Value {
        let tomorrow = tomorrow();
        let body = json!({
            "title": format!("{recipient}’s birthday"), "eventType": "birthday", "date": tomorrow.to_string(),
            "recipientName": recipient, "recipientRelation": "friend", "socialMediaHandles": {"instagram": "anna", "facebook": ""},
            "recipientContact": {"email": "", "phone": ""}, "notes": "", "reminderDays": [1, 7], "isRecurring": true,
        });
        let (status, event) = self.post("/api/events", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{event}");
        event
    }

    /// Presses "test".
    pub async fn test(&self, event: &Value) -> (StatusCode, Value) {
        let id = event["_id"].as_str().expect("an id");
        self.post(&format!("/api/events/{id}/test-message"), &json!({"platform": "instagram"})).await
    }

    /// The post, asked for until `done` says yes.
    pub async fn post_until(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
        let end = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
        loop {
            let post = self.get(&format!("/api/social-media/posts/{id}")).await["post"].clone();
            if done(&post) {
                return post;
            }
            assert!(tokio::time::Instant::now() < end, "it took too long: {post:#}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the day as a person's calendar shows it")]
fn tomorrow() -> time::Date {
    (time::OffsetDateTime::now_utc() + time::Duration::days(1)).date()
}

/// The status and the JSON of an answer.
pub async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}, not JSON: {text}")))
}

/// Where an answer redirects to.
#[must_use]
pub fn location(answer: &Response) -> String {
    let target = answer.headers().get(header::LOCATION).and_then(|target| target.to_str().ok());
    target.unwrap_or_else(|| panic!("no redirect: {}", answer.status())).to_owned()
}
