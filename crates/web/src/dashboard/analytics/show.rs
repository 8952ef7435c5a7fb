use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use futures_util::try_join;
use rats_application::{
    FieldProblem, Refusal,
    analytics::{FindOverview, PeriodRequest, RankPosts, RankRequest},
};
use rats_domain::{
    analytics::{Bucket, Engagement, RankBy, Step},
    event::EventKind,
    metrics::{Metric, Slot},
    picture::PictureSource,
};
use serde::Deserialize;
use time::Date;

use super::{
    account::AccountView,
    figure::{FigureView, LineView, columns, figures, line, short_day, span},
    ranking::RankingView,
    times::TimesView,
};
use crate::{
    Api,
    analytics::send_sheet,
    dashboard::{
        chart::Bars,
        failure::Failure,
        form::Form,
        frame::{Frame, page},
        local::{When, day_words, within},
        number::{place, posts},
        visitor::Visitor,
    },
    http::moment::parse_day,
};

/// How many days are shown where no others are asked for.
const USUAL_DAYS: u16 = 28;
/// How many posts are ranked on the page.
const RANKED: usize = 5;
/// By what posts can be ranked here, and how a person calls it.
const BY: [(&str, &str); 4] =
    [("engagementRate", "engagement"), ("reach", "reach"), ("likes", "likes"), ("impressions", "views")];
/// At which ages.
const AGES: [(&str, &str); 4] = [("1d", "one day"), ("7d", "7 days"), ("30d", "30 days"), ("1h", "one hour")];

#[derive(Template)]
#[template(path = "analytics/analytics.html")]
struct AnalyticsPage {
    frame: Frame,
    form: Form,
    period: String,
    previous: String,
    figures: Vec<FigureView>,
    as_of: Option<(When, When)>,
    may_grow: Option<String>,
    formula: &'static str,
    columns: Vec<&'static str>,
    charts: Vec<ChartView>,
    parts: Vec<LineView>,
    by_picture: Vec<LineView>,
    by_event: Vec<LineView>,
    account: Option<AccountView>,
    times: TimesView,
    ranking: Option<RankingView>,
    by: &'static [(&'static str, &'static str)],
    ages: &'static [(&'static str, &'static str)],
    zone: String,
}

struct ChartView {
    title: &'static str,
    svg: String,
}

/// What is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
    step: String,
    by: String,
    age: String,
}

/// `GET /analytics/export.csv`.
pub(super) async fn export(visitor: Visitor, api: Data<Api>) -> Result<HttpResponse, Failure> {
    Ok(send_sheet(&api, &visitor.user, visitor.zone().clone()).await?)
}

/// `GET /analytics`. What cannot be asked for is said at its field, and the usual days are shown.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let zone = Some(visitor.zone().name().to_owned());
    let today = visitor.zone().day(api.ports().clock.now());
    let usual = PeriodRequest::of_the_last(USUAL_DAYS, today, zone.clone());
    let request = match (parse_day(&asked.from), parse_day(&asked.to)) {
        (None, None) => usual.clone(),
        (None, Some(last)) => PeriodRequest::of_the_last(USUAL_DAYS, last, zone),
        (from, to) => PeriodRequest { from, to, time_zone: zone },
    };
    let mut wrong = asked.wrong();
    match found(&api, &visitor, &request, &asked).await {
        Ok((shown, days)) if wrong.is_empty() => {
            return Ok(page(StatusCode::OK, &AnalyticsPage { form: asked.form(days), ..shown }));
        }
        Ok(_) => {}
        Err(Refusal::Invalid(problems)) => wrong.extend(problems),
        Err(refusal) => return Err(refusal.into()),
    }
    let mut form = Form::default();
    form.refused(Refusal::Invalid(wrong), &["from", "to"])?;
    let (shown, _) = found(&api, &visitor, &usual, &asked).await?;
    for (name, text) in asked.fields() {
        form.set(name, text);
    }
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &AnalyticsPage { form, ..shown }))
}

impl Asked {
    /// What is given and cannot be read.
    fn wrong(&self) -> Vec<FieldProblem> {
        let list = |field, text: &str, is_known: bool, known: &[(&str, &str)]| {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let message = format!("`{field}` is none of {}.", words.join(", "));
            (!text.is_empty() && !is_known).then_some(FieldProblem { field, message })
        };
        let day = |field, text: &str| {
            let message = "Give a day, such as 2026-12-04.".to_owned();
            (!text.is_empty() && parse_day(text).is_none()).then_some(FieldProblem { field, message })
        };
        let steps = Step::ALL.map(|step| (step.as_str(), ""));
        let lists = [
            list("step", &self.step, Step::parse(&self.step).is_some(), &steps),
            list("by", &self.by, RankBy::parse(&self.by).is_some(), &BY),
            list("age", &self.age, Slot::parse(&self.age).is_some(), &AGES),
        ];
        [day("from", &self.from), day("to", &self.to)].into_iter().chain(lists).flatten().collect()
    }

    fn step(&self) -> Step {
        Step::parse(&self.step).unwrap_or(Step::Week)
    }

