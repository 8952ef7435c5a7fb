//! Users, where RATS keeps them itself.

use async_trait::async_trait;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::UserId,
    secret::Secret,
    store::StoreError,
    user::{AddUserError, User, UserRepository},
};

use crate::{
    Store,
    backend::{read, transact},
    moment::{micros, moment},
    schema::person,
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = person)]
struct Row {
    id: String,
    email: String,
    email_key: String,
    username: String,
    username_key: String,
    password_hash: String,
    created_at: i64,
}

#[async_trait]
impl UserRepository for Store {
    async fn add(&self, user: &User, password_hash: &Secret) -> Result<(), AddUserError> {
        let row = Row::new(user, password_hash);
        let added = transact!(self, |conn| {
            diesel::insert_into(person::table).values(&row).execute(conn).await?;
            Ok(())
        });
        added.map_err(|trouble| match trouble {
            trouble if trouble.is_taken("email_key") => AddUserError::EmailTaken,
            trouble if trouble.is_taken("username_key") => AddUserError::UsernameTaken,
            trouble => AddUserError::Store(trouble.into()),
        })
    }

    async fn find_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError> {
        let key = email.to_lowercase();
        let row: Option<Row> = read!(self, |conn| {
            Ok(person::table
                .filter(person::email_key.eq(&key))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(Row::into_user).transpose()?)
    }

    async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let id = id.as_str().to_owned();
        let row: Option<Row> =
            read!(self, |conn| Ok(person::table.find(&id).select(Row::as_select()).first(conn).await.optional()?))?;
        Ok(row.map(Row::into_user).transpose()?.map(|(user, _)| user))
    }
}

impl Row {
    fn new(user: &User, password_hash: &Secret) -> Self {
        Self {
            id: user.id.as_str().into(),
            email: user.email.clone(),
            email_key: user.email.to_lowercase(),
            username: user.username.clone(),
            username_key: user.username.to_lowercase(),
            password_hash: password_hash.expose().into(),
            created_at: micros(user.created_at),
        }
    }

    fn into_user(self) -> Result<(User, Secret), Trouble> {
        let user = User {
            id: UserId::new(self.id),
            email: self.email,
            username: self.username,
            created_at: moment(self.created_at)?,
        };
        Ok((user, Secret::new(self.password_hash)))
    }
}
