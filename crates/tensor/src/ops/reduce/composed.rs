//! Reductions made of other operations, step by step as in torch, and so the same for tensors and variables.

use crate::Tensor;

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_reductions {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// The sum of all elements that are not NaN, as `torch.nansum`.
            #[track_caller]
            pub fn nansum(&self) -> $T {
                self.nansum_dim((), false)
            }

            /// The sum over the axes `dims` (all of them if it is empty) of the elements that are not NaN;
            /// with `keepdim` they stay, of size 1.
            ///
            /// ```
            /// let x = tensor::Tensor::from([[1.0f32, f32::NAN], [3.0, 4.0]]);
            /// assert_eq!(x.nansum_dim(1, false).to_vec::<f32>(), [1.0, 7.0]);
            /// ```
            ///
            /// # Panics
            /// If `dims` are not axes.
            #[track_caller]
            pub fn nansum_dim(&self, dims: impl $crate::Integers, keepdim: bool) -> $T {
                let dims = &dims.integers()[..];
                let $x = self;
                let x = $value;
                if !x.dtype().is_float() {
                    return self.sum_dim(dims, keepdim);
                }
                // In the order of the memory, as the sum is.
                let [order, back] = x.memory_order();
                let known = self.permute(&order).masked_fill(&x.permute(&order).isnan(), 0.0);
                known.permute(&back).sum_dim(dims, keepdim)
            }

            /// The mean of all elements that are not NaN, as `torch.nanmean`; NaN if there are none.
            ///
            /// # Panics
            /// If the dtype is not a float.
            #[track_caller]
            pub fn nanmean(&self) -> $T {
                self.nanmean_dim((), false)
            }

            /// The mean over the axes `dims` (all of them if it is empty) of the elements that are not NaN;
            /// with `keepdim` they stay, of size 1.
            ///
            /// # Panics
            /// If the dtype is not a float, or `dims` are not axes.
            #[track_caller]
            pub fn nanmean_dim(&self, dims: impl $crate::Integers, keepdim: bool) -> $T {
                let dims = &dims.integers()[..];
                let $x = self;
                let x = $value;
                assert!(
                    x.dtype().is_float(),
                    "nanmean: expected input to have floating point or complex dtype but got {}",
                    x.dtype()
                );
                let known = x.isnan().logical_not().sum_dim(dims, keepdim).to_dtype(x.dtype());
                self.nansum_dim(dims, keepdim) / $T::from(known)
            }

            /// The least and the largest element along `dim`, or of all for `None`, as `torch.aminmax`; NaN
            /// where any is. With `keepdim` the axis stays, of size 1.
            ///
            /// ```
            /// let (least, most) = tensor::Tensor::from([[1i64, 5], [2, 3]]).aminmax(1, false);
            /// assert_eq!((least.to_vec::<i64>(), most.to_vec::<i64>()), (vec![1, 2], vec![5, 3]));
            /// ```
            ///
            /// # Panics
            /// If there is no such axis, or it has no elements.
            #[track_caller]
            pub fn aminmax(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> ($T, $T) {
                let dim = dim.into();
                let dims = dim.as_slice();
                (self.amin(dims, keepdim), self.amax(dims, keepdim))
            }

            /// The value below which a share `q` of all elements lies, between two of them on a straight
            /// line, as `torch.quantile`: for a list of shares a list. NaN if any element is.
            ///
            /// ```
            /// let x = tensor::Tensor::from([3.0f32, 1.0, 2.0, 5.0]);
            /// assert_eq!(x.quantile(0.5).item(), 2.5);
            /// ```
            ///
            /// # Panics
            /// If the dtype is not a float or that of a list of shares is another, a share is not from 0 to
            /// 1, or there are no elements.
            #[track_caller]
            pub fn quantile<'a>(&self, q: impl Into<$crate::Operand<'a, $crate::Tensor>>) -> $T {
                self.quantile_dim(q, None, false, $crate::QuantileInterpolation::Linear)
            }

            /// The quantiles along `dim`, or of all elements for `None`; with `keepdim` the axis stays, of
            /// size 1. A list of shares makes another axis, which comes first.
            ///
            /// # Panics
            /// As [`quantile`](Self::quantile), or if there is no such axis.
            #[track_caller]
            pub fn quantile_dim<'a>(
                &self,
                q: impl Into<$crate::Operand<'a, $crate::Tensor>>,
                dim: impl Into<Option<isize>>,
                keepdim: bool,
                interpolation: $crate::QuantileInterpolation,
            ) -> $T {
                self.quantiles("quantile", q.into(), dim.into(), keepdim, interpolation)
            }

            /// The [`quantile`](Self::quantile) of the elements that are not NaN, as `torch.nanquantile`; NaN
            /// if there are none.
            #[track_caller]
            pub fn nanquantile<'a>(&self, q: impl Into<$crate::Operand<'a, $crate::Tensor>>) -> $T {
                self.nanquantile_dim(q, None, false, $crate::QuantileInterpolation::Linear)
            }

            /// The [quantiles](Self::quantile_dim) along `dim` of the elements that are not NaN.
            #[track_caller]
            pub fn nanquantile_dim<'a>(
                &self,
                q: impl Into<$crate::Operand<'a, $crate::Tensor>>,
                dim: impl Into<Option<isize>>,
                keepdim: bool,
                interpolation: $crate::QuantileInterpolation,
            ) -> $T {
                self.quantiles("nanquantile", q.into(), dim.into(), keepdim, interpolation)
            }

            #[track_caller]
            fn quantiles(
                &self,
                op: &str,
                q: $crate::Operand<'_, $crate::Tensor>,
                dim: Option<isize>,
                keepdim: bool,
                interpolation: $crate::QuantileInterpolation,
            ) -> $T {
                let axes = self.ndim() as isize;
                let flat = dim.is_none() || axes == 0;
                let moved = if flat { self.reshape([-1]) } else { self.transpose(dim.unwrap_or(0), -1) };
                let (sorted, _) = moved.sort(-1, false);
                let $x = &sorted;
                let places =
                    $crate::QuantilePlaces::of_sorted(op, &$value, q, interpolation, op == "nanquantile");
                let mut y = sorted.gather(-1, &places.below);
                if let Some((above, weight)) = &places.between {
                    y = y.lerp(&sorted.gather(-1, above), &$T::from(weight.clone()));
                }
                // The shares come first, and the axis where it was.
                let shares = y.ndim() as isize - 1;
                let order: Vec<isize> = std::iter::once(shares).chain(0..shares).collect();
                y = y.permute(&order);
                if flat && keepdim {
                    let mut shape = vec![1; axes as usize + 1];
                    shape[0] = y.size(0);
                    y = y.reshape(shape);
                } else if !flat {
                    let dim = dim.unwrap_or(0);
                    let axis = if dim < 0 { dim + axes } else { dim } + 1;
                    y = y.unsqueeze(-1).transpose(axis, -1);
                    y = if keepdim { y } else { y.squeeze(axis) };
                }
                if places.several { y } else { y.select(0, 0) }
            }
        }
    };
}

composed_reductions!(Tensor, |x| x.clone());
