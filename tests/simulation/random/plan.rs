//! What a day has in store.

use std::{collections::BTreeMap, time::Duration};

use rats_application::Settings;
use rats_domain::{connection::Connection, post::Origin};
use rats_instagram_sim::{Call, Config, Fault, FaultRule, Repeat};

use crate::{
    executor::{Process, World},
    town::settings,
};

/// The processes that publish.
pub(super) const SCHEDULERS: std::ops::RangeInclusive<Process> = 1..=3;
/// The processes that take people's requests.
const APIS: std::ops::RangeInclusive<Process> = 4..=5;
pub(super) const PEOPLE: u32 = 8;
pub(super) const POSTS: u32 = 50;
pub(super) const DAY: Duration = Duration::from_hours(24);

/// How bad the day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// Processes are killed, and nothing else happens.
    Kills,
    /// Processes are killed, answers are lost, and nothing tells in time what is live: status and listing lag beyond the witness window, and the
    /// counter cannot be read. Containers are such.
    Blind(Repeat),
    /// Everything.
    Everything,
}

#[derive(Debug)]
pub(super) enum Happening {
    Start(Process),
    Kill(Process),
    Pause(Process, Duration),
    Skew(Process, time::Duration),
    StoreClock(time::Duration),
    DatabaseAway(Duration),
    Fault(Fault),
    /// A person presses "publish now" or "test"; the process that took the request may be killed after a while.
    Now(Process, usize, Origin, Option<Duration>),
    Cancel(usize),
    /// Another text, by so much another time, or both.
    Edit(usize, bool, Option<time::Duration>),
    /// The owner posts the text of this post in the Instagram app.
    ByHand(usize),
    Disconnect(usize),
    Reconnect(usize),
    /// People connect again where they are asked to, and decide about what is in review.
    LookAfterThings,
}

/// What is to happen, in order; what happens at once keeps the order it was planned in.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) happenings: BTreeMap<(Duration, u32), Happening>,
    count: u32,
}

impl Plan {
    pub(super) fn add(&mut self, at: Duration, what: Happening) {
        self.count += 1;
        self.happenings.insert((at, self.count), what);
    }
}

/// What a day is like.
pub(super) struct Weather {
    pub(super) settings: Settings,
    pub(super) config: Config,
    /// For how many seconds status and listing lag.
    status: u64,
    listing: u64,
    /// Both lie: the quota counter is the one witness, and can be read.
    counter_alone: bool,
}

/// The day's waits, lead, Instagram and witnesses: at least one of them tells the truth within the window.
pub(super) fn weather(world: &World, day: Day) -> Weather {
    const NEVER: u64 = 12 * 3600;
    let mut settings = settings();
    let mut config = Config { repeat: Repeat::Hostile, processing: Duration::from_secs(4), ..Config::default() };
    if day == Day::Kills {
        return Weather { settings, config, status: 0, listing: 0, counter_alone: false };
    }
    if let Day::Blind(repeat) = day {
        let window = settings.publish.witness_window.as_secs();
        let lag = || window + 1 + world.draw(window);
        let config = Config { repeat, ..config };
        return Weather { settings, config, status: lag(), listing: lag(), counter_alone: false };
    }
    let (grace, window) = [(65, 300), (65, 30), (20, 300)][index(world.draw(3))];
    settings.publish.grace = Duration::from_secs(grace);
    settings.publish.witness_window = Duration::from_secs(window);
    if world.happens(150) {
        // Containers grow old before they are used.
        settings.publish.lead = Duration::from_mins(23 * 60 - 5);
    }
    if world.happens(100) {
        config.quota_total = 6;
    }
    let (status, listing) = (world.draw(window - 1), world.draw(window - 1));
    let (status, listing, counter_alone) = match world.draw(6) {
        0 => (NEVER, listing, false),
        1 => (status, NEVER, false),
        2 => (NEVER, NEVER, true),
        _ => (status, listing, false),
    };
    Weather { settings, config, status, listing, counter_alone }
}

