use std::path::PathBuf;
use std::time::Duration;

/// How a simulated Instagram is set up; what is not said takes its default.
#[derive(Debug, Clone)]
pub struct Config {
    /// The Instagram app id that the consent page and the code exchange accept.
    pub client_id: String,
    /// The Instagram app secret that the token endpoints accept.
    pub client_secret: String,
    /// Registered redirect addresses, compared character by character.
    pub redirect_uris: Vec<String>,
    /// The shape of the code exchange's answer.
    pub token_shape: TokenShape,
    /// How long a container stays `IN_PROGRESS`, by the simulator's clock.
    pub processing: Duration,
    /// How long the simulator waits for a picture, by the machine's clock, before `-2/2207003`.
    pub download_timeout: Duration,
    /// How long every answer but the control API's takes on top, by the machine's clock; the call itself is worked on at once.
    pub latency: Duration,
    /// Whether a picture is downloaded and judged once for each address: for measurements, whose posts share one.
    pub remember_pictures: bool,
    /// Where the state is kept over restarts (pictures in a folder beside it); `None` keeps it in memory.
    pub state_file: Option<PathBuf>,
    /// Publishes allowed per account in a rolling 24 h (`config.quota_total`).
    pub quota_total: u32,
    /// What a second publish of a published container does.
    pub repeat: Repeat,
    /// The seed of every id, token, code, number and probability.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            client_id: "100000000000001".to_owned(),
            client_secret: "simulated-secret".to_owned(),
            redirect_uris: Vec::new(),
            token_shape: TokenShape::Flat,
            processing: Duration::ZERO,
            download_timeout: Duration::from_secs(10),
            latency: Duration::ZERO,
            remember_pictures: false,
            state_file: None,
            quota_total: 100,
            repeat: Repeat::SameId,
            seed: 1,
        }
    }
}

/// The shape of the code exchange's answer: both occur, Instagram's page and the live service differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenShape {
    /// As seen live: the members at the top, `user_id` a number, `permissions` an array.
    Flat,
    /// As documented: `{"data":[{…}]}`, `user_id` a string, `permissions` a comma list.
    Data,
}

/// What a second `media_publish` of a `PUBLISHED` container does; Instagram documents nothing, claims conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Answers the first publish's media id.
    SameId,
    /// Refuses with `24/2207008`.
    Error2207008,
    /// Refuses with `9007/2207027`.
    Error9007,
    /// Publishes a second media: for tests that prove a client never sends it.
    Hostile,
}
