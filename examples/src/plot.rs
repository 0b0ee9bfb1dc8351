//! Curves as an SVG picture: what `plt.plot` and `plt.semilogy` are to the tutorial.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

use crate::palette::PALETTE;
use crate::{Failure, Result, Run, output};

/// A line in a picture: its name and its points.
pub type Curve<'a> = (&'a str, Vec<(f64, f64)>);
type Sheet<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// One curve under a title, against 0, 1, 2, …: `plt.title(title)`, `plt.plot(np.arange(len(ys)), ys)`.
///
/// # Errors
/// If the file cannot be written.
pub fn plot(file: &Path, title: &str, ys: impl IntoIterator<Item = f64>) -> Result {
    let points = ys.into_iter().enumerate().map(|(i, y)| (i as f64, y));
    lines(file, title, "epoch", &[(title, points.collect())])
}

/// Several curves under a title, against what `x` names; where there are more than one, their names are in
/// the picture.
///
/// # Errors
/// If the file cannot be written.
pub fn lines(file: &Path, title: &str, x: &str, curves: &[Curve<'_>]) -> Result {
    let finite = |points: &Vec<(f64, f64)>| points.iter().copied().filter(|(_, y)| y.is_finite()).collect();
    let curves: Vec<Curve<'_>> = curves.iter().map(|(name, points)| (*name, finite(points))).collect();
    picture(file, title, &curves, |sheet| {
        let (along, mut up) = (span(&curves, |(x, _)| x), span(&curves, |(_, y)| y));
        if curves.len() > 1 {
            up.end += 0.3 * (up.end - up.start); // for the names
        }
        chart(sheet, [title, x], along, up, &curves)
    })
}

/// The training losses of several runs on a logarithmic axis: `plt.semilogy(x_axis, losses, label=…)` for
/// each.
///
/// # Errors
/// If the file cannot be written.
pub fn semilogy(file: &Path, title: &str, runs: &[Run]) -> Result {
    // Only what is above 0 has a place on the axis.
    let on_axis = |&(_, y): &(f64, f64)| y > 0.0 && y.is_finite();
    let curve = |run: &Run| run.curve.iter().copied().filter(on_axis).collect();
    let curves: Vec<Curve<'_>> = runs.iter().map(|run| (&*run.optimizer, curve(run))).collect();
    picture(file, title, &curves, |sheet| {
        let (x, y) = (span(&curves, |(x, _)| x), span(&curves, |(_, y)| y.log10()));
        chart(sheet, [title, "epoch"], x, (10f64.powf(y.start)..10f64.powf(y.end)).log_scale(), &curves)
    })
}

/// Draws on an empty sheet and writes it, or says that there is nothing to draw.
fn picture(
    file: &Path,
    title: &str,
    curves: &[Curve<'_>],
    draw: impl FnOnce(Sheet<'_>) -> Result<(), Box<dyn Error>>,
) -> Result {
    if curves.iter().all(|(_, points)| points.is_empty()) {
        println!("no picture of the {title}: there are no numbers for it");
        return Ok(());
    }
    let mut svg = String::new();
    draw(SVGBackend::with_string(&mut svg, (800, 500)).into_drawing_area())
        .map_err(|why| Failure::new(format!("cannot draw {}: {why}", file.display())))?;
    output::write(file, &svg)?;
    println!("picture: {}", file.display());
    Ok(())
}

/// From the least to the greatest number on an axis, with a margin.
fn span(curves: &[Curve<'_>], axis: impl Fn((f64, f64)) -> f64) -> Range<f64> {
    let values = || curves.iter().flat_map(|(_, points)| points).map(|&point| axis(point));
    let (least, greatest) =
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let margin = if greatest > least { 0.03 * (greatest - least) } else { 0.5 };
    least - margin..greatest + margin
}

/// Axes, a line for each curve, and their names where there are several.
fn chart<Y>(
    sheet: Sheet<'_>,
    [title, x_desc]: [&str; 2],
    x: Range<f64>,
    y: Y,
    curves: &[Curve<'_>],
) -> Result<(), Box<dyn Error>>
where
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    sheet.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&sheet)
        .margin(12)
        .caption(title, ("sans-serif", 20))
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .x_desc(x_desc)
        .max_light_lines(0)
        .x_label_formatter(&|x| label(*x))
        .y_label_formatter(&|y| label(*y))
        .draw()?;
    for ((name, points), colour) in curves.iter().zip(PALETTE) {
        let line = chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
        if curves.len() > 1 {
            line.label(*name).legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
        }
    }
    if curves.len() > 1 {
        let mut names = chart.configure_series_labels();
        names.position(SeriesLabelPosition::UpperRight).background_style(WHITE).border_style(BLACK).draw()?;
    }
    sheet.present()?;
    Ok(())
}

/// Three digits are enough beside an axis.
fn label(y: f64) -> String {
    let digits = (2 - y.abs().max(1e-6).log10().floor() as i32).clamp(0, 8) as usize;
    let text = format!("{y:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.into() }
}
