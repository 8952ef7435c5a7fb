use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use rats_application::{
    Refusal,
    picture::{PictureChoice, UploadPicture},
    post::{PostRequest, PublishNow, SaveDraft, SchedulePost, Scheduled},
};
use rats_domain::{
    id::{EventId, PictureId},
    picture::{CardLook, Fit},
};

use super::show::{shown, shown_beside};
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::see,
        local::parse_field,
        multipart::FileForm,
        visitor::Visitor,
    },
    http::idempotency,
};

/// What the page's form calls what the use cases name.
const FIELDS: [&str; 6] = ["caption", "event", "media", "file", "look", "at"];

/// `POST /compose`: what is filled in is looked at, or saved as the pressed button says. A picture that came with it is kept whatever else is
/// wrong, so that nobody has to choose it again.
pub(super) async fn save(api: Data<Api>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Failure> {
    let FileForm { sent: SignedForm { visitor, mut form }, file } = FileForm::read(&api, &request, payload).await?;
    if let Some(file) = file {
        let fit = Fit::parse(form.value("fit")).unwrap_or_default();
        // The same file that comes again with the form is the same picture.
        let content = idempotency::fingerprint(file.as_ref());
        let route = format!("POST /compose {} {content}", fit.as_str());
        let key = idempotency::of_form(&route, form.value("key"), &content);
        match UploadPicture(api.ports().clone()).run(&visitor.user, file.as_ref().into(), fit, key.as_ref()).await {
            Ok(picture) => form.set("media", picture.id.to_string()),
            Err(refusal) => form.refused(refusal, &FIELDS)?,
        }
    }
    let word = form.value("go").to_owned();
    if form.is_refused() || !["schedule", "now", "draft"].contains(&word.as_str()) {
        return shown(&api, &visitor, form).await;
    }
    if word == "now"
        && let Err(problem) = api.publishes().await
    {
        form.faulted(problem, &FIELDS)?;
        return shown(&api, &visitor, form).await;
    }
    match store(&api, &visitor, &form, &word).await {
        Ok(scheduled) => {
            let id = scheduled.id().clone();
            if word == "now" {
                api.beside().start(&visitor.user, &id);
            }
            let done = if word == "now" { "publishing" } else { "saved" };
            Ok(see(&format!("/posts/{id}?done={done}")))
        }
        Err(Refusal::KeyReused { added }) => {
            // Sent before and changed since: whoever sends it once more wants another post.
            form.set("key", api.ports().random.new_name());
            shown_beside(&api, &visitor, form, Some(format!("/posts/{added}"))).await
        }
        Err(refusal) => {
            form.refused(named_here(refusal), &FIELDS)?;
            shown(&api, &visitor, form).await
        }
    }
}

/// The form carries a key of its own, so that one that is sent twice makes one post.
async fn store(api: &Api, visitor: &Visitor, form: &Form, word: &str) -> Result<Scheduled, Refusal> {
    let (ports, user) = (api.ports().clone(), &visitor.user);
    let given = |name: &str| Some(form.value(name)).filter(|text| !text.trim().is_empty());
    let fit = given("media").and_then(|_| Fit::parse(form.value("fit")));
    let look = CardLook::parse(form.value("look"));
    let request = PostRequest {
        content: given("caption").map(str::to_owned),
        event: given("event").map(EventId::new),
        picture: given("media").map_or(PictureChoice::Card(look), |id| PictureChoice::Uploaded(PictureId::new(id))),
        fit,
    };
    let key =
        idempotency::of_form("POST /compose", form.value("key"), &format!("{request:?} {word} {}", form.value("at")));
    match word {
        "schedule" => {
            let missing = || Refusal::field("scheduledFor", "Give the day and time at which it is to go out.");
            let at = parse_field(form.value("at"), visitor.zone()).ok_or_else(missing)?;
            SchedulePost(ports).run(user, &request, at, key.as_ref()).await
        }
        "now" if given("at").is_some() => Err(Refusal::field(
            "scheduledFor",
            "You gave a time. Schedule the post for it, or clear it to publish the post now.",
        )),
        "now" => PublishNow(ports).run(user, &request, key.as_ref()).await,
        _ if given("at").is_some() => Err(Refusal::field(
            "scheduledFor",
            "You gave a time, and a draft has none. Schedule the post for it, or clear it to keep a draft.",
        )),
        _ => SaveDraft(ports).run(user, &request, key.as_ref()).await,
    }
}

/// The same with the form's own names for what is wrong.
fn named_here(refusal: Refusal) -> Refusal {
    let Refusal::Invalid(mut problems) = refusal else { return refusal };
    for problem in &mut problems {
        (problem.field, problem.message) = match problem.field {
            "content" => ("caption", std::mem::take(&mut problem.message)),
            "scheduledFor" => ("at", std::mem::take(&mut problem.message)),
            "eventId" => ("event", std::mem::take(&mut problem.message)),
            "mediaId" => {
                ("file", "Instagram needs a picture: upload one, or choose an event, whose card we draw.".into())
            }
            other => (other, std::mem::take(&mut problem.message)),
        };
    }
    Refusal::Invalid(problems)
}
