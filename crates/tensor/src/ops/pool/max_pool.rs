use crate::{Tensor, Window};

/// The methods for each number of axes.
macro_rules! max_pools {
    ($($name:ident $with_indices:ident | $D:literal over $axes:literal;)*) => {$(
        impl Tensor {
            #[doc = concat!("The largest element of each window that slides over ", $axes, ", as `torch.nn.functional.", stringify!($name), "`.")]
            /// The padding counts as −∞, and NaN as larger than everything.
            ///
            /// # Shapes
            /// - `x`: `[batch, channels, …]` or `[channels, …]`, and then the axes of the window
            /// - output: the same, with `⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`
            ///   elements along each of these, rounded up with `ceil_mode`
            ///
            /// ```
            /// use tensor::{Window, arange};
            ///
            /// let x = arange(0.0, 16.0, 1.0).reshape([1, 4, 4]);
            /// assert_eq!(x.max_pool2d(&Window::from(2)).to_vec::<f32>(), [5.0, 7.0, 13.0, 15.0]);
            /// ```
            ///
            /// # Panics
            /// In torch's words, if the axes are others, a size is 0, the padding is more than half
            /// of a window, or no window fits.
            #[track_caller]
            pub fn $name(&self, window: &Window<$D>) -> Tensor {
                let op = stringify!($name);
                window.planes(op, self.shape()).max(op, self)
            }

            #[doc = concat!("[`Tensor::", stringify!($name), "`], and where each maximum is:")]
            /// its position among the elements of its channel, `I64`. The first of
            /// equals counts, and the last of NaNs.
            ///
            /// ```
            /// use tensor::{Tensor, Window};
            ///
            /// let x = Tensor::from([[1.0f32, 3.0, 3.0, 2.0]]);
            /// let (y, indices) = x.max_pool1d_with_indices(&Window::from(2));
            /// assert_eq!((y.to_vec::<f32>(), indices.to_vec::<i64>()), (vec![3.0, 3.0], vec![1, 2]));
            /// ```
            ///
            /// # Panics
            #[doc = concat!("As [`Tensor::", stringify!($name), "`].")]
            #[track_caller]
            pub fn $with_indices(&self, window: &Window<$D>) -> (Tensor, Tensor) {
                let op = stringify!($name);
                let planes = window.planes(op, self.shape());
                let (y, places) = planes.max_with_places(op, self);
                (y, planes.indices(&places))
            }
        }
    )*};
}

max_pools! {
    max_pool1d max_pool1d_with_indices | 1 over "the last axis";
    max_pool2d max_pool2d_with_indices | 2 over "the last two axes";
    max_pool3d max_pool3d_with_indices | 3 over "the last three axes";
}

#[cfg(test)]
mod tests {
    use crate::{DType, Divisor, Tensor, Window};

    #[test]
    fn nan_wins_and_the_last_one_is_named() {
        let x = Tensor::from([[f32::NAN, 1.0, f32::NAN, 2.0]]);
        let (y, indices) = x.max_pool1d_with_indices(&Window::from(4));
        assert!(y.item().is_nan());
        assert_eq!(indices.item(), 2.0);
    }

    /// As torch: `F.max_pool2d(torch.tensor([[[5.]]]), 2, 1, 1, 2, return_indices=True)`.
    #[test]
    fn a_window_that_misses_has_the_lowest_value() {
        let window = Window { stride: [1, 1], padding: [1, 1], dilation: [2, 2], ..Window::from(2) };
        let (y, indices) = Tensor::from([[[5.0f32]]]).max_pool2d_with_indices(&window);
        assert_eq!((y.item(), indices.item()), (f64::NEG_INFINITY, 2.0));
    }

