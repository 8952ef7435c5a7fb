use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use rats_application::{
    Refusal,
    event::{CreateEvent, EditEvent, FindEvent},
};
use rats_domain::{
    event::{EventDetails, EventKind},
    id::EventId,
};
use serde_json::{Map, Value, json};

use super::list::kind_words;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::{Frame, page, see},
        visitor::Visitor,
    },
    event::EventChanges,
    http::{
        body::JsonBody,
        idempotency,
        problem::{Fault, Problem},
    },
};

/// The event is not as the form showed it.
const CHANGED: &str = "changed";

/// The fields, by the API's own names: it is the API's own reader that checks them.
const FIELDS: [&str; 13] = [
    "title",
    "eventType",
    "date",
    "recipientName",
    "recipientRelation",
    "recipientContact.email",
    "recipientContact.phone",
    "socialMediaHandles.instagram",
    "socialMediaHandles.facebook",
    "socialMediaHandles.twitter",
    "socialMediaHandles.whatsapp",
    "notes",
    "reminderDays",
];

#[derive(Template)]
#[template(path = "event/edit.html")]
struct EditPage {
    frame: Frame,
    form: Form,
    /// Where the form goes.
    path: String,
    is_new: bool,
    kinds: [(&'static str, &'static str); 4],
    /// The event that an earlier sending of this form made, if it was sent before.
    made: Option<String>,
}

/// `GET /events/new`.
pub(super) async fn new(visitor: Visitor, api: Data<Api>) -> HttpResponse {
    let on = || "on".to_owned();
    let key = api.ports().random.new_name();
    let form = Form::of([("reminderDays", "1, 7".into()), ("isRecurring", on()), ("isActive", on()), ("key", key)]);
    shown(&visitor, None, form, None)
}

/// `GET /events/{id}/edit`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, id: Path<String>) -> Result<HttpResponse, Failure> {
    let id = EventId::new(id.into_inner());
    let event = FindEvent(api.ports().clone()).run(&visitor.user, &id).await?;
    Ok(shown(&visitor, Some(&id), filled(&event.details), None))
}

/// `POST /events`. The form carries a key of its own, so that one that is sent twice makes one event.
pub(super) async fn create(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let SignedForm { visitor, mut form } = sent;
    let body = members(&form);
    let key = idempotency::of_form("POST /events", form.value("key"), &json!(body).to_string());
    let done = match EventChanges::read_new(JsonBody::of(body), &api.ports().settings.caption) {
        Ok(details) => match CreateEvent(api.ports().clone()).run(&visitor.user, details, key.as_ref()).await {
            Err(Refusal::KeyReused { added }) => {
                // Sent before and changed since: whoever sends it once more wants another event.
                form.set("key", api.ports().random.new_name());
                return Ok(shown(&visitor, None, form, Some(format!("/events/{added}"))));
            }
            done => done.map_err(Problem::from),
        },
        Err(problem) => Err(problem),
    };
    match done {
        Ok(event) => Ok(see(&format!("/events/{}?done=created", event.id))),
        Err(problem) => {
            form.faulted(problem, &FIELDS)?;
            Ok(shown(&visitor, None, form, None))
        }
    }
}

/// `POST /events/{id}`.
pub(super) async fn save(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let (SignedForm { visitor, mut form }, id) = (sent, EventId::new(id.into_inner()));
    let changes = match EventChanges::read(JsonBody::of(members(&form)), &api.ports().settings.caption) {
        Ok(changes) => changes,
        Err(problem) => {
            form.faulted(problem, &FIELDS)?;
            return Ok(shown(&visitor, Some(&id), form, None));
        }
    };
    let change = |before: EventDetails| {
        let seen = form.value("seen");
        let is_as_seen = seen.is_empty() || seen == filled(&before).value("seen");
        if is_as_seen {
            Ok(changes.apply(before))
        } else {
            Err(Refusal::conflict(CHANGED, "It was changed meanwhile."))
        }
    };
    let message = FindEvent(api.ports().clone()).run(&visitor.user, &id).await?.message;
    match EditEvent(api.ports().clone()).run(&visitor.user, &id, change).await {
        Ok(event) => {
            let done = if event.message == message { "saved" } else { "rewritten" };
            return Ok(see(&format!("/events/{}?done={done}", event.id)));
        }
        Err(Refusal::Conflict { code: CHANGED, .. }) => {
            let now = filled(&FindEvent(api.ports().clone()).run(&visitor.user, &id).await?.details);
            form.faulted(Problem::invalid(differences(&form, &now)), &FIELDS)?;
            form.set("seen", now.value("seen").to_owned());
        }
        Err(refusal) => form.refused(refusal, &FIELDS)?,
    }
    Ok(shown(&visitor, Some(&id), form, None))
}

