//! The four looks: what is drawn beside this file as SVG, and how words are set in it.
//!
//! A template holds two marks, `<!-- scatter -->` for the decoration that varies and `<!-- words -->` for the text. Pictures
//! keep out of the text column; soft light is a gradient, since a blur over the page would cost more than the rest of the card.

mod cake;
mod daisies;
mod hearts;
mod lanterns;

use super::CardLook;
use super::setting::Voice;
use super::svg::Dice;

/// What a card looks like. Places are in pixels of a page of 1080×1340.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) template: &'static str,
    pub(super) scatter: fn(&mut Dice) -> String,
    pub(super) hero: Voice,
    pub(super) second: Voice,
    pub(super) note: Voice,
    pub(super) date: Voice,
    /// The width of the text column.
    pub(super) column: f64,
    /// The text's upper and lower limit.
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// The middle of the date's pill.
    pub(super) date_at: f64,
    /// SVG attributes of the pill.
    pub(super) pill: &'static str,
    /// Drawn around the origin, between hero and second line.
    pub(super) divider: &'static str,
    /// Room for the divider.
    pub(super) divider_gap: f64,
}

/// The part a line plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Hero,
    Second,
    Note,
    Date,
}

impl Look {
    pub(super) fn voice(&self, role: Role) -> &Voice {
        match role {
            Role::Hero => &self.hero,
            Role::Second => &self.second,
            Role::Note => &self.note,
            Role::Date => &self.date,
        }
    }

    /// The space above a line.
    pub(super) fn gap(&self, role: Role) -> f64 {
        match role {
            Role::Hero | Role::Date => 0.0,
            Role::Second => self.divider_gap,
            Role::Note => 34.0,
        }
    }
}

impl Role {
    /// The part of the text's height that is kept for a line while the ones above it are fitted.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::Hero | Self::Date => 0.0,
            Self::Second => 0.34,
            Self::Note => 0.12,
        }
    }
}

pub(super) fn of(look: CardLook) -> &'static Look {
    match look {
        CardLook::Cake => &cake::LOOK,
        CardLook::Hearts => &hearts::LOOK,
        CardLook::Lanterns => &lanterns::LOOK,
        CardLook::Daisies => &daisies::LOOK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_its_marks() {
        for word in CardLook::ALL {
            let look = of(word);
            assert_eq!(look.template.matches("<!-- scatter -->").count(), 1, "{word:?}");
            assert_eq!(look.template.matches("<!-- words -->").count(), 1, "{word:?}");
        }
    }
}
