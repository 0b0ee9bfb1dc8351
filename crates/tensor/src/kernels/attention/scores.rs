//! What happens to a block's scores between the products. Loops go over columns of so many queries as fill a
//! vector, and down along the keys.

use super::block::{Block, COLUMNS, Seen, lanes};
use super::exponential::Exponential;
use crate::kernels::mat::Mat;
use crate::kernels::rounding::products_in_lanes;
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

/// The scores of a block, `[keys, queries]`, rows `step` apart.
pub(super) struct Scores<'a, T> {
    pub(super) data: &'a mut [T],
    pub(super) block: Block,
    pub(super) keys: Seen,
}

impl<T: Exponential> Scores<'_, T> {
    #[inline(always)]
    fn at(&mut self, key: usize, column: usize) -> &mut [T; COLUMNS] {
        let row = self.data[key * self.block.step + column..].first_chunk_mut();
        row.expect("rows are whole columns long")
    }

    /// Up to which key all queries of the column at `first` see, and up to which any of them does.
    #[inline(always)]
    fn seen(&self, first: usize) -> [usize; 2] {
        match self.keys.diagonal {
            None => [self.keys.count; 2],
            Some(diagonal) => {
                [first + diagonal + 1, first + diagonal + COLUMNS].map(|end| end.min(self.keys.count))
            }
        }
    }

    /// Puts `hidden` in the place of what the queries of a column do not see of a key.
    #[inline(always)]
    fn hide(&mut self, key: usize, column: usize, hidden: T) {
        let first = column + self.keys.diagonal.unwrap_or(key);
        for (i, x) in self.at(key, column).iter_mut().enumerate() {
            *x = if first + i < key { hidden } else { *x };
        }
    }

    /// Scales the scores and adds the mask, in one rounding.
    pub(super) fn mask(&mut self, isa: Isa, scale: T, mask: Mat<T>) {
        dispatch_on(isa, Masked { scores: self, scale, mask });
    }

    /// Makes weights of scores: the exponential of how far each, times `scale`, is below its query's maximum.
    pub(super) fn weigh(&mut self, isa: Isa, scale: T, so_far: SoFar<T>) {
        match lanes::<T>(isa) {
            4 => dispatch_on(isa, Weigh::<T, 4> { scores: self, scale, so_far }),
            8 => dispatch_on(isa, Weigh::<T, 8> { scores: self, scale, so_far }),
            _ => dispatch_on(isa, Weigh::<T, 16> { scores: self, scale, so_far }),
        }
    }

    /// Makes the final weights of scores, which are that much below `normalizers`.
    pub(super) fn weigh_again(&mut self, isa: Isa, normalizers: &[T]) {
        dispatch_on(isa, WeighAgain { scores: self, normalizers });
    }

    /// Makes the gradients of scores of those of their weights.
    pub(super) fn gradient(&mut self, isa: Isa, weights: &[T], dots: &[T]) {
        dispatch_on(isa, Gradient { scores: self, weights, dots });
    }
}

struct Masked<'a, 'b, T> {
    scores: &'a mut Scores<'b, T>,
    scale: T,
    mask: Mat<'a, T>,
}

impl<T: Exponential> Kernel for Masked<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { scores, scale, mask } = self;
        let [keys, queries] = mask.shape;
        for key in 0..keys {
            let row = &mut scores.data[key * scores.block.step..][..queries];
            for (i, x) in row.iter_mut().enumerate() {
                *x = x.mul_add(scale, mask.at(key, i));
            }
        }
    }
}

/// What is known of a block's queries after some of their keys.
pub(super) struct SoFar<'a, T> {
    /// The largest score; −∞ if there was none yet.
    pub(super) max: &'a mut [T],
    /// The sum of the weights.
    pub(super) sum: &'a mut [T],
    /// What the last step multiplied earlier weights by.
    pub(super) factor: &'a mut [T],
}

struct Weigh<'a, 'b, T, const LANES: usize> {
    scores: &'a mut Scores<'b, T>,
    scale: T,
    so_far: SoFar<'a, T>,
}

impl<T: Exponential, const LANES: usize> Kernel for Weigh<'_, '_, T, LANES> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { scores, scale, so_far: SoFar { max, sum, factor } } = self;
        for column in (0..scores.block.step).step_by(COLUMNS) {
            let ends = scores.seen(column);
            let mut top = tops(scores, column, ends, scale);
            let queries = column..(column + COLUMNS).min(scores.block.count);
            for (top, &before) in top.iter_mut().zip(&max[queries.clone()]) {
                *top = if before > *top { before } else { *top };
            }
            // A query that has seen nothing yet weighs nothing.
            let shift = top.map(|top| if top == T::LOWEST { T::ZERO } else { top });
            let sums = exponentials::<T, LANES>(scores, column, ends[1], &shift);
            for (i, query) in queries.enumerate() {
                factor[query] = T::ONE;
                if top[i] == T::LOWEST {
                    continue;
                }
                let before = max[query];
                if before == T::LOWEST {
                    sum[query] = sums[i];
                } else {
                    factor[query] = (before - top[i]).exp_at(true);
                    sum[query] = factor[query].mul_add(sum[query], sums[i]);
                }
                max[query] = top[i];
            }
        }
    }
}

