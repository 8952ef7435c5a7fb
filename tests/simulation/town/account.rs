//! The people of a town: their accounts, and the posts that they make.

use std::time::Duration;

use rats_domain::{
    caption::Caption,
    clock::Clock as _,
    connection::{Begun, Connection, ConnectionRepository as _, Feature, Health, PendingConnection, Token},
    id::{AccountId, ConnectionId, MediaId, PictureId, PostId, UserId},
    post::{Origin, Post, PostRepository as _},
    publication::{Publication, Step},
    secret::Secret,
};
use rats_instagram_sim as sim;
use rats_instagram_sim::{Credentials, NewContainer, Picture};

use super::{ByHand, Town};

/// All that we ask for.
const ALL: [Feature; 3] = [Feature::Basic, Feature::Publish, Feature::Insights];

impl Town {
    /// A user with a new account.
    pub(crate) fn person(&mut self) -> Connection {
        self.person_whose_token_was_issued(time::Duration::days(2))
    }

    /// The same, with a token of this age: Instagram's end after 60 days.
    pub(crate) fn person_whose_token_was_issued(&mut self, ago: time::Duration) -> Connection {
        self.accounts += 1;
        let user = UserId::new(format!("u{}", self.accounts));
        let made = self.network.instagram.make_accounts(1, self.now() - ago).remove(0);
        self.link_issued(&user, &made, ago, &ALL)
    }

    /// Instagram issues another token for an account.
    pub(crate) fn new_token(&self, account: &AccountId) -> Credentials {
        let instagram = &self.network.instagram;
        let made = (1..).find_map(|number| {
            let username = format!("account.{number}");
            let found = instagram.account(&username)?;
            (found.id.to_string() == account.as_str()).then(|| instagram.token_for(&username, self.now()))?
        });
        made.expect("an account that was made")
    }

    /// The user links an account, anew or again.
    pub(crate) fn link(&self, user: &UserId, made: &Credentials) -> Connection {
        // Old enough to be refreshed.
        self.link_issued(user, made, time::Duration::days(2), &ALL)
    }

    /// The same, without leave to publish.
    pub(crate) fn link_to_look_only(&self, user: &UserId, made: &Credentials) -> Connection {
        self.link_issued(user, made, time::Duration::days(2), &[Feature::Basic, Feature::Insights])
    }

    fn link_issued(&self, user: &UserId, made: &Credentials, ago: time::Duration, features: &[Feature]) -> Connection {
        let at = self.store_clock.now();
        let issued_at = at - ago;
        let pending = PendingConnection {
            user: user.clone(),
            account: AccountId::new(made.ig_user_id.to_string()),
            app_scoped_id: "9".into(),
            username: "anna".into(),
            features: features.to_vec(),
            token: Token {
                secret: Secret::new(&made.token),
                issued_at,
                expires_at: issued_at + time::Duration::days(60),
            },
            begun: Begun { at, address: "192.0.2.1".into(), browser: "Firefox".into() },
            expires_at: at + time::Duration::minutes(10),
        };
        let id = ConnectionId::new(format!("c-{user}-{}", made.ig_user_id));
        self.gates.wait(self.store.activate(&id, &pending, at)).unwrap()
    }

    /// The person disconnects the account.
    pub(crate) fn disconnect(&self, connection: &Connection) {
        let at = self.store_clock.now();
        self.gates.wait(self.store.disconnect(&connection.user, at)).unwrap();
    }

    /// A post of the person's, to be live after `after`.
    pub(crate) fn post(&mut self, connection: &Connection, after: Duration) -> Post {
        self.posts += 1;
        let text = format!("Happy birthday number {}!", self.posts);
        self.post_saying(connection, after, &text)
    }

    /// The same with a text of its own.
    pub(crate) fn post_saying(&mut self, connection: &Connection, after: Duration, text: &str) -> Post {
        let useless_after = self.settings.publish.useless_after;
        self.add(connection, Origin::Scheduled, after, useless_after, text)
    }

    /// "Publish now", or none where the account is not connected: to be walked by a process that took the request.
    pub(crate) fn post_now(&mut self, connection: &Connection, origin: Origin) -> Option<Post> {
        let known = self.gates.wait(self.store.find_by_user(&connection.user)).unwrap();
        if known.is_none_or(|known| known.health != Health::Working || known.id != connection.id) {
            return None;
        }
        let spans = &self.settings.publish;
        let useless_after = if origin == Origin::Test { spans.useless_after_test } else { spans.useless_after_now };
        let text = format!("Happy birthday at once, number {}!", self.posts + 1);
        Some(self.add(connection, origin, Duration::ZERO, useless_after, &text))
    }

    fn add(
        &mut self,
        connection: &Connection,
        origin: Origin,
        after: Duration,
        useless_after: Duration,
        text: &str,
    ) -> Post {
        self.posts += 1;
        let at = self.store_clock.now();
        let publish_at = at + after;
        let post = Post {
            id: PostId::new(format!("p{:03}", self.posts)),
            user: connection.user.clone(),
            event: None,
            caption: Caption::stored(text.into()),
            picture: PictureId::new("picture"),
            origin,
            scheduled_for: Some(publish_at),
            created_at: at,
            updated_at: at,
        };
        let scheduled = Step::Scheduled {
            connection: connection.id.clone(),
            account: connection.account.clone(),
            publish_at,
            due_at: (publish_at - self.settings.publish.lead).max(at),
            useless_after: publish_at + useless_after,
            content_changed: false,
        };
        let publication = Publication::draft(post.id.clone(), post.user.clone()).after(scheduled).unwrap();
        self.gates.wait(self.store.add(&post, &publication, &[], None)).unwrap();
        post
    }

    /// The owner of the account posts this in the Instagram app.
    pub(crate) fn post_by_hand(&mut self, connection: &Connection, text: &str) -> MediaId {
        let new = NewContainer { caption: text.into(), alt_text: None, picture: Picture::stand_in() };
        let account = sim::AccountId(connection.account.as_str().parse().unwrap());
        let media = self.network.instagram.post_by_hand(account, new, self.now()).unwrap();
        let media = MediaId::new(media.to_string());
        let made = ByHand { account: connection.account.clone(), text: text.into(), media: media.clone() };
        self.by_hand.push(made);
        media
    }
}
