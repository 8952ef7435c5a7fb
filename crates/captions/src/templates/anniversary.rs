//! Anniversaries: of a wedding, of a friendship, at work. The words must fit all of them.

use super::words::{Set, Words};

pub(super) const WORDS: Words = Words {
    family: Set {
        messages: &[
            "Happy anniversary, {name}! 💛\n\nThank you for showing our family what love and patience look like. Here's to many more years.",
            "Another year to celebrate, {name}! 🥂\n\nYour story is part of ours, and we love every chapter. Happy anniversary!",
            "To {name}, with love from the whole family: happy anniversary! 💐\n\nMay the years ahead be as warm as the home you made.",
            "Happy anniversary, {name}! 🎉\n\nSo much love, so many memories, and the best is still to come. We are happy to celebrate with you.",
        ],
        plans: &[
            "Two weeks before: collect family photos, old and new.\n\
             A week before: book a table or share out the cooking.\n\
             On the day: flowers for {name}, dinner together, the photos on the table.\n\
             End with a toast from the youngest.",
            "A week before: ask everyone for one favourite memory.\n\
             The day before: write the memories on cards, buy flowers.\n\
             On the day: afternoon coffee with {name}, cards and cake.\n\
             Take this year's family picture.",
            "Two weeks before: find a song or a place that belongs to this day.\n\
             The day before: prepare a small present from all of you.\n\
             On the day: visit the place or play the song, then eat together.",
        ],
    },
    partner: Set {
        messages: &[
            "Happy anniversary, {name}! ❤️\n\nAnother year of us, and I still smile when you walk in. Here's to all the years to come.",
            "To {name}, my love: happy anniversary! 🥂\n\nWe've laughed, grown and found our way, always together. I'd do it all again.",
            "One more year with you, {name}. 💕\n\nYou are my home and my greatest adventure. Happy anniversary to us!",
            "Today is our day, {name}! 💍\n\nThank you for every ordinary morning and every big moment. I love you more each year.",
            "Our story is still my favourite one. ✨\n\nHappy anniversary, {name}. Here's to the next chapter!",
        ],
        plans: &[
            "Two weeks before: book the place of your first date, or one like it.\n\
             The day before: write a letter to {name}, buy flowers.\n\
             On the day: breakfast together, dinner by candlelight, the letter for dessert.\n\
             Take the same picture as last year.",
            "A week before: choose a night away, even if it's close by.\n\
             Two days before: make an album of the year's best pictures.\n\
             On the day: leave early, phones off, look through the album together.\n\
             Toast to what comes next.",
            "A week before: plan a menu that {name} loves.\n\
             The day before: shop, chill the wine, find your song.\n\
             On the day: cook together, dance in the kitchen.\n\
             Later: write down one plan for the coming year.",
        ],
    },
    friend: Set {
        messages: &[
            "Happy anniversary, {name}! 🎉\n\nIt's a joy to watch your story grow. Wishing you many more happy years.",
            "Cheers to you, {name}! 🥂\n\nAnother year, another reason to celebrate. So glad to be there for it. Happy anniversary!",
            "A very happy anniversary, {name}! 💛\n\nGood things deserve to be celebrated with friends. May this one be the start of your best year yet.",
            "What a milestone, {name}! ✨\n\nThank you for letting your friends be part of the journey. Happy anniversary!",
        ],
        plans: &[
            "A week before: agree with friends on a joint present.\n\
             The day before: write a card, buy flowers or a good bottle.\n\
             On the day: a message to {name} in the morning, a toast in the evening.\n\
             Afterwards: share your favourite picture.",
            "Two weeks before: offer {name} help, such as cooking or looking after the children.\n\
             The day before: drop off something sweet.\n\
             On the day: congratulate, and leave them time to celebrate.\n\
             The week after: dinner together and the stories.",
            "A week before: dig out a picture from the early days.\n\
             The day before: have it printed and framed.\n\
             On the day: hand it to {name} over coffee or drinks.",
        ],
    },
    colleague: Set {
        messages: &[
            "Happy anniversary, {name}! 🎉\n\nThank you for everything you bring to the team. We look forward to the years ahead.",
            "Congratulations on your anniversary, {name}! 👏\n\nYour commitment makes a difference every day. Here's to many more good years.",
            "Today we celebrate {name}! 🥂\n\nAnother year of good work and good company. Happy anniversary from all of us!",
            "A very happy anniversary, {name}! ✨\n\nIt's a pleasure to work beside you. Wishing you joy and success for all that comes.",
        ],
        plans: &[
            "A week before: collect signatures and a line from each colleague.\n\
             The day before: order cake, prepare two sentences to say.\n\
             On the day: gather for fifteen minutes, thank {name} in front of the team.\n\
             Afterwards: lunch together.",
            "Two weeks before: find a picture from {name}'s early days.\n\
             A few days before: choose a present that isn't about work.\n\
             On the day: coffee, the picture, the present, a group photo.",
            "A week before: reserve a table for a team lunch.\n\
             The day before: ask colleagues for the best moments with {name}.\n\
             On the day: read out a few of them and raise a glass.",
        ],
    },
    other: Set {
        messages: &[
            "Happy anniversary, {name}! 🎉\n\nWishing you a beautiful day and many more years to celebrate.",
            "Congratulations on your anniversary, {name}! 🥂\n\nMay the coming year bring you happiness and good memories.",
            "A special day for {name}! ✨\n\nHere's to all that was, and to all that's still to come. Happy anniversary!",
            "Warmest wishes on your anniversary, {name}! 💐\n\nMay today be filled with joy and good company.",
        ],
        plans: &[
            "A week before: choose a card and write a few personal lines.\n\
             The day before: order flowers.\n\
             On the day: congratulate {name} in the morning, deliver the flowers.\n\
             In the evening: raise a glass.",
            "A week before: ask others to join in with a small present.\n\
             The day before: wrap it, prepare a short toast.\n\
             On the day: meet {name} for coffee and hand it over.",
            "A few days before: find a picture that suits the day.\n\
             The day before: prepare something sweet.\n\
             On the day: celebrate with {name}, and take a new picture.",
        ],
    },
};
