use super::draws::uniform;
use super::functional::planes::Planes;
use super::functional::{InterpolationMode, affine};
use super::range::Range;
use super::{Channels, Transform};
use tensor::Tensor;

/// The image turned, moved, scaled and sheared at random, as `torchvision.transforms.RandomAffine`; see
/// [`affine`](super::functional::affine).
///
/// It draws the angle, the ways to the right and down, the factor and the angles of the shear, those that are
/// set, each evenly.
///
/// ```
/// use datasets::transforms::{RandomAffine, Transform};
/// use tensor::{DType, zeros_dtype};
///
/// let distort = RandomAffine::new(10.0).translate(0.1, 0.1).scale(0.9, 1.1).shear(5.0);
/// assert_eq!(distort.apply(zeros_dtype([28, 28], DType::U8)).shape(), [28, 28]);
/// ```
///
/// # Panics
/// As [`affine`](super::functional::affine).
#[derive(Clone, Debug)]
pub struct RandomAffine {
    degrees: [f64; 2],
    translate: Option<[f64; 2]>,
    scale: Option<[f64; 2]>,
    shear_x: Option<[f64; 2]>,
    shear_y: Option<[f64; 2]>,
    interpolation: InterpolationMode,
    fill: Channels,
    center: Option<[f64; 2]>,
}

impl RandomAffine {
    /// Turned by up to `degrees` to either side, or from the first to the second of two, with the clock.
    ///
    /// # Panics
    /// If one number is negative.
    #[track_caller]
    pub fn new(degrees: impl Into<Range>) -> Self {
        Self {
            degrees: degrees.into().ends("RandomAffine", "degrees", 0.0, f64::NEG_INFINITY),
            translate: None,
            scale: None,
            shear_x: None,
            shear_y: None,
            interpolation: InterpolationMode::Nearest,
            fill: 0.0.into(),
            center: None,
        }
    }

    /// How far it is moved at the most, as shares of width and height; by default not at all.
    ///
    /// # Panics
    /// If one is not between 0 and 1.
    #[track_caller]
    pub fn translate(self, x: f64, y: f64) -> Self {
        assert!(
            [x, y].iter().all(|share| (0.0..=1.0).contains(share)),
            "RandomAffine: translation values should be between 0 and 1, got {x} and {y}"
        );
        Self { translate: Some([x, y]), ..self }
    }

    /// The least and the largest factor; by default it keeps its size.
    ///
    /// # Panics
    /// If one is not positive.
    #[track_caller]
    pub fn scale(self, least: f64, most: f64) -> Self {
        assert!(
            least > 0.0 && most > 0.0,
            "RandomAffine: scale values should be positive, got {least} and {most}"
        );
        Self { scale: Some([least, most]), ..self }
    }

    /// The degrees by which it is sheared along the rows, by default not at all.
    ///
    /// # Panics
    /// If one number is negative.
    #[track_caller]
    pub fn shear(self, degrees: impl Into<Range>) -> Self {
        Self { shear_x: Some(shear(degrees.into())), ..self }
    }

    /// The degrees by which it is sheared along the columns too: the last two of four numbers that
    /// torchvision's `shear` takes. By default not at all.
    ///
    /// # Panics
    /// If one number is negative.
    #[track_caller]
    pub fn shear_y(self, degrees: impl Into<Range>) -> Self {
        Self { shear_y: Some(shear(degrees.into())), ..self }
    }

    /// How pixels are made, by default [`InterpolationMode::Nearest`].
    pub fn interpolation(self, interpolation: InterpolationMode) -> Self {
        Self { interpolation, ..self }
    }

    /// The colour beyond the image, default 0: one number, or one for each channel.
    pub fn fill(self, fill: impl Into<Channels>) -> Self {
        Self { fill: fill.into(), ..self }
    }

    /// What it turns around, `[x, y]` from the upper left; by default the middle.
    pub fn center(self, center: [f64; 2]) -> Self {
        Self { center: Some(center), ..self }
    }
}

#[track_caller]
fn shear(degrees: Range) -> [f64; 2] {
    degrees.ends("RandomAffine", "shear", 0.0, f64::NEG_INFINITY)
}

impl Transform for RandomAffine {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let image = Planes::of("RandomAffine", &x);
        let angle = uniform(self.degrees);
        let translate = match self.translate {
            Some([x, y]) => [x * image.width as f64, y * image.height as f64]
                .map(|most| uniform([-most, most]).round_ties_even()),
            None => [0.0, 0.0],
        };
        let scale = self.scale.map_or(1.0, uniform);
        let shear = [self.shear_x, self.shear_y].map(|range| range.map_or(0.0, uniform));
        affine(&x, angle, translate, scale, shear, self.interpolation, self.fill.clone(), self.center)
    }
}
