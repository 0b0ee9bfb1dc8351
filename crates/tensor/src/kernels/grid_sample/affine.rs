//! The coordinates of an image's elements, and affine maps of them.

use crate::kernels::number::Float;

/// The coordinates of `n` elements along an axis, whose ends or whose first and last elements are at −1
/// and 1.
fn coordinates<T: Float>(n: usize, align_corners: bool) -> Vec<T> {
    if n <= 1 {
        return vec![T::ZERO; n];
    }
    let number = |n: usize| T::from_i64(n as i64);
    let step = number(2) / number(n - 1);
    let from_both_ends = (0..n).map(|i| match i < n / 2 {
        true => step.mul_add(number(i), -T::ONE),
        false => (-step).mul_add(number(n - 1 - i), T::ONE),
    });
    if align_corners {
        return from_both_ends.collect();
    }
    from_both_ends.map(|x| x * number(n - 1) / number(n)).collect()
}

/// The coordinates of all elements of an image of these sizes and a 1, that of the last axis first: rows of
/// one more than there are axes.
pub fn base<T: Float>(sizes: &[usize], align_corners: bool) -> Vec<T> {
    let axes: Vec<Vec<T>> = sizes.iter().map(|&n| coordinates(n, align_corners)).collect();
    let elements: usize = sizes.iter().product();
    let mut rows = Vec::with_capacity(elements * (sizes.len() + 1));
    for element in 0..elements {
        let mut rest = element;
        for axis in axes.iter().rev() {
            rows.push(axis[rest % axis.len()]);
            rest /= axis.len();
        }
        rows.push(T::ONE);
    }
    rows
}

/// The products `y: [images, elements, axes]` of the rows of `base` and the matrices
/// `theta: [images, axes, axes + 1]`, added one after the other.
pub fn affine<T: Float>(base: &[T], theta: &[T], axes: usize, y: &mut [T]) {
    let matrices = theta.chunks_exact(axes * (axes + 1));
    for (theta, y) in matrices.zip(y.chunks_exact_mut(base.len() / (axes + 1) * axes)) {
        for (row, y) in base.chunks_exact(axes + 1).zip(y.chunks_exact_mut(axes)) {
            for (theta, y) in theta.chunks_exact(axes + 1).zip(y) {
                *y = theta.iter().zip(row).fold(T::ZERO, |sum, (&theta, &x)| sum + theta * x);
            }
        }
    }
}

/// The gradients of the matrices from those of the products, added one after the other.
pub fn affine_back<T: Float>(base: &[T], dy: &[T], axes: usize, dtheta: &mut [T]) {
    let images = dy.chunks_exact(base.len() / (axes + 1) * axes);
    dtheta.fill(T::ZERO);
    for (dtheta, dy) in dtheta.chunks_exact_mut(axes * (axes + 1)).zip(images) {
        for (row, dy) in base.chunks_exact(axes + 1).zip(dy.chunks_exact(axes)) {
            for (dtheta, &dy) in dtheta.chunks_exact_mut(axes + 1).zip(dy) {
                dtheta.iter_mut().zip(row).for_each(|(dtheta, &x)| *dtheta += dy * x);
            }
        }
    }
}
