use super::Window;
use crate::dispatch::{by_float, by_size};
use crate::kernels::patches::{self, Grid};
use crate::{PerAxis, Shape, Tensor};

/// The patches of images that a window slides over, as columns: all that the ways forward and back of
/// `unfold` and `fold` need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Patches {
    grid: Grid,
    images: Shape,
    columns: Shape,
}

impl Patches {
    /// The patches of images of this shape.
    ///
    /// # Panics
    /// In torch's words, if the axes are others, a size is 0 or no window fits.
    #[track_caller]
    pub fn of_images(op: &str, shape: &[usize], window: &Window<2>) -> Patches {
        check(op, window);
        let [batch, channels, height, width] = match *shape {
            [c, h, w] if ![c, h, w].contains(&0) => [1, c, h, w],
            [n, c, h, w] if ![c, h, w].contains(&0) => [n, c, h, w],
            _ => panic!(
                "{op}: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions \
                 for input, but got: {shape:?}"
            ),
        };
        let blocks = window.places([height, width]);
        assert!(
            blocks.iter().all(|&n| n > 0),
            "{op}: Given input with spatial size ({height}, {width}), kernel_size={}, dilation={}, padding={}, \
             calculated shape of the array of sliding blocks as ({}, {}), but its components must be at least one.",
            pair(window.kernel_size),
            pair(window.dilation),
            pair(window.padding),
            blocks[0],
            blocks[1]
        );
        let blocks = blocks.map(|n| n as usize);
        let columns = [
            window.kernel_size.iter().fold(channels, |n, &k| n.saturating_mul(k)),
            blocks[0].saturating_mul(blocks[1]),
        ];
        let columns = if shape.len() == 3 { columns.to_vec() } else { vec![batch, columns[0], columns[1]] };
        Patches { grid: window.grid([height, width], blocks), images: shape.into(), columns: columns.into() }
    }

    /// The patches that columns of this shape are, of images of this size.
    ///
    /// # Panics
    /// In torch's words, if the axes are others, a size is 0 or the columns are not so many.
    #[track_caller]
    pub fn of_columns(op: &str, shape: &[usize], output_size: PerAxis<2>, window: &Window<2>) -> Patches {
        check(op, window);
        let plane = output_size.axes();
        let [batch, rows, columns] = match *shape {
            [rows, columns] if ![rows, columns].contains(&0) => [1, rows, columns],
            [n, rows, columns] if ![rows, columns].contains(&0) => [n, rows, columns],
            _ => panic!(
                "{op}: Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero \
                 dimensions for input, but got: {shape:?}"
            ),
        };
        let kernel: usize = window.kernel_size.iter().fold(1, |n, &k| n.saturating_mul(k));
        assert!(
            rows.is_multiple_of(kernel),
            "{op}: Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got \
             input.size(1)={rows} and kernel_size={}.",
            pair(window.kernel_size)
        );
        let blocks = window.places(plane);
        let expected = blocks[0].saturating_mul(blocks[1]);
        assert!(
            blocks.iter().all(|&n| n > 0) && expected == columns as i128,
            "{op}: Given output_size={}, kernel_size={}, dilation={}, padding={}, stride={}, expected size of input's \
             dimension 2 to match the calculated number of sliding blocks {} * {} = {expected}, but got \
             input.size(2)={columns}.",
            pair(plane),
            pair(window.kernel_size),
            pair(window.dilation),
            pair(window.padding),
            pair(window.stride),
            blocks[0],
            blocks[1]
        );
        assert!(
            !plane.contains(&0),
            "{op}: Expected output spatial size to be positive, but got: output_size={}.",
            pair(plane)
        );
        let images = [batch, rows / kernel, plane[0], plane[1]];
        let images = images[3 - shape.len()..].to_vec();
        let grid = window.grid(plane, blocks.map(|n| n as usize));
        Patches { grid, images: images.into(), columns: shape.into() }
    }

    /// The patches of `x`, a column each.
    #[track_caller]
    pub fn take(&self, x: &Tensor) -> Tensor {
        by_size!(x.dtype(), R => Tensor::build(&self.columns, x.dtype(), |y: &mut [R]| {
            patches::take(&x.dense(), &self.grid, R::default(), y);
        }))
    }

    /// Images of zeros with the columns of `x` added where they come from.
    #[track_caller]
    pub fn add(&self, op: &str, x: &Tensor) -> Tensor {
        by_float!(op, x, T => Tensor::build(&self.images, x.dtype(), |y: &mut [T]| {
            patches::add(&x.dense(), &self.grid, y);
        }))
    }
}

impl Window<2> {
    /// The number of places along each axis of a plane; less than 1 if there is none.
    fn places(&self, plane: [usize; 2]) -> [i128; 2] {
        std::array::from_fn(|axis| self.output(axis, plane[axis]))
    }

    fn grid(&self, plane: [usize; 2], blocks: [usize; 2]) -> Grid {
        let Window { kernel_size: kernel, stride, padding, dilation, .. } = *self;
        Grid { plane, blocks, kernel, stride, padding, dilation }
    }
}

#[track_caller]
fn check(op: &str, window: &Window<2>) {
    assert!(!window.ceil_mode, "{op}: windows beyond the end have no patch");
    for (sizes, what, name) in [
        (window.kernel_size, "kernel size", "kernel"),
        (window.dilation, "dilation", "dilation"),
        (window.stride, "stride", "stride"),
    ] {
        let [height, width] = sizes;
        assert!(
            height > 0 && width > 0,
            "{op}: {what} should be greater than zero, but got {name}_height: {height} {name}_width: {width}"
        );
    }
    if let Some(padding) = window.padding.iter().find(|&&padding| padding > isize::MAX as usize / 4) {
        panic!("{op}: a padding of {padding} is more than there can be");
    }
}

/// As Python prints a tuple.
fn pair([a, b]: [usize; 2]) -> String {
    format!("({a}, {b})")
}
