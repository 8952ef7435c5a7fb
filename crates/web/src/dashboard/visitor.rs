//! Who looks at a page: the user of the session that the cookie names.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures_util::future::LocalBoxFuture;
use rats_application::{account::FindUser, preferences::ReadPreferences, session::FindSession};
use rats_domain::{id::UserId, preference::Preferences, secret::Secret, session::Session, zone::Zone};

use super::{
    cookie::SESSION,
    failure::Failure,
    form::{Form, TOKEN},
};
use crate::{Api, http::problem::Problem};

/// The signed-in user of a page, within their limit.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// Who.
    pub(crate) user: UserId,
    /// Their name, where we know it.
    pub(crate) name: String,
    /// What they prefer.
    pub(crate) preferences: Preferences,
    session: Secret,
}

impl Visitor {
    /// Where their clock is.
    pub(crate) fn zone(&self) -> &Zone {
        &self.preferences.zone
    }

    /// The token of this session's forms.
    pub(crate) fn csrf(&self) -> String {
        SESSION.csrf(&self.session)
    }

    /// Whether a form is of this session.
    pub(super) fn is_csrf(&self, token: &str) -> bool {
        SESSION.is_csrf(&self.session, token)
    }

    /// Whether a form brought its token; for forms that are not read at once.
    pub(super) fn owns(&self, form: &Form) -> bool {
        self.is_csrf(form.value(TOKEN))
    }

    /// The session's id.
    pub(super) fn session(&self) -> &Secret {
        &self.session
    }
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let next = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
            find(&request).await?.ok_or(Failure::SignIn { next })
        })
    }
}

/// The visitor, if somebody is signed in.
pub(super) async fn find(request: &HttpRequest) -> Result<Option<Visitor>, Failure> {
    let Some(api) = request.app_data::<Data<Api>>() else {
        return Err(Problem::unavailable("The service is not ready.").into());
    };
    let Some(id) = SESSION.read(request) else {
        api.limit_address(request)?;
        return Ok(None);
    };
    let Some(session) = FindSession(api.ports().clone()).run(&id).await? else {
        // Guessing ids is limited by address.
        api.limit_address(request)?;
        return Ok(None);
    };
    api.limit(format!("user {}", session.user), api.settings().requests_per_minute)?;
    let mut name = String::new();
    if api.settings().stand_alone {
        let Some(user) = FindUser(api.ports().clone()).run(&session.user).await? else { return Ok(None) };
        name = user.username;
    }
    let preferences = ReadPreferences(api.ports().clone()).run(&session.user).await?;
    Ok(Some(Visitor { user: session.user, name, preferences, session: id }))
}

/// The session of the browser that sent a request, if it has one.
pub(crate) async fn session_of(api: &Api, request: &HttpRequest) -> Result<Option<Session>, Problem> {
    let Some(id) = SESSION.read(request) else { return Ok(None) };
    Ok(FindSession(api.ports().clone()).run(&id).await?)
}
