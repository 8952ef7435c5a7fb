//! A page as a person uses it: what is pressed and filled in is found by the words that stand there, and pressed with a real pointer, so
//! that what is covered or off the page cannot be pressed.

use std::{path::Path, time::Duration};

use rats_tests::chromium::Chromium;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// How long a page may take to become what is waited for.
const LONGEST: Duration = Duration::from_mins(2);

/// Functions that every script here may use.
const WORDS: &str = include_str!("page.js");

/// How wide a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// 1,280 pixels.
    Desktop,
    /// 390 pixels, as a phone has.
    Phone,
}

impl Width {
    /// Its width and height, in pixels.
    pub(crate) fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1_280, 900),
            Self::Phone => (390, 844),
        }
    }
}

/// The one page of a Chromium.
pub(crate) struct Page {
    pub(crate) chromium: Chromium,
    pub(crate) address: String,
    pub(crate) width: Width,
    session: String,
}

impl Page {
    /// Opens an empty page; paths are those of `address`.
    pub(crate) async fn open(address: &str, width: Width) -> Self {
        let chromium = Chromium::start();
        let session = chromium.open().await.expect("a page");
        let page = Self { chromium, address: address.to_owned(), width, session };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({})).await;
        }
        let (wide, high) = width.size();
        let size = json!({"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": width == Width::Phone});
        page.call("Emulation.setDeviceMetricsOverride", size).await;
        page.call("Input.setInterceptDrags", json!({"enabled": true})).await;
        page
    }

    /// Calls a method of the page's.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        self.chromium.call(Some(&self.session), method, params).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Opens a path, or a whole address, and waits until all of it is there.
    pub(crate) async fn go(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.address) } else { path.to_owned() };
        self.call("Page.navigate", json!({"url": url})).await;
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'").await;
    }

    /// The same without scripts; for good.
    pub(crate) async fn without_scripts(&self) {
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    }

    /// What a script's expression is.
    ///
    /// # Errors
    ///
    /// What it threw, or that the page went away meanwhile.
    pub(crate) async fn evaluate(&self, script: &str) -> Result<Value, String> {
        let params = json!({"expression": format!("{WORDS}{script}"), "returnByValue": true, "awaitPromise": true});
        let mut answer = self.chromium.call(Some(&self.session), "Runtime.evaluate", params).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(format!("{} {}", thrown["text"], thrown["exception"]["description"])),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// The same where it must work.
    pub(crate) async fn value(&self, script: &str) -> Value {
        self.evaluate(script).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an expression is true, or something at all.
    pub(crate) async fn until(&self, script: &str) -> Value {
        let end = Instant::now() + LONGEST;
        loop {
            // While another page comes, there is none to be asked.
            let value = self.evaluate(script).await;
            match &value {
                Ok(Value::Null | Value::Bool(false)) | Err(_) => {}
                Ok(value) => return value.clone(),
            }
            if Instant::now() > end {
                let shown = self.evaluate("location.href + '\\n' + document.body.innerText").await;
                panic!("waited in vain for {script} ({value:?}) at {}", shown.unwrap_or_else(Value::from));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the page shows these words.
    pub(crate) async fn until_shows(&self, words: &str) {
        self.until(&format!("document.readyState === 'complete' && shows({})", json!(words))).await;
    }

    /// Waits until the page is at this path, all of it.
    pub(crate) async fn until_at(&self, path: &str) {
        self.until(&format!("document.readyState === 'complete' && location.pathname === {}", json!(path))).await;
    }

    /// Presses the link, button or switch of these words.
    pub(crate) async fn press(&self, words: &str) {
        let (x, y) = self.place(&format!("named({})", json!(words))).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let at = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", at).await;
        }
    }

    /// Fills in the field of this label.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.until(&format!("focusOn({})", json!(label))).await;
        self.call("Input.insertText", json!({"text": text})).await;
    }

    /// Chooses in the field of this label: an option, a day, a time.
    pub(crate) async fn choose(&self, label: &str, value: &str) {
        self.until(&format!("choose({}, {})", json!(label), json!(value))).await;
    }

    /// Chooses a file in the field of this label.
    pub(crate) async fn attach(&self, label: &str, file: &Path) {
        let script = format!("{WORDS}field({})", json!(label));
        let found = self.call("Runtime.evaluate", json!({"expression": script})).await;
        // Chromium reads no file whose path has `..` in it.
        let file = file.canonicalize().expect("a file");
        let params = json!({"objectId": found["result"]["objectId"], "files": [file]});
        self.call("DOM.setFileInputFiles", params).await;
    }

    /// Presses a key with Alt held, on what an expression finds.
    pub(crate) async fn alt_key(&self, element: &str, key: &str) {
        self.until(&format!("({element})?.focus(), document.activeElement === ({element})")).await;
        for kind in ["rawKeyDown", "keyUp"] {
            // 1 is Alt.
            self.call("Input.dispatchKeyEvent", json!({"type": kind, "key": key, "code": key, "modifiers": 1})).await;
        }
    }

    /// Drags one thing onto another, each found by an expression.
    pub(crate) async fn drag(&self, thing: &str, onto: &str) {
        let (x, y) = self.place(thing).await;
        let dropped = pair(&self.until(&format!("middle({onto})")).await);
        let events = self.chromium.events("Input.dragIntercepted").len();
        self.call(
            "Input.dispatchMouseEvent",
            json!({"type": "mousePressed", "x": x, "y": y, "button": "left", "clickCount": 1}),
        )
        .await;
        // A drag begins with some pixels of movement.
        for by in [4, 12] {
            let at = json!({"type": "mouseMoved", "x": x + f64::from(by), "y": y + f64::from(by), "button": "left", "buttons": 1});
            self.call("Input.dispatchMouseEvent", at).await;
        }
        let data = self.dragged(events).await;
        for kind in ["dragEnter", "dragOver", "drop"] {
            let at = json!({"type": kind, "x": dropped.0, "y": dropped.1, "data": data});
            self.call("Input.dispatchDragEvent", at).await;
        }
    }

    /// What is being dragged, once Chromium says so.
    async fn dragged(&self, before: usize) -> Value {
        let end = Instant::now() + LONGEST;
        loop {
            if let Some(event) = self.chromium.events("Input.dragIntercepted").get(before) {
                return event["data"].clone();
            }
            assert!(Instant::now() < end, "nothing was dragged");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where the middle of something is, once it is there and lies on top.
    async fn place(&self, element: &str) -> (f64, f64) {
        pair(&self.until(&format!("place({element})")).await)
    }
}

fn pair(found: &Value) -> (f64, f64) {
    (found[0].as_f64().expect("a number"), found[1].as_f64().expect("a number"))
}
