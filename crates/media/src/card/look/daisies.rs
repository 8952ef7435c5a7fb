use super::super::fonts::Face;
use super::super::setting::Voice;
use super::super::svg::{Dice, Svg};
use super::Look;

/// Waves and daisies of the seventies, on marigold.
pub(super) static LOOK: Look = Look {
    template: include_str!("daisies.svg"),
    scatter,
    hero: Voice {
        face: Face::Bricolage,
        colour: "#2A1548",
        largest: 184.0,
        smallest: 56.0,
        max_lines: 3,
        leading: 1.0,
    },
    second: Voice { face: Face::Outfit, colour: "#9C1738", largest: 88.0, smallest: 44.0, max_lines: 3, leading: 1.15 },
    note: Voice { face: Face::Outfit, colour: "#2A1548", largest: 46.0, smallest: 34.0, max_lines: 2, leading: 1.2 },
    date: Voice { face: Face::Outfit, colour: "#FFF3DA", largest: 40.0, smallest: 30.0, max_lines: 1, leading: 1.2 },
    column: 850.0,
    top: 390.0,
    bottom: 900.0,
    date_at: 976.0,
    pill: r##"fill="#2A1548""##,
    divider: r##"<path d="M-84 0q21 -26 42 0t42 0t42 0t42 0" fill="none" stroke="#E8432E" stroke-width="11" stroke-linecap="round"/>"##,
    divider_gap: 96.0,
};

/// A few sparks beside the words.
fn scatter(dice: &mut Dice) -> String {
    const COLOURS: [&str; 4] = ["#E8432E", "#FFF3DA", "#0F8B8D", "#F58FB0"];
    let mut svg = Svg::new();
    for step in 0..12 {
        let x = if step % 2 == 0 { dice.between(26.0, 92.0) } else { dice.between(988.0, 1_054.0) };
        let y = 460.0 + f64::from(step) * 46.0 + dice.between(-14.0, 14.0);
        let (scale, colour) = (dice.between(0.5, 1.0), dice.pick(&COLOURS));
        svg.add(format_args!(r#"<path d="M0 -24Q4 -4 24 0Q4 4 0 24Q-4 4 -24 0Q-4 -4 0 -24z" fill="{colour}" transform="translate({x:.0} {y:.0}) scale({scale:.2})"/>"#));
    }
    svg.into_string()
}
