//! Where a user lives, when their events go out, and how their cards look.

use actix_web::{
    HttpRequest,
    web::{self, Data, Json, Payload, ServiceConfig},
};
use rats_application::{
    post::Change,
    preferences::{ChangePreferences, PreferenceChanges, ReadPreferences},
};
use rats_domain::{id::UserId, picture::CardLook, preference::Preferences};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api, event,
    http::{body::JsonBody, moment, problem::Problem, route::resource, user::CurrentUser},
};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(resource(
        "/api/social-media/settings",
        [("GET", web::get().to(read_settings)), ("PUT", web::put().to(change_settings))],
    ));
}

/// A user's settings; what is left out stays.
#[expect(dead_code, reason = "describes the body to clients; `change_settings` reads it")]
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct SettingsRequest {
    /// A time zone of IANA's database, such as `Europe/Lisbon`.
    #[schema(min_length = 1, max_length = 64)]
    time_zone: Option<String>,
    /// The local time, `HH:MM`, at which events go out that have none of their own.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    post_at: Option<String>,
    /// How the cards of events look; `byKind`: each kind of event has its look.
    #[schema(pattern = "^(byKind|cake|hearts|lanterns|daisies)$")]
    card_look: Option<String>,
}

/// The word for cards that look as their kind of event does.
pub(crate) const BY_KIND: &str = "byKind";

/// A user's settings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsView {
    time_zone: String,
    post_at: String,
    /// `byKind`, or a look.
    card_look: &'static str,
}

/// A user's settings.
#[derive(Serialize, ToSchema)]
pub(crate) struct SettingsAnswer {
    success: bool,
    settings: SettingsView,
}

impl From<Preferences> for SettingsAnswer {
    fn from(preferences: Preferences) -> Self {
        let time_zone = preferences.zone.name().to_owned();
        let card_look = preferences.card_look.map_or(BY_KIND, CardLook::as_str);
        let post_at = moment::wire_time(preferences.post_at);
        Self { success: true, settings: SettingsView { time_zone, post_at, card_look } }
    }
}

/// Shows where the user lives, when their events go out, and how their cards look.
#[utoipa::path(get, path = "/api/social-media/settings", tag = "settings", security(("bearer" = [])),
    responses((status = 200, body = SettingsAnswer)))]
pub(crate) async fn read_settings(user: CurrentUser, api: Data<Api>) -> Result<Json<SettingsAnswer>, Problem> {
    Ok(Json(ReadPreferences(api.ports().clone()).run(&user.0).await?.into()))
}

/// Changes where the user lives, when their events go out, or how their cards look; posts that events became by themselves follow within seconds.
#[utoipa::path(put, path = "/api/social-media/settings", tag = "settings", security(("bearer" = [])),
    request_body = SettingsRequest, responses((status = 200, body = SettingsAnswer)))]
pub(crate) async fn change_settings(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<SettingsAnswer>, Problem> {
    Ok(Json(change(&api, &user.0, JsonBody::read(&request, payload).await?).await?.into()))
}

/// Changes what the body names.
pub(crate) async fn change(api: &Api, user: &UserId, body: JsonBody) -> Result<Preferences, Problem> {
    let mut members = body.members();
    let time_zone = members.sized_text("timeZone", 1, 64);
    let post_at = event::local_time(&mut members, "postAt");
    let words = [&[BY_KIND][..], &CardLook::ALL.map(CardLook::as_str)].concat();
    let card_look = members.word("cardLook", &words, look).unwrap_or_default();
    members.finish()?;
    let changes = PreferenceChanges { time_zone, post_at, card_look };
    Ok(ChangePreferences(api.ports().clone()).run(user, changes).await?)
}

fn look(word: &str) -> Option<Change<CardLook>> {
    if word == BY_KIND { Some(Change::Clear) } else { CardLook::parse(word).map(Change::Set) }
}
