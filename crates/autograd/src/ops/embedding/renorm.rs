//! Rows of a table that are too long, as torch shortens them.

use tensor::dispatch::by_float;
use tensor::kernels::rounding::sum_of_squares;
use tensor::{Float, Num};

use super::table::Lookup;
use crate::Variable;

/// Shortens the rows that are looked up and longer than `max_norm`, in place.
#[track_caller]
pub(super) fn renormalise(lookup: &Lookup, weight: &Variable, max_norm: f64, norm_type: f64) {
    let mut named: Vec<usize> = lookup.names().collect();
    named.sort_unstable();
    named.dedup();
    let width = weight.size(1);
    weight.update_data(|table| {
        by_float!("embedding", table, T => {
            let table = table.make_mut::<T>();
            for row in named {
                let row = &mut table[row * width..][..width];
                let norm = norm(row, norm_type).to_f64();
                if norm > max_norm {
                    let scale = T::from_f64(max_norm / (norm + 1e-7));
                    row.iter_mut().for_each(|x| *x *= scale);
                }
            }
        });
    });
}

/// The norm of a row, whose terms add up in torch's order: squares in lanes, other powers one by one.
fn norm<T: Float>(row: &[T], p: f64) -> T {
    if p == 2.0 {
        return sum_of_squares(row).sqrt();
    }
    let magnitudes = row.iter().map(|&x| x.abs());
    if p.is_infinite() {
        let pick = if p > 0.0 { T::maximum } else { T::minimum };
        return magnitudes.reduce(pick).unwrap_or(T::ZERO);
    }
    match p {
        0.0 => magnitudes.map(|x| if x == T::ZERO { x } else { T::ONE }).fold(T::ZERO, |sum, x| sum + x),
        1.0 => magnitudes.fold(T::ZERO, |sum, x| sum + x),
        _ => {
            let sum = magnitudes.fold(T::ZERO, |sum, x| sum + x.powf(T::from_f64(p)));
            sum.powf(T::from_f64(1.0 / p))
        }
    }
}
