use actix_web::{
    HttpRequest,
    http::header,
    web::{Data, Json},
};
use rats_application::connect::{BeginConnect, Disconnect, FindConnection};
use rats_domain::connection::{Connection, Feature, Health};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{moment::wire, problem::Problem, user::CurrentUser},
};

/// Where to send the person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthUrlAnswer {
    success: bool,
    /// Instagram's login.
    auth_url: String,
}

/// How it ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisconnectAnswer {
    success: bool,
    message: String,
}

/// Which accounts work.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectedAnswer {
    success: bool,
    connected_accounts: ConnectedAccounts,
    /// The Instagram account, connected or to be connected again.
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_account: Option<InstagramAccount>,
}

/// Which accounts work.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectedAccounts {
    instagram: bool,
    facebook: bool,
    twitter: bool,
}

/// The Instagram account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InstagramAccount {
    username: String,
    /// `working`, `needs_reconnect`, `disconnected` or `linked_elsewhere`.
    health: &'static str,
    /// What was not allowed, and what therefore does not work.
    missing: Vec<&'static str>,
    #[schema(format = DateTime)]
    connected_at: String,
}

/// Begins to link an account.
#[utoipa::path(get, path = "/api/social-auth/instagram/auth-url", tag = "connecting", security(("bearer" = [])),
    responses((status = 200, body = AuthUrlAnswer)))]
pub(crate) async fn auth_url(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<AuthUrlAnswer>, Problem> {
    let browser = request.headers().get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let url = BeginConnect(api.ports().clone()).run(&user.0, api.address(&request), browser).await?;
    Ok(Json(AuthUrlAnswer { success: true, auth_url: url.into() }))
}

/// Unlinks the account and deletes its token.
#[utoipa::path(delete, path = "/api/social-auth/instagram/disconnect", tag = "connecting", security(("bearer" = [])),
    responses((status = 200, body = DisconnectAnswer)))]
pub(crate) async fn disconnect(user: CurrentUser, api: Data<Api>) -> Result<Json<DisconnectAnswer>, Problem> {
    let message = match Disconnect(api.ports().clone()).run(&user.0).await? {
        Some(connection) => format!(
            "@{} was disconnected; its access was deleted. Posts that are not out yet wait. One that was being published at that moment may be live; it says so once that is known.",
            connection.username
        ),
        None => "No Instagram account was connected.".to_owned(),
    };
    Ok(Json(DisconnectAnswer { success: true, message }))
}

/// Says which accounts work. One that must be connected again reads `false`.
#[utoipa::path(get, path = "/api/social-auth/connected-accounts", tag = "connecting", security(("bearer" = [])),
    responses((status = 200, body = ConnectedAnswer)))]
pub(crate) async fn connected_accounts(user: CurrentUser, api: Data<Api>) -> Result<Json<ConnectedAnswer>, Problem> {
    let connection = FindConnection(api.ports().clone()).run(&user.0).await?;
    let instagram = connection.as_ref().is_some_and(|connection| connection.health == Health::Working);
    Ok(Json(ConnectedAnswer {
        success: true,
        connected_accounts: ConnectedAccounts { instagram, facebook: false, twitter: false },
        instagram_account: connection
            .as_ref()
            .map(|connection| InstagramAccount::new(connection, &api.ports().settings.asked)),
    }))
}

impl InstagramAccount {
    fn new(connection: &Connection, asked: &[Feature]) -> Self {
        Self {
            username: connection.username.clone(),
            health: connection.health.as_str(),
            missing: missing(asked, &connection.features),
            connected_at: wire(connection.connected_at),
        }
    }
}

/// What does not work without the features that were asked for and not allowed, in words.
pub(super) fn missing(asked: &[Feature], features: &[Feature]) -> Vec<&'static str> {
    let words = |feature| match feature {
        Feature::Basic => None,
        Feature::Publish => Some("Publishing was not allowed: no post can go out."),
        Feature::Insights => Some("Insights were not allowed: no numbers but likes and comments can be shown."),
        Feature::Comments => Some("Comments were not allowed: they cannot be read or answered."),
    };
    asked.iter().copied().filter(|feature| !features.contains(feature)).filter_map(words).collect()
}
