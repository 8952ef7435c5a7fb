use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use async_trait::async_trait;
use rats_domain::{
    secret::Secret,
    user::{HashError, PasswordHasher},
};
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
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let _permit = self.0.acquire().await.map_err(failed)?;
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Secret) -> Result<Secret, HashError> {
        self.beside(move || hash(&password)).await
    }

    async fn matches(&self, password: Secret, stored: Option<Secret>) -> Result<bool, HashError> {
        let compare = move || {
            let Some(stored) = stored else {
                // The same work, thrown away: an unknown user takes as long as a wrong password.
                return hash(&password).map(|_| false);
            };
            matches(&password, &stored)
        };
        self.beside(compare).await
    }
}

fn hash(password: &Secret) -> Result<Secret, HashError> {
    // The library's defaults are argon2id, 19 MiB, 2, 1; a test holds them.
    let salt = Salt::generate();
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&Params::default()).map_err(failed)?,
        salt: Some(salt),
        hash: Some(digest(&Argon2::default(), password, &salt)?),
    };
    Ok(Secret::new(hash.to_string()))
}

fn matches(password: &Secret, stored: &Secret) -> Result<bool, HashError> {
    let Ok(known) = PasswordHash::new(stored.expose()) else { return Ok(false) };
    let Some(salt) = known.salt else { return Ok(false) };
    let algorithm = Algorithm::try_from(known.algorithm.as_str()).map_err(failed)?;
    let version = known.version.map(Version::try_from).transpose().map_err(failed)?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&known).map_err(failed)?);
    // Takes as long wherever they differ.
    Ok(known.hash == Some(digest(&argon2, password, &salt)?))
}

/// Beyond this size glibc's allocator maps memory apart and gives it back when it is dropped, whatever was dropped before. What is smaller it
/// keeps, 57 MB for each thread that ever hashed. Only what is written to takes room.
const APART: usize = 33 * 1024 * 1024;

fn digest(argon2: &Argon2<'_>, password: &Secret, salt: &Salt) -> Result<Output, HashError> {
    let mut memory = Vec::with_capacity(APART / Block::SIZE);
    memory.resize(argon2.params().block_count(), Block::new());
    let mut bytes = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut bytes, &mut memory)
        .map_err(failed)?;
    Output::new(&bytes).map_err(failed)
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HashError {
    HashError(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sec_24_passwords_are_hashed_with_argon2id_of_19_mib_2_1() {
        let hasher = Argon2Hasher::default();
        let hash = hasher.hash(Secret::new("correct horse")).await.unwrap();

        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        let matches =
            async |password: &str, hash: Option<Secret>| hasher.matches(Secret::new(password), hash).await.unwrap();
        assert!(matches("correct horse", Some(hash.clone())).await);
        assert!(!matches("wrong", Some(hash)).await);
        assert!(!matches("correct horse", None).await);
        assert!(!matches("", Some(Secret::new(""))).await);
    }

    #[tokio::test]
    async fn what_cannot_be_worked_on_is_no_hash_and_no_wrong_password() {
        let hasher = Argon2Hasher::default();
        hasher.0.close();
        assert!(hasher.hash(Secret::new("correct horse")).await.is_err());
        assert!(hasher.matches(Secret::new("correct horse"), None).await.is_err());
    }
}