    fn by(&self) -> RankBy {
        RankBy::parse(&self.by).unwrap_or(RankBy::EngagementRate)
    }

    fn slot(&self) -> Option<Slot> {
        Slot::parse(&self.age).or_else(|| Slot::parse("1d"))
    }

    /// What was filled in, where a list has it; else what is taken in its place.
    fn fields(&self) -> [(&'static str, String); 5] {
        let day = |text: &str| parse_day(text).map_or_else(String::new, |_| text.to_owned());
        [
            ("from", day(&self.from)),
            ("to", day(&self.to)),
            ("step", self.step().as_str().to_owned()),
            ("by", self.by().as_str().to_owned()),
            ("age", self.slot().map_or_else(String::new, Slot::word)),
        ]
    }

    fn form(&self, (first, last): (Date, Date)) -> Form {
        let mut form = Form::of(self.fields());
        form.set("from", first.to_string());
        form.set("to", last.to_string());
        form
    }
}

async fn found(
    api: &Api,
    visitor: &Visitor,
    request: &PeriodRequest,
    asked: &Asked,
) -> Result<(AnalyticsPage, (Date, Date)), Refusal> {
    let (ports, user, now) = (api.ports(), &visitor.user, api.ports().clock.now());
    let (overview, rank) = (FindOverview(ports.clone()), RankPosts(ports.clone()));
    let ranking = async {
        let Some(slot) = asked.slot() else { return Ok(None) };
        let request = RankRequest { period: request.clone(), slot, by: asked.by(), limit: RANKED, after: None };
        Ok(Some(rank.run(user, request).await?))
    };
    let (overview, ranking) = try_join!(overview.run(user, request, asked.step()), ranking)?;
    let (summary, today) = (&overview.summary, visitor.zone().day(now));
    let whole = &summary.whole;
    let days = |first: Date, last: Date| match day_words(first, today) {
        only if first == last => only,
        begin => format!("{begin} to {}", within(&day_words(last, today))),
    };
    let when = |at| When::new(at, visitor.zone(), now).within();
    let lines = |name: String, figures| line(name, figures);
    let shown = AnalyticsPage {
        frame: Frame::new(visitor, "/analytics", "Analytics"),
        form: Form::default(),
        period: days(overview.period.first(), overview.period.last()),
        previous: within(&days(overview.previous.first(), overview.previous.last())),
        figures: figures(whole, &summary.previous),
        as_of: span(whole.as_of, visitor, now),
        may_grow: Some(whole.may_still_grow).filter(|count| *count > 0).map(posts),
        formula: Engagement::FORMULA,
        columns: columns(whole),
        charts: charts(&overview.buckets),
        parts: overview.buckets.iter().map(|bucket| lines(part_words(bucket, today), &bucket.figures)).collect(),
        by_picture: summary.by_picture.iter().map(|(kind, of)| lines(picture_words(*kind).into(), of)).collect(),
        by_event: summary.by_event.iter().map(|(kind, of)| lines(event_words(*kind).into(), of)).collect(),
        account: overview.account.map(|account| AccountView::new(account.username, &account.days, when)),
        times: TimesView::new(&overview.times, visitor, now),
        ranking: ranking.map(|ranking| RankingView::new(&ranking, asked.by(), visitor, now)),
        by: &BY,
        ages: &AGES,
        zone: visitor.zone().name().to_owned(),
    };
    Ok((shown, (overview.period.first(), overview.period.last())))
}

/// Two charts of the same parts; what is not known is a gap.
fn charts(buckets: &[Bucket]) -> Vec<ChartView> {
    let bars = |value: &dyn Fn(&Bucket) -> Option<u64>| {
        let bar = |bucket: &Bucket| (short_day(bucket.first), value(bucket).map(place));
        Bars { bars: buckets.iter().map(bar).collect() }.svg()
    };
    let sent = bars(&|bucket| Some(bucket.figures.posts).filter(|posts| *posts > 0));
    let reach = bars(&|bucket| bucket.figures.sum(Metric::Reach).value());
    let named = [("Posts that went out", sent), ("Reach of the posts of each part", reach)];
    named.into_iter().filter_map(|(title, svg)| Some(ChartView { title, svg: svg? })).collect()
}

fn part_words(bucket: &Bucket, today: Date) -> String {
    if bucket.first == bucket.last {
        return day_words(bucket.first, today);
    }
    format!("{} – {}", short_day(bucket.first), short_day(bucket.last))
}

fn picture_words(kind: Option<PictureSource>) -> &'static str {
    match kind {
        Some(PictureSource::Card) => "Cards",
        Some(PictureSource::Photo) => "Your own pictures",
        None => "Not known any more",
    }
}

fn event_words(kind: Option<EventKind>) -> &'static str {
    match kind {
        Some(EventKind::Birthday) => "Birthdays",
        Some(EventKind::Anniversary) => "Anniversaries",
        Some(EventKind::Holiday) => "Holidays",
        Some(EventKind::Other) => "Other events",
        None => "No event",
    }
}
