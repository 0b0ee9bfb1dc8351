use std::f64::consts::PI;

use tensor::Float;

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

    /// The weight of a pixel at this distance; `mul_add(a, b, c)` is `a·b + c`, rounded as the caller does.
    pub(super) fn weight<T: Float>(self, x: T, mul_add: impl Fn(T, T, T) -> T) -> T {
        let real = T::from_f64;
        let sinc = |x: T| if x == T::ZERO { T::ONE } else { (x * real(PI)).sin() / (x * real(PI)) };
        match self {
            Self::Nearest | Self::NearestExact => unreachable!("they have no support"),
            Self::Box if real(-0.5) < x && x <= real(0.5) => T::ONE,
            Self::Box => T::ZERO,
            Self::Bilinear => (T::ONE - x.abs()).maximum(T::ZERO),
            Self::Hamming => match x.abs() * real(PI) {
                x if x == T::ZERO => T::ONE,
                x if x >= real(PI) => T::ZERO,
                // The constants are single precision in Pillow.
                x => x.sin() / x * (real(0.54f32.into()) + real(0.46f32.into()) * x.cos()),
            },
            Self::Bicubic => match x.abs() {
                x if x < T::ONE => mul_add(mul_add(real(1.5), x, real(-2.5)) * x, x, T::ONE),
                x if x < real(2.0) => {
                    mul_add(mul_add(x - real(5.0), x, real(8.0)), x, real(-4.0)) * real(-0.5)
                }
                _ => T::ZERO,
            },
            Self::Lanczos if real(-3.0) <= x && x < real(3.0) => sinc(x) * sinc(x / real(3.0)),
            Self::Lanczos => T::ZERO,
        }
    }
}
