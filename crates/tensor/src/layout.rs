use smallvec::SmallVec;

use crate::Shape;

/// Where a tensor's elements lie in its storage: element `i` is at `offset + Σ iₐ·strideₐ`.
///
/// Strides count elements; a stride of 0 repeats one element along an axis, which is how `expand` works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) shape: Shape,
    pub(crate) strides: Shape,
    pub(crate) offset: usize,
}

impl Layout {
    pub(crate) fn row_major(shape: Shape) -> Layout {
        Layout { strides: shape.row_major_strides(), shape, offset: 0 }
    }

    /// Whether the elements lie one after the other in row-major order.
    pub(crate) fn is_contiguous(&self) -> bool {
        let mut step = 1;
        for (&size, &stride) in self.shape.iter().zip(self.strides.iter()).rev() {
            if size != 1 && stride != step {
                // A tensor without elements is contiguous whatever its strides say.
                return self.shape.contains(&0);
            }
            step *= size;
        }
        true
    }

    /// The layout that repeats this one along new or size-1 axes up to `shape`; `None` if it does not fit.
    pub(crate) fn broadcast_to(&self, shape: &Shape) -> Option<Layout> {
        let new_axes = shape.len().checked_sub(self.shape.len())?;
        let mut strides: Shape = std::iter::repeat_n(0, new_axes).collect();
        for ((&size, &stride), &target) in self.shape.iter().zip(self.strides.iter()).zip(&shape[new_axes..])
        {
            match size {
                _ if size == target => strides.push(stride),
                1 => strides.push(0),
                _ => return None,
            }
        }
        Some(Layout { shape: shape.clone(), strides, offset: self.offset })
    }

    /// The same elements in the same order under another shape without moving them; `None` where the strides
    /// do not allow it. `shape` holds as many elements as `self`.
    pub(crate) fn reshape(&self, shape: &Shape) -> Option<Layout> {
        if self.is_contiguous() {
            return Some(Layout { offset: self.offset, ..Layout::row_major(shape.clone()) });
        }
        // Group the old axes into runs that are contiguous among themselves, then lay the new axes over
        // the runs from the right: each new axis has to fall within one run.
        let mut strides = shape.clone();
        let mut new = shape.len();
        let mut run_numel = 1;
        let mut run_stride = self.strides.last().copied().unwrap_or(1);
        for axis in (0..self.shape.len()).rev() {
            run_numel *= self.shape[axis];
            let run_ends =
                axis == 0 || (self.shape[axis - 1] != 1 && self.strides[axis - 1] != run_numel * run_stride);
            if !run_ends {
                continue;
            }
            let mut covered = 1;
            while new > 0 && (covered < run_numel || shape[new - 1] == 1) {
                strides[new - 1] = covered * run_stride;
                covered *= shape[new - 1];
                new -= 1;
            }
            if covered != run_numel {
                return None;
            }
            if axis > 0 {
                run_stride = self.strides[axis - 1];
                run_numel = 1;
            }
        }
        (new == 0).then(|| Layout { shape: shape.clone(), strides, offset: self.offset })
    }
}

impl Layout {
    /// The axes in the order of the memory, the one whose neighbours lie furthest apart first: the order
    /// in which torch's iterators walk. An axis whose neighbours are one element (stride 0) says nothing
    /// about that and keeps its place.
    pub(crate) fn memory_order(&self) -> SmallVec<[isize; 6]> {
        let mut order: SmallVec<[usize; 6]> = (0..self.shape.len()).rev().collect(); // the innermost first
        for i in 1..order.len() {
            let mut at = i;
            for before in (0..i).rev() {
                let [a, b] = [order[before], order[at]];
                let [from, to] = [self.strides[a], self.strides[b]];
                if from == 0 || to == 0 {
                    continue;
                }
                if from > to || (from == to && self.shape[a] > self.shape[b]) {
                    order.swap(before, at);
                    at = before;
                } else if from < to {
                    break;
                }
            }
        }
        order.iter().rev().map(|&axis| axis as isize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_layout_reshapes_only_where_the_strides_allow_it() {
        let t = Layout { shape: [3, 2].into(), strides: [1, 3].into(), offset: 0 };
        assert!(t.reshape(&[6].into()).is_none());
        assert_eq!(t.reshape(&[3, 1, 2].into()).expect("splits no axis").strides, [1, 6, 3].into());
        let rows = Layout { shape: [4, 2, 3].into(), strides: [12, 3, 1].into(), offset: 0 };
        assert_eq!(rows.reshape(&[2, 2, 6].into()).expect("runs stay whole").strides, [24, 12, 1].into());
    }

    #[test]
    fn broadcasting_repeats_axes_of_one() {
        let row = Layout::row_major([1, 3].into());
        assert_eq!(row.broadcast_to(&[2, 4, 3].into()).expect("fits").strides, [0, 0, 1].into());
        assert!(row.broadcast_to(&[2, 2].into()).is_none());
    }
}
