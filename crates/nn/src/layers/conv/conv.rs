use autograd::Variable;
use tensor::{ConvFuncOptions, Padding, PerAxis};

use super::{PaddingMode, Sizes, describe, tuple};
use crate::utils::parametrizations::Weighted;
use crate::{Forward, Module, Options, Parameter, Training};

/// Convolution over the last `D` axes, as `torch.nn.Conv1d`, `Conv2d` and `Conv3d`:
/// `y[n, o] = b[o] + Σ w[o, c] ∗ x[n, c]` over the channels `c` of the group.
///
/// # Shapes
/// - `x`: `[batch, in_channels, …]` or `[in_channels, …]`, and then `D` axes
/// - output: `[batch, out_channels, …]`, with `⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋
///   + 1` places along each of these
/// - `weight`: `[out_channels, in_channels / groups, …]` and the kernel's sizes, `bias`: `[out_channels]`
///
/// Both start from U(−1/√k, 1/√k) with `k = in_channels / groups · Π kernel_size`, the weight drawn first:
/// after the same `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{Conv2d, ConvOptions, Forward};
/// use tensor::randn;
///
/// let images = Variable::new(randn([64, 1, 28, 28]));
/// assert_eq!(Conv2d::new(1, 6, 5).forward(&images).shape(), [64, 6, 24, 24]);
///
/// let options = ConvOptions { stride: 2.into(), padding: 1.into(), bias: false, ..Default::default() };
/// let layer = Conv2d::with(1, 6, (3, 5), options);
/// assert_eq!(layer.forward(&images).shape(), [64, 6, 14, 13]);
/// assert_eq!(
///     layer.to_string(),
///     "Conv2d(1, 6, kernel_size=(3, 5), stride=(2, 2), padding=(1, 1), bias=False)"
/// );
/// ```
#[derive(Debug, Module)]
#[module(hooks, name = ["Conv1d", "Conv2d", "Conv3d"][D - 1], extra_repr = Self::describe, check = Self::check)]
pub struct Conv<const D: usize> {
    /// `w`.
    pub weight: Parameter,
    /// `b`, unless [`ConvOptions::bias`] is false.
    pub bias: Option<Parameter>,
    /// The channels of the input.
    #[module(config)]
    pub in_channels: usize,
    /// The channels of the output.
    #[module(config)]
    pub out_channels: usize,
    /// The sizes of the kernel.
    #[module(config)]
    pub kernel_size: PerAxis<D>,
    #[module(options)]
    options: ConvOptions<D>,
    training: Training,
}

/// [`Conv`] over the last axis.
pub type Conv1d = Conv<1>;

/// [`Conv`] over the last two axes.
pub type Conv2d = Conv<2>;

/// [`Conv`] over the last three axes.
pub type Conv3d = Conv<3>;

/// The options of [`Conv`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(
    check(groups > 0, "groups must be a positive integer"),
    check(
        padding != Padding::Same || stride.axes() == [1; D],
        "padding='same' is not supported for strided convolutions"
    )
)]
pub struct ConvOptions<const D: usize> {
    /// How far the kernel moves at a time. Default 1.
    #[option(default = 1.into())]
    pub stride: PerAxis<D>,
    /// How much is added on both sides of each axis, or `"same"`, or `"valid"`. Default 0.
    #[option(default = 0.into())]
    pub padding: Padding<D>,
    /// How far the taps of the kernel are apart. Default 1.
    #[option(default = 1.into())]
    pub dilation: PerAxis<D>,
    /// Into how many groups the channels fall, each of which is convolved on its own. Default 1.
    #[option(default = 1)]
    pub groups: usize,
    /// Whether there is a `b`. Default yes.
    #[option(default = true)]
    pub bias: bool,
    /// What the padding consists of. Default zeros.
    pub padding_mode: PaddingMode,
}

