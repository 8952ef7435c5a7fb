use super::super::fonts::Face;
use super::super::setting::Voice;
use super::super::svg::{Dice, Svg};
use super::Look;

/// A cake under bunting, in peach and raspberry.
pub(super) static LOOK: Look = Look {
    template: include_str!("cake.svg"),
    scatter,
    hero: Voice { face: Face::Pacifico, colour: "#B5123E", largest: 150.0, smallest: 56.0, max_lines: 2, leading: 1.3 },
    second: Voice { face: Face::Baloo, colour: "#44125C", largest: 200.0, smallest: 54.0, max_lines: 3, leading: 1.0 },
    note: Voice { face: Face::Outfit, colour: "#7A1F4E", largest: 46.0, smallest: 34.0, max_lines: 2, leading: 1.2 },
    date: Voice { face: Face::Outfit, colour: "#FFFFFF", largest: 40.0, smallest: 30.0, max_lines: 1, leading: 1.2 },
    column: 840.0,
    top: 226.0,
    bottom: 716.0,
    date_at: 786.0,
    pill: r##"fill="#B5123E""##,
    divider: "",
    divider_gap: 44.0,
};

/// Cake that falls beside the words.
fn scatter(dice: &mut Dice) -> String {
    const COLOURS: [&str; 6] = ["#F2386B", "#FF9F1C", "#2EC4B6", "#7B4BD6", "#FFC93C", "#4C9BF5"];
    let mut svg = Svg::new();
    for step in 0..54 {
        let y = 190.0 + f64::from(step) * 11.0 + dice.between(-10.0, 10.0);
        let x = if step % 2 == 0 { dice.between(14.0, 112.0) } else { dice.between(968.0, 1066.0) };
        let (turn, colour) = (dice.between(0.0, 180.0), dice.pick(&COLOURS));
        let size = dice.between(7.0, 13.0);
        let shape = match step % 3 {
            0 => format!(r#"<circle r="{:.1}" fill="{colour}"/>"#, size * 0.62),
            1 => format!(
                r#"<rect x="{0:.1}" y="-4" width="{1:.1}" height="8" rx="2" fill="{colour}"/>"#,
                -size,
                size * 2.0
            ),
            _ => format!(
                r#"<path d="M{0:.1} 0q{1:.1} -12 {2:.1} 0t{2:.1} 0" fill="none" stroke="{colour}" stroke-width="5" stroke-linecap="round"/>"#,
                -size * 1.4,
                size * 0.7,
                size * 1.4
            ),
        };
        svg.add(format_args!(r#"<g transform="translate({x:.0} {y:.0}) rotate({turn:.0})">{shape}</g>"#));
    }
    svg.into_string()
}
