//! The picture that the tutorial draws of a net with two inputs: which side of its decision each point of the
//! plane is on, and the points it learned from.

use std::error::Error;
use std::path::Path;

use autograd::{Variable, no_grad};
use nn::Layer;
use plotters::prelude::*;
use tensor::Tensor;

use crate::palette::PALETTE;
use crate::{Failure, Result, output};

/// The plane is coloured in cells, so many along each side.
const CELLS: usize = 150;

/// Draws where `net` says 1 (a score above 0) and where 0, and the points `x: [n, 2]`
/// in the colours of `y: [n, 1]`.
///
/// # Errors
/// If the file cannot be written.
pub fn plot_decision_boundary(file: &Path, title: &str, net: &dyn Layer, x: &Tensor, y: &Tensor) -> Result {
    let mut svg = String::new();
    draw(&mut svg, title, net, x, y)
        .map_err(|why| Failure::new(format!("cannot draw {}: {why}", file.display())))?;
    output::write(file, &svg)?;
    println!("picture: {}", file.display());
    Ok(())
}

fn draw(
    svg: &mut String,
    title: &str,
    net: &dyn Layer,
    x: &Tensor,
    y: &Tensor,
) -> Result<(), Box<dyn Error>> {
    let points = x.to_vec::<f32>();
    let reach = points.iter().fold(0.0, |reach: f32, v| reach.max(v.abs())) + 0.5;
    let at = |cell: usize| -reach + 2.0 * reach * cell as f32 / CELLS as f32;

    // The score in the middle of each cell, row by row.
    let middle = reach / CELLS as f32;
    let cells = |row| (0..CELLS).flat_map(move |column| [at(column) + middle, at(row) + middle]);
    let plane = Tensor::from_vec((0..CELLS).flat_map(cells).collect(), [CELLS * CELLS, 2]);
    let scores = no_grad(|| net.forward(&Variable::new(plane))).data().to_vec::<f32>();

    let sheet = SVGBackend::with_string(svg, (600, 600)).into_drawing_area();
    sheet.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&sheet)
        .margin(12)
        .caption(title, ("sans-serif", 20))
        .x_label_area_size(30)
        .y_label_area_size(30)
        .build_cartesian_2d(-reach..reach, -reach..reach)?;
    for (row, scores) in scores.chunks(CELLS).enumerate() {
        // One rectangle for each run of cells on the same side.
        let mut column = 0;
        for side in scores.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
            let corners = [(at(column), at(row)), (at(column + side.len()), at(row + 1))];
            let colour = PALETTE[usize::from(side[0] > 0.0)].mix(0.3);
            chart.plotting_area().draw(&Rectangle::new(corners, colour.filled()))?;
            column += side.len();
        }
    }
    for (point, class) in points.chunks(2).zip(y.to_vec::<f32>()) {
        let colour = PALETTE[class as usize];
        chart.plotting_area().draw(&Circle::new((point[0], point[1]), 3, colour.filled()))?;
    }
    chart.configure_mesh().disable_mesh().draw()?;
    sheet.present()?;
    Ok(())
}
