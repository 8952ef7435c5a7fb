//! A sandbox and a person in front of it.

use std::time::Duration;

use rats_tests::{Sandbox, person::Person, sentinel};
use time::{OffsetDateTime, Time, macros::format_description};

use crate::page::{Page, Width};

/// A minute.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// A sandbox, and one page before which a new person sits.
pub(crate) struct Visit {
    pub(crate) sandbox: Sandbox,
    pub(crate) page: Page,
}

impl Visit {
    /// Starts a sandbox at the tenth of a month, 8:00 UTC, so that whatever the day the tests run on, the days around are in one month; and opens an
    /// empty page.
    pub(crate) async fn begin(width: Width) -> Self {
        let sandbox = Sandbox::start(&[
            // A test asks for more in a minute than a person does.
            ("REQUESTS_PER_MINUTE", "100000"),
            ("LOGINS_PER_MINUTE", "1000"),
            // What became of an unclear post is waited for on a clock that nobody turns.
            ("LEASE", "8"),
            ("GRACE", "1"),
            ("WITNESS_WINDOW", "1"),
        ]);
        sandbox.turn_to(the_tenth_after(sandbox.now().await)).await;
        let page = Page::open(&sandbox.address, width).await;
        Self { sandbox, page }
    }

    /// Makes an account on the page for it; leaves the person at Home.
    pub(crate) async fn register(&self, name: &str) {
        self.page.go("/register").await;
        self.page.fill("Your name", name).await;
        self.page.fill("E-mail address", &email(name)).await;
        self.page.fill("Password", sentinel::PASSWORD).await;
        self.page.press("Make the account").await;
        self.page.until_at("/").await;
    }

    /// Signs in on the page for it; leaves the person at Home.
    pub(crate) async fn sign_in(&self, name: &str) {
        self.page.go("/sign-in").await;
        self.page.fill("E-mail address", &email(name)).await;
        self.page.fill("Password", sentinel::PASSWORD).await;
        self.page.press("Sign in").await;
        self.page.until_at("/").await;
    }

    /// The same person before RATS' own frontend, signed in anew.
    pub(crate) async fn person(&self, name: &str) -> Person {
        Person::sign_in(&self.sandbox.address, name).await
    }

    /// Adds an event on its page, on a day; answers its path.
    pub(crate) async fn add_event(&self, title: &str, day: &str) -> String {
        self.page.go("/events/new").await;
        self.page.fill("What is celebrated", title).await;
        self.page.choose("Day", day).await;
        self.page.fill("Whom it is about", "Nonna Rosa").await;
        self.page.fill("What they are to you", "grandmother").await;
        self.page.press("Keep the event").await;
        self.page.until_shows("The event is kept.").await;
        self.page.value("location.pathname").await.as_str().expect("a path").to_owned()
    }
}

/// The address of a person of this name.
fn email(name: &str) -> String {
    format!("{name}@rats.example")
}

/// A moment as a field for a day and a time takes it.
pub(crate) fn field(moment: OffsetDateTime) -> String {
    moment.format(format_description!("[year]-[month]-[day]T[hour]:[minute]")).expect("a time")
}

fn the_tenth_after(now: OffsetDateTime) -> OffsetDateTime {
    let month_end = now.replace_day(now.month().length(now.year())).expect("the month's last day");
    let tenth = month_end.date().next_day().and_then(|first| first.replace_day(10).ok()).expect("a day");
    tenth.with_time(Time::from_hms(8, 0, 0).expect("a time")).assume_utc()
}
