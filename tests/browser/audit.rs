//! What must be true of every page: axe finds nothing serious, the browser complains about nothing, and it fits the screen.

use serde_json::{Value, json};

use crate::{
    page::{Page, Width},
    visit::Visit,
};

/// axe-core, see `axe/README.md`.
const AXE: &str = include_str!("axe/axe.min.js");

/// What is serious or critical on the page, in words: the rule, where, and why.
const SERIOUS: &str = r"axe.run(document, { resultTypes: ['violations'], runOnly: RULES }).then((found) => found.violations
  .filter((it) => ['serious', 'critical'].includes(it.impact))
  .flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.html.slice(0, 200)}: ${node.failureSummary}`)))";

/// The rules for everybody's pages: WCAG 2.2 up to AA, and best practices.
const ALL: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// What depends on colours.
const CONTRAST: &str = "{ type: 'rule', values: ['color-contrast'] }";

impl Page {
    /// Holds the page against axe's rules, against the browser's own complaints so far, and against its width.
    pub(crate) async fn audit(&self) {
        let found = self.findings().await;
        let at = self.value("`${document.title} at ${location.pathname}, ${innerWidth} px`").await;
        assert!(found.is_empty(), "{at}: {found:#?}");
    }

    /// All that is wrong with it, in words.
    pub(crate) async fn findings(&self) -> Vec<String> {
        // A phone's browser makes a page that is too wide smaller: what it shows then is wider than the screen.
        let is_wide =
            self.value("document.documentElement.scrollWidth").await.as_u64() > Some(self.width.size().0.into());
        let wide = is_wide.then(|| "it has to be scrolled sideways".to_owned());
        [self.accessibility().await, self.complaints(), wide.into_iter().collect()].concat()
    }

    /// What axe finds serious: all of its rules in the light, and what depends on colours in the dark, too.
    pub(crate) async fn accessibility(&self) -> Vec<String> {
        self.value(&format!("if (!globalThis.axe) {{ {AXE} }}")).await;
        let mut found = vec![];
        for (theme, rules) in [("dark", CONTRAST), ("light", ALL)] {
            self.show_in(theme).await;
            let told = self.value(&SERIOUS.replace("RULES", rules)).await;
            found.extend(told.as_array().expect("a list").iter().map(|it| format!("in the {theme}: {it}")));
        }
        found
    }

    /// What the browser complained about so far: errors in scripts, on the console, and what the policy refused.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let logged = self.chromium.events("Log.entryAdded").into_iter();
        let logged = logged.filter(|it| it["entry"]["level"] == "error" && self.is_ours(&it["entry"]["url"]));
        let said = self.chromium.events("Runtime.consoleAPICalled").into_iter();
        let said = said.filter(|it| ["error", "warning", "assert"].map(Value::from).contains(&it["type"]));
        let thrown = self.chromium.events("Runtime.exceptionThrown").into_iter();
        logged.chain(said).chain(thrown).map(|it| it.to_string()).collect()
    }

    /// Whether something is of RATS' pages, not of the simulated Instagram's.
    fn is_ours(&self, url: &Value) -> bool {
        url.as_str().is_none_or(|url| url.is_empty() || url.starts_with(&self.address))
    }

    async fn show_in(&self, theme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": theme},
            // Nothing is half-way between two colours while it is looked at.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_page_is_found() {
    let visit = Visit::begin(Width::Phone).await;
    let page = &visit.page;
    let faults = [
        ("document.querySelector('label').remove()", "label"),
        ("document.querySelector('h1').style.color = '#eee8e0'", "in the light: \"color-contrast"),
        ("document.querySelector('h1').style.color = '#222'", "in the dark: \"color-contrast"),
        (
            "document.querySelector('h1').outerHTML = '<h1 style=\"color: red\">It breaks the policy</h1>'",
            "Content Security Policy",
        ),
        ("document.head.append(Object.assign(document.createElement('script'), { src: '/nowhere.js' }))", "404"),
        ("console.error('it is broken')", "it is broken"),
        ("setTimeout(() => { throw new Error('it was thrown') })", "it was thrown"),
        ("document.querySelector('h1').style.width = '500px'", "sideways"),
    ];
    for (fault, told) in faults {
        page.go("/sign-in").await;
        page.audit().await;
        page.value(&format!("{fault}; 0")).await;
        let found = page.findings().await;
        assert!(found.iter().any(|it| it.contains(told)), "{fault} is not found: {found:#?}");
        page.chromium.forget_events();
    }
}
