use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use maud::{Markup, html};
use time::OffsetDateTime;

use super::profile::full;
use super::{answer, page};
use crate::{Fault, FaultRule, Instagram, Ledger};

/// The faults of the list, by what they touch; the number's meaning in brackets.
const FAULTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Published, but the answer says otherwise",
        &[
            ("publish-then-drop", "Publish, then drop the connection"),
            ("publish-then-cut", "Publish, then cut the answer in the middle"),
            ("publish-then-error", "Publish, then answer 500"),
            ("publish-then-blocked", "Publish, then answer 403 4/2207051"),
            ("publish-then-empty", "Publish, then answer nothing"),
            ("publish-then-not-ready", "Publish, then answer 9007/2207027"),
            ("answer-late", "Publish, answer late (milliseconds)"),
            ("status-lag", "Container status lags (seconds)"),
            ("listing-lag", "Listing lags (seconds)"),
        ],
    ),
    (
        "Not published",
        &[
            ("drop-before-publish", "Drop the connection, publish nothing"),
            ("empty", "Answer nothing, publish nothing"),
            ("blocked", "Blocked: 403 4/2207051"),
            ("not-found-after-finished", "24/2207006 after FINISHED (seconds)"),
            ("not-ready", "Not ready: 9007"),
            ("quota-reached", "Quota reached: 9/2207042"),
            ("account-restricted", "Account restricted: 25/2207050"),
            ("publish-late", "Work on the request late (milliseconds)"),
        ],
    ),
    (
        "Creating a container",
        &[
            ("download-refused", "Picture refused: 9004/2207052"),
            ("download-timeout", "Picture too slow: -2/2207003"),
            ("create-then-drop", "Create it, then drop the connection"),
            ("container-error", "Container ends in ERROR (subcode)"),
        ],
    ),
    (
        "Every call, or every read",
        &[
            ("token-expired", "Token expired: 190/463"),
            ("password-changed", "Password changed: 190/460"),
            ("unsupported-request", "Unsupported request"),
            ("rate-limited", "Rate limited: 80002 (minutes)"),
            ("usage", "Usage headers (per cent)"),
            ("object-missing", "Reads answer 100/33"),
            ("reads-down", "Reads answer 500"),
            ("reads-html", "Reads answer 502 as HTML"),
        ],
    ),
];

/// The page to turn the clock, switch faults and read the ledger.
pub(in crate::http) fn panel(instagram: &Instagram, now: OffsetDateTime) -> HttpResponse {
    let body = html! {
        div.rows {
            div.split { (clock(now)) (switched_on(&instagram.faults())) }
            (switch(instagram))
            (ledger(&instagram.ledger(now)))
        }
    };
    answer(StatusCode::OK, &page("Controls", &body))
}

fn clock(now: OffsetDateTime) -> Markup {
    html! {
        section.card {
            h2 { "Clock" }
            p.big { (full(now)) }
            form.tools method="post" action="/_control/panel" {
                input type="hidden" name="action" value="turn";
                button.quiet name="seconds" value="60" { "+ 1 min" }
                button.quiet name="seconds" value="3600" { "+ 1 hour" }
                button.quiet name="seconds" value="86400" { "+ 1 day" }
            }
        }
    }
}

fn switched_on(faults: &[FaultRule]) -> Markup {
    html! {
        section.card {
            h2 { "Faults switched on" }
            @if faults.is_empty() { p.soft { "None. Everything works." } }
            @for rule in faults { p { (told(rule)) } }
            form.tools method="post" action="/_control/panel" {
                button.quiet name="action" value="clear" { "Clear faults" }
                button.quiet name="action" value="reset" { "Reset everything" }
                p.soft { "A reset forgets posts and tokens, so that accounts must be connected again; the clock stays." }
            }
        }
    }
}

fn switch(instagram: &Instagram) -> Markup {
    html! {
        section.card {
            h2 { "Switch a fault on" }
            form method="post" action="/_control/panel" {
                div.fields {
                    label { "Fault" select name="fault" {
                        @for (group, faults) in FAULTS {
                            optgroup label=(group) { @for (name, text) in faults { option value=(name) { (text) } } }
                        }
                    } }
                    label { "Its number" input type="number" name="amount" value="30" min="0"; }
                    label { "Account" select name="account" {
                        option value="" { "Everyone" }
                        @for account in instagram.demo_accounts() { option { (account.username) } }
                    } }
                    label { "Times (empty: always)" input type="number" name="times" value="1" min="1"; }
                }
                button name="action" value="fault" { "Switch on" }
            }
        }
    }
}

fn ledger(ledger: &Ledger) -> Markup {
    let repeated = ledger.containers.iter().filter(|container| container.media_ids.len() > 1).count();
    html! {
        section.card {
            h2 { "Ledger" }
            p.soft {
                (ledger.media.len()) " published from " (ledger.containers.len()) " containers."
                @if repeated > 0 { " " span.bad { (repeated) " published more than once!" } }
            }
            @if !ledger.media.is_empty() {
                div.scroll { table {
                    tr { th { "" } th { "Published" } th { "Caption" } th { "Account" } th { "Requests" } th { "Picture" } }
                    @for media in ledger.media.iter().rev().take(100) {
                        tr {
                            td { a href=(media.permalink) { img src=(format!("/_media/{}.jpg", media.media_id)) alt="Open the post"; } }
                            td { (full(media.timestamp)) }
                            td.text { (shortened(&media.caption)) }
                            td { (media.ig_user_id) }
                            td { (media.publish_calls) }
                            td { (media.width) "×" (media.height) }
                        }
                    }
                } }
            }
        }
    }
}

fn told(rule: &FaultRule) -> Markup {
    let wire = serde_json::to_value(&rule.fault).unwrap_or_default();
    let name = wire["fault"].as_str().unwrap_or_default();
    let amount = match rule.fault {
        Fault::StatusLag { seconds } | Fault::ListingLag { seconds } | Fault::NotFoundAfterFinished { seconds } => {
            format!(" {seconds} s")
        }
        Fault::PublishLate { delay_ms } | Fault::AnswerLate { delay_ms } => format!(" {delay_ms} ms"),
        Fault::ContainerError { subcode } => format!(" {subcode}"),
        _ => String::new(),
    };
    html! {
        code { (name) (amount) } " "
        span.soft.small {
            (rule.account.as_deref().unwrap_or("everyone"))
            @match rule.times { Some(times) => { ", " (times) " more" }, None => ", always" }
        }
    }
}

fn shortened(caption: &str) -> String {
    match caption.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &caption[..end]),
        None => caption.to_owned(),
    }
}
