use serde::{Deserialize, Serialize};

/// The permissions that the consent page can grant. The names without `instagram_` are off since 27 January 2025.
pub const SCOPES: [&str; 5] = [BASIC, PUBLISH, COMMENTS, INSIGHTS, MESSAGES];

pub(crate) const BASIC: &str = "instagram_business_basic";
const PUBLISH: &str = "instagram_business_content_publish";
const COMMENTS: &str = "instagram_business_manage_comments";
const INSIGHTS: &str = "instagram_business_manage_insights";
const MESSAGES: &str = "instagram_business_manage_messages";

/// A kind of Graph call, as faults name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `GET /me`.
    Profile,
    /// `POST /{ig-user-id}/media`.
    Create,
    /// `GET /{container-id}`.
    ContainerRead,
    /// `POST /{ig-user-id}/media_publish`.
    Publish,
    /// `GET /{media-id}`.
    MediaRead,
    /// `GET /{ig-user-id}/media`.
    MediaList,
    /// `GET /{media-id}/insights` and `GET /{ig-user-id}/insights`.
    Insights,
    /// `GET /{ig-user-id}/content_publishing_limit`.
    Quota,
    /// `GET /access_token` and `GET /refresh_access_token`.
    Token,
}

impl Call {
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Create | Self::Publish => "post",
            _ => "get",
        }
    }

    pub(super) fn is_read(self) -> bool {
        !matches!(self, Self::Create | Self::Publish | Self::Token)
    }

    pub(super) fn scope(self) -> &'static str {
        match self {
            Self::Create | Self::Publish | Self::ContainerRead | Self::Quota => PUBLISH,
            Self::Insights => INSIGHTS,
            Self::Profile | Self::MediaRead | Self::MediaList | Self::Token => BASIC,
        }
    }

    /// Whether an account without professional features is refused.
    pub(super) fn is_professional(self) -> bool {
        self.scope() != BASIC
    }
}
