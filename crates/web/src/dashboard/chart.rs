//! Charts, drawn on the server as SVG. Their colours are stand-ins that the style replaces by tokens, light or dark.

use std::ops::Range;

use plotters::{
    prelude::{
        ChartBuilder, Circle, DrawingAreaErrorKind, IntoDrawingArea as _, IntoFont as _, LineSeries, Rectangle,
        SVGBackend,
    },
    style::{Color as _, RGBColor},
};

use super::number::short;

/// Width and height of a chart's own pixels; it is shown as wide as there is room.
const SIZE: (u32, u32) = (520, 260);
/// Text is drawn this large, so that it is still read where the chart is shown on a phone.
const TEXT: f64 = 14.0;
/// Each series' stand-in; the style knows them.
const SERIES: [RGBColor; 4] =
    [RGBColor(138, 33, 87), RGBColor(44, 90, 134), RGBColor(133, 82, 0), RGBColor(31, 107, 71)];
const GRID: RGBColor = RGBColor(230, 218, 203);

/// Numbers over something, several beside each other.
pub(crate) struct Lines {
    /// Of each, its points from left to right; where a number is not known the line is broken.
    pub(crate) series: Vec<Vec<(f64, Option<f64>)>>,
    /// What stands below a place.
    pub(crate) below: Box<dyn Fn(&f64) -> String>,
}

/// Numbers side by side.
pub(crate) struct Bars {
    /// Of each its name, and its number where it is known.
    pub(crate) bars: Vec<(String, Option<f64>)>,
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

impl Lines {
    /// The chart; nothing where there is less than two points to connect.
    pub(crate) fn svg(&self) -> Option<String> {
        let points = || self.series.iter().flatten().filter_map(known);
        let (first, last) = range(points().map(|point| point.0))?;
        (last > first).then_some(())?;
        let most = top(points().map(|point| point.1));
        drawn(|svg| self.draw(svg, first..last, most))
    }

    fn draw(&self, svg: &mut String, across: Range<f64>, most: f64) -> Drawn {
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let mut chart = builder(&area).build_cartesian_2d(across, 0.0..most).map_err(never)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .label_style(("sans-serif", TEXT).into_font())
            .x_labels(4)
            .y_labels(4)
            .x_label_formatter(&*self.below)
            .y_label_formatter(&|value| short(*value))
            .draw()
            .map_err(never)?;
        for (points, colour) in self.series.iter().zip(SERIES) {
            for unbroken in points.split(|(_, value)| value.is_none()) {
                let line = LineSeries::new(unbroken.iter().filter_map(known), colour.stroke_width(2));
                chart.draw_series(line).map_err(never)?;
            }
            let dots = points.iter().filter_map(known).map(|point| Circle::new(point, 3, colour.filled()));
            chart.draw_series(dots).map_err(never)?;
        }
        area.present().map_err(never)
    }
}

impl Bars {
    /// The chart; nothing where no number is known.
    pub(crate) fn svg(&self) -> Option<String> {
        self.bars.iter().any(|(_, value)| value.is_some()).then_some(())?;
        drawn(|svg| self.draw(svg))
    }

