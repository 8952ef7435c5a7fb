use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{
    home::{Hindered, Home, Risk, ShowHome},
    post::TakePulse,
};
use rats_domain::connection::Health;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        frame::{Frame, page},
        local::{When, greeting},
        tile::Tile,
        visitor::Visitor,
    },
};

/// How many of the next posts are shown, and how many beside those that need a look: a page of a hundred kilobytes has room for so many
/// pictures.
const NEXT: usize = 6;
const NEXT_BESIDE: usize = 3;
/// How many of those that need a look are shown.
const ATTENTION: usize = 4;

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
    greeting: &'static str,
    /// The account's handle, if one is connected and works.
    account: Option<String>,
    was_connected: bool,
    risk: Option<RiskView>,
    /// Events that cannot be posted by themselves as things stand.
    hindered: Vec<Hindered>,
    /// How many posts need a look, and the first of them.
    troubled: usize,
    attention: Vec<Tile>,
    next: Vec<Tile>,
    more: usize,
    latest: Vec<Tile>,
    zone: String,
}

/// What the account's token puts at risk.
pub(crate) struct RiskView {
    /// When the token ends; nothing if it is dead.
    pub(crate) ends: Option<When>,
    /// How many posts.
    pub(crate) count: usize,
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
    let said = (asked.done == "removed").then_some("The post was removed.");
    let shown = HomePage::new(&visitor, home, pulse, now);
    Ok(page(StatusCode::OK, &HomePage { frame: shown.frame.saying(said), ..shown }))
}

impl HomePage {
    fn new(visitor: &Visitor, home: Home, pulse: String, now: OffsetDateTime) -> Self {
        let Home { connection, next, attention, latest, risk, hindered } = home;
        let room = if attention.is_empty() { NEXT } else { NEXT_BESIDE };
        let tile = |record| Tile::of(record, &visitor.zone, now);
        Self {
            frame: Frame::new(visitor, "/", "Home").following(pulse),
            greeting: greeting(visitor.zone.local(now).time()),
            was_connected: connection.is_some(),
            account: connection
                .filter(|connection| connection.health == Health::Working)
                .map(|connection| connection.username),
            risk: risk.map(|risk| RiskView::new(&risk, visitor, now)),
            hindered,
            troubled: attention.len(),
            attention: attention.iter().take(ATTENTION).map(tile).collect(),
            more: next.len().saturating_sub(room),
            next: next.iter().take(room).map(tile).collect(),
            latest: latest.iter().map(|row| Tile::of_live(row, &visitor.zone, now)).collect(),
            zone: visitor.zone.name().to_owned(),
        }
    }
}

impl RiskView {
    pub(crate) fn new(risk: &Risk, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let when = |at| When::new(at, &visitor.zone, now);
        Self {
            ends: risk.ends_at.map(when),
            count: risk.posts.len(),
            first: risk.posts.iter().find_map(|record| record.publication.publish_at).map(when),
        }
    }
}