    #[test]
    fn large_windows_and_small_ones_agree() {
        let mixed = (0..40 * 40).map(|i| (i * 7919) % 1009).collect();
        let x = Tensor::from_vec::<i64>(mixed, [1, 40, 40]);
        let large = Window::<2>::from(20);
        let (y, indices) = x.max_pool2d_with_indices(&large);
        assert_eq!(x.reshape(-1).gather(0, &indices.reshape(-1)).to_vec::<i64>(), y.to_vec::<i64>());
        let small = x.max_pool2d(&Window::from(5)).max_pool2d(&Window::from(4));
        assert_eq!(small.to_vec::<i64>(), y.to_vec::<i64>());
    }

    /// Rows long enough for vectors, beside each window on its own.
    #[test]
    fn wide_rows_agree_with_single_windows() {
        let number = |i: i64| if i % 97 == 5 { f32::NAN } else { (i * 7919 % 23) as f32 / 8.0 };
        let x = Tensor::from_vec::<f32>((0..9 * 50).map(number).collect(), [1, 9, 50]);
        let at = |i: isize, j: isize| ((0..9).contains(&i) && (0..50).contains(&j)).then_some(i * 50 + j);
        let data = x.to_vec::<f32>();
        for (kernel, stride, padding, dilation) in
            [(2, 2, 0, 1), (3, 2, 0, 1), (3, 2, 1, 1), (3, 1, 1, 1), (2, 1, 1, 1), (3, 3, 1, 2), (2, 2, 0, 2)]
        {
            let both = |n: usize| [n, n];
            let window = Window {
                stride: both(stride),
                padding: both(padding),
                dilation: both(dilation),
                ..Window::<2>::from(kernel)
            };
            let (y, indices) = x.max_pool2d_with_indices(&window);
            let means = (dilation == 1).then(|| x.avg_pool2d(&window, Divisor::Padded).to_vec::<f32>());
            let columns = y.size(-1);
            for (n, (y, index)) in y.to_vec::<f32>().into_iter().zip(indices.to_vec::<i64>()).enumerate() {
                let start = |n: usize| (n * stride) as isize - padding as isize;
                let (mut best, mut place, mut sum) = (f32::NEG_INFINITY, None, 0.0f32);
                for tap in 0..kernel * kernel {
                    let [i, j] = [tap / kernel, tap % kernel].map(|tap| (tap * dilation) as isize);
                    let Some(position) = at(start(n / columns) + i, start(n % columns) + j) else { continue };
                    let x = data[position as usize];
                    sum += x;
                    if x > best || x.is_nan() || place.is_none() {
                        (best, place) = (x, Some(position as i64));
                    }
                }
                let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                assert!(same(y, best) && Some(index) == place, "{window:?}, {n}: {y} at {index}");
                if let Some(means) = &means {
                    let inside = sum / (kernel * kernel) as f32;
                    assert!(same(means[n], inside), "{window:?}, {n}: {} instead of {inside}", means[n]);
                }
            }
        }
    }

    #[test]
    fn integers_keep_their_dtype() {
        for dtype in [DType::I64, DType::I32, DType::I16, DType::I8, DType::U8] {
            let y = Tensor::from([[3i64, 1, 2, 5]]).to_dtype(dtype).max_pool1d(&Window::from(2));
            assert_eq!((y.dtype(), y.to_dtype(DType::I64).to_vec::<i64>()), (dtype, vec![3, 5]));
        }
    }

    #[test]
    #[should_panic(
        expected = "max_pool2d: Given input size: (1x4x4). Calculated output size: (1x0x0). Output size is too small"
    )]
    fn a_window_that_does_not_fit() {
        crate::zeros([1, 4, 4]).max_pool2d(&Window::from(5));
    }

    #[test]
    #[should_panic(
        expected = "max_pool2d: pad should be at most half of effective kernel size, but got pad=2, kernel_size=2 \
                    and dilation=1"
    )]
    fn a_padding_too_long() {
        crate::zeros([1, 4, 4]).max_pool2d(&Window { padding: [2, 2], ..Window::from(2) });
    }
}
