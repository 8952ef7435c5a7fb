pub use rats_domain::{
    event::EventKind as Kind,
    picture::{CardBrief, CardLook},
};
