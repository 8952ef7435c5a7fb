//! Every refusal the simulator knows, with Instagram's codes and texts (page "Error Codes" unless said otherwise).

use time::OffsetDateTime;

use super::failure::GraphError;

/// Garbage, another host's, or no token.
pub(crate) fn unreadable_token() -> GraphError {
    GraphError::new(190, None, "Invalid OAuth access token - Cannot parse access token").status(401)
}

pub(crate) fn expired_token(expired: OffsetDateTime, now: OffsetDateTime) -> GraphError {
    let text = format!(
        "Error validating access token: Session has expired on {}. The current time is {}.",
        spoken(expired),
        spoken(now)
    );
    GraphError::new(190, Some(463), &text)
}

pub(crate) fn password_changed() -> GraphError {
    let text = "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.";
    GraphError::new(190, Some(460), text).status(401)
}

/// A missing scope (code 10, HTTP 403).
pub(crate) fn no_permission() -> GraphError {
    GraphError::new(10, None, "(#10) Application does not have permission for this action").status(403)
}

/// What an account without professional features gets for professional calls (inferred).
pub(crate) fn not_a_business() -> GraphError {
    GraphError::new(10, None, "(#10) The user is not an Instagram Business").status(403)
}

/// The app has no access to the account; answered on every call.
pub(crate) fn unsupported_request(method: &str) -> GraphError {
    GraphError::api(100, None, &format!("Unsupported request - method type: {method}"))
}

pub(crate) fn missing_object(method: &str, id: &str) -> GraphError {
    let text = format!(
        "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
    );
    GraphError::api(100, Some(33), &text)
}

pub(crate) fn required(parameter: &str) -> GraphError {
    GraphError::api(100, None, &format!("The parameter {parameter} is required."))
}

/// A field that the node does not have (text inferred).
pub(crate) fn nonexistent_field(field: &str, node: &str) -> GraphError {
    GraphError::api(100, None, &format!("(#100) Tried accessing nonexistent field ({field}) on node type ({node})"))
}

pub(crate) fn unknown_path(path: &str) -> GraphError {
    GraphError::new(2500, None, &format!("Unknown path components: {path}")).status(500)
}

/// A token younger than 24 h cannot be refreshed; Instagram's own words for it are not known.
pub(crate) fn too_young_to_refresh() -> GraphError {
    GraphError::api(100, None, "The access token must be at least 24 hours old to be refreshed.")
}

pub(crate) fn download_timeout() -> GraphError {
    GraphError::new(-2, Some(2_207_003), "The media could not be downloaded in time.")
}

pub(crate) fn download_refused() -> GraphError {
    GraphError::new(9004, Some(2_207_052), "Only photo or video can be accepted as media type.")
        .title("Media download has failed. The media URI doesn't meet our requirements.")
}

pub(crate) fn image_too_large() -> GraphError {
    GraphError::new(36000, Some(2_207_004), "The image size is too large.")
}

pub(crate) fn image_format() -> GraphError {
    GraphError::new(36001, Some(2_207_005), "The image format is not supported.")
}

pub(crate) fn aspect_ratio() -> GraphError {
    GraphError::new(36003, Some(2_207_009), "The aspect ratio is not supported.")
}

pub(crate) fn caption_too_long() -> GraphError {
    GraphError::new(36004, Some(2_207_010), "The caption was too long.")
}

pub(crate) fn too_many_mentions() -> GraphError {
    GraphError::new(100, Some(2_207_040), "The caption contains more than 20 @ tags.")
}

pub(crate) fn unknown_media_type() -> GraphError {
    GraphError::new(100, Some(2_207_023), "The media type is unknown.")
}

pub(crate) fn resource_missing() -> GraphError {
    GraphError::new(24, Some(2_207_006), "The requested resource does not exist")
}

pub(crate) fn builder_expired() -> GraphError {
    GraphError::new(24, Some(2_207_008), "The media builder does not exist or has expired.")
}

pub(crate) fn not_ready() -> GraphError {
    GraphError::new(9007, Some(2_207_027), "Media ID is not available")
}

pub(crate) fn quota_reached() -> GraphError {
    GraphError::new(9, Some(2_207_042), "The maximum number of posts that can be published by API was reached.")
}

/// The anti-spam block, which also comes when the post did go live; HTTP 403 as seen live.
pub(crate) fn action_blocked() -> GraphError {
    GraphError::new(4, Some(2_207_051), "Application request limit reached").status(403).title("action is blocked")
}

pub(crate) fn service_down() -> GraphError {
    GraphError::new(2, None, "An unexpected error has occurred. Please retry your request later.")
        .status(500)
        .transient()
}

pub(crate) fn rate_limited(regain_minutes: u32) -> GraphError {
    let text = "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.";
    GraphError { regain_minutes: Some(regain_minutes), ..GraphError::new(80002, None, text) }
}

pub(crate) fn account_restricted() -> GraphError {
    GraphError::new(25, Some(2_207_050), "The Instagram account is restricted.").status(403)
}

fn spoken(moment: OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[weekday], [day padding:none]-[month repr:short]-[year repr:last_two] [hour]:[minute]:[second] UTC"
    );
    moment.format(&format).unwrap_or_default()
}

pub(crate) fn invalid_parameter(name: &str) -> GraphError {
    GraphError::api(100, None, &format!("(#100) Invalid parameter: {name}"))
}
