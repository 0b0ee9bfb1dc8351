//! Changes of shape made of others, and so the same for tensors and variables.

use crate::Tensor;

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_shapes {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// The columns in opposite order, as `torch.fliplr`: a [`flip`](Self::flip) of the second axis.
            ///
            /// # Panics
            /// If there are fewer than two axes.
            #[track_caller]
            pub fn fliplr(&self) -> $T {
                assert!(self.ndim() >= 2, "fliplr: Input must be >= 2-d.");
                self.flip(1)
            }

            /// The rows in opposite order, as `torch.flipud`: a [`flip`](Self::flip) of the first axis.
            ///
            /// # Panics
            /// If there are no axes.
            #[track_caller]
            pub fn flipud(&self) -> $T {
                assert!(self.ndim() >= 1, "flipud: Input must be >= 1-d.");
                self.flip(0)
            }

            /// A plane turned by `k` quarters, from the first of its two axes to the second, as
            /// `torch.rot90`, whose defaults are `k = 1` and `dims = [0, 1]`; a negative `k` turns the other
            /// way.
            ///
            /// ```
            /// let x = tensor::Tensor::from([[1i64, 2], [3, 4]]);
            /// assert_eq!(x.rot90(1, [0, 1]).to_vec::<i64>(), [2, 4, 1, 3]);
            /// assert_eq!(x.rot90(-1, [0, 1]).to_vec::<i64>(), [3, 1, 4, 2]);
            /// ```
            ///
            /// # Panics
            /// If there are fewer than two axes, or `dims` are not two different ones of them.
            #[track_caller]
            pub fn rot90(&self, k: isize, dims: impl $crate::Integers) -> $T {
                let (dims, ndim) = (dims.integers(), self.ndim());
                let [a, b] = dims[..] else {
                    panic!("rot90: expected total rotation dims == 2, but got dims = {}", dims.len())
                };
                assert!(ndim >= 2, "rot90: expected total dims >= 2, but got total dims = {ndim}");
                assert!(
                    $crate::axis_of("rot90", a, ndim) != $crate::axis_of("rot90", b, ndim),
                    "rot90: expected rotation dims to be different, but got dim0 = {a} and dim1 = {b}"
                );
                match k.rem_euclid(4) {
                    1 => self.flip(b).transpose(a, b),
                    2 => self.flip([a, b]),
                    3 => self.flip(a).transpose(a, b),
                    _ => self.clone(),
                }
            }

            /// So many copies along each axis, as `torch.tile`: a [`repeat`](Self::repeat) in which the last
            /// number is for the last axis, also where there are fewer numbers than axes.
            ///
            /// ```
            /// let x = tensor::zeros([2, 3]);
            /// assert_eq!(x.tile(2).shape(), [2, 6]);
            /// assert_eq!(x.tile([4, 1, 1]).shape(), [4, 2, 3]);
            /// ```
            ///
            /// # Panics
            /// If a number is negative.
            #[track_caller]
            pub fn tile(&self, dims: impl $crate::Integers) -> $T {
                let mut repeats = dims.integers();
                while repeats.len() < self.ndim() {
                    repeats.insert(0, 1);
                }
                self.repeat(&repeats[..])
            }

            /// The axes `source` at the places `destination`, the others in their order around them, as
            /// `torch.movedim`. Of a tensor nothing is copied.
            ///
            /// ```
            /// let images = tensor::zeros([2, 28, 30, 3]);
            /// assert_eq!(images.movedim(-1, 1).shape(), [2, 3, 28, 30]);
            /// assert_eq!(images.movedim([0, 1], [1, 0]).shape(), [28, 2, 30, 3]);
            /// ```
            ///
            /// # Panics
            /// If there is no such axis, one is named twice, or the two lists differ in length.
            #[doc(alias = "moveaxis")]
            #[track_caller]
            pub fn movedim(
                &self,
                source: impl $crate::Integers,
                destination: impl $crate::Integers,
            ) -> $T {
                let (source, destination, ndim) = (source.integers(), destination.integers(), self.ndim());
                assert!(
                    source.len() == destination.len(),
                    "movedim: Invalid source or destination dims: source ({source:?} dims) should contain the same \
                     number of dims as destination ({destination:?} dims)"
                );
                let mut order: Vec<Option<usize>> = vec![None; ndim.max(1)];
                for (&from, &to) in source.iter().zip(&destination) {
                    let axis = $crate::axis_of("movedim", from, ndim);
                    let place = &mut order[$crate::axis_of("movedim", to, ndim)];
                    assert!(place.is_none(), "movedim: repeated dim in `destination` ({destination:?})");
                    *place = Some(axis);
                }
                if ndim == 0 {
                    return self.clone();
                }
                let moved: Vec<usize> = order.iter().flatten().copied().collect();
                assert!(
                    (1..moved.len()).all(|i| !moved[..i].contains(&moved[i])),
                    "movedim: repeated dim in `source` ({source:?})"
                );
                let mut others = (0..ndim).filter(|axis| !moved.contains(axis));
                let axes = order.into_iter().filter_map(|place| place.or_else(|| others.next()));
                self.permute(axes.collect::<Vec<usize>>())
            }

            /// [`transpose`](Self::transpose) under torch's other name.
            ///
            /// # Panics
            /// If there is no such axis.
            #[doc(alias = "swapdims")]
            #[track_caller]
            pub fn swapaxes(&self, a: isize, b: isize) -> $T {
                self.transpose(a, b)
            }

            /// The axis `dim` as several of the given sizes, as `torch.unflatten`; one size may be −1 and is
            /// worked out.
            ///
            /// ```
            /// assert_eq!(tensor::zeros([3, 4, 1]).unflatten(1, [2, -1]).shape(), [3, 2, 2, 1]);
            /// ```
            ///
            /// # Panics
            /// If there is no such axis, or the sizes do not multiply up to its size.
            #[track_caller]
            pub fn unflatten(&self, dim: isize, sizes: impl $crate::Integers) -> $T {
                let (mut sizes, $x) = (sizes.integers(), self);
                let x = $value;
                let axis = $crate::axis_of("unflatten", dim, x.ndim());
                assert!(x.ndim() > 0, "unflatten: a tensor without axes has none to split");
                assert!(!sizes.is_empty(), "unflatten: sizes must be non-empty");
                let (n, unknown) = (x.shape()[axis], sizes.iter().position(|&size| size == -1));
                let mut known = sizes.iter().filter(|&&size| size != -1).map(|&size| usize::try_from(size));
                let known = known.try_fold(1usize, |product, size| product.checked_mul(size.ok()?));
                let fits = match (known, unknown) {
                    (Some(known), None) => known == n,
                    (Some(known), Some(at)) => {
                        let whole = known > 0 && n % known == 0 && !sizes[at + 1..].contains(&-1);
                        sizes[at] = if whole { (n / known) as isize } else { -1 };
                        whole
                    }
                    (None, _) => false,
                };
                assert!(
                    fits,
                    "unflatten: Provided sizes {sizes:?} don't multiply up to the size of dim {axis} ({n}) in the \
                     input tensor"
                );
                let mut shape: Vec<isize> = x.shape().iter().map(|&n| n as isize).collect();
                shape.splice(axis..=axis, sizes);
                self.reshape(shape)
            }

            /// With at least one axis, as `torch.atleast_1d`.
            #[track_caller]
            pub fn atleast_1d(&self) -> $T {
                if self.ndim() == 0 { self.reshape(1) } else { self.clone() }
            }

            /// With at least two axes, as `torch.atleast_2d`: a list becomes a row.
            ///
            /// ```
            /// assert_eq!(tensor::zeros(3).atleast_2d().shape(), [1, 3]);
            /// ```
            #[track_caller]
            pub fn atleast_2d(&self) -> $T {
                if self.ndim() < 2 { self.atleast_1d().unsqueeze(0) } else { self.clone() }
            }

            /// With at least three axes, as `torch.atleast_3d`: a list of 3 becomes `[1, 3, 1]`.
            #[track_caller]
            pub fn atleast_3d(&self) -> $T {
                if self.ndim() < 3 { self.atleast_2d().unsqueeze(-1) } else { self.clone() }
            }
        }
    };
}

