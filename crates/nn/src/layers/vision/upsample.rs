use autograd::Variable;
use tensor::{InterpolateMode, InterpolateOptions, OptionValue, Spatial};

use crate::{Forward, Module, Options, Training};

/// Images of another size, as `torch.nn.Upsample`: each element is the nearest one of the input, or lies on a
/// line or curve through its neighbours. [`Tensor::interpolate`](tensor::Tensor::interpolate) says more.
///
/// # Shapes
/// - `x`: `[batch, channels, …]` and then one, two or three axes; `Linear` is for one, `Bilinear` and
///   `Bicubic` are for two, `Trilinear` is for three
/// - output: the same, with the sizes asked for, or `⌊n·scale_factor⌋` elements along each of these
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, InterpolateMode, Upsample, UpsampleOptions};
/// use tensor::Tensor;
///
/// // nn.Upsample(scale_factor=2, mode='bilinear')
/// let mode = InterpolateMode::Bilinear;
/// let layer = Upsample::with(UpsampleOptions {
///     scale_factor: Some(2.0.into()),
///     mode,
///     ..Default::default()
/// });
/// let x = Variable::new(Tensor::from([[[[1.0f32, 2.0], [3.0, 4.0]]]]));
/// let y = layer.forward(&x);
/// assert_eq!(y.select(2, 0).data().to_vec::<f32>(), [1.0, 1.25, 1.75, 2.0]);
/// assert_eq!(layer.to_string(), "Upsample(scale_factor=2.0, mode='bilinear')");
/// ```
#[derive(Module, Clone, Debug)]
#[module(extra_repr = Self::describe)]
pub struct Upsample {
    #[module(options)]
    options: UpsampleOptions,
    training: Training,
}

/// The options of [`Upsample`], of which either a size or a factor has to be given.
#[derive(Clone, Debug, PartialEq, Options)]
pub struct UpsampleOptions {
    /// The sizes of the spatial axes. Default none.
    pub size: Option<Spatial<usize>>,
    /// How many times as long these become, rounded down. Default none.
    pub scale_factor: Option<Spatial<f64>>,
    /// How elements between others are found. Default the nearest one.
    pub mode: InterpolateMode,
    /// Whether the middles of the corners stay where they are; else their edges do. Only the modes that
    /// draw lines or curves take it. Default no.
    pub align_corners: Option<bool>,
    /// Whether positions are computed from the sizes, where the factor makes no whole ones. Default no.
    pub recompute_scale_factor: Option<bool>,
}

impl Upsample {
    /// The nearest elements, in images of this size.
    pub fn new(size: impl Into<Spatial<usize>>) -> Self {
        Self::with(UpsampleOptions { size: Some(size.into()), ..Default::default() })
    }

    /// The layer with the options given.
    pub fn with(options: UpsampleOptions) -> Self {
        Self { options, training: Training::default() }
    }

    fn describe(&self) -> String {
        let UpsampleOptions { size, scale_factor, mode, .. } = &self.options;
        described(size, scale_factor, *mode)
    }
}

#[nn::hooks]
impl Forward for Upsample {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let UpsampleOptions { size, scale_factor, mode, align_corners, recompute_scale_factor } =
            self.options.clone();
        let antialias = false;
        x.interpolate(&InterpolateOptions {
            size,
            scale_factor,
            mode,
            align_corners,
            recompute_scale_factor,
            antialias,
        })
    }
}

/// The size or the factor, and the mode, as torch prints them.
fn described(
    size: &Option<Spatial<usize>>,
    scale_factor: &Option<Spatial<f64>>,
    mode: InterpolateMode,
) -> String {
    let by = match scale_factor {
        Some(factor) => format!("scale_factor={factor}"),
        None => format!("size={}", size.to_value()),
    };
    format!("{by}, mode={}", mode.to_value())
}

/// The options of [`UpsamplingNearest2d`] and [`UpsamplingBilinear2d`], of which one has to be given.
#[derive(Clone, Debug, PartialEq, Options)]
pub struct UpsamplingOptions {
    /// The sizes of the two axes. Default none.
    pub size: Option<Spatial<usize>>,
    /// How many times as long these become, rounded down. Default none.
    pub scale_factor: Option<Spatial<f64>>,
}

macro_rules! layers {
    ($(
        $(#[$doc:meta])*
        $Layer:ident: $mode:ident, $align_corners:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Module, Clone, Debug)]
        #[module(extra_repr = Self::describe)]
        pub struct $Layer {
            #[module(options)]
            options: UpsamplingOptions,
            training: Training,
        }

        impl $Layer {
            /// Images of this size.
            pub fn new(size: impl Into<Spatial<usize>>) -> Self {
                Self::with(UpsamplingOptions { size: Some(size.into()), scale_factor: None })
            }

            /// The layer with the options given.
            pub fn with(options: UpsamplingOptions) -> Self {
                Self { options, training: Training::default() }
            }

            fn describe(&self) -> String {
                described(&self.options.size, &self.options.scale_factor, InterpolateMode::$mode)
            }
        }

        #[nn::hooks]
        impl Forward for $Layer {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                let UpsamplingOptions { size, scale_factor } = self.options.clone();
                let (mode, align_corners) = (InterpolateMode::$mode, $align_corners);
                x.interpolate(&InterpolateOptions {
                    size,
                    scale_factor,
                    mode,
                    align_corners,
                    ..Default::default()
                })
            }
        }
    )*};
}

layers! {
    /// [`Upsample`] by copies of the nearest element, as `torch.nn.UpsamplingNearest2d`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, UpsamplingNearest2d};
    /// use tensor::Tensor;
    ///
    /// let layer = UpsamplingNearest2d::new([1, 4]);
    /// let y = layer.forward(&Variable::new(Tensor::from([[[[1.0f32, 2.0]]]])));
    /// assert_eq!(y.data().to_vec::<f32>(), [1.0, 1.0, 2.0, 2.0]);
    /// assert_eq!(layer.to_string(), "UpsamplingNearest2d(size=(1, 4), mode='nearest')");
    /// ```
    UpsamplingNearest2d: Nearest, None;

    /// [`Upsample`] along straight lines with the corners' middles where they were, as
    /// `torch.nn.UpsamplingBilinear2d`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, UpsamplingBilinear2d};
    /// use tensor::Tensor;
    ///
    /// let layer = UpsamplingBilinear2d::new([1, 3]);
    /// let y = layer.forward(&Variable::new(Tensor::from([[[[1.0f32, 2.0]]]])));
    /// assert_eq!(y.data().to_vec::<f32>(), [1.0, 1.5, 2.0]);
    /// ```
    UpsamplingBilinear2d: Bilinear, Some(true);
}
