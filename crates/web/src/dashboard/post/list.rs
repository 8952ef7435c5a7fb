use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{
    Refusal,
    post::{ListPosts, NameAccounts, TakePulse},
};
use rats_domain::{
    part::{Part, Span},
    post::{PostList, PostRecord},
};
use serde::Deserialize;
use time::Date;

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        frame::{Frame, page, see},
        local::day_words,
        pages::Pages,
        tile::Tile,
        visitor::Visitor,
    },
    http::moment::parse_day,
};

#[derive(Template)]
#[template(path = "post/list.html")]
struct PostsPage {
    frame: Frame,
    show: &'static str,
    lists: [(&'static str, &'static str); 3],
    lead: String,
    total: u64,
    posts: Vec<Tile>,
    pages: Pages,
    zone: String,
}

/// The lists that are always there, and what a person calls them.
const LISTS: [(&str, &str); 3] =
    [("waiting", "Going out"), ("attention", "Needs a look"), ("drafts", "Drafts and cancelled")];

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    day: String,
    page: String,
}

/// Which posts are shown.
#[derive(Clone, Copy)]
enum Show {
    Waiting,
    Attention,
    AtRisk,
    Drafts,
    Day(Date),
}

/// `GET /posts`: all of the posts that other pages show the first of.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let (ports, now) = (api.ports(), api.ports().clock.now());
    let (show, number) = (asked.show(), Pages::asked(&asked.page));
    let pulse = TakePulse(ports.clone()).run(&visitor.user).await?;
    let found = show.find(&api, &visitor, Pages::span(number)).await?;
    if found.items.is_empty() && number > 1 {
        // They have become fewer since.
        return Ok(see(show.base().trim_end_matches(['?', '&'])));
    }
    let accounts = NameAccounts(ports.clone()).run(&found.items).await?;
    let shown = PostsPage {
        frame: Frame::new(&visitor, "/", show.title()).following(pulse),
        show: show.word(),
        lists: LISTS,
        lead: show.lead(visitor.zone().day(now)),
        pages: Pages::new(show.base(), number, found.total),
        total: found.total,
        posts: found.items.iter().map(|record| Tile::of(record, &accounts, visitor.zone(), now)).collect(),
        zone: visitor.zone().name().to_owned(),
    };
    Ok(page(StatusCode::OK, &shown))
}

impl Asked {
    fn show(&self) -> Show {
        match (self.show.as_str(), parse_day(&self.day)) {
            ("attention", _) => Show::Attention,
            ("at-risk", _) => Show::AtRisk,
            ("drafts", _) => Show::Drafts,
            ("day", Some(day)) => Show::Day(day),
            _ => Show::Waiting,
        }
    }
}

impl Show {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Attention => "attention",
            Self::AtRisk => "at-risk",
            Self::Drafts => "drafts",
            Self::Day(_) => "day",
        }
    }

    fn base(self) -> String {
        match self {
            Self::Day(day) => format!("/posts?show=day&day={day}&"),
            other => format!("/posts?show={}&", other.word()),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Waiting => "Going out".into(),
            Self::Attention => "Needs a look".into(),
            Self::AtRisk => "In danger".into(),
            Self::Drafts => "Drafts and cancelled".into(),
            Self::Day(day) => format!("{}, {} {} {}", day.weekday(), day.day(), day.month(), day.year()),
        }
    }

    fn lead(self, today: Date) -> String {
        match self {
            Self::Waiting => "What goes out by itself, the soonest first.".into(),
            Self::Attention => "What is not simply on its way, or failed within a week; the most urgent first.".into(),
            Self::AtRisk => "What cannot go out unless the account is connected again, the soonest first.".into(),
            Self::Drafts => "What has no time, or was cancelled; the newest first.".into(),
            Self::Day(day) => format!("{}, in the order in which it went out or is to.", day_words(day, today)),
        }
    }

    async fn find(self, api: &Api, visitor: &Visitor, span: Span) -> Result<Part<PostRecord>, Refusal> {
        let (list, user) = (ListPosts(api.ports().clone()), &visitor.user);
        match self {
            Self::Waiting => list.part(user, &PostList::OnTheirWay, span).await,
            Self::Attention => list.troubled(user, span).await,
            Self::AtRisk => list.at_risk(user, span).await,
            Self::Drafts => list.part(user, &PostList::Drafts, span).await,
            Self::Day(day) => {
                let beyond = || Refusal::field("day", "This day is too close to an end of the calendar.");
                let start = |day| visitor.zone().start_of(day).ok_or_else(beyond);
                let (from, until) = (start(day)?, start(day.next_day().ok_or_else(beyond)?)?);
                list.part(user, &PostList::Between { from, until }, span).await
            }
        }
    }
}
