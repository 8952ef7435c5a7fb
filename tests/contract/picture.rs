//! `PictureRepository`.

use rats_domain::{
    id::PictureId,
    idempotency::{AddError, Added},
    picture::{Fit, Picture, PictureRepository as _, PictureSource},
};

use crate::{
    example::{key, user},
    world::{T, promises},
};

pub(crate) fn picture(id: &str, owner: &str) -> Picture {
    Picture {
        id: PictureId::new(id),
        user: user(owner),
        source: PictureSource::Photo,
        original: Some("0f".into()),
        fit: Fit::Crop,
        width: 1_080,
        height: 1_350,
        bytes: 8_000_000,
        changes: vec!["turned".into(), "cropped".into()],
        created_at: T,
    }
}

promises! {
    async fn a_picture_is_its_users_alone(world: World) {
        let store = &world.store;
        assert_eq!(store.add(&picture("a", "u"), None).await.unwrap(), Added::New(picture("a", "u")));

        assert_eq!(store.find(&user("u"), &PictureId::new("a")).await.unwrap(), Some(picture("a", "u")));
        assert_eq!(store.find(&user("v"), &PictureId::new("a")).await.unwrap(), None);
    }

    async fn a_key_adds_a_picture_once(world: World) {
        let store = &world.store;
        store.add(&picture("a", "u"), Some(&key("k", "body"))).await.unwrap();

        let again = store.add(&picture("b", "u"), Some(&key("k", "body"))).await.unwrap();
        assert_eq!(again, Added::Before(picture("a", "u")));
        assert_eq!(store.find(&user("u"), &PictureId::new("b")).await.unwrap(), None);
        let other = store.add(&picture("b", "u"), Some(&key("k", "other"))).await;
        assert!(matches!(other, Err(AddError::KeyReused { added }) if added == "a"));
    }

    async fn a_variant_is_found_by_its_original_and_fit(world: World) {
        let store = &world.store;
        store.add(&picture("a", "u"), None).await.unwrap();
        let card = Picture { source: PictureSource::Card, original: None, fit: Fit::Pad, ..picture("b", "u") };
        store.add(&card, None).await.unwrap();

        assert_eq!(store.find_variant(&user("u"), "0f", Fit::Crop).await.unwrap(), Some(picture("a", "u")));
        assert_eq!(store.find_variant(&user("u"), "0f", Fit::Pad).await.unwrap(), None);
        assert_eq!(store.find_variant(&user("v"), "0f", Fit::Crop).await.unwrap(), None);
    }
}
