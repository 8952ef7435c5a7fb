//! Holidays of any faith, country and season: the words name none, the person's title does.

use super::words::{Set, Words};

pub(super) const WORDS: Words = Words {
    family: Set {
        messages: &[
            "Happy holidays, {name}! ✨\n\nFamily is what makes these days shine. We can't wait to sit at one table with you.",
            "{title} 💛\n\nDear {name}, may these days bring you rest, laughter and all the people you love. Holiday hugs from all of us!",
            "Warmest holiday wishes to you, {name}! 🎉\n\nNear or far, you are always part of our celebration. We love you.",
            "It's holiday time, {name}! 🕯️\n\nGood food, old stories and those we love most: what more could we want? Have a wonderful celebration.",
        ],
        plans: &[
            "Two weeks before: agree who hosts and who brings what.\n\
             A week before: buy small presents, plan the menu.\n\
             The day before: cook what can be cooked, set the table.\n\
             On the day: a toast with {name}, and a call to everyone who is far away.",
            "Two weeks before: ask {name} which tradition must not be missing.\n\
             Two days before: shop and decorate together.\n\
             On the day: keep the tradition, then games and dessert.\n\
             Take one picture with everybody in it.",
            "A week before: write cards to the relatives you won't see.\n\
             The day before: bake together, children first.\n\
             On the day: a slow morning, a walk, then the big meal with {name}.",
        ],
    },
    partner: Set {
        messages: &[
            "Happy holidays, {name}! ❤️\n\nMy favourite tradition is spending these days with you. Here's to us, and to slow mornings.",
            "{title} ✨\n\n{name}, you make every celebration warmer. So happy to share this one with you, my love.",
            "Holiday time is our time, {name}! 🥂\n\nNo hurry, no plans, only good food and you. I love you.",
            "All I need for the holidays is you, {name}. 💕\n\nMay these days be bright, gentle and ours.",
        ],
        plans: &[
            "Two weeks before: decide together which days belong to family and which to you two.\n\
             A week before: choose a present for {name} that has a story.\n\
             On the day: breakfast together, presents, a long walk.\n\
             In the evening: cook your favourite dish.",
            "A week before: start a tradition of your own, such as a film, a dish or a letter.\n\
             The day before: get all you need, put up the lights.\n\
             On the day: phones away, only {name} and you for one whole evening.",
            "Two weeks before: book a small trip or a good table.\n\
             Two days before: wrap the present, write a card.\n\
             On the day: dress up for each other and celebrate.\n\
             Keep a picture for next year's card.",
        ],
    },
    friend: Set {
        messages: &[
            "Happy holidays, {name}! 🎉\n\nFriends like you make every season brighter. Rest well, eat well, and let's meet soon!",
            "{title} ✨\n\nSending you the warmest wishes, {name}. May these days be full of laughter and good company.",
            "Cheers to the holidays, {name}! 🥂\n\nThank you for being such a good friend. Enjoy every lazy minute.",
            "Holiday greetings to you, {name}! 💛\n\nMay your days be merry, your plate full and your phone quiet. See you very soon!",
        ],
        plans: &[
            "Two weeks before: find an evening when all friends are free.\n\
             A week before: draw lots for small presents.\n\
             On the day: everyone brings a dish, {name} picks the music.\n\
             At the end: fix the date for the next time.",
            "A week before: write {name} a real card and post it.\n\
             Two days before: bake something to give away.\n\
             On the day: a call or a visit, with enough time to talk.",
            "A week before: look for a market, concert or walk nearby.\n\
             The day before: settle the meeting point, pack something warm to drink.\n\
             On the day: go there with {name} and take a silly picture.",
        ],
    },
    colleague: Set {
        messages: &[
            "Happy holidays, {name}! ✨\n\nThank you for the good work we share. Enjoy some well-earned rest.",
            "{title} 🎉\n\nBest wishes to you and yours, {name}. May these days bring you peace and fresh energy.",
            "Season's best to you, {name}! ☕\n\nIt's a pleasure to be on your team. Have a relaxing and happy holiday.",
            "Warm holiday wishes, {name}! 🌟\n\nTime to close the laptop and celebrate. See you rested and happy!",
        ],
        plans: &[
            "Two weeks before: propose a team lunch or a small gathering.\n\
             A week before: settle who looks after what while people are away.\n\
             On the last day before: hand {name} a card and something sweet.\n\
             On the day: no work messages.",
            "A week before: draw names for small presents in the team.\n\
             The day before: decorate the kitchen, order snacks.\n\
             On the day: half an hour together, a thank-you to {name}, a group photo.",
            "A week before: ask whether {name} celebrates, and how.\n\
             The day before: write a personal card.\n\
             On the day: send good wishes in the morning and leave the day free.",
        ],
    },
    other: Set {
        messages: &[
            "Happy holidays, {name}! ✨\n\nWishing you bright days, good company and time to breathe.",
            "{title} 🎉\n\nWarm wishes to you, {name}. May these days bring joy to you and everyone around you.",
            "Holiday greetings to you, {name}! 🌟\n\nMay you find rest, laughter and something delicious on your plate.",
            "All the best for the holidays, {name}! 💛\n\nEnjoy the celebration and the people you share it with.",
        ],
        plans: &[
            "Two weeks before: decide how and with whom to celebrate.\n\
             A week before: write {name} a card.\n\
             The day before: prepare food and a little decoration.\n\
             On the day: send your wishes in the morning, then enjoy it.",
            "A week before: choose a small present for {name}.\n\
             The day before: wrap it, confirm the time.\n\
             On the day: meet for coffee or a meal and hand it over.",
            "A week before: find out what {name} likes best about this holiday.\n\
             Two days before: get what is needed for it.\n\
             On the day: make it happen, and take a picture.",
        ],
    },
};
