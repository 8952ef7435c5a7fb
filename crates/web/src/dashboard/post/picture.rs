use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use rats_application::{
    Refusal,
    picture::{PictureChoice, UploadPicture},
    post::{Change, EditPost, PostChanges},
};
use rats_domain::{
    id::PostId,
    picture::{CardLook, Fit},
};

use super::act::after;
use crate::{
    Api,
    dashboard::{failure::Failure, form::SignedForm, multipart::FileForm},
};

/// The word for a card in the look that the user prefers.
pub(super) const BY_SETTINGS: &str = "settings";

/// `POST /posts/{id}/picture`: another picture, the person's own or the event's card.
pub(super) async fn change(
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let FileForm { sent, file } = FileForm::read(&api, &request, payload).await?;
    let id = PostId::new(id.into_inner());
    let done = match file {
        Some(file) => own(&api, &sent, &id, file.as_ref().into()).await,
        None => card(&api, &sent, &id).await,
    };
    after(&api, sent, &id, "pictured", done).await
}

async fn own(api: &Api, sent: &SignedForm, id: &PostId, file: Arc<[u8]>) -> Result<(), Refusal> {
    let fit = Fit::parse(sent.form.value("fit")).unwrap_or_default();
    let picture = UploadPicture(api.ports().clone()).run(&sent.visitor.user, file, fit, None).await?;
    edit(api, sent, id, PictureChoice::Uploaded(picture.id)).await
}

async fn card(api: &Api, sent: &SignedForm, id: &PostId) -> Result<(), Refusal> {
    let look = CardLook::parse(sent.form.value("look"));
    if look.is_none() && sent.form.value("look") != BY_SETTINGS {
        return Err(Refusal::field("file", "Choose a picture first."));
    }
    edit(api, sent, id, PictureChoice::Card(look)).await
}

async fn edit(api: &Api, sent: &SignedForm, id: &PostId, picture: PictureChoice) -> Result<(), Refusal> {
    let changes = PostChanges { picture: Some(picture), ..PostChanges::default() };
    let version = sent.form.seen();
    let edit = EditPost(api.ports().clone());
    edit.run(&sent.visitor.user, id, &changes, &Change::Keep, version).await.map(|_| ())
}