/// Faults of a day on which nothing tells in time what is live.
pub(super) fn faults_of_a_blind_day(weather: &Weather) -> Vec<FaultRule> {
    let rule = |fault, probability| FaultRule { fault, account: None, times: None, probability };
    vec![
        rule(Fault::StatusLag { seconds: weather.status }, None),
        rule(Fault::ListingLag { seconds: weather.listing }, None),
        rule(error(Some(Call::Quota), 500, 2, None), None),
        rule(Fault::PublishThenDrop, Some(0.1)),
        rule(Fault::DropBeforePublish, Some(0.1)),
    ]
}

/// Faults that Instagram has all day: lags, chances that an answer is lost either way, a counter that cannot be read.
pub(super) fn faults_of_the_day(world: &World, weather: &Weather, people: &[Connection]) -> Vec<FaultRule> {
    let rule = |fault, probability| FaultRule { fault, account: None, times: None, probability };
    let lies = if weather.counter_alone { 1.0 } else { 0.3 };
    let mut rules = vec![
        rule(Fault::StatusLag { seconds: weather.status }, Some(lies)),
        rule(Fault::ListingLag { seconds: weather.listing }, Some(lies)),
        rule(Fault::PublishThenDrop, Some(0.02)),
        rule(Fault::DropBeforePublish, Some(0.02)),
        rule(Fault::PublishThenNotReady, Some(0.01)),
    ];
    if !weather.counter_alone && world.happens(500) {
        rules.push(rule(error(Some(Call::Quota), 500, 2, None), None));
    }
    for person in people.iter().filter(|_| world.happens(100)) {
        // Its token is not refreshed, and ends when it ends.
        let account = Some(person.account.as_str().to_owned());
        rules.push(FaultRule { account, ..rule(error(Some(Call::Token), 500, 2, None), None) });
    }
    rules
}

pub(super) fn plan(world: &World, day: Day, weather: &Weather) -> Plan {
    let mut plan = Plan::default();
    for process in SCHEDULERS {
        plan.add(Duration::ZERO, Happening::Start(process));
        for _ in 0..world.draw(30) {
            plan.add(busy_time(world), Happening::Kill(process));
        }
    }
    if day == Day::Kills {
        return plan;
    }
    plan_looks(&mut plan);
    if day != Day::Everything {
        return plan;
    }
    for _ in 0..8 {
        let person = index(world.draw(PEOPLE.into()));
        let origin = if world.happens(300) { Origin::Test } else { Origin::Now };
        let dies = world.happens(500).then(|| world.span(Duration::ZERO, Duration::from_secs(8)));
        let api = APIS.start() + index(world.draw(2));
        plan.add(busy_time(world), Happening::Now(api, person, origin, dies));
    }
    plan_trouble(world, weather, &mut plan);
    plan_people(world, &mut plan);
    plan
}

fn plan_trouble(world: &World, weather: &Weather, plan: &mut Plan) {
    for process in SCHEDULERS {
        for _ in 0..world.draw(12) {
            let asleep = world.span(Duration::from_secs(20), Duration::from_mins(5));
            plan.add(busy_time(world), Happening::Pause(process, asleep));
        }
        for _ in 0..world.draw(4) {
            let skew = i64::try_from(world.draw(600)).unwrap() - 300;
            plan.add(any_time(world), Happening::Skew(process, time::Duration::seconds(skew)));
        }
    }
    for _ in 0..world.draw(3) {
        plan.add(any_time(world), Happening::StoreClock(within_tolerance(world)));
    }
    if world.happens(300) {
        // Farther than is tolerated, for a while.
        let (at, jump) = (busy_time(world).saturating_sub(minutes(world, 0, 6)), minutes(world, 2, 6));
        let jump = time::Duration::try_from(jump).unwrap();
        plan.add(at, Happening::StoreClock(if world.happens(500) { jump } else { -jump }));
        plan.add(at + minutes(world, 1, 20), Happening::StoreClock(within_tolerance(world)));
    }
    for _ in 0..world.draw(4) {
        plan.add(busy_time(world), Happening::DatabaseAway(world.span(Duration::from_secs(1), Duration::from_mins(3))));
    }
    for _ in 0..world.draw(40) {
        let fault = fault(world);
        if !weather.counter_alone || !hides_the_counter(&fault) {
            plan.add(any_time(world), Happening::Fault(fault));
        }
    }
}

