use super::by_rows;
use crate::kernels::number::Float;
use crate::kernels::rounding::row_sum;
use crate::kernels::simd::{Kernel, dispatch};

/// `y = x/√(mean(x²) + eps)·weight` for each row of `n`, whose `1/√…` it gives as well.
///
/// # Panics
/// If `n` is 0, or there are not as many rows as roots.
pub fn rms_norm<T: Float>(x: &[T], n: usize, weight: Option<&[T]>, eps: f64, inverse: &mut [T], y: &mut [T]) {
    by_rows(y, n, [inverse], |start, y, [inverse]| {
        dispatch(Rows { x: &x[start..start + y.len()], n, weight, eps: T::from_f64(eps), inverse, y });
    });
}

struct Rows<'a, T> {
    x: &'a [T],
    n: usize,
    weight: Option<&'a [T]>,
    eps: T,
    inverse: &'a mut [T],
    y: &'a mut [T],
}

impl<T: Float> Kernel for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, n, weight, eps, inverse, y } = self;
        for ((x, y), inverse) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).zip(inverse) {
            products(x, x, y);
            *inverse = T::ONE / (row_sum(y) / T::from_f64(n as f64) + eps).sqrt();
            match weight {
                Some(w) => y.iter_mut().zip(x.iter().zip(w)).for_each(|(y, (&x, &w))| *y = x * *inverse * w),
                None => y.iter_mut().zip(x).for_each(|(y, &x)| *y = x * *inverse),
            }
        }
    }
}

/// The gradient of the input of [`rms_norm`] from that of its output, `dy`: the sum of the gradients that `x`
/// has as a factor and under the root.
pub fn rms_norm_backward<T: Float>(
    [x, dy]: [&[T]; 2],
    n: usize,
    weight: Option<&[T]>,
    inverse: &[T],
    dx: &mut [T],
) {
    by_rows(dx, n, [], |start, dx, []| {
        let all = start..start + dx.len();
        let inverse = &inverse[start / n..(start + dx.len()) / n];
        dispatch(InputRows { x: &x[all.clone()], dy: &dy[all], n, weight, inverse, dx });
    });
}

struct InputRows<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    n: usize,
    weight: Option<&'a [T]>,
    inverse: &'a [T],
    dx: &'a mut [T],
}

impl<T: Float> Kernel for InputRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { x, dy, n, weight, inverse, dx } = self;
        let mut d = vec![T::ZERO; n];
        let rows = x.chunks_exact(n).zip(dy.chunks_exact(n));
        for (((x, dy), dx), &r) in rows.zip(dx.chunks_exact_mut(n)).zip(inverse) {
            match weight {
                Some(weight) => products(dy, weight, &mut d),
                None => d.copy_from_slice(dy),
            }
            products(&d, x, dx);
            let root = T::from_f64(-0.5) * row_sum(dx) * (r * r * r) / T::from_f64(n as f64);
            for ((dx, &d), &x) in dx.iter_mut().zip(&d).zip(x) {
                *dx = d * r + root * (T::from_f64(2.0) * x);
            }
        }
    }
}

#[inline(always)]
fn products<T: Float>(x: &[T], y: &[T], out: &mut [T]) {
    for (out, (&x, &y)) in out.iter_mut().zip(x.iter().zip(y)) {
        *out = x * y;
    }
}
