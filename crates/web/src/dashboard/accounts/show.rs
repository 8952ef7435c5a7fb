use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{
    connect::{AccountHealth, ShowAccount},
    post::{ListPosts, NameAccounts, TakePulse},
};
use rats_domain::{
    connection::{Feature, Health},
    part::Span,
    post::PostRecord,
    publication::Stage,
    quota::CAUTIOUS_TOTAL,
};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    Api,
    dashboard::{
        analytics::{AccountFigure, account_figures},
        failure::Failure,
        frame::{Frame, page},
        home::RiskView,
        local::{When, span_words},
        sentence::Sentence,
        visitor::Visitor,
    },
};

/// How many posts that need a look are looked at for the account that they wait for.
const LOOKED_AT: usize = 50;

#[derive(Template)]
#[template(path = "accounts/accounts.html")]
struct AccountsPage {
    frame: Frame,
    trouble: &'static str,
    /// Other accounts that posts wait for.
    others: Vec<String>,
    account: Option<AccountView>,
}

struct AccountView {
    username: String,
    health: Health,
    connected: When,
    token: Option<(When, String)>,
    used: u32,
    total: u32,
    is_told: bool,
    features: Vec<FeatureView>,
    is_whole: bool,
    may_publish: bool,
    /// Why nothing goes out for a while, although it works.
    rest: Option<Sentence>,
    risk: Option<RiskView>,
    /// Its own numbers of the last four weeks.
    figures: Vec<AccountFigure>,
}

/// Something that a person allows, or does not.
struct FeatureView {
    name: &'static str,
    gives: &'static str,
    granted: bool,
}

/// What the page is told by its address: how a journey to Instagram ended, or what was done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    connected: String,
    error: String,
    reason: String,
    done: String,
}

/// `GET /accounts`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let now = api.ports().clock.now();
    let pulse = TakePulse(api.ports().clone()).run(&visitor.user).await?;
    let found = ShowAccount(api.ports().clone()).run(&visitor.user).await?;
    let account = found.map(|found| AccountView::new(found, &api.ports().settings.asked, &visitor, now));
    let others = others(&api, &visitor, account.as_ref().map(|account| account.username.as_str())).await?;
    let shown = AccountsPage {
        others,
        frame: Frame::new(&visitor, "/accounts", "Accounts").saying(asked.said(account.as_ref())).following(pulse),
        trouble: asked.trouble(),
        account,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Which other accounts than the user's `own` the first posts that need a look wait for.
async fn others(api: &Api, visitor: &Visitor, own: Option<&str>) -> Result<Vec<String>, Failure> {
    let ports = api.ports();
    let troubled = ListPosts(ports.clone()).troubled(&visitor.user, Span::first(LOOKED_AT)).await?;
    let waits = |record: &PostRecord| record.publication.stage == Stage::Held;
    let waiting: Vec<PostRecord> = troubled.items.into_iter().filter(waits).collect();
    let accounts: BTreeSet<String> = NameAccounts(ports.clone()).run(&waiting).await?.into_values().collect();
    Ok(accounts.into_iter().filter(|account| Some(account.as_str()) != own).collect())
}

impl Asked {
    fn said(&self, account: Option<&AccountView>) -> Option<&'static str> {
        match (self.connected.as_str(), self.done.as_str()) {
            ("instagram", _) if account.is_some_and(|account| !account.may_publish) => {
                Some("Instagram is connected, but without leave to publish: no post can go out yet.")
            }
            ("instagram", _) if account.is_some_and(|account| account.rest.is_some()) => {
                Some("Instagram is connected. Nothing goes out as long as the account rests; why is told below.")
            }
            ("instagram", _) => Some("Instagram is connected. Posts that waited for this account go on by themselves."),
            (_, "disconnected") => Some(
                "The account was disconnected and its access deleted. Scheduled posts wait. One that was being published at that moment may be live; its page tells.",
            ),
            _ => None,
        }
    }

    /// Why Instagram was not connected.
    fn trouble(&self) -> &'static str {
        if self.error.is_empty() {
            return "";
        }
        match self.reason.as_str() {
            "denied" => "You did not allow it on Instagram’s page.",
            "declined" => "You said that it was not you.",
            "state" => "This login was used before, began elsewhere, or took longer than ten minutes. Begin again.",
            "expired" => "It took longer than ten minutes. Begin again.",
            "scope" => "You allowed nothing on Instagram’s page. Begin again and leave the boxes ticked.",
            "linked_elsewhere" => {
                "Another RATS user has this account connected. It has to be disconnected there first."
            }
            "exchange" => "Instagram did not accept the login. Begin again.",
            "profile" => {
                "Instagram did not show the profile, or it is a personal one. Change it into a business or creator account in the Instagram app; that is free."
            }
            _ => "Instagram, or our database, does not answer. Try again in a while.",
        }
    }
}

impl AccountView {
    fn new(found: AccountHealth, asked: &[Feature], visitor: &Visitor, now: OffsetDateTime) -> Self {
        let AccountHealth { connection, used, total, rest, risk, numbers } = found;
        let rest = rest.filter(|_| connection.health == Health::Working);
        let features: Vec<_> =
            asked.iter().map(|feature| FeatureView::new(*feature, connection.features.contains(feature))).collect();
        Self {
            username: connection.username,
            health: connection.health,
            connected: When::new(connection.connected_at, visitor.zone(), now),
            token: connection
                .token
                .map(|token| (When::new(token.expires_at, visitor.zone(), now), span_words(token.expires_at - now))),
            used,
            total: total.unwrap_or(CAUTIOUS_TOTAL),
            is_told: total.is_some(),
            is_whole: features.iter().all(|feature| feature.granted),
            may_publish: connection.features.contains(&Feature::Publish),
            features,
            rest: rest.map(|rest| Sentence::new(&rest, visitor.zone())),
            risk: risk.map(|risk| RiskView::new(&risk, visitor, now)),
            figures: account_figures(&numbers),
        }
    }

    fn is_working(&self) -> bool {
        self.health == Health::Working
    }

    /// Whether it is the person's, with leave that was given or has to be given again.
    fn has_access(&self) -> bool {
        matches!(self.health, Health::Working | Health::NeedsReconnect)
    }

    fn status(&self) -> (&'static str, &'static str) {
        match self.health {
            Health::Working if self.rest.is_some() => ("Resting", "attention"),
            Health::Working if !self.may_publish => ("Cannot publish", "attention"),
            Health::Working if self.is_whole => ("Working", "published"),
            Health::Working => ("Working, with less than was asked for", "attention"),
            Health::NeedsReconnect => ("To be connected again", "attention"),
            Health::Disconnected => ("Disconnected", ""),
            Health::LinkedElsewhere => ("Now linked by another RATS user", ""),
        }
    }
}

impl FeatureView {
    fn new(feature: Feature, granted: bool) -> Self {
        let (name, gives) = match feature {
            Feature::Basic => ("Profile and posts", "shows the account’s name and recognises what is live"),
            Feature::Publish => ("Publishing", "lets posts go out"),
            Feature::Insights => {
                ("Insights", "brings reach, views, shares and saves; without it only likes and comments are known")
            }
            Feature::Comments => ("Comments", "lets comments be read and answered"),
        };
        Self { name, gives, granted }
    }
}
