//! Whether an event is posted by itself: the switch on its page.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use rats_application::{
    auto_post::{NextPost, NextPosts, PostAgain},
    event::{EditEvent, FindEvent},
};
use rats_domain::{
    event::{AutoPost, Event, EventDetails},
    id::EventId,
};
use time::{OffsetDateTime, Time};

use super::show::shown;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::see,
        local::When,
        sentence::Sentence,
        visitor::Visitor,
    },
    http::{
        moment,
        problem::{Fault, Problem},
    },
};

/// What becomes of the event next.
pub(crate) struct NextView {
    pub(crate) when: Option<When>,
    pub(crate) post: Option<String>,
    /// Whether this year's is over, or was taken back: the next one is another year's, unless the person asks for another.
    pub(crate) is_over: bool,
    /// The post before it, which failed.
    pub(crate) failed: Option<String>,
    pub(crate) problem: Option<Sentence>,
}

impl NextView {
    fn new(next: NextPost, visitor: &Visitor, now: OffsetDateTime) -> Self {
        Self {
            when: next.at.map(|at| When::new(at, visitor.zone(), now)),
            post: next.post.map(|post| post.to_string()),
            is_over: next.is_over,
            failed: next.failed.map(|post| post.to_string()),
            problem: next.problem.map(|problem| Sentence::new(&problem.message, visitor.zone())),
        }
    }
}

/// What becomes of the event next, where it is posted by itself.
pub(super) async fn next(api: &Api, visitor: &Visitor, event: &Event) -> Result<Option<NextView>, Failure> {
    let next = NextPosts(api.ports().clone()).run(&visitor.user, std::slice::from_ref(event)).await?;
    let now = api.ports().clock.now();
    Ok(next.into_values().next().map(|next| NextView::new(next, visitor, now)))
}

/// The switch as it stands.
pub(super) fn filled(auto_post: &AutoPost) -> Form {
    let enabled = if auto_post.enabled { "on" } else { "" };
    Form::of([("enabled", enabled.to_owned()), ("at", auto_post.at.map(moment::wire_time).unwrap_or_default())])
}

/// `POST /events/{id}/auto-post`: text and picture of its own, which other programs may have given, stay.
pub(super) async fn save(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let (SignedForm { visitor, mut form }, id) = (sent, EventId::new(id.into_inner()));
    let done = match time_of_day(form.value("at")) {
        Ok(at) => {
            let enabled = form.value("enabled") == "on";
            let switched = |before: EventDetails| {
                let auto_post = AutoPost { enabled, at, ..before.auto_post.clone() };
                Ok(EventDetails { auto_post, ..before })
            };
            EditEvent(api.ports().clone()).run(&visitor.user, &id, switched).await.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(event) => {
            let word = if event.details.auto_post.enabled { "posts-itself" } else { "posts-nothing" };
            Ok(see(&format!("/events/{id}?done={word}")))
        }
        Err(problem) => {
            form.faulted(problem, &["at"])?;
            let event = FindEvent(api.ports().clone()).run(&visitor.user, &id).await?;
            shown(&api, &visitor, event, form, None).await
        }
    }
}

/// `POST /events/{id}/post-again`: another post for a year whose own is over.
pub(super) async fn again(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = EventId::new(id.into_inner());
    PostAgain(api.ports().clone()).run(&sent.visitor.user, &id).await?;
    Ok(see(&format!("/events/{id}?done=posts-again")))
}

/// The time that was filled in; none where the user's own is meant.
fn time_of_day(text: &str) -> Result<Option<Time>, Problem> {
    let text = text.trim();
    // Some browsers add seconds.
    let minutes = text.get(..5).unwrap_or(text);
    match moment::parse_time(minutes) {
        _ if text.is_empty() => Ok(None),
        Some(time) => Ok(Some(time)),
        None => {
            let message = "Give a time of day from 00:00 to 23:59, or nothing for your usual time.";
            Err(Problem::invalid(vec![Fault::new("at", message)]))
        }
    }
}
