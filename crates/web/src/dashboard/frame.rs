//! What is around every page.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

use super::visitor::Visitor;
use crate::http::problem::Problem;

/// Nothing but what is ours: no script, style or picture of anybody else, no frame, no form to elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A page of the navigation.
pub(crate) struct Tab {
    /// Where it is.
    pub(crate) path: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// The outline of its icon, in a square of 24.
    pub(crate) icon: &'static str,
    /// Whether a phone has it at the top, not among the few at its bottom.
    pub(crate) aside: bool,
}

const TABS: [Tab; 7] = [
    tab("/", "Home", "M4 11.5 12 5l8 6.500V19a1 1 0 0 1-1 1h-4v-5H9v5H5a1 1 0 0 1-1-1z"),
    tab("/calendar", "Calendar", "M4 6.500h16V20H4zM4 11h16M8 3.500v4M16 3.500v4"),
    tab("/compose", "New post", "M12 5v14M5 12h14"),
    tab(
        "/events",
        "Events",
        "M4 9h16v11H4zM4 9l0 0M12 9v11M3 9V6.5h18V9M12 6.500C9 6.500 7.500 5.500 7.500 4.200S9 2.500 10 3.500 12 6.500 12 6.500s1-2 2-3 2.500-.6 2.500.7S15 6.500 12 6.500z",
    ),
    tab("/analytics", "Analytics", "M4 20h16M7 20v-6M12 20V6M17 20v-9"),
    aside("/accounts", "Accounts", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20a7.500 7.500 0 0 1 15 0"),
    aside(
        "/settings",
        "Settings",
        "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
    ),
];

const fn tab(path: &'static str, name: &'static str, icon: &'static str) -> Tab {
    Tab { path, name, icon, aside: false }
}

const fn aside(path: &'static str, name: &'static str, icon: &'static str) -> Tab {
    Tab { path, name, icon, aside: true }
}

/// What is around a page.
pub(crate) struct Frame {
    /// The page's title.
    pub(crate) title: String,
    /// The path of the tab that it belongs to.
    pub(crate) tab: &'static str,
    /// The user's name, where we know it.
    pub(crate) name: String,
    /// The token of every form on it.
    pub(crate) csrf: String,
    /// What has just been done.
    pub(crate) said: Option<&'static str>,
    /// What the page was made of, where it is to follow what happens.
    pub(crate) pulse: Option<String>,
}

impl Frame {
    /// Around a page of this title that belongs to the tab of this path.
    pub(crate) fn new(visitor: &Visitor, tab: &'static str, title: impl Into<String>) -> Self {
        Self { title: title.into(), tab, name: visitor.name.clone(), csrf: visitor.csrf(), said: None, pulse: None }
    }

    /// The same, with what has just been done, where the page was told that something was.
    pub(crate) fn saying(self, said: Option<&'static str>) -> Self {
        Self { said, ..self }
    }

    /// The same, following what happens from here on. To be asked before the page's own questions, so that nothing falls between.
    pub(crate) fn following(self, pulse: String) -> Self {
        Self { pulse: Some(pulse), ..self }
    }

    /// The pages of the navigation.
    #[expect(clippy::unused_self, reason = "templates call methods of what they are given")]
    pub(crate) fn tabs(&self) -> &'static [Tab] {
        &TABS
    }
}

/// Answers a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    let Ok(body) = template.render() else {
        let problem = Problem::unavailable("The page could not be made. Please try again.");
        return actix_web::ResponseError::error_response(&problem);
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // `no-referrer` would make our own forms carry `Origin: null`.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .body(body)
}

/// Sends the browser to a path of ours.
pub(crate) fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// A path of ours that a request named; Home for whatever else it named.
pub(crate) fn own_path(named: &str) -> &str {
    let is_path = named.starts_with('/') && !named.starts_with("//");
    let is_plain = named.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain && named.len() <= 500 { named } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_04_a_way_on_never_leads_elsewhere() {
        assert_eq!(own_path("/posts/1?tab=2"), "/posts/1?tab=2");
        for evil in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/\t/evil",
        ] {
            assert_eq!(own_path(evil), "/", "{evil:?}");
        }
    }
}
