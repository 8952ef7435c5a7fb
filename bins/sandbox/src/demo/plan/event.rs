use rats_domain::event::{
    AutoPost, Contact, EventDetails, EventKind,
    EventKind::{Anniversary, Birthday, Holiday},
    Handles,
};
use time::{Date, Duration, Time, macros::time};

/// An event, known from the beginning.
#[derive(Clone, Copy)]
pub(in crate::demo) struct PlannedEvent {
    /// Its day.
    pub(in crate::demo) day: i64,
    kind: EventKind,
    title: &'static str,
    recipient: &'static str,
    relation: &'static str,
    notes: &'static str,
    /// Whether it posts itself, and at which time.
    pub(in crate::demo) posts_itself: Option<Time>,
}

impl PlannedEvent {
    /// What a person would have typed.
    pub(in crate::demo) fn details(&self, today: Date) -> EventDetails {
        EventDetails {
            title: self.title.to_owned(),
            kind: self.kind,
            date: today.saturating_add(Duration::days(self.day)),
            recipient_name: self.recipient.to_owned(),
            recipient_relation: self.relation.to_owned(),
            contact: Contact::default(),
            handles: Handles::default(),
            notes: Some(self.notes.to_owned()),
            reminder_days: vec![1, 7],
            is_recurring: true,
            is_active: true,
            auto_post: AutoPost { enabled: self.posts_itself.is_some(), at: self.posts_itself, ..AutoPost::default() },
            on_leap_day: false,
        }
    }
}

/// Every event.
pub(in crate::demo) const EVENTS: [PlannedEvent; 13] = [
    by_itself(
        time!(8:00),
        event(
            -31,
            Birthday,
            "Marta's birthday",
            "Marta",
            "colleague",
            "At the oven since four in the morning, and always singing",
        ),
    ),
    event(
        -27,
        Anniversary,
        "Ten years of Golden Crust",
        "all of us",
        "bakery",
        "The first loaf was sold to the postman",
    ),
    event(-22, Birthday, "Theo turns seven", "Theo", "neighbour", "Loves dinosaurs and everything with sprinkles"),
    event(-17, Holiday, "Bakers' Day", "every baker", "guild", "Open house, dough for the children"),
    by_itself(
        time!(9:00),
        event(-12, Birthday, "Grandma Ilse's eightieth", "Ilse", "grandmother", "The rye recipe is hers"),
    ),
    event(
        -7,
        Anniversary,
        "Ines and Paul's anniversary",
        "Ines and Paul",
        "regular guests",
        "We baked their wedding cake",
    ),
    by_itself(
        time!(7:30),
        event(-2, Birthday, "Jonas's birthday", "Jonas", "apprentice", "His first year in the bakery"),
    ),
    by_itself(time!(8:30), event(2, Birthday, "Amara's birthday", "Amara", "friend", "Poppy seed cake, no raisins")),
    by_itself(
        time!(9:00),
        event(
            5,
            Anniversary,
            "Our stone oven turns forty",
            "the stone oven",
            "bakery",
            "Older than most of us, and warmer",
        ),
    ),
    event(9, Birthday, "Leo's first birthday", "Leo", "nephew", "His first cake"),
    by_itself(
        time!(10:00),
        event(
            13,
            Holiday,
            "Street festival on the square",
            "the neighbours",
            "neighbourhood",
            "We bring the long table",
        ),
    ),
    event(20, Anniversary, "Nora and Sam's anniversary", "Nora and Sam", "friends", "They met in our queue"),
    by_itself(time!(8:00), event(33, Birthday, "Ferdi's birthday", "Ferdi", "father", "Apple strudel, as every year")),
];

const fn event(
    day: i64,
    kind: EventKind,
    title: &'static str,
    recipient: &'static str,
    relation: &'static str,
    notes: &'static str,
) -> PlannedEvent {
    PlannedEvent { day, kind, title, recipient, relation, notes, posts_itself: None }
}

/// The same, posted by itself at a time.
const fn by_itself(at: Time, event: PlannedEvent) -> PlannedEvent {
    PlannedEvent { posts_itself: Some(at), ..event }
}
