//! `/live`: tells a page that something moved, as server-sent events. It says no more than that: the page then asks for itself again.
//!
//! The database is asked, since what happens happens in other processes, too.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Query},
};
use futures_util::stream;
use rats_application::{Refusal, post::TakePulse, session::FindSession};
use rats_domain::{clock::Monotonic, id::UserId, secret::Secret};
use serde::Deserialize;
use tokio::sync::watch;

use super::{failure::Failure, visitor::Visitor};
use crate::{Api, http::problem::Problem};

/// How often is looked.
const EVERY: Duration = Duration::from_secs(2);
/// How often something is sent although nothing moved, so that a connection that is gone is noticed.
const QUIET: Duration = Duration::from_secs(20);
/// How long one connection lasts; the browser then comes back by itself.
const LONGEST: Duration = Duration::from_mins(10);

/// How many pages of one user may wait at once; more than a person has open, and no load.
const MOST: usize = 20;

/// How many pages of each user wait.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<BTreeMap<UserId, usize>>>);

/// One that waits, until it is dropped.
struct Place {
    places: Places,
    user: UserId,
}

impl Places {
    fn take(&self, user: &UserId) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(user.clone()).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), user: user.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

/// What the page was made of.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    since: String,
}

/// A page that waits.
struct Watch {
    api: Data<Api>,
    visitor: Visitor,
    session: Secret,
    stop: watch::Receiver<bool>,
    known: String,
    began: Monotonic,
    spoke: Monotonic,
    _place: Place,
}

/// `GET /live`: an event `change` for each time that something moved, from what the page was made of, or was last told, on.
pub(super) async fn live(
    visitor: Visitor,
    api: Data<Api>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let place = api.live().take(&visitor.user).ok_or_else(|| Problem::too_many(QUIET.as_secs()))?;
    let last = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let known = last.unwrap_or(&asked.since).chars().take(100).collect();
    let now = api.ports().clock.monotonic();
    let (stop, session) = (api.beside().stopping(), visitor.session().clone());
    let watch = Watch { api, visitor, session, stop, known, began: now, spoke: now, _place: place };
    let head = stream::once(async { Ok::<_, Refusal>(Bytes::from_static(b"retry: 3000\n\n")) });
    let changes =
        stream::try_unfold(watch, |mut watch| async move { Ok(watch.next().await?.map(|told| (told, watch))) });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(futures_util::StreamExt::chain(head, changes)))
}

impl Watch {
    /// What is sent next; nothing more once the connection has lasted, the session has ended, or the process stops.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let clock = self.api.ports().clock.clone();
        loop {
            let now = clock.monotonic();
            if now.since(self.began) >= LONGEST || *self.stop.borrow() || !self.is_signed_in().await? {
                return Ok(None);
            }
            let pulse = TakePulse(self.api.ports().clone()).run(&self.visitor.user).await?;
            if pulse != self.known {
                self.spoke = now;
                let told = format!("event: change\nid: {pulse}\ndata: {pulse}\n\n");
                self.known = pulse;
                return Ok(Some(told.into()));
            }
            if now.since(self.spoke) >= QUIET {
                self.spoke = now;
                return Ok(Some(Bytes::from_static(b":\n\n")));
            }
            tokio::select! {
                () = clock.sleep_until(now + EVERY) => {}
                _ = self.stop.changed() => {}
            }
        }
    }

    async fn is_signed_in(&self) -> Result<bool, Refusal> {
        Ok(FindSession(self.api.ports().clone()).run(&self.session).await?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_42_one_user_has_so_many_pages_that_wait_and_no_more() {
        let places = Places::default();
        let (anna, bert) = (UserId::new("anna"), UserId::new("bert"));
        let held: Vec<_> = (0..MOST).filter_map(|_| places.take(&anna)).collect();
        assert_eq!(held.len(), MOST);
        assert!(places.take(&anna).is_none() && places.take(&bert).is_some());
        drop(held);
        assert!(places.take(&anna).is_some());
        assert!(places.0.lock().unwrap().is_empty(), "nobody who has gone is remembered");
    }
}
