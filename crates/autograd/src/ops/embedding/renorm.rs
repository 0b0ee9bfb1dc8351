//! Rows of a table that are too long, as torch shortens them.

use tensor::dispatch::by_float;
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

/// The norm of a row, whose terms add up in torch's order: squares in the lanes of a vector of 32 bytes, and
/// what is left behind them four by four, the last without a rounding of its own; other powers one by one.
fn norm<T: Float>(row: &[T], p: f64) -> T {
    if p == 2.0 {
        let width = 32 / size_of::<T>();
        let mut lanes = [T::ZERO; 8];
        let (vectors, rest) = row.split_at(row.len() / width * width);
        for vector in vectors.chunks_exact(width) {
            lanes.iter_mut().zip(vector).for_each(|(lane, &x)| *lane += x * x);
        }
        let sum = lanes[..width].iter().fold(T::ZERO, |sum, &lane| sum + lane);
        let (fours, last) = rest.split_at(rest.len() / 4 * 4);
        let sum = fours.iter().fold(sum, |sum, &x| sum + x * x);
        return last.iter().fold(sum, |sum, &x| x.mul_add(x, sum)).sqrt();
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
