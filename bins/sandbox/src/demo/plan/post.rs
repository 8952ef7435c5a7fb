use time::{Time, macros::time};

/// Pictures of their own, drawn for this demo.
pub(in crate::demo) const PICTURES: [&[u8]; 4] = [
    include_bytes!("../pictures/loaf.png"),
    include_bytes!("../pictures/cake.png"),
    include_bytes!("../pictures/window.png"),
    include_bytes!("../pictures/coffee.png"),
];

/// What a post shows.
pub(in crate::demo) enum Shown {
    /// The card of the event of this place in [`EVENTS`](super::event::EVENTS).
    Card(usize),
    /// The picture of this place in [`PICTURES`].
    Picture(usize),
}

/// What becomes of a post.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Fate {
    /// It goes out at its time, or will.
    GoesOut,
    /// Instagram does not take it.
    Refused,
    /// Its person thinks again.
    Cancelled,
    /// It has no time yet.
    Draft,
}

/// A post.
pub(in crate::demo) struct PlannedPost {
    /// Its day.
    pub(in crate::demo) day: i64,
    /// Its time.
    pub(in crate::demo) at: Time,
    /// What it shows.
    pub(in crate::demo) shown: Shown,
    /// What becomes of it.
    pub(in crate::demo) fate: Fate,
    /// Its text.
    pub(in crate::demo) text: &'static str,
}

/// A post that goes out.
const fn post(day: i64, at: Time, shown: Shown, text: &'static str) -> PlannedPost {
    PlannedPost { day, at, shown, fate: Fate::GoesOut, text }
}

/// Every post that a person wrote. Some come back each week at the same hour, so that there are hours to compare.
pub(in crate::demo) const POSTS: [PlannedPost; 28] = [
    post(
        -33,
        time!(16:30),
        Shown::Picture(3),
        "Half past four is the best time of our day: one coffee, one croissant, nobody in a hurry. Who are you meeting today? ☕",
    ),
    post(
        -32,
        time!(7:15),
        Shown::Picture(0),
        "Good morning! The first loaves are out, the windows are fogged up, and the whole street smells of crust. Come while they are warm. 🍞\n\n#sourdough #freshbread",
    ),
    post(
        -30,
        time!(18:45),
        Shown::Picture(1),
        "Three tiers, two hundred raspberries and one very happy birthday child. Thank you for letting us be part of your parties! 🎂\n\n#birthdaycake",
    ),
    post(
        -28,
        time!(12:00),
        Shown::Picture(2),
        "We cleaned the window. Marta says you can now see tomorrow's buns from across the square.",
    ),
    post(
        -27,
        time!(9:00),
        Shown::Card(1),
        "Ten years ago we sold our first loaf, to the postman, who had come to bring a bill. He still comes every day. Thank you for ten years of good mornings. 💛",
    ),
    post(
        -25,
        time!(7:20),
        Shown::Picture(0),
        "For everyone who asked: flour, water, salt, and thirty-six hours of patience. That is the whole secret.",
    ),
    post(
        -23,
        time!(18:10),
        Shown::Picture(3),
        "Rain outside, cinnamon inside. The corner table by the radiator is free.",
    ),
    post(
        -22,
        time!(15:00),
        Shown::Card(2),
        "Seven candles, one dinosaur, and sprinkles down to the floor. Happy birthday, Theo! May your year be as loud as your laugh. 🦕",
    ),
    post(
        -20,
        time!(17:40),
        Shown::Picture(1),
        "This cake travelled forty kilometres on somebody's knees and arrived without a scratch. Respect. 👏",
    ),
    post(
        -18,
        time!(7:30),
        Shown::Picture(0),
        "Rye day! Grandma Ilse's recipe, unchanged for sixty years. She still checks. #ryebread",
    ),
    post(
        -17,
        time!(10:00),
        Shown::Card(3),
        "Today is the day of those who get up when others go to bed. Come in, get your hands into the dough, and say hello to a baker. 🥨",
    ),
    post(
        -16,
        time!(18:00),
        Shown::Picture(2),
        "Lights on until seven tonight. If you are on your way home: there are six loaves left, and one of them is yours.",
    ),
    post(
        -14,
        time!(12:30),
        Shown::Picture(3),
        "A guest left this note on the table: “Best heartbreak coffee in town.” We hope it is better by now. 🤎",
    ),
    post(
        -13,
        time!(19:00),
        Shown::Picture(1),
        "Tomorrow somebody very dear to us turns eighty. We have been hiding this cake from her since noon.",
    ),
    post(
        -11,
        time!(7:40),
        Shown::Picture(0),
        "Thank you for all your wishes for Ilse! She read every single one aloud, twice, and then sent us back to work.",
    ),
    post(
        -9,
        time!(18:15),
        Shown::Picture(3),
        "New on the board: cardamom knots. Baked in small numbers, gone by eleven. You have been warned. #cardamom",
    ),
    post(-8, time!(20:05), Shown::Picture(2), "Closed, swept, and the dough is asleep. Good night, neighbours. 🌙"),
    post(
        -7,
        time!(11:00),
        Shown::Card(5),
        "Five years ago we carried your wedding cake up four flights of stairs. Happy anniversary, Ines and Paul: here's to every step since. 💐",
    ),
    post(
        -5,
        time!(18:30),
        Shown::Picture(1),
        "Somebody ordered a cake “for no reason at all”. Our favourite reason. 🎉",
    ),
    post(
        -4,
        time!(7:45),
        Shown::Picture(0),
        "Evening hands, morning crust. Order your loaf until six and it waits for you with your name on it.",
    ),
    PlannedPost {
        fate: Fate::Refused,
        ..post(
            -3,
            time!(12:15),
            Shown::Picture(2),
            "The new awning is up! Come and stand under it, even if the sun shines.",
        )
    },
    post(
        -1,
        time!(16:45),
        Shown::Picture(3),
        "To Jonas, who yesterday shared his birthday cake with the whole queue: that is exactly how it is done. ☕",
    ),
    post(1, time!(7:15), Shown::Picture(0), "Tomorrow's first loaf is already proving. It goes out when you do. 🍞"),
    post(
        3,
        time!(17:30),
        Shown::Picture(1),
        "The order book for birthday cakes is open. Tell us who, tell us when, and what must never be on it.",
    ),
    PlannedPost {
        fate: Fate::Cancelled,
        ..post(
            1,
            time!(12:00),
            Shown::Picture(2),
            "Closed tomorrow for the new floor. (Or is it the day after? We will tell you.)",
        )
    },
    post(
        6,
        time!(18:00),
        Shown::Picture(3),
        "One table, two chairs, three kinds of cake: our small room at the back can be yours for an evening.",
    ),
    post(
        9,
        time!(10:00),
        Shown::Card(9),
        "One year old today! Leo, the first cake is for squashing. Happy birthday, little one. 💙",
    ),
    PlannedPost {
        fate: Fate::Draft,
        ..post(
            12,
            time!(9:00),
            Shown::Picture(2),
            "An idea for the street festival: a loaf as long as the table. Who helps to carry?",
        )
    },
];