composed_shapes!(Tensor, |x| x.clone());

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn quarters_of_a_turn() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        assert_eq!(x.rot90(1, [0, 1]).to_vec::<i64>(), [2, 5, 1, 4, 0, 3]);
        assert_eq!(x.rot90(1, [0, 1]).to_vec::<i64>(), x.rot90(-1, [1, 0]).to_vec::<i64>());
        assert_eq!(x.rot90(6, [0, -1]).to_vec::<i64>(), x.flip([0, 1]).to_vec::<i64>());
        assert_eq!(x.fliplr().flipud().rot90(2, [0, 1]).to_vec::<i64>(), x.to_vec::<i64>());
    }

    #[test]
    fn an_empty_axis_has_parts() {
        assert_eq!(zeros([0, 3]).unflatten(0, [-1, 2]).shape(), [0, 2, 3]);
        assert_eq!(zeros([0, 4]).unflatten(1, [2, -1]).shape(), [0, 2, 2]);
        assert_eq!(zeros(0).atleast_3d().shape(), [1, 0, 1]);
        assert_eq!(zeros(()).movedim(0, -1).ndim(), 0);
    }

    #[test]
    #[should_panic(
        expected = "unflatten: Provided sizes [-1, 2] don't multiply up to the size of dim 1 (3) in the input tensor"
    )]
    fn parts_make_up_their_axis() {
        zeros([2, 3]).unflatten(-1, [-1, 2]);
    }

    #[test]
    #[should_panic(expected = "movedim: repeated dim in `source` ([0, -2])")]
    fn an_axis_moves_once() {
        zeros([2, 3]).movedim([0, -2], [0, 1]);
    }

    #[test]
    #[should_panic(
        expected = "rot90: expected rotation dims to be different, but got dim0 = 0 and dim1 = -2"
    )]
    fn a_plane_has_two_axes() {
        zeros([2, 3]).rot90(1, [0, -2]);
    }
}
