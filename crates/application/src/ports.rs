use std::sync::Arc;

use rats_domain::{
    analytics::AnalyticsRepository,
    clock::Clock,
    connection::{ConnectFlowRepository, ConnectionRepository},
    event::{EventRepository, MessageWriter},
    instagram::{Authorizer, MediaReader, Publisher},
    metrics::{AccountMetricsRepository, MetricsRepository},
    occurrence::{EventAgenda, OccurrenceRepository},
    picture::{PictureFetcher, PictureFiles, PictureMaker, PictureRepository},
    post::{AccountHistory, PostRepository},
    preference::PreferenceRepository,
    publication::PublicationQueue,
    random::Random,
    session::SessionRepository,
    user::{PasswordHasher, UserRepository},
};
use url::Url;

use crate::Settings;

/// Everything the use cases reach the world through. The composition root fills it once.
pub struct Ports {
    /// Time and waiting.
    pub clock: Arc<dyn Clock>,
    /// Ids, names, jitter.
    pub random: Arc<dyn Random>,
    /// Users, in stand-alone mode.
    pub users: Arc<dyn UserRepository>,
    /// Their passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Who is signed in on the dashboard.
    pub sessions: Arc<dyn SessionRepository>,
    /// Connect flows under way.
    pub flows: Arc<dyn ConnectFlowRepository>,
    /// Linked accounts.
    pub connections: Arc<dyn ConnectionRepository>,
    /// Events.
    pub events: Arc<dyn EventRepository>,
    /// When events are looked at.
    pub agenda: Arc<dyn EventAgenda>,
    /// The posts that they became.
    pub occurrences: Arc<dyn OccurrenceRepository>,
    /// Where users live, and when their events go out.
    pub preferences: Arc<dyn PreferenceRepository>,
    /// Who writes messages.
    pub writer: Arc<dyn MessageWriter>,
    /// What is known of pictures.
    pub pictures: Arc<dyn PictureRepository>,
    /// Their files.
    pub files: Arc<dyn PictureFiles>,
    /// Who makes them.
    pub maker: Arc<dyn PictureMaker>,
    /// Who fetches them from elsewhere.
    pub fetcher: Arc<dyn PictureFetcher>,
    /// Posts, for people.
    pub posts: Arc<dyn PostRepository>,
    /// What an account has published.
    pub history: Arc<dyn AccountHistory>,
    /// Publications, for workers.
    pub queue: Arc<dyn PublicationQueue>,
    /// Engagement of posts.
    pub metrics: Arc<dyn MetricsRepository>,
    /// Engagement of accounts.
    pub account_metrics: Arc<dyn AccountMetricsRepository>,
    /// What figures are made of.
    pub analytics: Arc<dyn AnalyticsRepository>,
    /// Instagram's login.
    pub authorizer: Arc<dyn Authorizer>,
    /// Instagram's publishing.
    pub publisher: Arc<dyn Publisher>,
    /// What is on Instagram.
    pub reader: Arc<dyn MediaReader>,
    /// The limits and spans of the use cases.
    pub settings: Settings,
}

impl Ports {
    /// The public address of a picture.
    #[must_use]
    pub fn picture_url(&self, name: &str) -> Url {
        let mut url = self.settings.public_base_url.clone();
        url.set_path(&format!("{}/media/{name}.jpg", url.path().trim_end_matches('/')));
        url
    }
}
