//! Whose token it is. Source: Instagram API with Instagram Login, "Get Started", `GET /me`.

use rats_domain::{
    id::AccountId,
    instagram::{PlatformError, Profile},
    secret::Secret,
};
use serde::Deserialize;

use crate::{
    answer,
    client::Inner,
    error::{self, At},
    request::{Base, Call},
};

#[derive(Deserialize)]
struct Me {
    #[serde(default, deserialize_with = "answer::name_member")]
    id: Option<String>,
    #[serde(default, deserialize_with = "answer::name_member")]
    user_id: Option<String>,
    username: String,
    account_type: Option<String>,
}

impl Inner {
    pub(crate) async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, "me"],
            query: &[("fields", "id,user_id,username,account_type")],
            form: None,
            token: Some(token),
            at: At::Read,
        };
        let me: Me = answer::one(&self.request(call).await?.body)?;
        let professional = me.account_type.as_deref().is_none_or(is_professional);
        let account = me.user_id.clone().filter(|_| professional).map(AccountId::new);
        Ok(Profile {
            account,
            app_scoped_id: me.id.or(me.user_id).ok_or_else(error::unreadable)?,
            username: me.username,
        })
    }
}

/// The pages say `Business` and `Media_Creator`, answers `BUSINESS` and `MEDIA_CREATOR`.
fn is_professional(account_type: &str) -> bool {
    ["business", "media_creator", "creator"].iter().any(|professional| account_type.eq_ignore_ascii_case(professional))
}
