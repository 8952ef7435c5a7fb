//! When a browser shows something of a page.

use std::time::Duration;

use rats_tests::chromium::Chromium;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::asking::Asking;
use crate::{Outcome, report::percentile};

/// How often each page is opened.
const TIMES: usize = 7;

/// When the page that is open was painted first, in milliseconds after it was asked for; nothing before that.
const PAINTED: &str = "performance.getEntriesByName('first-paint')[0]?.startTime";

/// A browser that is signed in.
pub(super) struct Painting {
    chromium: Chromium,
    page: String,
    server: String,
}

impl Painting {
    /// In the session of `asking`.
    pub(super) async fn start(asking: &Asking) -> Outcome<Self> {
        let (server, name, value) = asking.session();
        let chromium = Chromium::start();
        let page = chromium.open().await?;
        let painting = Self { chromium, page, server: format!("http://{server}") };
        painting.call("Network.enable", json!({})).await?;
        // Each time as if it were the first.
        painting.call("Network.setCacheDisabled", json!({"cacheDisabled": true})).await?;
        let cookie = json!({"name": name, "value": value, "url": painting.server, "path": "/", "secure": true});
        let kept = painting.call("Network.setCookie", cookie).await?;
        if kept["success"] == true {
            Ok(painting)
        } else {
            Err("the browser does not take the session's cookie".into())
        }
    }

    /// The median of the first paints of a page, in milliseconds from the moment that it is asked for.
    pub(super) async fn first(&self, path: &str) -> Outcome<f64> {
        let mut paints = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            self.call("Page.navigate", json!({"url": "about:blank"})).await?;
            self.call("Page.navigate", json!({"url": format!("{}{path}", self.server)})).await?;
            paints.push(self.painted(path).await?);
        }
        Ok(percentile(&mut paints, 50.0))
    }

    async fn painted(&self, path: &str) -> Outcome<f64> {
        let expression = format!("location.pathname === {} ? {PAINTED} : null", json!(path));
        for _ in 0..500 {
            // While one page makes room for another, there is none to be asked.
            let asked = json!({"expression": expression, "returnByValue": true});
            let answer = self.call("Runtime.evaluate", asked).await.unwrap_or_default();
            if let Some(painted) = answer["result"]["value"].as_f64() {
                return Ok(painted);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(format!("{path} was not painted").into())
    }

    async fn call(&self, method: &str, params: Value) -> Outcome<Value> {
        Ok(self.chromium.call(Some(&self.page), method, params).await?)
    }
}
