//! Patches of planes: taken out into columns, and added back.

use super::number::Num;
use super::parallel::{GRAIN, for_each_chunk_mut};

/// How patches lie on a plane; two numbers each, for rows and columns.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // the names of `Window`
pub struct Grid {
    pub plane: [usize; 2],
    /// The number of patches.
    pub blocks: [usize; 2],
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
    pub dilation: [usize; 2],
}

impl Grid {
    fn plane_len(&self) -> usize {
        self.plane.iter().product()
    }

    /// The elements that the patches of a plane have together.
    fn columns_len(&self) -> usize {
        self.kernel.iter().chain(&self.blocks).product()
    }

    /// The patches along an axis whose tap number `tap` is inside the plane, and where that of the first
    /// of them is.
    fn inside(&self, axis: usize, tap: usize) -> (std::ops::Range<usize>, usize) {
        let (stride, padding, at) = (self.stride[axis], self.padding[axis], tap * self.dilation[axis]);
        let until = |end: usize| end.saturating_sub(at).div_ceil(stride).min(self.blocks[axis]);
        let (first, end) = (until(padding), until(self.plane[axis] + padding));
        (first..end.max(first), (first * stride + at).saturating_sub(padding))
    }

    /// Calls `f(columns, plane, len)` with the runs of columns that come from the plane, tap by tap: `len`
    /// neighbours from `columns` on are `self.stride[1]` apart from `plane` on.
    fn each_run(&self, mut f: impl FnMut(usize, usize, usize)) {
        let [_, width] = self.plane;
        for i in 0..self.kernel[0] {
            let (rows, top) = self.inside(0, i);
            for j in 0..self.kernel[1] {
                let (columns, left) = self.inside(1, j);
                let tap = (i * self.kernel[1] + j) * self.blocks[0];
                for (at, row) in rows.clone().enumerate() {
                    let to = (tap + row) * self.blocks[1] + columns.start;
                    f(to, (top + at * self.stride[0]) * width + left, columns.len());
                }
            }
        }
    }
}

/// The patches `y` of the planes of `x`, one for each column; `zero` is what lies outside of a plane.
pub fn take<T: Copy + Send + Sync>(x: &[T], grid: &Grid, zero: T, y: &mut [T]) {
    let (plane, columns) = (grid.plane_len(), grid.columns_len());
    for_each_chunk_mut(y, (GRAIN / columns).max(1) * columns, |start, y| {
        for (y, x) in y.chunks_exact_mut(columns).zip(x[start / columns * plane..].chunks_exact(plane)) {
            if grid.padding != [0, 0] {
                y.fill(zero);
            }
            grid.each_run(|to, from, len| {
                if len == 0 {
                    return;
                }
                let y = &mut y[to..to + len];
                if grid.stride[1] == 1 {
                    y.copy_from_slice(&x[from..from + len]);
                } else {
                    y.iter_mut().zip(x[from..].iter().step_by(grid.stride[1])).for_each(|(y, &x)| *y = x);
                }
            });
        }
    });
}

/// Adds the elements of the columns `x` to 0 where they were taken from in the planes `y`, tap by tap, as
/// torch does.
pub fn add<T: Num>(x: &[T], grid: &Grid, y: &mut [T]) {
    let (plane, columns) = (grid.plane_len(), grid.columns_len());
    for_each_chunk_mut(y, (GRAIN / columns).max(1) * plane, |start, y| {
        for (y, x) in y.chunks_exact_mut(plane).zip(x[start / plane * columns..].chunks_exact(columns)) {
            y.fill(T::ZERO);
            grid.each_run(|from, to, len| {
                let y = y[to.min(plane)..].iter_mut().step_by(grid.stride[1]);
                y.zip(&x[from..from + len]).for_each(|(y, &x)| *y = y.add(x));
            });
        }
    });
}
