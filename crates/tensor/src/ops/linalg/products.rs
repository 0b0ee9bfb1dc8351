//! Products that are made of others, the same for tensors and variables.

use crate::Tensor;

/// Methods of `Tensor`, and of a type with the same methods.
#[doc(hidden)]
#[macro_export]
macro_rules! products {
    ($T:ident) => {
        impl $T {
            /// The matrix product of two matrices, by torch's name for it.
            ///
            /// # Panics
            /// If either is not 2-d, and as `matmul`.
            #[track_caller]
            pub fn mm(&self, other: &$T) -> $T {
                assert!(
                    self.ndim() == 2 && other.ndim() == 2,
                    "mm: expected two matrices, got {:?} and {:?}",
                    self.shape(),
                    other.shape()
                );
                self.matmul(other)
            }

            /// The product of this matrix `[m, n]` and a vector `[n]`: `[m]`, as `torch.mv`.
            ///
            /// # Panics
            /// If the sizes do not fit, and as `matmul`.
            #[track_caller]
            pub fn mv(&self, vec: &$T) -> $T {
                assert!(
                    self.ndim() == 2 && vec.ndim() == 1,
                    "mv: vector + matrix @ vector expected, got 1, {}, {}",
                    self.ndim(),
                    vec.ndim()
                );
                let (m, n, k) = (self.size(0), self.size(1), vec.size(0));
                assert!(n == k, "mv: size mismatch, got input ({m}), mat ({m}x{n}), vec ({k})");
                self.matmul(vec)
            }

            /// `self + A·x`, as `torch.addmv`: `A: [m, n]`, `x: [n]`, and this broadcast to `[m]`.
            ///
            /// # Panics
            /// If the sizes do not fit or the dtypes differ.
            #[track_caller]
            pub fn addmv(&self, mat: &$T, vec: &$T) -> $T {
                let dtypes = [self, mat, vec].map(|x| x.dtype());
                assert!(
                    dtypes[1..] == [dtypes[0]; 2],
                    "addmv: input tensors must have the same dtype, but got {}, {} and {}",
                    dtypes[0],
                    dtypes[1],
                    dtypes[2]
                );
                let product = mat.mv(vec);
                self.expand(&product.shape()[..]).add(&product)
            }

            /// `self + x⊗y` of two vectors, as `torch.addr`: this is broadcast to `[n, m]`.
            ///
            /// # Panics
            /// If they are not vectors or the sizes do not fit.
            #[track_caller]
            pub fn addr(&self, vec1: &$T, vec2: &$T) -> $T {
                for (i, x) in [vec1, vec2].into_iter().enumerate() {
                    let number = i + 1;
                    assert!(
                        x.ndim() == 1,
                        "addr: Expected 1-D argument vec{number}, but got {}-D",
                        x.ndim()
                    );
                }
                let product = vec1.outer(vec2);
                self.expand(&product.shape()[..]).add(&product)
            }

            /// `xᵢyⱼ` of two vectors: torch's other name for `outer`.
            ///
            /// # Panics
            /// As `outer`.
            #[track_caller]
            pub fn ger(&self, other: &$T) -> $T {
                self.outer(other)
            }

            /// `Σ xᵢyᵢ` of two vectors; of real numbers the same as `dot`.
            ///
            /// # Panics
            /// As `dot`.
            #[track_caller]
            pub fn vdot(&self, other: &$T) -> $T {
                self.dot(other)
            }

            /// Sums of products over the last axis of both, `[…, n]` and `[*, n]` to `[…, *]`, as
            /// `torch.inner`; with a single number it is the product.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
            /// assert_eq!(x.inner(&Tensor::from([1.0f32, 10.0])).to_vec::<f32>(), [21.0, 43.0]);
            /// ```
            ///
            /// # Panics
            /// If the last sizes or the dtypes differ.
            #[track_caller]
            pub fn inner(&self, other: &$T) -> $T {
                let (a, b) = (self.shape().to_vec(), other.shape().to_vec());
                let (Some((n, a)), Some((k, b))) = (a.split_last(), b.split_last()) else {
                    return self.mul(other);
                };
                assert!(
                    n == k,
                    "inner: the last dimension must match on both input tensors but got shapes {:?} and {:?}",
                    self.shape(),
                    other.shape()
                );
                let x = self.reshape(&[a.iter().product(), *n][..]);
                let y = other.reshape(&[b.iter().product(), *n][..]);
                x.matmul(&y.t()).reshape(&[a, b].concat()[..])
            }

            /// Kronecker's product: every element of this times the whole of `other`, as `torch.kron`. Axes
            /// are matched from the last one; one that is missing has the size 1.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let y = Tensor::from([[1i64, 10]]).kron(&Tensor::from([[1i64, 2], [3, 4]]));
            /// assert_eq!(y.to_vec::<i64>(), [1, 2, 10, 20, 3, 4, 30, 40]);
            /// ```
            #[track_caller]
            pub fn kron(&self, other: &$T) -> $T {
                let axes = self.ndim().max(other.ndim());
                let sizes = |x: &$T| {
                    let mut sizes = vec![1; axes - x.ndim()];
                    sizes.extend(x.shape().to_vec());
                    sizes
                };
                let (a, b) = (sizes(self), sizes(other));
                let x: Vec<usize> = a.iter().flat_map(|&n| [n, 1]).collect();
                let y: Vec<usize> = b.iter().flat_map(|&n| [1, n]).collect();
                let all: Vec<usize> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
                self.reshape(&x[..]).mul(&other.reshape(&y[..])).reshape(&all[..])
            }

            /// The `n`-th power of each square matrix, by repeated squaring; a negative one is that of the
            /// inverse. As `torch.linalg.matrix_power`.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let fibonacci = Tensor::from([[1i64, 1], [1, 0]]);
            /// assert_eq!(fibonacci.matrix_power(10).to_vec::<i64>(), [89, 55, 55, 34]);
            /// ```
            ///
            /// # Panics
            /// If a matrix is not square, or `n` is negative and one is singular.
            #[track_caller]
            pub fn matrix_power(&self, n: i64) -> $T {
                assert!(
                    self.ndim() >= 2,
                    "linalg.matrix_power: The input tensor A must have at least 2 dimensions."
                );
                let (rows, columns) = (self.size(-2), self.size(-1));
                assert!(
                    rows == columns,
                    "linalg.matrix_power: A must be batches of square matrices, but they are {rows} by {columns} \
                     matrices"
                );
                let mut square = if n < 0 { self.inverse() } else { self.clone() };
                let (mut left, mut power) = (n.unsigned_abs(), None);
                if left == 0 {
                    // In torch it is a function of the matrix, too, with a gradient of 0.
                    let all = $crate::ones(&self.shape()[..]).to_dtype($crate::DType::Bool);
                    return self.masked_fill(&all, 0).add(&$T::from($crate::eye(rows).to_dtype(self.dtype())));
                }
                loop {
                    if left % 2 == 1 {
                        power = Some(match power {
                            Some(power) => square.matmul(&power),
                            None => square.clone(),
                        });
                    }
                    left /= 2;
                    match left {
                        0 => return power.expect("n has a first bit"),
                        _ => square = square.matmul(&square),
                    }
                }
            }
        }
    };
}

products!(Tensor);
