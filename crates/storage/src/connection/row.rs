//! A connection's row.

use std::error::Error as _;

use rats_domain::{
    connection::{Connection, Health, PendingConnection, Token},
    id::{AccountId, ConnectionId, UserId},
};

use crate::{
    crypto::{KeyRing, Sealed},
    moment::moment,
    schema::connection,
    token::{self, SealedToken},
    trouble::Trouble,
};

/// The columns of a [`Row`], by name: see the publication's.
pub(crate) const COLUMNS: &str = "id, user_id, account, app_scoped_id, username, features, health, token_key, token, \
    token_issued_at, token_expires_at, refresh_begun_at, connected_at, linked_account, linked_user";

#[derive(
    Clone, diesel::Queryable, diesel::Selectable, diesel::QueryableByName, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = connection, treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) account: String,
    app_scoped_id: String,
    username: String,
    features: String,
    pub(crate) health: String,
    pub(crate) token_key: Option<String>,
    token: Option<String>,
    token_issued_at: Option<i64>,
    pub(super) token_expires_at: Option<i64>,
    /// When a refresh of this token was last begun.
    pub(super) refresh_begun_at: Option<i64>,
    connected_at: i64,
    pub(crate) linked_account: Option<String>,
    linked_user: Option<String>,
}

impl Row {
    /// The row of a connection that works from `now` on.
    pub(crate) fn linked(keys: &KeyRing, id: &str, pending: &PendingConnection, now: i64) -> Result<Self, Trouble> {
        let account = pending.account.as_str();
        let mut row = Self {
            id: id.into(),
            user_id: pending.user.as_str().into(),
            account: account.into(),
            app_scoped_id: pending.app_scoped_id.clone(),
            username: pending.username.clone(),
            features: token::words(&pending.features),
            health: Health::Working.as_str().into(),
            token_key: None,
            token: None,
            token_issued_at: None,
            token_expires_at: None,
            refresh_begun_at: None,
            connected_at: now,
            linked_account: Some(account.into()),
            linked_user: Some(pending.user.as_str().into()),
        };
        row.put_token(keys, &pending.token)?;
        Ok(row)
    }

    /// The same connection without its token and its link.
    pub(crate) fn unlinked(self) -> Self {
        Self {
            health: Health::Disconnected.as_str().into(),
            token_key: None,
            token: None,
            token_issued_at: None,
            token_expires_at: None,
            linked_account: None,
            linked_user: None,
            ..self
        }
    }

    /// Puts `token`, sealed anew, in the place of the stored one.
    pub(crate) fn put_token(&mut self, keys: &KeyRing, token: &Token) -> Result<(), Trouble> {
        let sealed = token::seal(keys, token, token::of_connection(&self.id, &self.account))?;
        self.token_key = Some(sealed.sealed.key);
        self.token = Some(sealed.sealed.text);
        self.token_issued_at = Some(sealed.issued_at);
        self.token_expires_at = Some(sealed.expires_at);
        self.refresh_begun_at = None;
        Ok(())
    }

    /// The token, opened.
    pub(crate) fn token(&self, keys: &KeyRing) -> Result<Option<Token>, Trouble> {
        let (Some(key), Some(text), Some(issued_at), Some(expires_at)) =
            (&self.token_key, &self.token, self.token_issued_at, self.token_expires_at)
        else {
            return Ok(None);
        };
        let sealed = SealedToken { sealed: Sealed { key: key.clone(), text: text.clone() }, issued_at, expires_at };
        token::open(keys, &sealed, token::of_connection(&self.id, &self.account)).map(Some)
    }

    /// The connection, its token opened. One whose token does not open has none and needs to be connected again, which heals it: an error here
    /// would stop whatever else was read with it, and tell its person nothing.
    pub(crate) fn open(self, keys: &KeyRing) -> Result<Connection, Trouble> {
        let stored = Health::parse(&self.health)
            .ok_or_else(|| Trouble::damaged(format!("connection.health of {}", self.id), "unknown word"))?;
        let (token, health) = match self.token(keys) {
            Ok(token) => (token, stored),
            Err(trouble) => {
                tracing::error!(connection = %self.id, key = self.token_key, %trouble, cause = trouble.source(), "a token cannot be opened: the account must be connected again, or its key put back");
                (None, Health::NeedsReconnect)
            }
        };
        Ok(Connection {
            health,
            id: ConnectionId::new(self.id),
            user: UserId::new(self.user_id),
            account: AccountId::new(self.account),
            app_scoped_id: self.app_scoped_id,
            username: self.username,
            features: token::features(&self.features)?,
            token,
            connected_at: moment(self.connected_at)?,
        })
    }
}