/// Scales the scores of a column, and finds each query's largest. Four at a time hide the latency of a step.
#[inline(always)]
fn tops<T: Exponential>(
    scores: &mut Scores<T>,
    column: usize,
    [whole, end]: [usize; 2],
    scale: T,
) -> [T; COLUMNS] {
    let mut tops = [[T::LOWEST; COLUMNS]; 4];
    for key in 0..end {
        for x in scores.at(key, column) {
            *x *= scale;
        }
        if key >= whole {
            scores.hide(key, column, T::LOWEST);
        }
        for (top, &x) in tops[key % 4].iter_mut().zip(&*scores.at(key, column)) {
            *top = if x > *top { x } else { *top };
        }
    }
    let [mut top, others @ ..] = tops;
    for other in others {
        for (top, x) in top.iter_mut().zip(other) {
            *top = if x > *top { x } else { *top };
        }
    }
    top
}

/// Makes weights of a column's scores, and adds them up: in lanes along the keys, which are folded by halves;
/// then what fills no vector, one after the other.
#[inline(always)]
fn exponentials<T: Exponential, const LANES: usize>(
    scores: &mut Scores<T>,
    column: usize,
    end: usize,
    shift: &[T; COLUMNS],
) -> [T; COLUMNS] {
    let mut lanes = [[T::ZERO; COLUMNS]; LANES];
    let in_lanes = scores.keys.all / LANES * LANES;
    for key in 0..end.min(in_lanes) {
        let lane = &mut lanes[key % LANES];
        for ((x, &shift), sum) in scores.at(key, column).iter_mut().zip(shift).zip(lane) {
            *x = (*x - shift).exp_coarse();
            *sum += *x;
        }
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for l in 0..width {
            let upper = lanes[l + width];
            for (sum, x) in lanes[l].iter_mut().zip(upper) {
                *sum += x;
            }
        }
    }
    let mut sums = lanes[0];
    for key in in_lanes..end {
        for ((x, &shift), sum) in scores.at(key, column).iter_mut().zip(shift).zip(&mut sums) {
            *x = (*x - shift).exp_rest();
            *sum += *x;
        }
    }
    for key in end..scores.keys.count {
        *scores.at(key, column) = [T::ZERO; COLUMNS];
    }
    sums
}

struct WeighAgain<'a, 'b, T> {
    scores: &'a mut Scores<'b, T>,
    normalizers: &'a [T],
}

impl<T: Exponential> Kernel for WeighAgain<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { scores, normalizers } = self;
        for column in (0..scores.block.step).step_by(COLUMNS) {
            let [whole, end] = scores.seen(column);
            let shift: &[T; COLUMNS] = normalizers[column..].first_chunk().expect("one for each column");
            for key in 0..end {
                for (x, &shift) in scores.at(key, column).iter_mut().zip(shift) {
                    *x = (*x - shift).exp_at(false);
                }
                if key >= whole {
                    scores.hide(key, column, T::ZERO);
                }
            }
            for key in end..scores.keys.count {
                *scores.at(key, column) = [T::ZERO; COLUMNS];
            }
        }
    }
}

struct Gradient<'a, 'b, T> {
    scores: &'a mut Scores<'b, T>,
    weights: &'a [T],
    dots: &'a [T],
}

impl<T: Exponential> Kernel for Gradient<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { scores: Scores { data, block, keys }, weights, dots } = self;
        let rows = data.chunks_exact_mut(block.step).zip(weights.chunks_exact(block.step));
        for (row, weights) in rows.take(keys.count) {
            for ((dx, &weight), &dot) in row.iter_mut().zip(weights).zip(dots) {
                *dx = weight * (*dx - dot);
            }
        }
    }
}

/// `Σx·y` of a row: in lanes, with products rounded, which are folded by halves.
pub(super) fn dot<T: Exponential>(isa: Isa, x: &[T], y: &[T]) -> T {
    match lanes::<T>(isa) {
        4 => dispatch_on(isa, Dot::<T, 4> { x, y }),
        8 => dispatch_on(isa, Dot::<T, 8> { x, y }),
        _ => dispatch_on(isa, Dot::<T, 16> { x, y }),
    }
}

struct Dot<'a, T, const LANES: usize> {
    x: &'a [T],
    y: &'a [T],
}

impl<T: Exponential, const LANES: usize> Kernel for Dot<'_, T, LANES> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        products_in_lanes::<T, LANES, false>(self.x, T::ZERO, self.y)
    }
}
