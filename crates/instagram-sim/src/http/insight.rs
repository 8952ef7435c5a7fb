use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::params::Params;
use crate::{AccountEngagement, Engagement, GraphError, Instagram, MediaId};

/// Every metric the endpoint knows, in the order of its error text.
const KNOWN: [&str; 19] = [
    "impressions",
    "reach",
    "replies",
    "saved",
    "likes",
    "comments",
    "shares",
    "total_interactions",
    "views",
    "reposts",
    "follows",
    "profile_visits",
    "profile_activity",
    "navigation",
    "ig_reels_avg_watch_time",
    "ig_reels_video_view_total_time",
    "reels_skip_rate",
    "facebook_views",
    "link_clicks",
];

/// The values of `action_type`, the one breakdown a picture in the feed has.
const ACTIONS: [&str; 6] = ["BIO_LINK_CLICKED", "CALL", "DIRECTION", "EMAIL", "OTHER", "TEXT"];

/// The metrics of an account that are simulated.
const OF_ACCOUNT: [&str; 2] = ["reach", "views"];

/// The longest span of account insights.
const LONGEST_SPAN: Duration = Duration::days(30);

/// The span that account insights are asked for: the last 24 hours without one.
pub(super) fn span(
    since: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<(OffsetDateTime, OffsetDateTime), GraphError> {
    let until = until.unwrap_or(now);
    let since = since.unwrap_or(until - Duration::DAY);
    if until - since > LONGEST_SPAN {
        let text = "(#100) There cannot be more than 30 days (2592000 s) between since and until.";
        return Err(GraphError::api_error(text));
    }
    Ok((since, until.max(since)))
}

/// `{"data":[…]}` for the asked metrics of an account.
pub(super) fn answer_of_account(
    instagram: &Instagram,
    params: &Params,
    id: &str,
    engagement: AccountEngagement,
) -> Result<Value, GraphError> {
    let is_total = params.text("metric_type") == "total_value";
    let mut data = Vec::new();
    for (place, name) in asked(params)?.into_iter().enumerate() {
        let value = match name {
            _ if instagram.is_retired(name) => return Err(unknown(place, &OF_ACCOUNT)),
            "reach" => engagement.reach,
            "views" if is_total => engagement.views,
            "views" => {
                let text =
                    "(#100) The following metrics (views) should be specified with parameter metric_type=total_value";
                return Err(GraphError::api_error(text));
            }
            _ => return Err(unknown(place, &OF_ACCOUNT)),
        };
        if params.text("period") != "day" {
            return Err(GraphError::api_error("(#100) The parameter period must be day for this metric"));
        }
        let mut metric = json!({"name": name, "period": "day", "title": name, "description": name,
            "id": format!("{id}/insights/{name}/day")});
        if is_total {
            metric["total_value"] = json!({"value": value});
        } else {
            metric["values"] = json!([{"value": value}]);
        }
        data.push(metric);
    }
    Ok(json!({"data": data}))
}

fn asked(params: &Params) -> Result<Vec<&str>, GraphError> {
    let asked: Vec<&str> = params.text("metric").split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if asked.is_empty() { Err(GraphError::api_error("The parameter metric is required.")) } else { Ok(asked) }
}

fn unknown(place: usize, known: &[&str]) -> GraphError {
    let text = format!("(#100) metric[{place}] must be one of the following values: {}", known.join(", "));
    GraphError::api_error(&text)
}

/// `{"data":[…]}` for the asked metrics; one bad metric fails all.
pub(super) fn answer(
    instagram: &Instagram,
    params: &Params,
    id: MediaId,
    engagement: Option<Engagement>,
) -> Result<Value, GraphError> {
    let asked = asked(params)?;
    for (place, name) in asked.iter().enumerate() {
        if instagram.is_retired(name) {
            return Err(unknown(place, &KNOWN));
        }
        check(place, name, engagement)?;
    }
    let breakdown = params.get("breakdown");
    if breakdown.is_some_and(|breakdown| breakdown != "action_type" || asked != ["profile_activity"]) {
        return Err(GraphError::new(1, Some(99), "An unknown error has occurred."));
    }
    let Some(engagement) = engagement else { return Ok(json!({"data": []})) };
    let data = asked.iter().filter_map(|name| Some(metric(name, id, engagement.metric(name)?, breakdown)));
    Ok(json!({"data": data.collect::<Vec<_>>()}))
}

fn check(place: usize, name: &str, engagement: Option<Engagement>) -> Result<(), GraphError> {
    let has_it = engagement.is_some_and(|engagement| engagement.metric(name).is_some());
    let text = match name {
        "impressions" if !has_it => "(#100) Starting from version v22.0 and above, the impressions metric is no longer supported for the queried media".to_owned(),
        _ if !KNOWN.contains(&name) => return Err(unknown(place, &KNOWN)),
        _ if engagement.is_some() && !has_it => {
            format!("(#100) The Media Insights API does not support the {name} metric for this media product type")
        }
        _ => return Ok(()),
    };
    Err(GraphError::api_error(&text))
}

fn metric(name: &str, id: MediaId, value: u64, breakdown: Option<&str>) -> Value {
    let title = name.replace('_', " ");
    let mut metric = json!({"name": name, "period": "lifetime", "title": title, "description": title,
        "id": format!("{id}/insights/{name}/lifetime")});
    match breakdown {
        None => metric["values"] = json!([{"value": value}]),
        Some(dimension) => {
            let share = |place: usize| if place == 0 { value } else { 0 };
            let results = ACTIONS.iter().enumerate();
            let results = results.map(|(place, action)| json!({"dimension_values": [action], "value": share(place)}));
            metric["total_value"] = json!({"value": value, "breakdowns": [
                {"dimension_keys": [dimension], "results": results.collect::<Vec<_>>()}]});
        }
    }
    metric
}
