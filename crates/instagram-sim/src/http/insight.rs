use serde_json::{Value, json};

use super::params::Params;
use crate::{Engagement, GraphError, MediaId};

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

/// `{"data":[…]}` for the asked metrics; one bad metric fails all.
pub(super) fn answer(params: &Params, id: MediaId, engagement: Option<Engagement>) -> Result<Value, GraphError> {
    let asked: Vec<&str> = params.text("metric").split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if asked.is_empty() {
        return Err(GraphError::api_error("The parameter metric is required."));
    }
    for (place, name) in asked.iter().enumerate() {
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
    let text = match name {
        "impressions" => "(#100) Starting from version v22.0 and above, the impressions metric is no longer supported for the queried media".to_owned(),
        _ if !KNOWN.contains(&name) => {
            format!("(#100) metric[{place}] must be one of the following values: {}", KNOWN.join(", "))
        }
        _ if engagement.is_some_and(|engagement| engagement.metric(name).is_none()) => {
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
