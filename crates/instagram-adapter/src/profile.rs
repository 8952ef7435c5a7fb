//! Whose token it is. Source: Instagram API with Instagram Login, "Get Started", `GET /me`.

use rats_domain::{
    id::AccountId,
    instagram::{Access, PlatformError, Profile},
    secret::Secret,
};
use serde::{Deserialize, de::DeserializeOwned};

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

#[derive(Deserialize)]
struct Followed {
    #[serde(default, deserialize_with = "answer::number_member")]
    followers_count: Option<u64>,
}

impl Inner {
    pub(crate) async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError> {
        let me: Me = self.me(token, "id,user_id,username,account_type").await?;
        let professional = me.account_type.as_deref().is_none_or(is_professional);
        let account = me.user_id.clone().filter(|_| professional).map(AccountId::new);
        Ok(Profile {
            account,
            app_scoped_id: me.id.or(me.user_id).ok_or_else(error::unreadable)?,
            username: me.username,
        })
    }

    /// How many followers the account has.
    pub(crate) async fn followers(&self, access: &Access) -> Result<Option<u64>, PlatformError> {
        Ok(self.me::<Followed>(&access.token, "followers_count").await?.followers_count)
    }

    async fn me<T: DeserializeOwned>(&self, token: &Secret, fields: &str) -> Result<T, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, "me"],
            query: &[("fields", fields)],
            form: None,
            token: Some(token),
            at: At::Read,
        };
        answer::one(&self.request(call).await?.body)
    }
}

/// The pages say `Business` and `Media_Creator`, answers `BUSINESS` and `MEDIA_CREATOR`.
fn is_professional(account_type: &str) -> bool {
    ["business", "media_creator", "creator"].iter().any(|professional| account_type.eq_ignore_ascii_case(professional))
}
