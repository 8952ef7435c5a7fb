//! Users of our own, where RATS' server does not keep them (stand-alone mode).

use std::sync::Arc;

use rats_domain::{
    id::UserId,
    secret::Secret,
    text::{hides_something, is_blank},
    user::{AddUserError, User},
};

use crate::{FieldProblem, Ports, Refusal};

/// The shortest password, in characters.
const MIN_PASSWORD: usize = 8;
/// The longest password, in bytes: what the hasher must not be made to work on.
const MAX_PASSWORD: usize = 512;

/// Registers a user.
pub struct Register(pub Arc<Ports>);

impl Register {
    /// Adds the user and answers it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] with every member that is missing, malformed or taken; [`Refusal::Unavailable`] if the password cannot be
    /// hashed now: nothing is stored then.
    pub async fn run(&self, email: &str, password: Secret, username: &str) -> Result<User, Refusal> {
        let (email, username) = (email.trim().to_lowercase(), username.trim().to_owned());
        let problems = problems(&email, &password, &username);
        if !problems.is_empty() {
            return Err(Refusal::Invalid(problems));
        }
        let now = self.0.clock.now();
        let user = User { id: self.new_id(), email, username, created_at: now };
        let hash = self.0.passwords.hash(password).await?;
        match self.0.users.add(&user, &hash).await {
            Ok(()) => Ok(user),
            Err(AddUserError::EmailTaken) => {
                Err(Refusal::field("email", "This e-mail address is already registered. Sign in instead."))
            }
            Err(AddUserError::UsernameTaken) => {
                Err(Refusal::field("username", "This username is taken. Choose another one."))
            }
            Err(AddUserError::Store(error)) => Err(error.into()),
        }
    }

    /// 24 hexadecimal characters, as RATS' own user ids have.
    fn new_id(&self) -> UserId {
        let seconds = u32::try_from(self.0.clock.now().unix_timestamp()).unwrap_or(u32::MAX);
        UserId::new(format!("{seconds:08x}{}", &self.0.random.new_name()[..16]))
    }
}

fn problems(email: &str, password: &Secret, username: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut wrong = |field, message: &str| problems.push(FieldProblem { field, message: message.to_owned() });
    let plausible = email.len() <= 254
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        });
    match email {
        "" => wrong("email", "An e-mail address is needed."),
        _ if !plausible => wrong("email", "This is not an e-mail address; it looks like name@example.com."),
        _ => {}
    }
    match password.expose() {
        "" => wrong("password", "A password is needed."),
        text if text.chars().count() < MIN_PASSWORD => {
            wrong("password", "The password is too short; use at least 8 characters.");
        }
        text if text.len() > MAX_PASSWORD => wrong("password", "The password is too long; use at most 512 bytes."),
        _ => {}
    }
    match username {
        _ if is_blank(username) => wrong("username", "A username is needed."),
        // The confirmation page shows it: nobody may look like somebody else.
        _ if username.chars().count() > 50 || hides_something(username) => {
            wrong("username", "The username may have at most 50 visible characters.");
        }
        _ => {}
    }
    problems
}

/// Signs a user in.
pub struct SignIn(pub Arc<Ports>);

impl SignIn {
    /// The user with this e-mail address and password. A wrong address and a wrong password are alike in answer and time.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unauthorized`] if they do not belong together, [`Refusal::Unavailable`] if that cannot be found out now.
    pub async fn run(&self, email: &str, password: Secret) -> Result<User, Refusal> {
        let found = self.0.users.find_by_email(&email.trim().to_lowercase()).await?;
        let (user, hash) = found.unzip();
        let too_long = password.expose().len() > MAX_PASSWORD;
        let password = if too_long { Secret::new("") } else { password };
        let matches = self.0.passwords.matches(password, hash).await?;
        user.filter(|_| matches && !too_long)
            .ok_or_else(|| Refusal::Unauthorized("The e-mail address or the password is wrong.".into()))
    }
}

/// What is known of a user, where we keep users.
pub struct FindUser(pub Arc<Ports>);

impl FindUser {
    /// The user with this id.
    pub async fn run(&self, id: &UserId) -> Result<Option<User>, Refusal> {
        Ok(self.0.users.find(id).await?)
    }
}
