use std::f64::consts::PI;

/// How pixels are made between pixels, with torchvision's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InterpolationMode {
    /// The pixel whose place is cut down to.
    Nearest,
    /// The nearest pixel; on bytes the same as [`Nearest`](Self::Nearest), as in torchvision.
    NearestExact,
    /// A weighted mean of those within one pixel.
    #[default]
    Bilinear,
    /// Cubic curves through those within two pixels.
    Bicubic,
    /// The mean of those within half a pixel.
    Box,
    /// As bilinear, with Hamming's window: sharper.
    Hamming,
    /// Lanczos' windowed sinc over three pixels.
    Lanczos,
}

impl InterpolationMode {
    /// How far the curve of weights reaches, in pixels of the coarser image; none for the nearest pixel.
    pub(super) fn support(self) -> Option<f64> {
        match self {
            Self::Nearest | Self::NearestExact => None,
            Self::Box => Some(0.5),
            Self::Bilinear | Self::Hamming => Some(1.0),
            Self::Bicubic => Some(2.0),
            Self::Lanczos => Some(3.0),
        }
    }

    /// The weight of a pixel at this distance.
    pub(super) fn weight(self, x: f64) -> f64 {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
        match self {
            Self::Nearest | Self::NearestExact => unreachable!("they have no support"),
            Self::Box => f64::from(-0.5 < x && x <= 0.5),
            Self::Bilinear => (1.0 - x.abs()).max(0.0),
            Self::Hamming => match x.abs() * PI {
                0.0 => 1.0,
                x if x >= PI => 0.0,
                // The constants are single precision in Pillow.
                x => x.sin() / x * (f64::from(0.54f32) + f64::from(0.46f32) * x.cos()),
            },
            Self::Bicubic => match x.abs() {
                x if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
                x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5,
                _ => 0.0,
            },
            Self::Lanczos if (-3.0..3.0).contains(&x) => sinc(x) * sinc(x / 3.0),
            Self::Lanczos => 0.0,
        }
    }
}
