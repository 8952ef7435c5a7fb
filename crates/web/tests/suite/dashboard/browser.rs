//! A browser with one tab and without scripts.

use actix_web::test::TestRequest;

use crate::world::{Answer, World};

/// Where people reach the dashboard.
pub(crate) const OWN: &str = "https://rats.example";

/// A browser that keeps the session's cookie.
pub(crate) struct Browser<'a> {
    pub(crate) world: &'a World,
    pub(crate) cookie: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, cookie: String::new() }
    }

    /// Registers and is signed in.
    pub(crate) async fn registered(world: &'a World, name: &str) -> Self {
        let mut browser = Self::new(world);
        let email = format!("{name}@example.com");
        let fields = [("username", name), ("email", email.as_str()), ("password", "sentinel-password")];
        let answer = browser.send("/register", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.text());
        browser
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = TestRequest::get().uri(path).insert_header(("accept", "text/html,*/*;q=0.8"));
        self.world.send(request.insert_header(("cookie", self.cookie.as_str()))).await
    }

    /// Sends a form of a page of ours as it is.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_from(Some(OWN), path, fields).await
    }

    /// Sends a form from a page of this origin.
    pub(crate) async fn send_from(&mut self, origin: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = TestRequest::post().uri(path).insert_header(("cookie", self.cookie.as_str()));
        if let Some(origin) = origin {
            request = request.insert_header(("origin", origin));
        }
        let answer = self.world.send(request.set_form(fields)).await;
        self.keep(answer.header("set-cookie"));
        answer
    }

    /// Keeps a cookie, in the place of an older one of its name.
    fn keep(&mut self, header: &str) {
        let Some((cookie, _)) = header.split_once(';') else { return };
        let name = cookie.split('=').next().unwrap();
        let others = self.cookie.split("; ").filter(|kept| !kept.is_empty() && kept.split('=').next() != Some(name));
        self.cookie = others.chain([cookie]).collect::<Vec<_>>().join("; ");
    }

    /// Opens a page and sends a form of it, with the page's token.
    pub(crate) async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token(&self.get(page).await);
        let fields = [&[("csrf", token.as_str())], fields].concat();
        self.send(path, &fields).await
    }
}

/// The token of the page's forms.
pub(crate) fn token(page: &Answer) -> String {
    crate::world::csrf(page)
}

impl Browser<'_> {
    /// Connects an Instagram account, as the dashboard's button does.
    pub(crate) async fn connect(&mut self) {
        let page = self.submit("/accounts", "/accounts/connect", &[]).await.text();
        let state = page.split("state=").nth(1).unwrap()[..64].to_owned();
        let answer = self.get(&format!("/api/social-auth/instagram/callback?code=c&state={state}")).await;
        assert_eq!(answer.header("location"), "/accounts?connected=instagram", "{}", answer.text());
        assert!(answer.header("set-cookie").starts_with("__Host-rats_journey=;"), "the journey has ended");
    }

    /// Creates an event; answers its page's path.
    pub(crate) async fn event(&mut self, title: &str) -> String {
        let fields = [
            ("title", title),
            ("eventType", "birthday"),
            ("date", "2026-12-04"),
            ("recipientName", "Anna"),
            ("recipientRelation", "friend"),
            ("isActive", "on"),
        ];
        let answer = self.submit("/events/new", "/events", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.header("location").split('?').next().unwrap().to_owned()
    }

    /// Sends the compose form, with a picture where there is one.
    pub(crate) async fn compose(&mut self, fields: &[(&str, &str)], file: &str) -> Answer {
        let token = token(&self.get("/compose").await);
        let fields = [&[("csrf", token.as_str())], fields].concat();
        self.send_parts(&fields, file).await
    }

    /// Sends the compose form as it is.
    pub(crate) async fn send_parts(&mut self, fields: &[(&str, &str)], file: &str) -> Answer {
        self.send_parts_to("/compose", fields, file).await
    }

    /// Sends a form with a picture where there is one.
    pub(crate) async fn send_parts_to(&mut self, path: &str, fields: &[(&str, &str)], file: &str) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields: String = fields.iter().map(part).collect();
        let kind = "Content-Type: application/octet-stream";
        let file = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n{kind}\r\n\r\n{file}\r\n--b--\r\n"
        );
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("cookie", self.cookie.as_str()))
            .insert_header(("origin", OWN))
            .insert_header(("content-type", "multipart/form-data; boundary=b"))
            .set_payload(fields + &file);
        self.world.send(request).await
    }

    /// A draft of an event; answers its page's path.
    pub(crate) async fn draft(&mut self, caption: &str) -> String {
        let event = self.event("Anna's birthday").await;
        let id = event.trim_start_matches("/events/");
        let answer = self.compose(&[("event", id), ("caption", caption), ("go", "draft")], "").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.header("location").split('?').next().unwrap().to_owned()
    }
}
