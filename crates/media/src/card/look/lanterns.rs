use super::super::fonts::Face;
use super::super::setting::Voice;
use super::super::svg::{Dice, Svg};
use super::Look;

/// Paper lanterns rising over a lake at dusk: a feast of no one creed.
pub(super) static LOOK: Look = Look {
    template: include_str!("lanterns.svg"),
    scatter,
    hero: Voice { face: Face::Yeseva, colour: "#FFF6E0", largest: 168.0, smallest: 58.0, max_lines: 3, leading: 1.08 },
    second: Voice { face: Face::Outfit, colour: "#FFD98A", largest: 84.0, smallest: 44.0, max_lines: 3, leading: 1.15 },
    note: Voice { face: Face::Outfit, colour: "#FFF6E0", largest: 46.0, smallest: 34.0, max_lines: 2, leading: 1.2 },
    date: Voice { face: Face::Outfit, colour: "#2B1463", largest: 40.0, smallest: 30.0, max_lines: 1, leading: 1.2 },
    column: 830.0,
    top: 420.0,
    bottom: 900.0,
    date_at: 972.0,
    pill: r##"fill="#FFD98A""##,
    divider: "",
    divider_gap: 40.0,
};

/// Stars, denser towards the zenith.
fn scatter(dice: &mut Dice) -> String {
    let mut svg = Svg::new();
    for step in 0..110 {
        let x = dice.between(0.0, 1_080.0);
        let height = dice.between(0.0, 1.0);
        let y = height * height * 900.0;
        let behind_words = (110.0..970.0).contains(&x) && y > 400.0;
        let radius = if behind_words { 1.1 } else { dice.between(1.0, 2.6) };
        let opacity = if step % 4 == 0 { 0.95 } else { 0.5 };
        svg.add(format_args!(
            r##"<circle cx="{x:.0}" cy="{y:.0}" r="{radius:.1}" fill="#FFF6E0" opacity="{opacity}"/>"##
        ));
    }
    svg.into_string()
}
