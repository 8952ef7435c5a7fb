//! What the recipient is to the person.

/// The relations that speak differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Family,
    Partner,
    Friend,
    Colleague,
    Other,
}

const FRIEND: &str = "friend friends bestie bestfriend buddy pal mate bff chum neighbor neighbour roommate flatmate \
    classmate schoolmate";

const COLLEAGUE: &str = "colleague colleagues coworker coworkers worker workmate teammate boss manager supervisor employee \
    employer business work client customer mentor mentee intern assistant team ceo lead director \
    professional office";

const FAMILY: &str = "family relative mother mom mum mommy mummy mama mamma ma father dad daddy papa parent parents \
    sister sis brother bro sibling siblings twin son daughter child children kid kids baby grandmother \
    grandma granny gran nana nan grandfather grandpa granddad grandad gramps grandparent grandparents \
    grandson granddaughter grandchild aunt auntie aunty uncle cousin niece nephew law stepmother stepmom \
    stepmum stepfather stepdad stepson stepdaughter stepsister stepbrother godmother godfather godson \
    goddaughter godchild";

const PARTNER: &str = "wife husband spouse hubby wifey girlfriend boyfriend fiance fiancé fiancee fiancée lover sweetheart \
    soulmate beloved darling gf bf";

/// What may stand beside "partner" without making it another kind of partner (a tennis partner, a dance partner).
const BESIDE_PARTNER: &str = "partner my our the life dear domestic romantic long term longterm";

/// A relation that has ended is no longer one to write love letters to.
const ENDED: &str = "ex former late divorced separated";

impl Relation {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [Self::Family, Self::Partner, Self::Friend, Self::Colleague, Self::Other];

    /// Reads it from a person's words ("Mother", "my best friend", "co-worker").
    ///
    /// Where the words name several ("my boss's wife"), the more reserved one counts: a love letter to the wrong one is the
    /// worst mistake.
    pub(crate) fn recognise(words: &str) -> Self {
        let lower = words.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let any = |list: &str| list.split(' ').any(|word| words.contains(&word));
        if any(FRIEND) {
            Self::Friend
        } else if any(COLLEAGUE) {
            Self::Colleague
        } else if any(FAMILY) {
            Self::Family
        } else if !any(ENDED) && (any(PARTNER) || is_plain_partner(&words)) {
            Self::Partner
        } else {
            Self::Other
        }
    }
}

/// Whether the words say "partner" and nothing that makes it a partner in something.
fn is_plain_partner(words: &[&str]) -> bool {
    words.contains(&"partner") && words.iter().all(|word| BESIDE_PARTNER.split(' ').any(|beside| beside == *word))
}

#[cfg(test)]
mod tests {
    use super::Relation::{self, Colleague, Family, Friend, Other, Partner};

    #[test]
    fn relations_are_recognised_in_plain_words() {
        for (words, relation) in [
            ("Mother", Family),
            ("my MUM", Family),
            ("Sister-in-law", Family),
            ("great grandmother", Family),
            ("wife", Partner),
            ("My Husband ❤️", Partner),
            ("Fiancée", Partner),
            ("life partner", Partner),
            ("Partner", Partner),
            ("friend", Friend),
            ("my best friend!", Friend),
            ("family friend", Friend),
            ("Colleague", Colleague),
            ("co-worker", Colleague),
            ("business partner", Colleague),
            ("teacher", Other),
            ("", Other),
            ("{name}", Other),
        ] {
            assert_eq!(Relation::recognise(words), relation, "{words}");
        }
    }

    #[test]
    fn no_love_letter_goes_to_the_wrong_one() {
        for words in
            ["ex-wife", "ex girlfriend", "former partner", "tennis partner", "my boss's wife", "sister's husband"]
        {
            assert_ne!(Relation::recognise(words), Partner, "{words}");
        }
    }
}
