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
        self.world.send(TestRequest::get().uri(path).insert_header(("cookie", self.cookie.as_str()))).await
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
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            cookie.clone_into(&mut self.cookie);
        }
        answer
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