fn plan_looks(plan: &mut Plan) {
    for hours in 1..=10 {
        plan.add(Duration::from_hours(3 * hours), Happening::LookAfterThings);
    }
}

fn plan_people(world: &World, plan: &mut Plan) {
    let post = || index(world.draw(POSTS.into()));
    for _ in 0..world.draw(8) {
        plan.add(busy_time(world), Happening::Cancel(post()));
    }
    for _ in 0..world.draw(16) {
        let minutes = i64::try_from(world.draw(240)).unwrap() - 60;
        let moved = world.happens(500).then(|| time::Duration::minutes(minutes));
        plan.add(busy_time(world), Happening::Edit(post(), world.happens(700), moved));
    }
    for _ in 0..world.draw(4) {
        plan.add(busy_time(world) + minutes(world, 0, 6), Happening::ByHand(post()));
    }
    for _ in 0..world.draw(4) {
        let (at, person) = (busy_time(world), index(world.draw(PEOPLE.into())));
        plan.add(at, Happening::Disconnect(person));
        plan.add(at + minutes(world, 1, 120), Happening::Reconnect(person));
    }
}

fn any_time(world: &World) -> Duration {
    world.span(Duration::ZERO, DAY)
}

/// When something is being staged or published: around a half hour or a quarter of an hour before it.
fn busy_time(world: &World) -> Duration {
    let half_hour = Duration::from_mins(30 * world.draw(48));
    let lead = if world.happens(300) { Duration::from_mins(15) } else { Duration::ZERO };
    half_hour.saturating_sub(lead) + world.span(Duration::ZERO, Duration::from_secs(3))
}

/// The store's clock may be off Instagram's by somewhat less than is tolerated.
pub(super) fn within_tolerance(world: &World) -> time::Duration {
    time::Duration::seconds(i64::try_from(world.draw(160)).unwrap() - 80)
}

fn minutes(world: &World, from: u64, to: u64) -> Duration {
    world.span(Duration::from_mins(from), Duration::from_mins(to))
}

/// Faults that Instagram may have at any moment.
fn fault(world: &World) -> Fault {
    match world.draw(28) {
        0 => Fault::PublishThenDrop,
        1 => Fault::PublishThenCut,
        2 => Fault::PublishThenError,
        3 => Fault::PublishThenBlocked,
        4 => Fault::PublishThenEmpty,
        5 => Fault::DropBeforePublish,
        6 => Fault::Empty,
        7 => Fault::Blocked,
        8 => Fault::NotReady,
        9 => Fault::QuotaReached,
        10 => Fault::ObjectMissing,
        11 => Fault::ReadsDown,
        12 => Fault::ReadsHtml,
        13 => Fault::DownloadRefused,
        14 => Fault::DownloadTimeout,
        15 => Fault::ContainerError { subcode: 2_207_082 },
        16 => error(None, 400, 4, None),
        17 => error(Some(Call::Publish), 400, 17, None),
        18 => error(None, 400, 80_002, None),
        19 => error(Some(Call::Publish), 400, 613, None),
        20 => error(Some(Call::Create), 400, 190, None),
        21 => error(Some(Call::Publish), 400, 32, None),
        22 => error(Some(Call::Publish), 400, 190, Some(460)),
        23 => error(Some(Call::Publish), 400, 24, Some(2_207_008)),
        24 => Fault::PublishThenNotReady,
        25 => error(Some(Call::Publish), 403, 10, None),
        26 => error(Some(Call::Profile), 403, 10, None),
        _ => error(Some(Call::Publish), 500, 2, None),
    }
}

fn hides_the_counter(fault: &Fault) -> bool {
    matches!(fault, Fault::ReadsDown | Fault::ReadsHtml | Fault::Error { call: None, .. })
}

fn error(call: Option<Call>, status: u16, code: i32, subcode: Option<u32>) -> Fault {
    Fault::Error { call, status: Some(status), code, subcode, message: None }
}

pub(super) fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}
