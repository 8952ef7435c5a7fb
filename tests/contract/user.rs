//! `UserRepository`.

use rats_domain::{
    secret::Secret,
    user::{AddUserError, User, UserRepository as _},
};

use crate::{
    example::user,
    world::{T, promises},
};

fn anna() -> User {
    User { id: user("u"), email: "anna@example.com".into(), username: "Anna".into(), created_at: T }
}

promises! {
    async fn a_user_is_found_by_address_and_id(world: World) {
        let store = &world.store;
        let hash = Secret::new("$argon2id$x");
        store.add(&anna(), &hash).await.unwrap();

        assert_eq!(store.find_by_email("anna@example.com").await.unwrap(), Some((anna(), hash)));
        assert_eq!(rats_domain::user::UserRepository::find(store, &user("u")).await.unwrap(), Some(anna()));
        assert_eq!(store.find_by_email("bert@example.com").await.unwrap(), None);
        assert_eq!(rats_domain::user::UserRepository::find(store, &user("v")).await.unwrap(), None);
    }

    async fn address_and_name_are_unique_without_regard_to_case(world: World) {
        let store = &world.store;
        let hash = Secret::new("$argon2id$x");
        store.add(&anna(), &hash).await.unwrap();
        let same_address = User { id: user("v"), email: "ANNA@example.com".into(), username: "Bert".into(), ..anna() };
        let same_name = User { id: user("v"), email: "bert@example.com".into(), username: "aNNa".into(), ..anna() };

        assert!(matches!(store.add(&same_address, &hash).await, Err(AddUserError::EmailTaken)));
        assert!(matches!(store.add(&same_name, &hash).await, Err(AddUserError::UsernameTaken)));
        assert_eq!(store.find_by_email("bert@example.com").await.unwrap(), None);
    }
}
