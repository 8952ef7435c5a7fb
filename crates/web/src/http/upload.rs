//! Uploads that are under way: each holds what has arrived of it in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::http::{StatusCode, header};
use rats_domain::id::UserId;

use super::problem::Problem;

/// How many one user may send at once.
const OF_ONE: usize = 3;
/// How many all may: with 30 MB each, 720 MB.
const OF_ALL: usize = 24;
/// When to try again, in seconds.
const LATER: u64 = 10;

/// Who sends how many.
#[derive(Clone, Default)]
pub(crate) struct Uploads(Arc<Mutex<HashMap<UserId, usize>>>);

/// One that is under way until this is dropped.
pub(crate) struct Upload {
    uploads: Uploads,
    user: UserId,
}

impl Uploads {
    /// Begins one of a user's.
    ///
    /// # Errors
    ///
    /// 429 where the user sends too many already, 503 where all together do.
    pub(crate) fn begin(&self, user: &UserId) -> Result<Upload, Problem> {
        let mut under_way = self.under_way();
        if under_way.values().sum::<usize>() >= OF_ALL {
            return Err(busy("Too many pictures arrive here at this moment. Send yours again in some seconds."));
        }
        let own = under_way.entry(user.clone()).or_default();
        if *own >= OF_ONE {
            let text =
                format!("You are sending {OF_ONE} pictures already. Send this one once one of them has arrived.");
            return Err(busy(text).with_status(StatusCode::TOO_MANY_REQUESTS));
        }
        *own += 1;
        drop(under_way);
        Ok(Upload { uploads: self.clone(), user: user.clone() })
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut under_way = self.uploads.under_way();
        if let Some(own) = under_way.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                under_way.remove(&self.user);
            }
        }
    }
}

fn busy(message: impl Into<String>) -> Problem {
    Problem::unavailable(message).with_header(header::RETRY_AFTER, LATER.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(refused: Result<Upload, Problem>) -> u16 {
        refused.err().map_or(0, |problem| actix_web::ResponseError::status_code(&problem).as_u16())
    }

    #[test]
    fn sec_42_uploads_under_way_are_bounded_for_each_and_for_all() {
        let uploads = Uploads::default();
        let user = |name: usize| UserId::new(name.to_string());
        let mut own: Vec<_> = (0..OF_ONE).map(|_| uploads.begin(&user(0)).unwrap()).collect();
        assert_eq!(status(uploads.begin(&user(0))), 429);
        own.pop();
        own.push(uploads.begin(&user(0)).unwrap());
        let others: Vec<_> = (OF_ONE..OF_ALL).map(|name| uploads.begin(&user(name)).unwrap()).collect();
        assert_eq!(status(uploads.begin(&user(OF_ALL))), 503);
        drop((own, others));
        assert!(uploads.under_way().is_empty());
    }
}
