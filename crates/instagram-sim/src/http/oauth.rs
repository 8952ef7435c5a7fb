use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::call::GraphCall;
use super::page;
use crate::{AuthorizeRequest, ShortToken, TokenShape};

/// The paths of www.instagram.com and api.instagram.com.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/oauth/authorize", web::get().to(ask))
        .route("/oauth/authorize", web::post().to(decide))
        .route("/oauth/access_token", web::post().to(exchange));
}

/// The login page, or with `account` the consent page.
async fn ask(call: GraphCall) -> HttpResponse {
    let request = authorize_request(&call);
    if let Err(error) = call.shared.instagram.check_authorize(&request) {
        return page::authorize_error(&error);
    }
    match call.shared.instagram.account(call.params.text("account")) {
        Some(account) => page::consent(&request, &account),
        None => page::login(&request, &call.shared.instagram.demo_accounts()),
    }
}

/// The person's decision. A form without the page's checkboxes (`choices`) grants every scope that was asked for.
async fn decide(call: GraphCall) -> HttpResponse {
    let (instagram, params) = (&call.shared.instagram, &call.params);
    let request = authorize_request(&call);
    if let Err(error) = instagram.check_authorize(&request) {
        return page::authorize_error(&error);
    }
    let scopes = match params.get("choices") {
        Some(_) => params.all("grant").collect(),
        None => request.scopes(),
    };
    let to = match params.text("decision") {
        "approve" => {
            let code = instagram.grant(&request, params.text("account"), &scopes, call.now);
            code.and_then(|code| request.granted(&code))
        }
        _ => request.denied(),
    };
    match to {
        Some(url) => HttpResponse::Found().insert_header((header::LOCATION, url.as_str())).finish(),
        None => page::login(&request, &instagram.demo_accounts()),
    }
}

async fn exchange(call: GraphCall) -> HttpResponse {
    let (instagram, params) = (&call.shared.instagram, &call.params);
    let app = (params.text("client_id"), params.text("client_secret"));
    // A code pasted from the address bar may still carry the fragment.
    let code = params.text("code").trim_end_matches("#_");
    match instagram.exchange_code(app, params.text("grant_type"), params.text("redirect_uri"), code, call.now) {
        Ok(token) => HttpResponse::Ok().json(shaped(&token, instagram.config().token_shape)),
        Err(refusal) => HttpResponse::BadRequest()
            .json(json!({"error_type": "OAuthException", "code": 400, "error_message": refusal.message})),
    }
}

fn shaped(token: &ShortToken, shape: TokenShape) -> serde_json::Value {
    let ShortToken { access_token, user_id, permissions } = token;
    match shape {
        TokenShape::Flat => json!({"access_token": access_token, "user_id": user_id, "permissions": permissions}),
        TokenShape::Data => json!({"data": [{"access_token": access_token, "user_id": user_id.to_string(),
            "permissions": permissions.join(",")}]}),
    }
}

fn authorize_request(call: &GraphCall) -> AuthorizeRequest {
    let text = |name: &str| call.params.text(name).to_owned();
    AuthorizeRequest {
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        response_type: text("response_type"),
        scope: text("scope"),
        state: call.params.get("state").map(str::to_owned),
    }
}
