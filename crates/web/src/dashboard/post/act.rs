use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use rats_application::{
    Refusal,
    post::{
        AdoptMedia, CancelPost, Cancelled, Change, EditPost, MAY_BE_SHOWN, NOT_SHOWN, PostChanges, PublishPost,
        RepublishPost, RetryPost,
    },
};
use rats_domain::{id::PostId, instagram::MediaName};

use super::show::shown;
use crate::{
    Api,
    dashboard::{failure::Failure, form::SignedForm, frame::see, local::parse_field, visitor::Visitor},
    post::NO_MEDIA,
};

/// What the page's form calls what the use cases name.
const FIELDS: [&str; 4] = ["caption", "at", "platformPostId", "file"];

/// `POST /posts/{id}/edit`: another text.
pub(super) async fn edit(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    let changes = PostChanges { content: Change::Set(sent.form.value("caption").to_owned()), ..PostChanges::default() };
    let edit = EditPost(api.ports().clone());
    let done = edit.run(&sent.visitor.user, &id, &changes, &Change::Keep, sent.form.seen()).await;
    after(&api, sent, &id, "edited", done).await
}

/// `POST /posts/{id}/move`: another time.
pub(super) async fn shift(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    let done = match parse_field(sent.form.value("at"), sent.visitor.zone()) {
        Some(at) => {
            let edit = EditPost(api.ports().clone());
            edit.run(&sent.visitor.user, &id, &PostChanges::default(), &Change::Set(at), sent.form.seen()).await
        }
        None => Err(Refusal::field("scheduledFor", "Give a day and a time, like 2026-12-04 at 10:00.")),
    };
    after(&api, sent, &id, "moved", done).await
}

/// `POST /posts/{id}/cancel`: it does not go out; what was not to go out is removed.
pub(super) async fn cancel(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    match CancelPost(api.ports().clone()).run(&sent.visitor.user, &id, sent.form.seen()).await {
        Ok(Cancelled::Removed) => Ok(see("/?done=removed")),
        done => after(&api, sent, &id, "cancelled", done).await,
    }
}

/// `POST /posts/{id}/publish`: now.
pub(super) async fn publish(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    api.publishes().await?;
    let done = PublishPost(api.ports().clone()).run(&sent.visitor.user, &id, sent.form.seen()).await;
    begun(&api, &sent.visitor, &id, done.is_ok());
    after(&api, sent, &id, "publishing", done).await
}

/// `POST /posts/{id}/retry`: once more.
pub(super) async fn retry(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    api.publishes().await?;
    let done = RetryPost(api.ports().clone()).run(&sent.visitor.user, &id, sent.form.seen()).await;
    begun(&api, &sent.visitor, &id, done.is_ok());
    after(&api, sent, &id, "publishing", done).await
}

/// `POST /posts/{id}/adopt`: it is live, as this one.
pub(super) async fn adopt(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    let done = match MediaName::parse(sent.form.value("platformPostId")) {
        Some(name) => AdoptMedia(api.ports().clone()).run(&sent.visitor.user, &id, &name).await,
        None => Err(Refusal::field("platformPostId", NO_MEDIA)),
    };
    let done = done.map_err(|refusal| match refusal {
        Refusal::Conflict { code: NOT_SHOWN, message } => Refusal::field("platformPostId", message),
        other => other,
    });
    after(&api, sent, &id, "adopted", done).await
}

/// `POST /posts/{id}/republish`: it is not live; again.
pub(super) async fn republish(api: Data<Api>, id: Path<String>, mut sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = PostId::new(id.into_inner());
    let (user, changes) = (&sent.visitor.user, PostChanges::default());
    let anyway = sent.form.value("anyway") == "yes";
    api.publishes().await?;
    let done = RepublishPost(api.ports().clone()).run(user, &id, &changes, sent.form.seen(), anyway).await;
    begun(&api, &sent.visitor, &id, done.is_ok());
    if matches!(done, Err(Refusal::Conflict { code: MAY_BE_SHOWN, .. })) {
        sent.form.set("anyway", "yes".into());
    }
    after(&api, sent, &id, "publishing", done).await
}

fn begun(api: &Api, visitor: &Visitor, id: &PostId, is_accepted: bool) {
    if is_accepted {
        api.beside().start(&visitor.user, id);
    }
}

/// Back to the post; what was refused is said where it was filled in.
pub(super) async fn after<T>(
    api: &Api,
    sent: SignedForm,
    id: &PostId,
    word: &str,
    done: Result<T, Refusal>,
) -> Result<HttpResponse, Failure> {
    let SignedForm { visitor, mut form } = sent;
    let Err(refusal) = done else { return Ok(see(&format!("/posts/{id}?done={word}"))) };
    form.refused(named_here(refusal), &FIELDS)?;
    shown(api, &visitor, id, None, Some(form)).await
}

/// The same with the form's own names for what is wrong.
fn named_here(refusal: Refusal) -> Refusal {
    let Refusal::Invalid(mut problems) = refusal else { return refusal };
    for problem in &mut problems {
        problem.field = match problem.field {
            "content" => "caption",
            "scheduledFor" => "at",
            other => other,
        };
    }
    Refusal::Invalid(problems)
}
