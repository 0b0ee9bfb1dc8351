use crate::{Divisor, Tensor, Window};

/// The methods for each number of axes.
macro_rules! avg_pools {
    ($($name:ident | $D:literal over $axes:literal;)*) => {$(
        impl Tensor {
            #[doc = concat!("The mean of each window that slides over ", $axes, ", as `torch.nn.functional.", stringify!($name), "`.")]
            ///
            /// [`Divisor::Padded`] counts the zeros of the padding, as torch does by default,
            /// [`Divisor::Inside`] does not, and [`Divisor::Always`] divides every sum by the same number.
            ///
            /// # Shapes
            /// - `x`: `[batch, channels, …]` or `[channels, …]`, and then the axes of the window
            /// - output: the same, with `⌊(n + 2·padding − kernel_size) / stride⌋ + 1` elements along each of
            ///   these, rounded up with `ceil_mode`
            ///
            /// ```
            /// use tensor::{Divisor, Window, arange};
            ///
            /// let x = arange(0.0, 16.0, 1.0).reshape([1, 4, 4]);
            /// let y = x.avg_pool2d(&Window::from(2), Divisor::Padded);
            /// assert_eq!(y.to_vec::<f32>(), [2.5, 4.5, 10.5, 12.5]);
            /// ```
            ///
            /// # Panics
            /// In torch's words, if the axes are others, a size or the divisor is 0, the padding is more than
            /// half of a window, or no window fits; and if there is a dilation.
            #[track_caller]
            pub fn $name(&self, window: &Window<$D>, divisor: Divisor) -> Tensor {
                let op = stringify!($name);
                window.mean_planes(op, self.shape(), divisor).average(op, self, divisor)
            }
        }
    )*};
}

avg_pools! {
    avg_pool1d | 1 over "the last axis";
    avg_pool2d | 2 over "the last two axes";
    avg_pool3d | 3 over "the last three axes";
}

#[cfg(test)]
mod tests {
    use crate::{Divisor, Tensor, Window, ones};

    #[test]
    fn the_padding_counts_or_not() {
        let window = Window::<2> { stride: [1, 1], padding: [1, 1], ..Window::from(3) };
        let corner = |divisor| ones([1, 3, 3]).avg_pool2d(&window, divisor).to_vec::<f32>()[0];
        assert_eq!(corner(Divisor::Padded), 4.0 / 9.0);
        assert_eq!(corner(Divisor::Inside), 1.0);
        assert_eq!(corner(Divisor::Always(-2)), -2.0);
    }

    #[test]
    fn integers_are_cut_towards_zero() {
        let x = Tensor::from([[[-4i64, -3], [-1, 1]]]);
        assert_eq!(x.avg_pool2d(&Window::from(2), Divisor::Padded).to_vec::<i64>(), [-1]);
    }
}