    fn draw(&self, svg: &mut String) -> Drawn {
        let most = top(self.bars.iter().filter_map(|(_, value)| *value));
        let count = self.bars.len();
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let across = -0.5..float(count) - 0.5;
        let mut chart = builder(&area).build_cartesian_2d(across, 0.0..most).map_err(never)?;
        let name = |place: &f64| {
            let index = (0..count).find(|index| (float(*index) - place).abs() < 0.01);
            index.map_or_else(String::new, |index| self.bars[index].0.clone())
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(GRID.mix(0.0))
            .axis_style(GRID)
            .label_style(("sans-serif", TEXT).into_font())
            .x_labels(count.min(6))
            .y_labels(4)
            .x_label_formatter(&name)
            .y_label_formatter(&|value| short(*value))
            .draw()
            .map_err(never)?;
        let known = self.bars.iter().enumerate().filter_map(|(index, (_, value))| Some((float(index), (*value)?)));
        chart
            .draw_series(
                known.map(|(at, value)| Rectangle::new([(at - 0.35, 0.0), (at + 0.35, value)], SERIES[0].filled())),
            )
            .map_err(never)?;
        area.present().map_err(never)
    }
}

fn builder<'a, 'b>(
    area: &'a plotters::drawing::DrawingArea<SVGBackend<'b>, plotters::coord::Shift>,
) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut builder = ChartBuilder::on(area);
    builder.margin(6).margin_right(16).x_label_area_size(28).y_label_area_size(52);
    builder
}

/// What `draw` draws.
fn drawn(draw: impl FnOnce(&mut String) -> Drawn) -> Option<String> {
    let mut svg = String::new();
    // Writing into memory does not fail; a chart that cannot be laid out is left to its table.
    draw(&mut svg).ok()?;
    // Its size is the page's to say.
    let size = format!("width=\"{}\" height=\"{}\" ", SIZE.0, SIZE.1);
    Some(svg.replacen(&size, "aria-hidden=\"true\" focusable=\"false\" ", 1))
}

fn never<E: std::error::Error + Send + Sync>(
    _: DrawingAreaErrorKind<E>,
) -> DrawingAreaErrorKind<std::convert::Infallible> {
    DrawingAreaErrorKind::LayoutError
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, value| {
        let (least, most) = range.unwrap_or((value, value));
        Some((value.min(least), value.max(most)))
    })
}

/// A point whose number is known.
fn known(point: &(f64, Option<f64>)) -> Option<(f64, f64)> {
    Some((point.0, point.1?))
}

/// The height of a chart: a little more than the most, and never nothing.
fn top(values: impl Iterator<Item = f64>) -> f64 {
    range(values).map_or(1.0, |(_, most)| (most * 1.1).max(4.0))
}

/// A count as a place on a chart.
#[expect(clippy::cast_precision_loss, reason = "nobody sees a difference of one in 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_no_style_and_no_script_of_its_own() {
        let lines = Lines {
            series: vec![vec![(0.0, Some(1.0)), (5.0, Some(900.0))], vec![(1.0, Some(3.0))]],
            below: Box::new(|place| format!("<b>{place}")),
        };
        let svg = lines.svg().unwrap();
        assert!(svg.starts_with("<svg aria-hidden=\"true\""), "{}", &svg[..80]);
        assert!(!svg.contains("style=") && !svg.contains("<b>") && !svg.contains("<script"), "{svg}");
        assert!(svg.contains("#8A2157") && svg.contains("#2C5A86") && svg.contains("#E6DACB"), "{svg}");
    }

    #[test]
    fn no_line_goes_over_what_is_not_known() {
        let lines = |third| {
            let points = [Some(1.0), Some(2.0), third, Some(4.0), Some(5.0)].into_iter().zip(0_u8..);
            let series = vec![points.map(|(value, place)| (f64::from(place), value)).collect()];
            let svg = Lines { series, below: Box::new(|_: &f64| String::new()) }.svg().unwrap();
            svg.lines().filter(|line| line.contains("polyline") && line.contains("#8A2157")).count()
        };
        assert_eq!((lines(Some(3.0)), lines(None)), (1, 2));
    }

    #[test]
    fn what_cannot_be_drawn_is_left_to_the_table() {
        let below = || Box::new(|_: &f64| String::new());
        assert!(Lines { series: vec![], below: below() }.svg().is_none());
        assert!(Lines { series: vec![vec![(1.0, Some(2.0))]], below: below() }.svg().is_none(), "one point is no line");
        assert!(Bars { bars: vec![("a".into(), None)] }.svg().is_none());
        assert!(Bars { bars: vec![("a".into(), Some(0.0)), ("b".into(), None)] }.svg().is_some());
    }
}
