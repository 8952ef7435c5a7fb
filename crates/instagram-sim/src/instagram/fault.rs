use serde::{Deserialize, Serialize};

use super::World;
use super::failure::{Failure, GraphError};
use super::id::AccountId;
use super::refusal;
use super::scope::Call;

/// A fault that is switched on, for whom, and how often.
///
/// On the wire one flat object: `{"fault":"status-lag","seconds":30,"account":"17841400000000001","times":1}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: Fault,
    /// The account it hits, by id or username; everyone's without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// How many more times it happens; until it is removed without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How probable it is each time, 0 to 1, drawn from the simulator's seed; always without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// What can go wrong. Names on the wire are the variants' in kebab case, members in camel case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Publishes, then closes the connection without a byte of an answer.
    PublishThenDrop,
    /// Publishes, then closes the connection in the middle of the answer.
    PublishThenCut,
    /// Publishes, then answers HTTP 500, code 2.
    PublishThenError,
    /// Publishes, then answers HTTP 403, `4/2207051`.
    PublishThenBlocked,
    /// Publishes, then answers 200 with an empty body.
    PublishThenEmpty,
    /// Publishes, then answers `9007/2207027`, as if it were not ready.
    PublishThenNotReady,
    /// Closes the connection and publishes nothing.
    DropBeforePublish,
    /// Answers 200 with an empty body and publishes nothing.
    Empty,
    /// Answers HTTP 403, `4/2207051` and publishes nothing.
    Blocked,
    /// Answers `24/2207006` to a publish within `seconds` of the container's `FINISHED`.
    NotFoundAfterFinished {
        /// Seconds of the simulator's clock.
        seconds: u64,
    },
    /// Answers `9007/2207027` to a publish.
    NotReady,
    /// Answers `9/2207042` to a publish.
    QuotaReached,
    /// Answers `25/2207050` to a publish.
    AccountRestricted,
    /// Works on a publish request only after waiting, also when its sender has gone away.
    PublishLate {
        /// Milliseconds of the machine's clock.
        delay_ms: u64,
    },
    /// Publishes at once and answers only after waiting.
    AnswerLate {
        /// Milliseconds of the machine's clock.
        delay_ms: u64,
    },
    /// The container still reads `FINISHED` this long after its publish.
    StatusLag {
        /// Seconds of the simulator's clock.
        seconds: u64,
    },
    /// The media is missing from the account's listing this long after its publish.
    ListingLag {
        /// Seconds of the simulator's clock.
        seconds: u64,
    },
    /// Every call answers `190/463`.
    TokenExpired,
    /// Every call answers `190/460`.
    PasswordChanged,
    /// Every call answers `Unsupported request - method type: …`.
    UnsupportedRequest,
    /// Every call answers `80002`, with the usage header saying when calls are allowed again.
    RateLimited {
        /// `estimated_time_to_regain_access`.
        #[serde(default)]
        minutes: u32,
    },
    /// Usage headers show this percentage.
    Usage {
        /// Per cent.
        percent: u32,
    },
    /// Container creation answers `9004/2207052`.
    DownloadRefused,
    /// Container creation answers `-2/2207003`.
    DownloadTimeout,
    /// Creates the container, then closes the connection without a byte of an answer.
    CreateThenDrop,
    /// A created container ends in `ERROR` with this subcode.
    ContainerError {
        /// The subcode in the status text, such as 2207026 or 2207082.
        subcode: u32,
    },
    /// Reads of containers and media answer `100/33`, as in the outage of May 2026.
    ObjectMissing,
    /// Insights do not know this metric any more, of anyone.
    MetricRetired {
        /// Its name.
        metric: String,
    },
    /// Every read answers HTTP 500, code 2.
    ReadsDown,
    /// Every read answers HTTP 502 with an HTML page.
    ReadsHtml,
    /// One kind of call closes the connection without effect or answer.
    Drop {
        /// Which call.
        call: Call,
    },
    /// One kind of call, or every one, answers this error without effect.
    Error {
        /// Which call; every one without.
        #[serde(default)]
        call: Option<Call>,
        /// The HTTP status, 400 without.
        #[serde(default)]
        status: Option<u16>,
        /// `error.code`.
        code: i32,
        /// `error.error_subcode`.
        #[serde(default)]
        subcode: Option<u32>,
        /// `error.message`.
        #[serde(default)]
        message: Option<String>,
    },
}

impl World {
    /// The first switched-on fault that `pick` takes, that is for `account`, and that happens now; counts it.
    pub(super) fn take_fault<T>(&mut self, account: AccountId, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let username = self.accounts.get(&account).map(|found| found.username.as_str());
        let id = account.to_string();
        for rule in &mut self.faults {
            let is_for = rule.account.as_deref().is_none_or(|who| who == id || Some(who) == username);
            let Some(picked) = pick(&rule.fault).filter(|_| is_for && rule.times != Some(0)) else { continue };
            if rule.probability.is_some_and(|probability| !self.random.happens(probability)) {
                continue;
            }
            rule.times = rule.times.map(|left| left - 1);
            self.faults.retain(|rule| rule.times != Some(0));
            return Some(picked);
        }
        None
    }

    pub(super) fn has_fault(&mut self, account: AccountId, fault: &Fault) -> bool {
        self.take_fault(account, |found| (found == fault).then_some(())).is_some()
    }

    /// The faults that any call of this kind meets before it does anything.
    pub(super) fn intercept(&mut self, account: AccountId, call: Call) -> Result<(), Failure> {
        self.take_fault(account, |fault| interception(fault, call)).map_or(Ok(()), Err)
    }
}

fn interception(fault: &Fault, call: Call) -> Option<Failure> {
    let refused = match fault {
        Fault::Drop { call: which } if *which == call => return Some(Failure::Dropped),
        Fault::ReadsHtml if call.is_read() => return Some(Failure::Html(502)),
        Fault::ReadsDown if call.is_read() => refusal::service_down(),
        Fault::ObjectMissing if matches!(call, Call::ContainerRead | Call::MediaRead) => {
            refusal::missing_object("get", "unknown")
        }
        Fault::TokenExpired => {
            refusal::expired_token(time::OffsetDateTime::UNIX_EPOCH, time::OffsetDateTime::UNIX_EPOCH)
        }
        Fault::PasswordChanged => refusal::password_changed(),
        Fault::UnsupportedRequest => refusal::unsupported_request(call.method()),
        Fault::RateLimited { minutes } => refusal::rate_limited(*minutes),
        Fault::Error { call: which, status, code, subcode, message } if which.is_none_or(|which| which == call) => {
            let message = message.as_deref().unwrap_or("A simulated error.");
            GraphError::new(*code, *subcode, message).status(status.unwrap_or(400))
        }
        _ => return None,
    };
    Some(refused.into())
}
