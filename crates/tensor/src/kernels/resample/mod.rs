//! Images of other sizes. Every element is a weighted sum of elements of the input: an [`Axis`] is a table of
//! these along one axis, made once, and the loops are the same whatever the table is.
//!
//! The tables' and the sums' roundings are those of torch 2.15, found by probing it; torch has several ways,
//! between which the sizes choose (`Interpolation`).

mod along;
mod axis;
mod bilinear;
mod scatter;

pub use along::{along, copy};
pub use axis::{Axis, Scaling};
pub use bilinear::bilinear;
pub use scatter::{scatter, scatter_cubic};

use super::parallel::GRAIN;

/// The tables of the last three axes.
pub type Axes<T> = [Axis<T>; 3];

/// The sizes of a plane before and after.
fn sizes<T: super::number::Float>(axes: &Axes<T>) -> [[usize; 3]; 2] {
    [axes.each_ref().map(|axis| axis.input), axes.each_ref().map(Axis::output)]
}

/// How many planes or rows, each of so many elements, make a task.
fn of_grain(elements: usize) -> usize {
    (GRAIN / elements.max(1)).max(1)
}
