use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use rats_application::{
    Refusal,
    connect::FindConnection,
    post::{FindPost, NameAccounts, ReadMetrics, TakePulse, TellRest},
};
use rats_domain::{id::PostId, picture::CardLook, post::PostRecord, publication::AttentionKind};
use serde::Deserialize;

use super::{
    figure::FiguresView,
    picture::BY_SETTINGS,
    view::{PostPart, Way},
};
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::Form,
        frame::{Frame, page},
        local::field,
        look,
        visitor::Visitor,
    },
};

#[derive(Template)]
#[template(path = "post/post.html")]
struct PostPage {
    frame: Frame,
    post: PostPart,
    figures: Option<FiguresView>,
    /// What is filled in, and what is wrong about it.
    form: Form,
    zone: String,
    /// The largest picture, in bytes.
    most: usize,
    looks: [(CardLook, &'static str); 4],
    by_settings: (&'static str, &'static str),
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

/// `GET /posts/{id}`.
pub(super) async fn show(
    visitor: Visitor,
    api: Data<Api>,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let said = match asked.done.as_str() {
        "edited" => Some("The text was changed."),
        "pictured" => Some("It has another picture."),
        "moved" => Some("It has a new time."),
        "cancelled" => Some("It was cancelled; nothing was published."),
        "publishing" => Some("It is on its way. This page tells what becomes of it."),
        "adopted" => Some("It is recorded as live."),
        "saved" => Some("It is saved."),
        _ => None,
    };
    shown(&api, &visitor, &PostId::new(id.into_inner()), said, None).await
}

/// The page, with a form that was refused where there is one.
pub(super) async fn shown(
    api: &Api,
    visitor: &Visitor,
    id: &PostId,
    said: Option<&'static str>,
    refused: Option<Form>,
) -> Result<HttpResponse, Failure> {
    let (ports, now) = (api.ports(), api.ports().clock.now());
    let pulse = TakePulse(ports.clone()).run(&visitor.user).await?;
    let (record, timeline) = FindPost(ports.clone()).run(&visitor.user, id).await?;
    let waits_for = NameAccounts(ports.clone()).run(std::slice::from_ref(&record)).await?.remove(id);
    let account = FindConnection(ports.clone()).run(&visitor.user).await?.map(|connection| connection.username);
    let figures = match record.receipt {
        Some(_) => Some(FiguresView::new(&ReadMetrics(ports.clone()).run(&visitor.user, id).await?, visitor, now)),
        None => None,
    };
    let at = record.post.scheduled_for.or(record.publication.publish_at);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = refused.unwrap_or_else(|| {
        Form::of([
            ("caption", record.post.caption.as_str().to_owned()),
            ("at", at.map_or_else(String::new, |at| field(at, visitor.zone()))),
        ])
    });
    let post = PostPart::new(&record, timeline, account, waits_for, visitor, now)
        .with_candidates(&form.whole(), visitor.zone());
    let post = match in_its_way(api, &record).await? {
        Some(way) => post.waiting(way, visitor.zone()),
        None => post,
    };
    let frame = Frame::new(visitor, "/", post.title.clone()).saying(said).following(pulse);
    let shown = PostPage {
        frame,
        post,
        figures,
        form,
        zone: visitor.zone().name().to_owned(),
        most: api.settings().upload_bytes,
        looks: look::CHOICES,
        by_settings: (BY_SETTINGS, "As your settings say"),
    };
    Ok(page(status, &shown))
}

/// What a post has to wait for.
async fn in_its_way(api: &Api, record: &PostRecord) -> Result<Option<Way>, Failure> {
    let ports = api.ports();
    let other = match record.attention() {
        None => return Ok(TellRest(ports.clone()).run(record).await?.map(|rest| Way::Rest(rest.message))),
        Some(attention) if attention.kind == AttentionKind::Behind => record.behind.as_ref(),
        Some(_) => None,
    };
    let Some(other) = other else { return Ok(None) };
    // The account may have been another user's, whose post is nothing to see.
    match FindPost(ports.clone()).run(&record.post.user, other).await {
        Ok((other, _)) => Ok(Some(Way::Behind(Box::new(other)))),
        Err(Refusal::NotFound(_)) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}
