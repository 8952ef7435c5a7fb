//! Birthdays.

use super::words::{Set, Words};

pub(super) const WORDS: Words = Words {
    family: Set {
        messages: &[
            "Happy birthday, {name}! 🎂\n\nOur family is brighter because you are in it. Here's to a year full of laughter and long dinners together.",
            "Today we celebrate you, {name}! 🎉\n\nThank you for all the love you give without ever counting. May this year give plenty of it back.",
            "To {name}, with all our love: happy birthday! 💛\n\nSo many of our best memories have you in them. Let's make some new ones this year.",
            "Happy birthday, {name}! 🥳\n\nWherever you are is where home is. Wishing you health, joy and a very large slice of cake.",
            "Another year of being wonderful, {name}! 🎈\n\nWe are so proud of you and so lucky to call you family. Happy birthday!",
        ],
        plans: &[
            "A week before: ask the family who is coming and settle on a place.\n\
             Two days before: order the cake and gather old family photos of {name}.\n\
             On the day: start with a call in the morning, cake and photos together in the evening.\n\
             Afterwards: share the best picture with everyone.",
            "Two weeks before: collect a short line or video from each family member for {name}.\n\
             The day before: cook the favourite dish, wrap the present.\n\
             On the day: one long table, everyone's greetings, candles last.\n\
             Keep an hour free just for talking.",
            "A week before: choose a present that you can enjoy together.\n\
             The day before: buy flowers, bake something simple.\n\
             On the day: breakfast or coffee with {name}, then a walk to a favourite place.\n\
             In the evening: post the picture and read out the comments.",
        ],
    },
    partner: Set {
        messages: &[
            "Happy birthday, {name}! ❤️\n\nEvery day with you is a gift, and today I get to say it out loud. Here's to you, and to us.",
            "To my favourite person: happy birthday, {name}! 🥂\n\nYou make ordinary days feel special. I can't wait for another year by your side.",
            "It's your day, {name}! 💕\n\nThank you for the laughter, the patience and the love. I'd choose you again, every time.",
            "Happy birthday to the one who has my heart! 🎂\n\n{name}, may this year bring you everything you dream of. I'll be right next to you.",
            "{name}, today the world got luckier, and later so did I. ✨\n\nHappy birthday, my love!",
        ],
        plans: &[
            "A week before: book the restaurant where {name} always wanted to go.\n\
             The day before: write a letter by hand, hide the present.\n\
             On the day: breakfast in bed, no phones, then the evening out.\n\
             Before sleep: three things you love about the past year.",
            "Two weeks before: plan a day trip just for the two of you.\n\
             Two days before: make a playlist of your songs.\n\
             On the day: leave early, picnic for lunch, sunset with a view.\n\
             At home: cake for two and the present.",
            "A week before: ask close friends of {name} to keep the evening free.\n\
             The day before: cake, candles, decorations.\n\
             On the day: a quiet morning together, a small surprise party later.\n\
             Take one good picture of the two of you.",
        ],
    },
    friend: Set {
        messages: &[
            "Happy birthday, {name}! 🎉\n\nThanks for the laughs, the late talks and for always being you. This year is going to be a good one.",
            "Cheers to you, {name}! 🥳\n\nGood friends are rare, and you are one of the best. Have the happiest of birthdays.",
            "It's {name} day! 🎈\n\nMay your cake be big, your worries small and your year full of adventures. Happy birthday, my friend!",
            "Happy birthday, {name}! 🎂\n\nLife is simply more fun with you in it. Let's celebrate properly, and soon!",
            "To {name}: another year older, not a bit less brilliant. ✨\n\nHappy birthday! So glad we're friends.",
        ],
        plans: &[
            "A week before: make a group chat without {name} and agree on a place.\n\
             The day before: pick up the present and a cake.\n\
             On the day: a voice message in the morning, drinks and cake in the evening.\n\
             Afterwards: send {name} all the pictures.",
            "Two weeks before: find tickets for something {name} loves.\n\
             Two days before: write a card with your best shared story in it.\n\
             On the day: hand over both, then go for dinner.\n\
             Bring a candle, any dessert will do.",
            "A week before: ask {name} what the perfect day would look like.\n\
             The day before: shop for snacks, games and candles.\n\
             On the day: friends at your place, everyone brings one dish.\n\
             At midnight: a toast and a group photo.",
        ],
    },
    colleague: Set {
        messages: &[
            "Happy birthday, {name}! 🎂\n\nIt's a pleasure to work with you. Wishing you a great day and a successful year ahead.",
            "All the best on your birthday, {name}! 🎉\n\nYour good mood and good ideas make every day at work better. Enjoy your day!",
            "Today we celebrate {name}! 🎈\n\nThank you for being such a reliable teammate. May the coming year bring you joy, health and many good moments.",
            "Happy birthday, {name}! ☕\n\nNo deadlines today, just cake. The whole team wishes you a wonderful year.",
        ],
        plans: &[
            "A week before: pass a card around the team.\n\
             The day before: order a cake, check for allergies.\n\
             On the day: ten minutes together after lunch, the card and a short toast to {name}.\n\
             Remote colleagues: send them the call link.",
            "A week before: collect a little from everyone for one good present.\n\
             Two days before: choose something {name} enjoys outside work.\n\
             On the day: decorate the desk before {name} arrives.\n\
             In the afternoon: coffee and cake.",
            "A few days before: put half an hour in the team's calendar.\n\
             The day before: ask two colleagues for a nice story about {name}.\n\
             On the day: team lunch, stories, a small present.",
        ],
    },
    other: Set {
        messages: &[
            "Happy birthday, {name}! 🎂\n\nWishing you a day full of joy and a year full of good surprises.",
            "All the best on your special day, {name}! 🎉\n\nMay the year ahead be kind to you. Enjoy every moment of today!",
            "Today is your day, {name}! ✨\n\nHealth, happiness and plenty of reasons to smile: that's what we wish you. Happy birthday!",
            "Happy birthday, {name}! 🎈\n\nIt's good to have people like you around. Have a wonderful celebration.",
        ],
        plans: &[
            "A week before: find out what would make {name} happy.\n\
             The day before: write a card, prepare a small present.\n\
             On the day: congratulate in the morning, celebrate with cake.\n\
             Take a picture to remember it.",
            "A week before: choose a place and invite a few people.\n\
             Two days before: order cake and flowers.\n\
             On the day: a toast to {name}, good music, candles.",
            "A few days before: note down a good memory with {name}.\n\
             The day before: pick up flowers or something sweet.\n\
             On the day: call or visit, and share the memory.",
        ],
    },
};
