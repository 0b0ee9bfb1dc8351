//! Distances, differences and integrals, made of other operations as in torch, and so the same for tensors
//! and variables.

use crate::Tensor;

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_distances {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// The `p`-norm of the difference, which is broadcast, as `torch.dist`, whose `p` is 2 by
            /// default.
            ///
            /// # Panics
            /// If neither is a float, or the shapes do not broadcast.
            #[track_caller]
            pub fn dist(&self, other: &$T, p: f64) -> $T {
                self.sub(other).norm(p)
            }

            /// The `p`-norms of the differences between every row of this and every row of `other`, as
            /// `torch.cdist`, whose `p` is 2 by default: `[…, m, n]` from `[…, m, columns]` and
            /// `[…, n, columns]`. Of more than 25 rows the Euclidean ones are made of a matrix product.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let (x, y) = (Tensor::from([[0.0f32, 0.0], [3.0, 4.0]]), Tensor::from([[3.0f32, 0.0]]));
            /// assert_eq!(x.cdist(&y, 2.0).to_vec::<f32>(), [3.0, 4.0]);
            /// ```
            ///
            /// # Panics
            /// If the two are not of one float dtype, have not the same number of columns, or `p` is
            /// negative.
            #[track_caller]
            pub fn cdist(&self, other: &$T, p: f64) -> $T {
                let (dtype, shapes) = (self.dtype(), [self.shape().to_vec(), other.shape().to_vec()]);
                assert!(
                    dtype.is_float() && dtype == other.dtype(),
                    "cdist: cdist only supports floating-point dtypes, X1 got: {dtype}, X2 got: {}",
                    other.dtype()
                );
                assert!(p >= 0.0, "cdist: cdist only supports non-negative p values, but got {p}");
                assert!(
                    shapes.iter().all(|shape| shape.len() > 1) && shapes[0].last() == shapes[1].last(),
                    "cdist: X1 and X2 must have the same number of columns: {:?} and {:?}",
                    shapes[0],
                    shapes[1]
                );
                let rows = shapes.each_ref().map(|shape| shape[shape.len() - 2]);
                if shapes[0].last() == Some(&0) {
                    return self.unsqueeze(-2).sub(&other.unsqueeze(-3)).sum_dim(&[-1], false);
                }
                if p == 0.0 {
                    let apart = self.unsqueeze(-2).sub(&other.unsqueeze(-3)).abs();
                    return apart.ceil().clamp_max(1.0).sum_dim(&[-1], false);
                }
                if p != 2.0 || rows.iter().all(|&n| n <= 25) {
                    return self.unsqueeze(-2).sub(&other.unsqueeze(-3)).norm_dim(p, &[-1], false);
                }
                // |x − y|² = −2xy + |x|² + |y|²
                let a = self.pow(2).sum_dim(-1, true);
                let b = other.pow(2).sum_dim(-1, true);
                let $x = &a;
                let one_of_a = $T::from($value.ones_like());
                let $x = &b;
                let one_of_b = $T::from($value.ones_like());
                let left = $crate::cat(&[self.mul_scalar(-2.0), a, one_of_a], -1);
                let right = $crate::cat(&[other.clone(), one_of_b, b], -1);
                left.matmul(&right.transpose(-2, -1)).clamp_min(0.0).sqrt()
            }

            /// Every slice along `dim` whose `p`-norm is above `maxnorm`, shortened to it, as `torch.renorm`.
            ///
            /// # Panics
            /// If it has not two axes, the dtype is not a float, there is no such axis, `p` is not positive
            /// or `maxnorm` negative.
            #[track_caller]
            pub fn renorm(&self, p: f64, dim: isize, maxnorm: f64) -> $T {
                let axes = self.ndim() as isize;
                assert!(p > 0.0, "renorm: non-positive-norm not supported: {p}");
                assert!(maxnorm >= 0.0, "renorm: expected maxnorm to be >= 0 but got {maxnorm}");
                assert!(axes > 1, "renorm: input needs at least 2 dimensions, got {axes} dimensions");
                let dims: Vec<isize> = (0..axes).filter(|&axis| axis != dim && axis - axes != dim).collect();
                assert!(dims.len() + 1 == axes as usize, "renorm: dimension out of range: {dim} of {axes}");
                let $x = self;
                let kept = $value.norm_dim(p, &dims, true).gt(maxnorm).logical_not();
                // What stays as it is has no part in the gradient of the norms.
                let norms = self.masked_fill(&kept, 0.0).norm_dim(p, &dims, true);
                let $x = &norms;
                let factors = $T::from($value.full_like(maxnorm)) / (norms + 1e-7);
                self * &factors.masked_fill(&kept, 1.0)
            }

            /// The integral along `dim` by the trapezoidal rule, as `torch.trapezoid`: between points that
            /// are `spacing` apart (in torch `dx`, by default 1), or that lie at the places that it lists (in
            /// torch `x`). In torch, `dim` is −1 by default.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let y = Tensor::from([1.0f32, 2.0, 4.0]);
            /// assert_eq!(y.trapezoid(0.5, -1).item(), 2.25);
            /// assert_eq!(y.trapezoid(&Tensor::from([0.0f32, 1.0, 3.0]), -1).item(), 7.5);
            /// ```
            ///
            /// # Panics
            /// If there is no such axis, there is not one place for each point, or on `Bool`.
            #[track_caller]
            pub fn trapezoid<'a>(&self, spacing: impl Into<$crate::Operand<'a, $T>>, dim: isize) -> $T {
                let n = self.points("trapezoid", dim);
                let $x = self;
                if n == 0 {
                    return $T::from($value.sum_dim(&[dim], false).to_dtype(self.dtype()));
                }
                match spacing.into() {
                    $crate::Operand::Number(dx) => {
                        (self.sum_dim(&[dim], false) - self.select(dim, 0).add(&self.select(dim, -1)).mul_scalar(0.5)).mul_scalar(dx.to_f64())
                    }
                    $crate::Operand::Array(x) => {
                        let (heights, widths) = self.strips(x, "trapezoid", dim);
                        (heights * &widths).sum_dim(&[dim], false).div_scalar(2.0)
                    }
                }
            }

            /// The integral along `dim` up to each point but the first, as `torch.cumulative_trapezoid`; else
            /// as [`trapezoid`](Self::trapezoid).
            ///
            /// # Panics
            /// As [`trapezoid`](Self::trapezoid).
            #[track_caller]
            pub fn cumulative_trapezoid<'a>(&self, spacing: impl Into<$crate::Operand<'a, $T>>, dim: isize) -> $T {
                let n = self.points("cumulative_trapezoid", dim);
                match spacing.into() {
                    $crate::Operand::Number(dx) => {
                        let m = n.saturating_sub(1);
                        let heights = self.narrow(dim, 0, m).add(&self.narrow(dim, n.min(1) as isize, m));
                        heights.mul_scalar(dx.to_f64() / 2.0).cumsum(dim)
                    }
                    $crate::Operand::Array(x) => {
                        let (heights, widths) = self.strips(x, "cumulative_trapezoid", dim);
                        (heights * &widths).cumsum(dim).div_scalar(2.0)
                    }
                }
            }

            /// The number of points along an axis.
            #[track_caller]
            fn points(&self, op: &str, dim: isize) -> usize {
                assert!(self.ndim() > 0, "{op}: Dimension specified as {dim} but tensor has no dimensions");
                assert!(
                    self.dtype() != $crate::DType::Bool || (op == "trapezoid" && self.size(dim) == 0),
                    "{op}: received a bool input for `y`, but bool is not supported"
                );
                self.size(dim)
            }

            /// The sums of two neighbours along an axis, and how far they are apart.
            #[track_caller]
            fn strips(&self, x: &$T, op: &str, dim: isize) -> ($T, $T) {
                let (n, axes) = (self.size(dim), self.ndim() as isize);
                let behind = if dim < 0 { -1 - dim } else { axes - 1 - dim };
                let mut x = x.clone();
                if x.ndim() == 1 {
                    assert!(
                        x.size(0) == n,
                        "{op}: There must be one `x` value for each sample point: {} and {n}",
                        x.size(0)
                    );
                    (0..behind).for_each(|_| x = x.unsqueeze(-1));
                }
                while (x.ndim() as isize) < axes {
                    x = x.unsqueeze(0);
                }
                let m = x.size(dim).saturating_sub(1);
                let widths = x.narrow(dim, x.size(dim).min(1) as isize, m).sub(&x.narrow(dim, 0, m));
                let m = n.saturating_sub(1);
                (self.narrow(dim, 0, m).add(&self.narrow(dim, n.min(1) as isize, m)), widths)
            }

            /// The differences between neighbours along `dim`, taken `n` times, as `torch.diff`, where `n` is
            /// 1 and `dim` −1 by default; first `prepend` is put before this, and `append` behind it. Of
            /// `Bool`s, whether they differ.
            ///
            /// ```
            /// let x = tensor::Tensor::from([1i64, 4, 9]);
            /// assert_eq!(x.diff(1, -1, None, None).to_vec::<i64>(), [3, 5]);
            /// ```
            ///
            /// # Panics
            /// If there is no such axis.
            #[track_caller]
            pub fn diff(&self, n: usize, dim: isize, prepend: Option<&$T>, append: Option<&$T>) -> $T {
                assert!(self.ndim() > 0, "diff: diff expects input to be at least one-dimensional");
                for other in prepend.into_iter().chain(append) {
                    assert!(
                        other.ndim() == self.ndim(),
                        "diff: diff expects prepend or append to be the same dimension as input: {:?} and {:?}",
                        other.shape(),
                        self.shape()
                    );
                }
                let mut y = self.clone();
                if n > 0 && (prepend.is_some() || append.is_some()) {
                    let parts: Vec<$T> = prepend.into_iter().chain([self]).chain(append).cloned().collect();
                    y = $crate::cat(&parts, dim);
                }
                for _ in 0..n.min(y.size(dim)) {
                    let m = y.size(dim).saturating_sub(1);
                    let (high, low) = (y.narrow(dim, 1, m), y.narrow(dim, 0, m));
                    y = if y.dtype() == $crate::DType::Bool {
                        let $x = &high;
                        let high = $value.clone();
                        let $x = &low;
                        $T::from(high.ne(&$value))
                    } else {
                        high.sub(&low)
                    };
                }
                y
            }
        }
    };
}

composed_distances!(Tensor, |x| x.clone());
