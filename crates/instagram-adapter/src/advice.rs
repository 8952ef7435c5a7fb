//! The table from Instagram's numbers to what can be done.
//!
//! Source: Instagram Platform, "Error Codes", and Graph API, "Handling Errors"; a few rows (`2207076` and its neighbours) are known from
//! use alone. Where the pages leave a choice, it is made here: what a new connection may heal asks for one, what only the app's owner
//! can heal stops, and a restricted account waits for its person.

use rats_domain::instagram::{Advice, PlatformError, WE_TRY};

/// What can be done about an error, and how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) advice: Advice,
    /// What happened: a clause without a full stop.
    pub(crate) what: &'static str,
    /// What the person can do, or what we do.
    pub(crate) then: &'static str,
}

impl Rule {
    /// The error that is told by it.
    pub(crate) fn error(&self) -> PlatformError {
        PlatformError::unnumbered(self.advice, self.what, self.then)
    }
}

const fn rule(advice: Advice, what: &'static str, then: &'static str) -> Rule {
    Rule { advice, what, then }
}

const AGAIN: &str = "Connect the account again.";
const CHANGE_PICTURE: &str = "Choose another picture, then try again.";
pub(crate) const TELL_OWNER: &str = "Tell whoever runs this service; the post itself is fine.";
const HOST: &str =
    "Try another picture. If that fails, too, tell whoever runs this service: Instagram cannot open the pictures here.";

pub(crate) const UNREADABLE: Rule = rule(Advice::Retry, "Instagram's answer could not be read", WE_TRY);
pub(crate) const FAILED: Rule = rule(Advice::Retry, "Instagram had a problem of its own", WE_TRY);
pub(crate) const TOO_MANY_CALLS: Rule =
    rule(Advice::Wait, "Instagram takes no more requests from us for the moment", "We go on as soon as it allows.");
pub(crate) const LOGIN_REFUSED: Rule = rule(
    Advice::Reconnect,
    "Instagram did not accept this login: it was used already or is too old, or this service is set up wrongly",
    "Start connecting again; if that does not help, tell whoever runs this service.",
);
pub(crate) const TOKEN_DEAD: Rule =
    rule(Advice::Reconnect, "Instagram no longer accepts our access to this account", AGAIN);
pub(crate) const NO_ACCESS: Rule = rule(
    Advice::Reconnect,
    "Instagram does not let this app use this account",
    "Connect the account again and accept the invitation to the app, if there is one.",
);
pub(crate) const NO_INSIGHTS: Rule = rule(
    Advice::NoData,
    "Instagram has no numbers for this post",
    "They may come later, or when the account is connected again with the permission for insights.",
);
pub(crate) const UNREADABLE_OBJECT: Rule = rule(
    Advice::Retry,
    "Instagram says that this does not exist or may not be read",
    "That is sometimes wrong, so we look again.",
);
pub(crate) const UNKNOWN_REFUSAL: Rule = rule(
    Advice::Fix,
    "Instagram refused the post without a reason that we know",
    "Change its text or picture and try again; if that does not help, tell whoever runs this service.",
);
const RESTRICTED: Rule = rule(
    Advice::ActInApp,
    "Instagram has restricted this account or wants its owner to log in",
    "Open the Instagram app, log in and do what it asks for; the post goes out afterwards.",
);
const NO_PERMISSION: Rule = rule(
    Advice::Reconnect,
    "Instagram says that we lack the permission for this",
    "Connect the account again and allow everything that is asked for.",
);
pub(crate) const PROCESSING_FAILED: Rule = rule(Advice::RetryThenFix, "Instagram could not process the picture", HOST);
/// The same where a passing fault of Instagram's may be behind it.
pub(crate) const APP_REFUSED_SO_FAR: Rule = Rule { advice: Advice::RetryThenStop, ..APP_REFUSED };
const APP_REFUSED: Rule = rule(
    Advice::Stop,
    "Instagram refuses what this service asks for",
    "The post is fine as it is. Tell whoever runs this service, and try again once they have mended it.",
);

/// The rule for a code and its subcode, if any is known.
pub(crate) fn find(code: i64, subcode: Option<i64>) -> Option<Rule> {
    subcode
        .and_then(|subcode| of_auth(code, subcode).or_else(|| of_subcode(subcode)))
        .or_else(|| of_code(code, subcode))
}

/// Subcodes of a dead or restricted login.
fn of_auth(code: i64, subcode: i64) -> Option<Rule> {
    if !matches!(code, 190 | 102) {
        return None;
    }
    Some(match subcode {
        458 => rule(Advice::Reconnect, "The app was removed from this Instagram account", AGAIN),
        459 => RESTRICTED,
        460 => rule(Advice::Reconnect, "The password of this Instagram account was changed", AGAIN),
        463 => rule(Advice::Reconnect, "Our access to this Instagram account has expired", AGAIN),
        464 => rule(
            Advice::Reconnect,
            "This Instagram account is not confirmed",
            "Confirm it in the Instagram app, then connect it again.",
        ),
        467 | 492 => TOKEN_DEAD,
        _ => return None,
    })
}

