use super::Planes;
use crate::PerAxis;
use crate::kernels::pooling::{Axis, Divisor, Slide};

/// A window that slides over the last `D` axes of a tensor, as torch's pools and `unfold` describe it.
///
/// ```
/// use tensor::Window;
///
/// let halves = Window::<2>::from(2);
/// assert_eq!((halves.kernel_size, halves.stride, halves.padding), ([2, 2], [2, 2], [0, 0]));
/// let overlapping = Window { stride: [2, 2], padding: [1, 1], ..Window::from(3) };
/// assert_eq!(overlapping.dilation, [1, 1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window<const D: usize> {
    /// The number of its elements along each axis.
    pub kernel_size: [usize; D],
    /// The distance from one window to the next; by default the window's size.
    pub stride: [usize; D],
    /// The length of the padding before and behind each axis; by default 0.
    pub padding: [usize; D],
    /// The distance from one of its elements to the next; by default 1.
    pub dilation: [usize; D],
    /// Whether windows that reach beyond the end count. By default not.
    pub ceil_mode: bool,
}

/// Windows of this size beside each other.
impl<const D: usize, S: Into<PerAxis<D>>> From<S> for Window<D> {
    fn from(kernel_size: S) -> Self {
        let kernel_size = kernel_size.into().axes();
        Window { kernel_size, stride: kernel_size, padding: [0; D], dilation: [1; D], ceil_mode: false }
    }
}

impl<const D: usize> Window<D> {
    /// The windows over a tensor of this shape. `op` is the operation, for messages.
    ///
    /// # Panics
    /// In torch's words if torch refuses the sizes, the axes, or the windows' number.
    #[doc(hidden)]
    #[track_caller]
    pub fn planes(&self, op: &str, shape: &[usize]) -> Planes {
        if let Err(why) = self.check() {
            panic!("{op}: {why}");
        }
        Planes::checked(op, D, shape);
        let channels = shape.len() - D;
        let input = &shape[channels..];
        let output: [i128; D] = std::array::from_fn(|axis| self.output(axis, input[axis]));
        if output.iter().any(|&n| n < 1) {
            let sizes = |of: &[i128]| of.iter().map(|n| format!("x{n}")).collect::<String>();
            let (given, channels) =
                (input.iter().map(|&n| n as i128).collect::<Vec<_>>(), shape[channels - 1]);
            panic!(
                "{op}: Given input size: ({channels}{}). Calculated output size: ({channels}{}). \
                 Output size is too small",
                sizes(&given),
                sizes(&output)
            );
        }
        Planes::new(
            shape,
            std::array::from_fn::<_, D, _>(|axis| {
                let [kernel, stride, padding, dilation] =
                    [self.kernel_size, self.stride, self.padding, self.dilation].map(|sizes| sizes[axis]);
                Axis::sliding(input[axis], output[axis] as usize, Slide { kernel, stride, padding, dilation })
            }),
        )
    }

    /// [`Window::planes`] for means.
    ///
    /// # Panics
    /// As [`Window::planes`], and if the divisor is 0 or there is a dilation.
    #[doc(hidden)]
    #[track_caller]
    pub fn mean_planes(&self, op: &str, shape: &[usize], divisor: Divisor) -> Planes {
        assert!(divisor != Divisor::Always(0), "{op}: divisor must be not zero");
        assert!(self.dilation == [1; D], "{op}: a mean has no dilation, but got {:?}", self.dilation);
        let planes = self.planes(op, shape);
        let input = &shape[shape.len() - D..];
        if D == 3 && input.iter().zip(&self.kernel_size).any(|(n, kernel)| n < kernel) {
            let (input, kernel) = (self.named("", input), self.named("k", &self.kernel_size));
            panic!("{op}: input image ({input}) smaller than kernel size ({kernel})");
        }
        planes
    }

    /// Sizes with torch's names for the axes: `kH: 2 kW: 3`; one alone.
    fn named(&self, name: &str, sizes: &[usize]) -> String {
        match sizes {
            [size] => size.to_string(),
            _ => {
                let axes = ["T", "H", "W"].into_iter().skip(3 - D).zip(sizes);
                axes.map(|(axis, size)| format!("{name}{axis}: {size}")).collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// The number of windows along an axis of size `n`; less than 1 if there is none.
    pub(super) fn output(&self, axis: usize, n: usize) -> i128 {
        let [kernel, stride, padding, dilation] =
            [self.kernel_size, self.stride, self.padding, self.dilation].map(|sizes| sizes[axis] as i128);
        let (n, reach) = (n as i128, (kernel - 1).saturating_mul(dilation));
        let room = (n + 2 * padding).saturating_sub(reach).saturating_sub(1);
        let windows = (room + if self.ceil_mode { stride - 1 } else { 0 }).div_euclid(stride) + 1;
        // A window that would begin in the padding behind the axis is none.
        if self.ceil_mode && (windows - 1) * stride >= n + padding { windows - 1 } else { windows }
    }

    /// What is wrong with the sizes, in torch's words.
    fn check(&self) -> Result<(), String> {
        if self.stride.contains(&0) {
            return Err("stride should not be zero".into());
        }
        if self.kernel_size.contains(&0) {
            let sizes = self.named("k", &self.kernel_size);
            return Err(format!("kernel size should be greater than zero, but got {sizes}"));
        }
        if self.dilation.contains(&0) {
            let sizes = self.named("dilation", &self.dilation);
            return Err(format!("dilation should be greater than zero, but got {sizes}"));
        }
        for ((kernel, padding), dilation) in self.kernel_size.into_iter().zip(self.padding).zip(self.dilation)
        {
            let effective = (kernel - 1).saturating_mul(dilation).saturating_add(1);
            // Along a single axis torch looks at the kernel alone.
            let most = if D == 1 { kernel } else { effective } / 2;
            if padding > most {
                return Err(format!(
                    "pad should be at most half of effective kernel size, but got pad={padding}, \
                     kernel_size={kernel} and dilation={dilation}"
                ));
            }
            if padding > isize::MAX as usize / 4 {
                return Err(format!("a padding of {padding} is more than there can be"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right values: `F.max_pool2d(torch.zeros(1, 1, n), (1, k), (1, s), ceil_mode=True).shape`.
    #[test]
    fn no_window_begins_in_the_padding_behind() {
        for (n, kernel, stride, padding, ceil_mode, expected) in [
            (5, 2, 2, 0, true, 3),
            (5, 2, 2, 0, false, 2),
            (6, 2, 3, 0, true, 2),
            (5, 1, 3, 0, true, 2),
            (8, 100, 100, 50, false, 1),
            (4, 2, 2, 1, true, 3),
            (3, 2, 2, 1, true, 2),
        ] {
            let (stride, padding) = ([stride], [padding]);
            let window = Window::<1> { stride, padding, ceil_mode, ..Window::from(kernel) };
            assert_eq!(*window.planes("pool", &[2, n]).output, [2, expected], "{window:?} over {n}");
        }
    }
}
