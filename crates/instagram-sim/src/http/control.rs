use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, macros::datetime};

use super::call::GraphCall;
use super::{Shared, page};
use crate::FaultRule;

/// How far the clock goes: beyond it times can soon not be told any more.
const LAST: OffsetDateTime = datetime!(2100-01-01 0:00 UTC);

/// The control API and its panel.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/_control", web::get().to(panel))
        .route("/_control/panel", web::post().to(press))
        .route("/_control/reset", web::post().to(reset))
        .route("/_control/clock", web::get().to(clock))
        .route("/_control/clock", web::post().to(turn))
        .route("/_control/accounts", web::post().to(make_accounts))
        .route("/_control/faults", web::get().to(faults))
        .route("/_control/faults", web::post().to(add_fault))
        .route("/_control/faults", web::delete().to(clear_faults))
        .route("/_control/ledger", web::get().to(ledger));
}

#[derive(Deserialize)]
struct Turn {
    advance_seconds: i64,
}

#[derive(Deserialize)]
struct Count {
    count: u32,
}

async fn panel(shared: Data<Shared>) -> HttpResponse {
    let now = shared.clock.now();
    page::panel(&shared.instagram, now)
}

async fn reset(shared: Data<Shared>) -> HttpResponse {
    shared.instagram.reset();
    HttpResponse::Ok().json(json!({"success": true}))
}

async fn clock(shared: Data<Shared>) -> HttpResponse {
    told_time(&shared)
}

async fn turn(shared: Data<Shared>, turn: Json<Turn>) -> HttpResponse {
    match go_on(&shared, turn.advance_seconds) {
        Ok(()) => told_time(&shared),
        Err(message) => refused(message),
    }
}

/// Turns the clock by so many seconds.
///
/// # Errors
///
/// Why not.
fn go_on(shared: &Shared, seconds: i64) -> Result<(), &'static str> {
    let by = u64::try_from(seconds).map_err(|_| {
        "A clock is not turned back (the seconds are below 0): what was published would lie in the future. Begin anew instead."
    })?;
    let then = shared.clock.now().checked_add(time::Duration::seconds(seconds));
    if then.is_none_or(|then| then > LAST) {
        return Err("That many seconds are too much: the clock goes until the year 2100.");
    }
    if shared.clock.advance(Duration::from_secs(by)) { Ok(()) } else { Err("This simulator's clock cannot be turned.") }
}

fn refused(message: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "message": message }))
}

async fn make_accounts(shared: Data<Shared>, count: Json<Count>) -> HttpResponse {
    HttpResponse::Ok().json(shared.instagram.make_accounts(count.count, shared.clock.now()))
}

async fn faults(shared: Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.instagram.faults())
}

async fn add_fault(shared: Data<Shared>, rule: Json<FaultRule>) -> HttpResponse {
    shared.instagram.add_fault(rule.into_inner());
    HttpResponse::Ok().json(shared.instagram.faults())
}

async fn clear_faults(shared: Data<Shared>) -> HttpResponse {
    shared.instagram.clear_faults();
    HttpResponse::Ok().json(shared.instagram.faults())
}

async fn ledger(shared: Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.instagram.ledger(shared.clock.now()))
}

/// A button of the panel.
async fn press(call: GraphCall) -> HttpResponse {
    let shared = &call.shared;
    match call.params.text("action") {
        "reset" => shared.instagram.reset(),
        "clear" => shared.instagram.clear_faults(),
        "turn" => {
            let seconds = call.params.text("seconds").parse().map_err(|_| "The seconds are no whole number.");
            if let Err(message) = seconds.and_then(|seconds| go_on(shared, seconds)) {
                return refused(message);
            }
        }
        "fault" => match pressed_fault(&call) {
            Ok(rule) => shared.instagram.add_fault(rule),
            Err(error) => return HttpResponse::BadRequest().body(format!("this fault cannot be switched on: {error}")),
        },
        _ => return refused("This panel knows the actions reset, clear, turn and fault."),
    }
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/_control")).finish()
}

/// The panel has one number for whatever the fault measures.
fn pressed_fault(call: &GraphCall) -> Result<FaultRule, serde_json::Error> {
    let mut rule = Map::new();
    rule.insert("fault".to_owned(), json!(call.params.text("fault")));
    for name in ["account", "call"] {
        rule.extend(call.params.get(name).filter(|text| !text.is_empty()).map(|text| (name.to_owned(), json!(text))));
    }
    let number = |name: &str| call.params.text(name).parse::<u64>().ok();
    rule.extend(number("times").map(|times| ("times".to_owned(), json!(times))));
    for name in ["seconds", "delayMs", "subcode", "percent", "minutes"] {
        rule.extend(number("amount").map(|amount| (name.to_owned(), json!(amount))));
    }
    serde_json::from_value(Value::Object(rule))
}

fn told_time(shared: &Shared) -> HttpResponse {
    let now = shared.clock.now().format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
    HttpResponse::Ok().json(json!({ "now": now }))
}
