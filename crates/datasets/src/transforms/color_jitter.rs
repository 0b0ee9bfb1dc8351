use super::Transform;
use super::draws::uniform;
use super::functional::{adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation};
use super::range::{Range, list};
use crate::random::with_generator;
use tensor::Tensor;

/// Brightness, contrast, saturation and hue changed at random, in random order, as
/// `torchvision.transforms.ColorJitter`. By default nothing is changed.
///
/// Each setting is one number, how far the factor is from 1 at the most (the shift of the hue from 0), or
/// both ends of its range. It draws `torch.randperm(4)`, then a factor for each that is set, in the order
/// above.
///
/// ```
/// use datasets::transforms::{ColorJitter, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let jitter = ColorJitter::default().brightness(0.4).contrast([0.8, 1.2]).saturation(0.4).hue(0.1);
/// assert_eq!(jitter.apply(zeros_dtype([32, 32, 3], DType::U8)).shape(), [32, 32, 3]);
/// ```
///
/// # Panics
/// If the sample is not [an image](mod@crate::transforms#images) with 1 or 3 channels, of bytes or floats.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColorJitter {
    brightness: Option<[f64; 2]>,
    contrast: Option<[f64; 2]>,
    saturation: Option<[f64; 2]>,
    hue: Option<[f64; 2]>,
}

impl ColorJitter {
    /// The range of [`adjust_brightness`]' factor.
    ///
    /// # Panics
    /// If it goes below 0, or its ends are the wrong way round.
    #[track_caller]
    pub fn brightness(self, range: impl Into<Range>) -> Self {
        Self { brightness: factors("brightness", range.into()), ..self }
    }

    /// The range of [`adjust_contrast`]'s factor.
    ///
    /// # Panics
    /// If it goes below 0, or its ends are the wrong way round.
    #[track_caller]
    pub fn contrast(self, range: impl Into<Range>) -> Self {
        Self { contrast: factors("contrast", range.into()), ..self }
    }

    /// The range of [`adjust_saturation`]'s factor.
    ///
    /// # Panics
    /// If it goes below 0, or its ends are the wrong way round.
    #[track_caller]
    pub fn saturation(self, range: impl Into<Range>) -> Self {
        Self { saturation: factors("saturation", range.into()), ..self }
    }

    /// The range of [`adjust_hue`]'s shift.
    ///
    /// # Panics
    /// If it goes beyond ±0.5, or its ends are the wrong way round.
    #[track_caller]
    pub fn hue(self, range: impl Into<Range>) -> Self {
        Self { hue: checked("hue", range.into(), 0.0, [-0.5, 0.5], "(-0.5, 0.5)"), ..self }
    }
}

#[track_caller]
fn factors(name: &str, range: Range) -> Option<[f64; 2]> {
    checked(name, range, 1.0, [0.0, f64::INFINITY], "(0, inf)")
}

/// The ends of a range around `center`, or none if they change nothing.
#[track_caller]
fn checked(name: &str, range: Range, center: f64, bound: [f64; 2], shown: &str) -> Option<[f64; 2]> {
    // A factor's lower end stops at 0; a shift's does not stop, and is refused.
    let least = if center == 0.0 { f64::NEG_INFINITY } else { bound[0] };
    let ends = range.ends("ColorJitter", name, center, least);
    assert!(
        bound[0] <= ends[0] && ends[0] <= ends[1] && ends[1] <= bound[1],
        "ColorJitter: {name} values should be between {shown}, but got {}.",
        list(&ends)
    );
    (ends != [center; 2]).then_some(ends)
}

impl Transform for ColorJitter {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let order = with_generator(|g| g.randperm(4));
        let factors =
            [self.brightness, self.contrast, self.saturation, self.hue].map(|range| range.map(uniform));
        let adjust = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue];
        order.into_iter().fold(x, |x, i| match factors[i as usize] {
            Some(factor) => adjust[i as usize](&x, factor),
            None => x,
        })
    }
}