/// Subcodes of Instagram's own, which mean the same under every code and in a container's status.
pub(crate) fn of_subcode(subcode: i64) -> Option<Rule> {
    Some(match subcode {
        2_207_001 => FAILED,
        2_207_032 => rule(Advice::Retry, "Instagram could not take the picture in", WE_TRY),
        2_207_003 => rule(Advice::RetryThenFix, "Instagram took too long to fetch the picture", HOST),
        2_207_052 | 2_207_077 => rule(Advice::RetryThenFix, "Instagram could not fetch the picture", HOST),
        2_207_024 | 2_207_053 | 2_207_067 | 2_207_076 | 2_207_082 | 2_207_085 | 2_207_089 => PROCESSING_FAILED,
        2_207_020 => rule(
            Advice::ContainerLost,
            "Instagram has thrown the prepared post away, as it does after a day",
            "We prepare it anew.",
        ),
        2_207_006 | 2_207_008 => rule(Advice::Retry, "Instagram does not find the prepared post at the moment", WE_TRY),
        2_207_027 => rule(
            Advice::NotReady,
            "Instagram is still processing the picture",
            "The post goes out as soon as it is ready.",
        ),
        2_207_042 => rule(
            Advice::WaitForQuota,
            "This account has published as many posts in 24 hours as Instagram allows",
            "The post goes out when Instagram allows the next one.",
        ),
        2_207_051 => rule(
            Advice::Wait,
            "Instagram is holding this account's posts back, taking them for spam",
            "We let the account rest for some hours.",
        ),
        2_207_050 => RESTRICTED,
        2_207_023 | 2_207_073 => APP_REFUSED,
        2_108_006 => NO_INSIGHTS,
        _ => return of_content(subcode),
    })
}

/// Subcodes about what is in the post.
fn of_content(subcode: i64) -> Option<Rule> {
    let (what, then) = match subcode {
        2_207_004 => ("Instagram says that the picture's file is too large", CHANGE_PICTURE),
        2_207_005 => ("Instagram does not take the picture's format", CHANGE_PICTURE),
        2_207_009 => (
            "Instagram does not take the picture's shape",
            "It is too tall or too wide: upload it again, which makes it fit, then try again.",
        ),
        2_207_010 => (
            "Instagram says that the text is too long or has too many hashtags",
            "Shorten it to 2,200 characters and 30 hashtags at most, then try again.",
        ),
        2_207_026 => ("Instagram does not take the file's format", "Choose another file, then try again."),
        2_207_028 => ("Instagram takes between 2 and 10 pictures in one post", "Change their number, then try again."),
        2_207_035..=2_207_037 => ("Instagram refuses the product tags", "Remove them, then try again."),
        2_207_040 => ("Instagram says that the text mentions too many people", "Mention 20 at most, then try again."),
        2_207_057 => ("Instagram refuses the moment chosen for the cover", "Choose another, then try again."),
        2_207_081 => ("This account may not publish trial reels", "Make it an ordinary post, then try again."),
        _ => return None,
    };
    Some(rule(Advice::Fix, what, then))
}

/// Codes whose subcode adds nothing.
fn of_code(code: i64, subcode: Option<i64>) -> Option<Rule> {
    Some(match (code, subcode) {
        (1 | 2, _) => FAILED,
        (3 | 506 | 2500, _) | (100, None | Some(33)) => APP_REFUSED,
        (4 | 17 | 32 | 341 | 613 | 80_001 | 80_002, _) => TOO_MANY_CALLS,
        (190 | 102, _) => rule(Advice::Refresh, "Instagram no longer accepts our access to this account", AGAIN),
        (10 | 200..=299, _) => NO_PERMISSION,
        (368, _) => rule(
            Advice::ActInApp,
            "Instagram has blocked this account for a while because of its rules",
            "Open the Instagram app to see why; the post goes out when the block ends.",
        ),
        (9004, _) => rule(Advice::RetryThenFix, "Instagram could not fetch the picture", HOST),
        (9007, _) => return of_subcode(2_207_027),
        (36_002, _) => PROCESSING_FAILED,
        (24, _) => return of_subcode(2_207_006),
        (25, _) => RESTRICTED,
        (36_000, _) => return of_content(2_207_004),
        (36_001, _) => return of_content(2_207_005),
        (36_003, _) => return of_content(2_207_009),
        (36_004, _) => return of_content(2_207_010),
        (352, _) => return of_content(2_207_026),
        _ => return None,
    })
}
