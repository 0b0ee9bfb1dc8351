//! Copies of strided elements into rows, at the speed of memory where that is possible: whole rows at once
//! where rows lie together, small squares where another axis does (a transpose).

use smallvec::SmallVec;

use super::parallel::{GRAIN, for_each_chunk_mut};

/// An axis of a copy: its size, and how far its neighbours are apart in the source and in the destination.
#[derive(Clone, Copy)]
struct Axis {
    n: usize,
    from: usize,
    to: usize,
}

/// `y`, row by row of `shape`, from the elements of `x` that the strides name; `x` starts at the first of
/// them.
///
/// # Panics
///
/// If `y` is not as long as `shape` says, or an element lies outside `x`.
pub(crate) fn copy_strided<T: Copy + Send + Sync>(x: &[T], shape: &[usize], strides: &[usize], y: &mut [T]) {
    assert_eq!(y.len(), shape.iter().product(), "copy: the destination has another size");
    if y.is_empty() {
        return;
    }
    let axes = merged(shape, strides);
    let Some(&outer) = axes.first() else {
        return y[0] = x[0];
    };
    // The outermost axis is what threads share.
    for_each_chunk_mut(y, (GRAIN / outer.to).max(1) * outer.to, |start, y| {
        let mut axes = axes.clone();
        axes[0].n = y.len() / outer.to;
        copy(&x[start / outer.to * outer.from..], &mut axes, y);
    });
}

/// The axes with neighbours that are one axis in the source too put together, and those of size 1 left out.
fn merged(shape: &[usize], strides: &[usize]) -> SmallVec<[Axis; 6]> {
    let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
    for (&n, &from) in shape.iter().zip(strides).filter(|&(&n, _)| n != 1) {
        match axes.last_mut() {
            Some(last) if last.from == n * from => *last = Axis { n: last.n * n, from, to: 1 },
            _ => axes.push(Axis { n, from, to: 1 }),
        }
    }
    let mut to = 1;
    for axis in axes.iter_mut().rev() {
        axis.to = to;
        to *= axis.n;
    }
    axes
}

/// Copies all axes; the last is the one whose elements lie together in `y`.
fn copy<T: Copy>(x: &[T], axes: &mut SmallVec<[Axis; 6]>, y: &mut [T]) {
    let row = axes.pop().expect("at least one axis");
    if row.from == 1 {
        return each(axes, 0, 0, &mut |from, to| y[to..to + row.n].copy_from_slice(&x[from..from + row.n]));
    }
    if row.from == 0 {
        return each(axes, 0, 0, &mut |from, to| y[to..to + row.n].fill(x[from]));
    }
    match (0..axes.len()).min_by_key(|&axis| axes[axis].from).filter(|&axis| axes[axis].from < row.from) {
        Some(axis) => {
            let column = axes.remove(axis);
            each(axes, 0, 0, &mut |from, to| turn(&x[from..], column, row, &mut y[to..]));
        }
        None => each(axes, 0, 0, &mut |from, to| {
            for (y, x) in y[to..to + row.n].iter_mut().zip(x[from..].iter().step_by(row.from)) {
                *y = *x;
            }
        }),
    }
}

/// Calls `f(from, to)` for every position along `axes`.
fn each(axes: &[Axis], from: usize, to: usize, f: &mut impl FnMut(usize, usize)) {
    match axes {
        [] => f(from, to),
        [axis, rest @ ..] => {
            for i in 0..axis.n {
                each(rest, from + i * axis.from, to + i * axis.to, f);
            }
        }
    }
}

/// Side of the squares of [`turn`]: a cache line of f32, a vector of them with AVX-512.
const SIDE: usize = 16;

/// Copies two axes by squares: `row` lies together in `y`, `column` together or at least closer in `x`.
fn turn<T: Copy>(x: &[T], column: Axis, row: Axis, y: &mut [T]) {
    for i0 in (0..column.n).step_by(SIDE) {
        for j0 in (0..row.n).step_by(SIDE) {
            let (m, n) = ((column.n - i0).min(SIDE), (row.n - j0).min(SIDE));
            let (x, y) = (&x[i0 * column.from + j0 * row.from..], &mut y[i0 * column.to + j0..]);
            if column.from == 1 && m == SIDE && n == SIDE {
                turn_square(x, row.from, y, column.to);
                continue;
            }
            for i in 0..m {
                let x = x[i * column.from..].iter().step_by(row.from);
                for (y, x) in y[i * column.to..][..n].iter_mut().zip(x) {
                    *y = *x;
                }
            }
        }
    }
}

/// Copies a square whose lines lie `from` apart in `x` and, turned, `to` apart in `y`. Each line of
/// either side is touched once, through a buffer: with a power of two between them the lines would
/// push each other out of the cache.
#[inline]
fn turn_square<T: Copy>(x: &[T], from: usize, y: &mut [T], to: usize) {
    let mut square = [[x[0]; SIDE]; SIDE];
    for (j, line) in square.iter_mut().enumerate() {
        line.copy_from_slice(&x[j * from..][..SIDE]);
    }
    for i in 0..SIDE {
        for (y, line) in y[i * to..][..SIDE].iter_mut().zip(&square) {
            *y = line[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The copy by index arithmetic alone.
    fn plain(x: &[u32], shape: &[usize], strides: &[usize]) -> Vec<u32> {
        let n: usize = shape.iter().product();
        let place = |mut i: usize| {
            let mut at = 0;
            for (n, stride) in shape.iter().zip(strides).rev() {
                at += i % n * stride;
                i /= n;
            }
            at
        };
        (0..n).map(|i| x[place(i)]).collect()
    }

    #[test]
    fn every_kind_of_layout() {
        let x: Vec<u32> = (0..200_000).collect();
        let layouts: [(&[usize], &[usize]); 12] = [
            (&[], &[]),
            (&[1, 1], &[5, 7]),
            (&[7], &[3]),
            (&[5], &[0]),
            (&[33, 47], &[1, 33]),
            (&[300, 400], &[1, 300]),
            (&[4, 5, 6], &[30, 6, 1]),
            (&[4, 5, 6], &[1, 24, 4]),
            (&[6, 5, 4], &[5, 1, 30]),
            (&[2, 3, 4, 5], &[60, 4, 1, 12]),
            (&[3, 100, 200], &[0, 2, 300]),
            (&[40, 1, 50, 60], &[1, 9, 2400, 40]),
        ];
        for (shape, strides) in layouts {
            let mut y = vec![u32::MAX; shape.iter().product()];
            copy_strided(&x, shape, strides, &mut y);
            assert!(y == plain(&x, shape, strides), "{shape:?} with {strides:?}");
        }
    }

    #[test]
    fn nothing_is_copied_from_nothing() {
        copy_strided::<u8>(&[], &[0, 3], &[3, 1], &mut []);
    }
}
