use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use async_trait::async_trait;
use rats_domain::{secret::Secret, user::PasswordHasher};
use tokio::sync::Semaphore;

/// How many passwords are hashed at once; each takes 19 MiB.
const AT_ONCE: usize = 2;

/// Hashes passwords with argon2id: 19 MiB, 2 passes, 1 lane (OWASP's minimum), beside the async workers, two at a time.
#[derive(Clone)]
pub struct Argon2Hasher(Arc<Semaphore>);

impl Default for Argon2Hasher {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Argon2Hasher {
    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _permit = self.0.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Secret) -> Secret {
        // A hash that could not be made is empty, and matches nothing.
        Secret::new(self.beside(move || hash(&password)).await.unwrap_or_default())
    }

    async fn matches(&self, password: Secret, stored: Option<Secret>) -> bool {
        let compare = move || {
            let Some(stored) = stored else {
                // The same work, thrown away: an unknown user takes as long as a wrong password.
                let _ = hash(&password);
                return false;
            };
            matches(&password, &stored)
        };
        self.beside(compare).await.unwrap_or(false)
    }
}

fn hash(password: &Secret) -> String {
    // The library's defaults are argon2id, 19 MiB, 2, 1; a test holds them.
    Argon2::default().hash_password(password.expose().as_bytes()).map(|hash| hash.to_string()).unwrap_or_default()
}

fn matches(password: &Secret, stored: &Secret) -> bool {
    PasswordHash::new(stored.expose())
        .is_ok_and(|hash| Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sec_24_passwords_are_hashed_with_argon2id_of_19_mib_2_1() {
        let hasher = Argon2Hasher::default();
        let hash = hasher.hash(Secret::new("correct horse")).await;

        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        assert!(hasher.matches(Secret::new("correct horse"), Some(hash.clone())).await);
        assert!(!hasher.matches(Secret::new("wrong"), Some(hash)).await);
        assert!(!hasher.matches(Secret::new("correct horse"), None).await);
        assert!(!hasher.matches(Secret::new(""), Some(Secret::new(""))).await);
    }
}
