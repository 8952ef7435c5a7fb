use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{
    home::{Hindered, Home, Risk, ShowHome},
    post::{NameAccounts, TakePulse},
};
use rats_domain::{
    connection::{Feature, Health},
    id::PostId,
};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        frame::{Frame, page},
        local::{When, day_words, greeting},
        sentence::Sentence,
        tile::Tile,
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
    greeting: &'static str,
    /// The account's handle, if one is connected and works.
    account: Option<String>,
    was_connected: bool,
    /// Whether the account that works may not publish.
    may_not_publish: bool,
    risk: Option<RiskView>,
    /// The first events that cannot be posted by themselves as things stand, and whether there are more.
    hindered: Vec<HinderedView>,
    are_more_hindered: bool,
    /// How many posts need a look, and the first of them.
    troubled: u64,
    /// How many of those are not shown here.
    others: u64,
    attention: Vec<Tile>,
    next: Vec<Tile>,
    more: u64,
    latest: Vec<Tile>,
    zone: String,
}

/// An event that cannot be posted by itself.
struct HinderedView {
    path: String,
    title: String,
    day: String,
    problem: Sentence,
}

/// What the account's token puts at risk.
pub(crate) struct RiskView {
    /// When the token ends; nothing if it is dead.
    pub(crate) ends: Option<When>,
    /// How many posts.
    pub(crate) count: u64,
    /// When the first of them is to go out.
    pub(crate) first: Option<When>,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
}

/// `GET /`.
pub(crate) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let now = api.ports().clock.now();
    let pulse = TakePulse(api.ports().clone()).run(&visitor.user).await?;
    let home = ShowHome(api.ports().clone()).run(&visitor.user).await?;
    let accounts = NameAccounts(api.ports().clone()).run(&home.attention.items).await?;
    let said = (asked.done == "removed").then_some("The post was removed.");
    let shown = HomePage::new(&visitor, home, &accounts, pulse, now);
    Ok(page(StatusCode::OK, &HomePage { frame: shown.frame.saying(said), ..shown }))
}

impl HomePage {
    fn new(
        visitor: &Visitor,
        home: Home,
        accounts: &BTreeMap<PostId, String>,
        pulse: String,
        now: OffsetDateTime,
    ) -> Self {
        let Home { connection, next, attention, latest, risk, hindered, are_more_hindered } = home;
        let tile = |record| Tile::of(record, accounts, visitor.zone(), now);
        let works = connection.as_ref().filter(|connection| connection.health == Health::Working);
        Self {
            frame: Frame::new(visitor, "/", "Home").following(pulse),
            greeting: greeting(visitor.zone().local(now).time()),
            was_connected: connection.is_some(),
            may_not_publish: works.is_some_and(|connection| !connection.features.contains(&Feature::Publish)),
            account: works.map(|connection| connection.username.clone()),
            risk: risk.map(|risk| RiskView::new(&risk, visitor, now)),
            hindered: hindered.iter().map(|hindered| HinderedView::new(hindered, visitor, now)).collect(),
            are_more_hindered,
            troubled: attention.total,
            others: attention.others(),
            attention: attention.items.iter().map(tile).collect(),
            more: next.others(),
            next: next.items.iter().map(tile).collect(),
            latest: latest.iter().map(|row| Tile::of_live(row, visitor.zone(), now)).collect(),
            zone: visitor.zone().name().to_owned(),
        }
    }
}

impl HinderedView {
    fn new(hindered: &Hindered, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let Hindered { event, problem } = hindered;
        Self {
            path: format!("/events/{}", event.id),
            title: event.details.title.clone(),
            day: day_words(event.details.date, visitor.zone().day(now)),
            problem: Sentence::new(&problem.message, visitor.zone()),
        }
    }
}

impl RiskView {
    pub(crate) fn new(risk: &Risk, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let when = |at| When::new(at, visitor.zone(), now);
        Self {
            ends: risk.ends_at.map(|at| when(at).within()),
            count: risk.posts,
            first: risk.first.map(|at| when(at).within()),
        }
    }
}
