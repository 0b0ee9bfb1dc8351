//! The order in which numbers are added: one binary tree, fixed by how many there are.

use std::ops::{Add, Range};

/// The sum along the tree that [`Communicator`](crate::Communicator) describes: that of the first 2ᵏ values,
/// 2ᵏ the largest power of two below their number, plus that of the others, each in this order. 0 of none.
///
/// ```
/// use distributed::tree_sum;
///
/// assert_eq!(tree_sum(&[1e8f32, 1.0, -1e8, 1.0]), 0.0); // (1e8 + 1) + (−1e8 + 1), each rounded
/// assert_eq!([1e8f32, 1.0, -1e8, 1.0].iter().sum::<f32>(), 1.0); // from left to right
/// ```
pub fn tree_sum<T: Copy + Default + Add<Output = T>>(values: &[T]) -> T {
    match values {
        [] => T::default(),
        [x] => *x,
        _ => {
            let (left, right) = values.split_at(values.len().next_power_of_two() / 2);
            tree_sum(left) + tree_sum(right)
        }
    }
}

/// The `i`-th of `parts` contiguous ranges that make up `0..len`, as even as can be.
///
/// ```
/// use distributed::part;
///
/// assert_eq!([0, 1, 2].map(|i| part(8, 3, i)), [0..2, 2..5, 5..8]);
/// ```
///
/// # Panics
/// If there is no such part.
pub fn part(len: usize, parts: usize, i: usize) -> Range<usize> {
    assert!(i < parts, "part: there is no part {i} of {parts}");
    let begin = |i: usize| (len as u128 * i as u128 / parts as u128) as usize;
    begin(i)..begin(i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_neighbour_waits_for_the_next_round() {
        // A value that shows how it was added.
        let shown = |n: usize| {
            #[derive(Clone, Copy, Default)]
            struct Shown(&'static str);
            impl Add for Shown {
                type Output = Shown;
                fn add(self, other: Shown) -> Shown {
                    Shown(format!("({}+{})", self.0, other.0).leak())
                }
            }
            tree_sum(&["0", "1", "2", "3", "4", "5", "6"].map(Shown)[..n]).0
        };
        assert_eq!(shown(3), "((0+1)+2)");
        assert_eq!(shown(4), "((0+1)+(2+3))");
        assert_eq!(shown(5), "(((0+1)+(2+3))+4)");
        assert_eq!(shown(7), "(((0+1)+(2+3))+((4+5)+6))");
    }

    #[test]
    fn parts_make_up_the_whole() {
        for (len, parts) in [(0, 1), (0, 3), (2, 5), (7, 7), (100, 8), (usize::MAX, 3)] {
            let mut end = 0;
            for i in 0..parts {
                let range = part(len, parts, i);
                assert_eq!(range.start, end);
                assert!(range.len() == len / parts || range.len() == len.div_ceil(parts));
                end = range.end;
            }
            assert_eq!(end, len);
        }
    }
}
