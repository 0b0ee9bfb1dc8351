use tensor::{Tensor, cat, full_dtype};

/// The options of [`make_grid`] and [`save_image`](super::save_image), with torchvision's names and defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct MakeGridOptions {
    /// Images in each row, 8. There are fewer if there are fewer images.
    pub nrow: usize,
    /// Pixels between the images and around the grid, 2.
    pub padding: usize,
    /// Whether the values are shifted and scaled to [0, 1], by `value_range`; `false`.
    pub normalize: bool,
    /// What becomes 0 and 1; values beyond are cut off. Without it, the least and the largest value.
    pub value_range: Option<(f64, f64)>,
    /// Whether each image has its own least and largest value, instead of one pair for all; `false`.
    pub scale_each: bool,
    /// The value of the padding, and of places without an image, 0.
    pub pad_value: f64,
}

impl Default for MakeGridOptions {
    fn default() -> Self {
        Self { nrow: 8, padding: 2, normalize: false, value_range: None, scale_each: false, pad_value: 0.0 }
    }
}

/// Images side by side in one, as `torchvision.utils.make_grid`. A list of images is
/// [stacked](tensor::stack()) first.
///
/// # Shapes
/// - `images`: `[batch, channels, height, width]`, or one image, `[channels, height, width]` or
///   `[height, width]`. One channel becomes three equal ones.
/// - output: `[channels, rows · (height + padding) + padding, columns · (width + padding) + padding]`.
///   A batch of one image is that image without padding, as in torchvision.
///
/// ```
/// use datasets::utils::{MakeGridOptions, make_grid};
///
/// let digits = tensor::rand([10, 1, 28, 28]);
/// let grid = make_grid(&digits, MakeGridOptions { nrow: 5, ..Default::default() });
/// assert_eq!(grid.shape(), [3, 2 * 30 + 2, 5 * 30 + 2]);
/// ```
///
/// # Panics
/// If there are no images, they have other axes, `nrow` is 0, the dtype cannot hold `pad_value`, or
/// `normalize` is asked for images that are not floats.
#[track_caller]
pub fn make_grid(images: &Tensor, options: MakeGridOptions) -> Tensor {
    let MakeGridOptions { nrow, padding, normalize, value_range, scale_each, pad_value } = options;
    let mut images = match images.ndim() {
        2 => images.unsqueeze(0).unsqueeze(0),
        3 => images.unsqueeze(0),
        4 => images.clone(),
        _ => panic!("make_grid: expected images with 2, 3 or 4 axes, got {:?}", images.shape()),
    };
    assert!(images.size(0) > 0, "make_grid: expected at least one image, got {:?}", images.shape());
    assert!(nrow > 0, "make_grid: nrow is to be positive");
    if images.size(1) == 1 {
        images = cat(&[images.clone(), images.clone(), images], 1);
    }
    if normalize {
        assert!(images.dtype().is_float(), "make_grid: normalize takes floats, got {}", images.dtype());
        let parts = if scale_each { images.split(1, 0) } else { vec![images] };
        images = cat(&parts.iter().map(|x| normalized(x, value_range)).collect::<Vec<_>>(), 0);
    }
    let n = images.size(0);
    if n == 1 {
        return images.squeeze(0);
    }
    // A tile is an image with the padding above it and to its left; the grid's other two borders come last.
    let (columns, pad) = (nrow.min(n), padding as isize);
    let tiles = images.pad([pad, 0, pad, 0], pad_value.into());
    let rows: Vec<Tensor> = (0..n)
        .step_by(columns)
        .map(|first| {
            let mut row: Vec<Tensor> =
                (first..n.min(first + columns)).map(|i| tiles.select(0, i as isize)).collect();
            row.resize_with(columns, || full_dtype(&tiles.shape()[1..], pad_value, tiles.dtype()));
            cat(&row, 2)
        })
        .collect();
    cat(&rows, 1).pad([0, pad, 0, pad], pad_value.into())
}

/// From `range`, or from the least to the largest value, to [0, 1].
#[track_caller]
fn normalized(x: &Tensor, range: Option<(f64, f64)>) -> Tensor {
    let (low, high) = range.unwrap_or_else(|| (x.min().item(), x.max().item()));
    (x.clamp(Some(low), Some(high)) - low) / (high - low).max(1e-5)
}