impl<const D: usize> ConvOptions<D> {
    /// The line that torch prints for a layer of these channels.
    pub(in crate::layers) fn describe(&self, channels: [usize; 2], kernel_size: PerAxis<D>) -> String {
        let ConvOptions { stride, padding, dilation, groups, bias, padding_mode } = *self;
        let (padding, padded) = match padding {
            Padding::Size(size) => (tuple(size), size.axes() != [0; D]),
            Padding::Same => ("same".into(), true),
            Padding::Valid => ("valid".into(), true),
        };
        describe(
            channels,
            [("kernel_size", tuple(kernel_size)), ("stride", tuple(stride))],
            &[
                ("padding", padding, padded),
                ("dilation", tuple(dilation), dilation.axes() != [1; D]),
                ("groups", groups.to_string(), groups != 1),
                ("bias", "False".into(), !bias),
                ("padding_mode", padding_mode.name(), padding_mode != PaddingMode::Zeros),
            ],
        )
    }
}

impl<const D: usize> Conv<D> {
    /// A convolution from `in_channels` to `out_channels`, with a bias.
    ///
    /// # Panics
    /// If the weight would take more memory than there is.
    #[track_caller]
    pub fn new(in_channels: usize, out_channels: usize, kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(in_channels, out_channels, kernel_size, ConvOptions::default())
    }

    /// The convolution with the options given. Without a bias none is drawn.
    ///
    /// # Panics
    /// If the groups do not divide both numbers of channels, or `"same"` padding is asked for with a stride;
    /// otherwise as [`Conv::new`].
    #[track_caller]
    pub fn with(
        in_channels: usize,
        out_channels: usize,
        kernel_size: impl Into<PerAxis<D>>,
        options: ConvOptions<D>,
    ) -> Self {
        options.assert_valid(Self::kind_name());
        let kernel_size = kernel_size.into().each();
        let sizes = sizes([in_channels, out_channels], kernel_size, options);
        let (weight, bias) = sizes.start(Self::kind_name(), options.bias);
        let training = Training::default();
        Self { weight, bias, in_channels, out_channels, kernel_size, options, training }
    }

    /// The options.
    pub fn options(&self) -> ConvOptions<D> {
        self.options
    }

    /// How much the padding adds, in the order of [`Variable::pad`]: before and behind the last axis, then
    /// the one before it.
    fn ends(&self) -> Vec<isize> {
        let reach = |axis: usize| {
            let both = self.options.dilation.axes()[axis] * self.kernel_size.axes()[axis].saturating_sub(1);
            [both / 2, both - both / 2]
        };
        let ends = |axis: usize| match self.options.padding {
            Padding::Size(size) => [size.axes()[axis]; 2],
            Padding::Same => reach(axis),
            Padding::Valid => [0; 2],
        };
        (0..D).rev().flat_map(ends).map(|end| end as isize).collect()
    }

    fn describe(&self) -> String {
        self.options.describe([self.in_channels, self.out_channels], self.kernel_size)
    }

    fn check(&self) -> Result<(), String> {
        let sizes = sizes([self.in_channels, self.out_channels], self.kernel_size, self.options);
        sizes.check(self)
    }
}

fn sizes<const D: usize>(
    [inputs, outputs]: [usize; 2],
    kernel: PerAxis<D>,
    options: ConvOptions<D>,
) -> Sizes<D> {
    Sizes { inputs, outputs, kernel, groups: options.groups, transposed: false }
}

macro_rules! forward {
    ($($D:literal: $function:ident;)*) => {$(
        #[nn::hooks]
        impl Forward for Conv<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                self.forward_with(x, &self.weight)
            }
        }

        impl Weighted for Conv<$D> {
            const PARAMETRIZED: &'static str = concat!("ParametrizedConv", $D, "d");
            const OUTPUTS: isize = 0;

            fn weight(&self) -> &Parameter {
                &self.weight
            }

            #[track_caller]
            fn forward_with(&self, x: &Variable, weight: &Variable) -> Variable {
                let ConvOptions { stride, padding, dilation, groups, padding_mode, .. } = self.options;
                let (x, padding) = match padding_mode.pad_mode() {
                    None => (x, padding),
                    Some(mode) => (&x.pad(&self.ends(), mode), Padding::Valid),
                };
                let options = ConvFuncOptions { stride, padding, dilation, groups };
                x.$function(weight, self.bias.as_deref(), options)
            }
        }
    )*};
}

forward! {
    1: conv1d;
    2: conv2d;
    3: conv3d;
}
