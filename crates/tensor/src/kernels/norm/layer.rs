use super::moments::moments;
use super::{Affine, by_rows};
use crate::kernels::number::Float;
use crate::kernels::parallel::{GRAIN, Pieces, for_each_range};
use crate::kernels::rounding::{dot_in_lanes, sum_in_lanes};
use crate::kernels::simd::{Kernel, dispatch};

/// `y = (x − mean)/√(variance + eps)·weight + bias` for each row of `n`, whose mean and `1/√…` it gives as
/// well.
///
/// # Panics
/// If `n` is 0, or there are not as many rows as means.
pub fn layer_norm<T: Float>(
    x: &[T],
    n: usize,
    affine: Affine<'_, T>,
    eps: f64,
    mean: &mut [T],
    inverse: &mut [T],
    y: &mut [T],
) {
    by_rows(y, n, [mean, inverse], |start, y, [mean, inverse]| {
        dispatch(Rows { x: &x[start..start + y.len()], n, affine, eps, mean, inverse, y });
    });
}

struct Rows<'a, T> {
    x: &'a [T],
    n: usize,
    affine: Affine<'a, T>,
    eps: f64,
    mean: &'a mut [T],
    inverse: &'a mut [T],
    y: &'a mut [T],
}

impl<T: Float> Kernel for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, n, affine: Affine { weight, bias }, eps, mean, inverse, y } = self;
        let rows = x.chunks_exact(n).zip(y.chunks_exact_mut(n));
        for ((x, y), (kept_mean, kept_inverse)) in rows.zip(mean.iter_mut().zip(inverse)) {
            let (mean, variance) = moments(x);
            let r = T::ONE / (variance + T::from_f64(eps)).sqrt();
            (*kept_mean, *kept_inverse) = (mean, r);
            match (weight, bias) {
                (Some(w), Some(b)) => {
                    for ((y, &x), (&w, &b)) in y.iter_mut().zip(x).zip(w.iter().zip(b)) {
                        *y = ((x - mean) * r).mul_add(w, b);
                    }
                }
                (Some(w), None) => {
                    for ((y, &x), &w) in y.iter_mut().zip(x).zip(w) {
                        *y = (x - mean) * r * w;
                    }
                }
                (None, Some(b)) => {
                    for ((y, &x), &b) in y.iter_mut().zip(x).zip(b) {
                        *y = (x - mean).mul_add(r, b);
                    }
                }
                (None, None) => {
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y = (x - mean) * r;
                    }
                }
            }
        }
    }
}

/// The gradients of layer norm from that of its output, `dy`.
#[derive(Clone, Copy, Debug)]
pub struct LayerBackward<'a, T> {
    /// The input, rows of as many elements as there are to a `mean`.
    pub x: &'a [T],
    /// The gradient of the output.
    pub dy: &'a [T],
    /// The mean of each row.
    pub mean: &'a [T],
    /// `1/√(variance + eps)` of each row.
    pub inverse: &'a [T],
    /// The scale, if there is one.
    pub weight: Option<&'a [T]>,
    /// The length of a row.
    pub n: usize,
}

impl<T: Float> LayerBackward<'_, T> {
    /// Writes the gradient of the input.
    pub fn input(self, dx: &mut [T]) {
        let n = self.n;
        by_rows(dx, n, [], |start, dx, []| dispatch(InputRows { of: self, first: start / n, dx }));
    }

    /// Writes the gradients of the weight and of the bias: chains over the rows.
    pub fn affine(self, dw: &mut [T], db: &mut [T]) {
        let (dw, db) = (&Pieces::new(dw), &Pieces::new(db));
        let grain = (GRAIN / self.mean.len().max(1)).max(256);
        for_each_range(self.n, grain, |columns| {
            // SAFETY: each column belongs to one range.
            let (dw, db) = unsafe { (dw.get(columns.clone()), db.get(columns.clone())) };
            dispatch(Columns { of: self, first: columns.start, dw, db });
        });
    }
}

struct InputRows<'a, T> {
    of: LayerBackward<'a, T>,
    first: usize,
    dx: &'a mut [T],
}

impl<T: Float> Kernel for InputRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { of: LayerBackward { x, dy, mean, inverse, weight, n }, first, dx } = self;
        let share = T::ONE / T::from_f64(n as f64);
        for (row, dx) in (first..).zip(dx.chunks_exact_mut(n)) {
            let (x, dy) = (&x[row * n..][..n], &dy[row * n..][..n]);
            let (mean, a) = (mean[row], inverse[row]);
            let (ds, db) = match weight {
                Some(w) => {
                    for (product, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                        *product = dy * x;
                    }
                    (dot_in_lanes::<T, true>(dx, T::ZERO, w), dot_in_lanes::<T, true>(dy, T::ZERO, w))
                }
                None => (dot_in_lanes::<T, true>(dy, T::ZERO, x), sum_in_lanes(dy)),
            };
            let b = db.mul_add(mean, -ds) * a * a * a * share;
            let c = (-b).mul_add(mean, -(db * a * share));
            match weight {
                Some(w) => {
                    for ((dx, &w), (&x, &dy)) in dx.iter_mut().zip(w).zip(x.iter().zip(dy)) {
                        *dx = b.mul_add(x, a * dy * w) + c;
                    }
                }
                None => {
                    for (dx, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                        *dx = b.mul_add(x, a * dy) + c;
                    }
                }
            }
        }
    }
}

struct Columns<'a, T> {
    of: LayerBackward<'a, T>,
    first: usize,
    dw: &'a mut [T],
    db: &'a mut [T],
}

impl<T: Float> Kernel for Columns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { of: LayerBackward { x, dy, mean, inverse, n, .. }, first, dw, db } = self;
        dw.fill(T::ZERO);
        db.fill(T::ZERO);
        for (row, (&mean, &a)) in mean.iter().zip(inverse).enumerate() {
            let start = row * n + first;
            let (x, dy) = (&x[start..start + dw.len()], &dy[start..start + dw.len()]);
            let b = -a * mean;
            for (dw, (&x, &dy)) in dw.iter_mut().zip(x.iter().zip(dy)) {
                *dw = dy.mul_add(a.mul_add(x, b), *dw);
            }
            for (db, &dy) in db.iter_mut().zip(dy) {
                *db += dy;
            }
        }
    }
}
