use super::super::fonts::Face;
use super::super::setting::Voice;
use super::super::svg::{Dice, Svg};
use super::Look;

/// Two hearts of gold in an arch, roses and leaves below, on emerald.
pub(super) static LOOK: Look = Look {
    template: include_str!("hearts.svg"),
    scatter,
    hero: Voice {
        face: Face::GreatVibes,
        colour: "#FBE3A4",
        largest: 128.0,
        smallest: 58.0,
        max_lines: 2,
        leading: 1.1,
    },
    second: Voice {
        face: Face::Cormorant,
        colour: "#FFF8E7",
        largest: 168.0,
        smallest: 54.0,
        max_lines: 3,
        leading: 1.0,
    },
    note: Voice {
        face: Face::Cormorant,
        colour: "#F3DDA0",
        largest: 54.0,
        smallest: 38.0,
        max_lines: 2,
        leading: 1.15,
    },
    date: Voice { face: Face::Cormorant, colour: "#FBE3A4", largest: 46.0, smallest: 34.0, max_lines: 1, leading: 1.2 },
    column: 770.0,
    top: 400.0,
    bottom: 960.0,
    date_at: 1_046.0,
    pill: r##"fill="#0A362C" stroke="url(#gold)" stroke-width="3""##,
    divider: r##"<path d="M-190 0H-34M34 0H190" stroke="#D9A94A" stroke-width="2.5"/><path d="M0 -13L13 0L0 13L-13 0z" fill="#FBE3A4"/>"##,
    divider_gap: 74.0,
};

/// Gold dust.
fn scatter(dice: &mut Dice) -> String {
    let mut svg = Svg::new();
    for step in 0..70 {
        let (x, y) = (dice.between(100.0, 980.0), dice.between(110.0, 1_000.0));
        // Behind the words it stays fine and faint.
        let beside = !(150.0..930.0).contains(&x) || y < 390.0;
        let (radius, opacity) = if beside { (dice.between(1.4, 4.2), 0.8) } else { (dice.between(0.8, 1.6), 0.35) };
        let colour = if step % 3 == 0 { "#FFF3CC" } else { "#D9A94A" };
        svg.add(format_args!(
            r#"<circle cx="{x:.0}" cy="{y:.0}" r="{radius:.1}" fill="{colour}" opacity="{opacity}"/>"#
        ));
    }
    svg.into_string()
}