/// What saving this form would undo, where somebody changed the event since it was opened.
fn differences(form: &Form, now: &Form) -> Vec<Fault> {
    let text = "The event was changed since this page was opened: in another window, by another program, or because its day was over. \
                What you wrote is kept below, with what the event says now wherever that is different. Save it again to have it your way.";
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("“{text}”") };
    let fields = FIELDS.iter().filter(|name| !is_same(name, form.value(name), now.value(name)));
    let fields = fields.map(|name| Fault::new(*name, format!("The event says {} now.", shown(now.value(name)))));
    let flags = [("isRecurring", "comes back every year"), ("isActive", "reminds you")].into_iter();
    let flags = flags.filter(|(name, _)| form.value(name) != now.value(name)).map(|(name, what)| {
        let negation = if now.value(name) == "on" { "now" } else { "now no longer" };
        Fault::new("", format!("It {negation} {what}."))
    });
    std::iter::once(Fault::new("", text)).chain(flags).chain(fields).collect()
}

fn shown(visitor: &Visitor, id: Option<&EventId>, form: Form, made: Option<String>) -> HttpResponse {
    let status = if form.is_refused() || made.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = if id.is_some() { "Change the event" } else { "A new event" };
    let shown = EditPage {
        frame: Frame::new(visitor, "/events", title),
        form,
        path: id.map_or_else(|| "/events".into(), |id| format!("/events/{id}")),
        is_new: id.is_none(),
        made,
        kinds: EventKind::ALL.map(|kind| (kind.as_str(), kind_words(kind))),
    };
    page(status, &shown)
}

/// Whether two texts of a field mean the same.
fn is_same(name: &str, one: &str, other: &str) -> bool {
    // Browsers end lines in their own way.
    let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    if name == "reminderDays" { days(one) == days(other) } else { plain(one) == plain(other) }
}

/// The form as the API's own body.
fn members(form: &Form) -> Map<String, Value> {
    let mut body = Map::new();
    for name in FIELDS {
        let text = form.value(name);
        let value = match name {
            "reminderDays" => days(text),
            // A missing kind is told as one that is none.
            _ => json!(text),
        };
        match name.split_once('.') {
            Some((outer, inner)) => {
                let outer = body.entry(outer).or_insert_with(|| json!({}));
                outer[inner] = value;
            }
            None => {
                body.insert(name.into(), value);
            }
        }
    }
    for name in ["isRecurring", "isActive"] {
        body.insert(name.into(), json!(form.value(name) == "on"));
    }
    body
}

/// Numbers with commas or spaces between; what is no number is left to the API's reader to refuse.
fn days(text: &str) -> Value {
    let words = text.split([',', ' ', ';']).filter(|word| !word.is_empty());
    words.map(|word| word.parse::<u64>().map_or_else(|_| json!(word), |day| json!(day))).collect()
}

fn filled(details: &EventDetails) -> Form {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let on = |flag: bool| if flag { "on".to_owned() } else { String::new() };
    let days: Vec<String> = details.reminder_days.iter().map(ToString::to_string).collect();
    let mut form = Form::of([
        ("title", details.title.clone()),
        ("eventType", details.kind.as_str().to_owned()),
        ("date", details.date.to_string()),
        ("recipientName", details.recipient_name.clone()),
        ("recipientRelation", details.recipient_relation.clone()),
        ("recipientContact.email", text(&details.contact.email)),
        ("recipientContact.phone", text(&details.contact.phone)),
        ("socialMediaHandles.instagram", text(&details.handles.instagram)),
        ("socialMediaHandles.facebook", text(&details.handles.facebook)),
        ("socialMediaHandles.twitter", text(&details.handles.twitter)),
        ("socialMediaHandles.whatsapp", text(&details.handles.whatsapp)),
        ("notes", text(&details.notes)),
        ("reminderDays", days.join(", ")),
        ("isRecurring", on(details.is_recurring)),
        ("isActive", on(details.is_active)),
    ]);
    // What else may change about an event, such as its message, is not this form's.
    let seen = idempotency::fingerprint(json!(members(&form)).to_string().as_bytes());
    form.set("seen", seen);
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_the_apis_own_body() {
        let form = Form::of([
            ("title", "Anna's birthday".into()),
            ("recipientContact.email", "a@example.com".into()),
            ("reminderDays", "1, 7 x".into()),
            ("isActive", "on".into()),
        ]);
        let body = members(&form);
        assert_eq!(body["recipientContact"], json!({ "email": "a@example.com", "phone": "" }));
        assert_eq!(body["reminderDays"], json!([1, 7, "x"]));
        assert_eq!((&body["isActive"], &body["isRecurring"]), (&json!(true), &json!(false)));
    }
}
