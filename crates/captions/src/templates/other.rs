//! Everything else: the person's title says what it is, so the words stay open.

use super::words::{Set, Words};

pub(super) const WORDS: Words = Words {
    family: Set {
        messages: &[
            "{title} 🎉\n\n{name}, the whole family is thinking of you today. We are proud of you and with you.",
            "A day to remember for {name}: {title} 💛\n\nWhatever comes, you have all of us beside you. With love from your family.",
            "{title} ✨\n\nToday belongs to you, {name}. Thank you for all you are to us.",
            "Today is about {name}! 🎈\n\n{title} – and we wouldn't miss it for anything. All our love!",
        ],
        plans: &[
            "A week before: tell the family about “{title}” and share out the tasks.\n\
             The day before: prepare food, flowers and a card for {name}.\n\
             On the day: come together, say a few words, take a picture.\n\
             Afterwards: send the pictures to those who couldn't come.",
            "Two weeks before: ask {name} what would make “{title}” special.\n\
             Two days before: get the last things, confirm the time with everyone.\n\
             On the day: be there early, help, and enjoy it together.",
            "A week before: collect good wishes from the family.\n\
             The day before: put them into one card or video.\n\
             On the day: hand it to {name} before “{title}” begins.\n\
             In the evening: eat together.",
        ],
    },
    partner: Set {
        messages: &[
            "{title} ❤️\n\n{name}, I'm so happy to share this day with you. Here's to us and all that comes next.",
            "Today is all about you, {name}! 💕\n\n{title} – and I'm right by your side. I love you.",
            "{title} ✨\n\nEvery special day is better with you, {name}. Thank you for being you.",
            "For {name}, on a day to remember: {title} 🥂\n\nI'm proud of you, today and every day.",
        ],
        plans: &[
            "A week before: keep the evening of “{title}” free for the two of you.\n\
             The day before: write a note for {name} and hide it.\n\
             On the day: begin it together, stay close, celebrate with a good meal.",
            "Two weeks before: ask {name} what would help most.\n\
             Two days before: take the small tasks off the list.\n\
             On the day: flowers in the morning, a toast to “{title}” in the evening.\n\
             Take a picture of the two of you.",
            "A week before: plan one surprise that suits “{title}”.\n\
             The day before: prepare it quietly.\n\
             On the day: let {name} enjoy it, no hurry, no phones.",
        ],
    },
    friend: Set {
        messages: &[
            "{title} 🎉\n\n{name}, this one is for you! So good to have a friend like you. Let's celebrate!",
            "Big day for {name}: {title} ✨\n\nWe're cheering for you, today and always.",
            "{title} 🎈\n\nSo happy for you, {name}! Enjoy every moment, and tell us everything afterwards.",
            "Today the spotlight is on {name}! 🌟\n\n{title} – and your friends are right behind you.",
        ],
        plans: &[
            "A week before: tell the friends about “{title}” and agree who joins.\n\
             The day before: get a card and something sweet.\n\
             On the day: a message to {name} in the morning, then celebrate together.\n\
             Afterwards: share the pictures.",
            "A week before: ask {name} how you can help.\n\
             Two days before: do that one thing well.\n\
             On the day: be there for “{title}”, with good mood and a camera.",
            "Two weeks before: think of a small present that suits “{title}”.\n\
             The day before: wrap it, write two personal lines.\n\
             On the day: hand it to {name} and raise a glass.",
        ],
    },
    colleague: Set {
        messages: &[
            "{title} 🎉\n\nAll the best to you, {name}! The whole team is happy to celebrate with you.",
            "A special day for {name}: {title} ✨\n\nThank you for being such a good colleague. We wish you all the best.",
            "{title} 👏\n\nWell done, {name}, and thank you! It's a pleasure to work with you.",
            "Today we celebrate {name}! 🎈\n\n{title} – with the warmest wishes from all of us.",
        ],
        plans: &[
            "A week before: put “{title}” into the team's calendar.\n\
             The day before: have everyone sign a card for {name}.\n\
             On the day: fifteen minutes together, a few words, some cake.",
            "Two weeks before: agree in the team on a joint present.\n\
             Two days before: buy it, and decide who says a few words.\n\
             On the day: gather around {name}, celebrate “{title}”, take a group photo.",
            "A week before: ask {name} whether a small celebration is welcome.\n\
             The day before: reserve a room or a table.\n\
             On the day: lunch together in honour of “{title}”.",
        ],
    },
    other: Set {
        messages: &[
            "{title} 🎉\n\nAll the best to you, {name}! May this day stay with you for a long time.",
            "A special day for {name}: {title} ✨\n\nWishing you joy, good company and happy memories.",
            "{title} 🎈\n\nWarm wishes to you, {name}. Enjoy every moment!",
            "Today is for {name}! 🌟\n\n{title} – here's to a wonderful day.",
        ],
        plans: &[
            "A week before: decide how to mark “{title}” and invite who should be there.\n\
             The day before: prepare a card and a small present for {name}.\n\
             On the day: congratulate in the morning, celebrate together.\n\
             Take a picture to remember it.",
            "A week before: ask {name} what would be welcome.\n\
             Two days before: get everything that is needed.\n\
             On the day: be on time for “{title}”, and enjoy it.",
            "A few days before: write down a good wish for {name}.\n\
             The day before: get flowers or something sweet.\n\
             On the day: bring both, and raise a glass to “{title}”.",
        ],
    },
};
