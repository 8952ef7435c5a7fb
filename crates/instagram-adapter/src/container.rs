//! Containers: Instagram's unpublished media objects.
//!
//! Making one has no visible effect and an unused one expires after 24 h, so an answer that is lost is safe to ask for again, at the
//! cost of one of the account's 400 creations in 24 h. Source: Graph API, IG User Media and IG Container.

use rats_domain::{
    id::ContainerId,
    instagram::{Access, Advice, ContainerStatus, Dated, PlatformError},
};
use serde::Deserialize;
use url::Url;

use crate::{
    advice, answer,
    client::Inner,
    error::{self, At},
    request::{Base, Call},
};

#[derive(Deserialize)]
struct Created {
    #[serde(default, deserialize_with = "answer::name_member")]
    id: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    status_code: String,
    status: Option<String>,
}

impl Inner {
    pub(crate) async fn create_image(
        &self,
        access: &Access,
        image: &Url,
        caption: &str,
    ) -> Result<ContainerId, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, access.account.as_str(), "media"],
            query: &[],
            form: Some(&[("image_url", image.as_str()), ("caption", caption)]),
            token: Some(&access.token),
            at: At::Create,
        };
        let created: Created = answer::one(&self.request(call).await?.body)?;
        created.id.map(ContainerId::new).ok_or_else(error::unreadable)
    }

    pub(crate) async fn status(
        &self,
        access: &Access,
        container: &ContainerId,
    ) -> Result<Dated<ContainerStatus>, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, container.as_str()],
            query: &[("fields", "id,status_code,status")],
            form: None,
            token: Some(&access.token),
            at: At::Read,
        };
        let answer = self.request(call).await?;
        let node: Node = answer::one(&answer.body)?;
        Ok(Dated {
            value: status(&node.status_code, node.status.as_deref()).ok_or_else(error::unreadable)?,
            date: answer.date,
        })
    }
}

/// A word that is not known is no status: taking it for one could send a post twice.
pub(crate) fn status(code: &str, text: Option<&str>) -> Option<ContainerStatus> {
    Some(match code.to_ascii_uppercase().as_str() {
        "IN_PROGRESS" => ContainerStatus::InProgress,
        "FINISHED" => ContainerStatus::Finished,
        "PUBLISHED" => ContainerStatus::Published,
        "EXPIRED" => ContainerStatus::Expired,
        "ERROR" => ContainerStatus::Error(failure(text.unwrap_or_default())),
        _ => return None,
    })
}

/// A failed container's `status` ends in the error's subcode: `Error: Media upload has failed with error code 2207026`.
fn failure(text: &str) -> PlatformError {
    let numbers = text.split(|char: char| !char.is_ascii_digit());
    let subcode = numbers.filter(|digits| digits.len() == 7).find_map(|digits| digits.parse().ok());
    let rule = subcode.and_then(advice::of_subcode).unwrap_or(advice::PROCESSING_FAILED);
    // A failed container never becomes ready: what would be tried again is a new one.
    let advice = match rule.advice {
        Advice::Retry | Advice::NotReady => Advice::RetryThenFix,
        advice => advice,
    };
    PlatformError { subcode, advice, ..rule.error() }
}
