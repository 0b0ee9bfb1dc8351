use autograd::Variable;
use tensor::{ConvTransposeFuncOptions, PerAxis};

use super::{PaddingMode, Sizes, describe, tuple};
use crate::utils::parametrizations::Weighted;
use crate::{Forward, Module, Options, Parameter, Training};

/// Transposed convolution over the last `D` axes, as `torch.nn.ConvTranspose1d`, `ConvTranspose2d` and
/// `ConvTranspose3d`: each place of the input adds its multiple of the kernel to the output, which so becomes
/// larger.
///
/// # Shapes
/// - `x`: `[batch, in_channels, …]` or `[in_channels, …]`, and then `D` axes
/// - output: `[batch, out_channels, …]`, with `(n − 1)·stride − 2·padding + dilation·(kernel_size − 1) +
///   output_padding + 1` places along each of these
/// - `weight`: `[in_channels, out_channels / groups, …]` and the kernel's sizes, `bias`: `[out_channels]`
///
/// Both start from U(−1/√k, 1/√k) with `k = out_channels / groups · Π kernel_size`, the weight drawn first:
/// after the same `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{ConvTranspose2d, ConvTransposeOptions, Forward};
/// use tensor::randn;
///
/// let options = ConvTransposeOptions { stride: 2.into(), padding: 1.into(), ..Default::default() };
/// let layer = ConvTranspose2d::with(16, 8, 4, options);
/// let x = Variable::new(randn([2, 16, 7, 7]));
/// assert_eq!(layer.forward(&x).shape(), [2, 8, 14, 14]);
/// assert_eq!(layer.forward_with_size(&x, [15, 14]).shape(), [2, 8, 15, 14]);
/// ```
#[derive(Debug, Module)]
#[module(
    hooks,
    name = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"][D - 1],
    extra_repr = Self::describe,
    check = Self::check
)]
pub struct ConvTranspose<const D: usize> {
    /// `w`.
    pub weight: Parameter,
    /// `b`, unless [`ConvTransposeOptions::bias`] is false.
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
    options: ConvTransposeOptions<D>,
    training: Training,
}

/// [`ConvTranspose`] over the last axis.
pub type ConvTranspose1d = ConvTranspose<1>;

/// [`ConvTranspose`] over the last two axes.
pub type ConvTranspose2d = ConvTranspose<2>;

/// [`ConvTranspose`] over the last three axes.
pub type ConvTranspose3d = ConvTranspose<3>;

/// The options of [`ConvTranspose`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(
    check(groups > 0, "groups must be a positive integer"),
    check(
        padding_mode == PaddingMode::Zeros,
        "Only \"zeros\" padding mode is supported for ConvTranspose{D}d"
    )
)]
pub struct ConvTransposeOptions<const D: usize> {
    /// How far apart the input's places lie in the output. Default 1.
    #[option(default = 1.into())]
    pub stride: PerAxis<D>,
    /// How much is cut off on both sides of each axis. Default 0.
    #[option(default = 0.into())]
    pub padding: PerAxis<D>,
    /// How much is added behind each axis: with a stride several sizes of output have one input. Default 0.
    #[option(default = 0.into())]
    pub output_padding: PerAxis<D>,
    /// Into how many groups the channels fall, each of which is convolved on its own. Default 1.
    #[option(default = 1)]
    pub groups: usize,
    /// Whether there is a `b`. Default yes.
    #[option(default = true)]
    pub bias: bool,
    /// How far the taps of the kernel are apart. Default 1.
    #[option(default = 1.into())]
    pub dilation: PerAxis<D>,
    /// Zeros, as in torch: the other modes are for [`Conv`](crate::Conv).
    pub padding_mode: PaddingMode,
}

impl<const D: usize> ConvTransposeOptions<D> {
    /// The line that torch prints for a layer of these channels.
    pub(in crate::layers) fn describe(&self, channels: [usize; 2], kernel_size: PerAxis<D>) -> String {
        let ConvTransposeOptions { stride, padding, output_padding, groups, bias, dilation, padding_mode: _ } =
            *self;
        describe(
            channels,
            [("kernel_size", tuple(kernel_size)), ("stride", tuple(stride))],
            &[
                ("padding", tuple(padding), padding.axes() != [0; D]),
                ("dilation", tuple(dilation), dilation.axes() != [1; D]),
                ("output_padding", tuple(output_padding), output_padding.axes() != [0; D]),
                ("groups", groups.to_string(), groups != 1),
                ("bias", "False".into(), !bias),
            ],
        )
    }
}

impl<const D: usize> ConvTranspose<D> {
    /// A transposed convolution from `in_channels` to `out_channels`, with a bias.
    ///
    /// # Panics
    /// If the weight would take more memory than there is.
    #[track_caller]
    pub fn new(in_channels: usize, out_channels: usize, kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(in_channels, out_channels, kernel_size, ConvTransposeOptions::default())
    }

    /// The transposed convolution with the options given. Without a bias none is drawn.
    ///
    /// # Panics
    /// If the groups do not divide both numbers of channels; otherwise as [`ConvTranspose::new`].
    #[track_caller]
    pub fn with(
        in_channels: usize,
        out_channels: usize,
        kernel_size: impl Into<PerAxis<D>>,
        options: ConvTransposeOptions<D>,
    ) -> Self {
        options.assert_valid(Self::kind_name());
        let kernel_size = kernel_size.into().each();
        let sizes = sizes([in_channels, out_channels], kernel_size, options);
        let (weight, bias) = sizes.start(Self::kind_name(), options.bias);
        let training = Training::default();
        Self { weight, bias, in_channels, out_channels, kernel_size, options, training }
    }

    /// The options.
    pub fn options(&self) -> ConvTransposeOptions<D> {
        self.options
    }

    fn describe(&self) -> String {
        self.options.describe([self.in_channels, self.out_channels], self.kernel_size)
    }

    fn check(&self) -> Result<(), String> {
        let sizes = sizes([self.in_channels, self.out_channels], self.kernel_size, self.options);
        sizes.check(self)
    }

    /// The options of the function, with this output padding.
    fn func(&self, output_padding: PerAxis<D>) -> ConvTransposeFuncOptions<D> {
        let ConvTransposeOptions { stride, padding, groups, dilation, .. } = self.options;
        ConvTransposeFuncOptions { stride, padding, output_padding, groups, dilation }
    }

    /// The output padding with which the last axes of the output of `x` have these sizes.
    #[track_caller]
    fn padding_for(&self, x: &Variable, size: [usize; D]) -> PerAxis<D> {
        let (kind, shape) = (Self::kind_name(), x.shape());
        assert!(shape.len() > D, "{kind}: expected {D} axes behind the channels, got {shape:?}");
        let input = &shape[shape.len() - D..];
        let ConvTransposeOptions { stride, padding, dilation, .. } = self.options;
        let smallest: [usize; D] = std::array::from_fn(|axis| {
            let reach = dilation.axes()[axis] * (self.kernel_size.axes()[axis] - 1) + 1;
            (input[axis].saturating_sub(1) * stride.axes()[axis] + reach)
                .saturating_sub(2 * padding.axes()[axis])
        });
        let largest: [usize; D] = std::array::from_fn(|axis| smallest[axis] + stride.axes()[axis] - 1);
        let fits = (0..D).all(|axis| (smallest[axis]..=largest[axis]).contains(&size[axis]));
        assert!(
            fits,
            "{kind}: requested an output size of {size:?}, but valid sizes range from {smallest:?} to {largest:?} (for an input of {input:?})"
        );
        std::array::from_fn(|axis| size[axis] - smallest[axis]).into()
    }
}

fn sizes<const D: usize>(
    [inputs, outputs]: [usize; 2],
    kernel: PerAxis<D>,
    options: ConvTransposeOptions<D>,
) -> Sizes<D> {
    Sizes { inputs, outputs, kernel, groups: options.groups, transposed: true }
}

macro_rules! forward {
    ($($D:literal: $function:ident;)*) => {$(
        #[nn::hooks]
        impl Forward for ConvTranspose<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                self.forward_with(x, &self.weight)
            }
        }

        impl Weighted for ConvTranspose<$D> {
            const PARAMETRIZED: &'static str = concat!("ParametrizedConvTranspose", $D, "d");
            const OUTPUTS: isize = 1;

            fn weight(&self) -> &Parameter {
                &self.weight
            }

            #[track_caller]
            fn forward_with(&self, x: &Variable, weight: &Variable) -> Variable {
                x.$function(weight, self.bias.as_deref(), self.func(self.options.output_padding))
            }
        }

        impl ConvTranspose<$D> {
            /// The output whose last axes have these sizes, as torch's `forward(x, output_size)`.
            ///
            /// # Panics
            /// If there is none: sizes up to a stride above the smallest can be had.
            #[track_caller]
            pub fn forward_with_size(&self, x: &Variable, size: [usize; $D]) -> Variable {
                let options = self.func(self.padding_for(x, size));
                x.$function(&self.weight, self.bias.as_deref(), options)
            }
        }
    )*};
}

forward! {
    1: conv_transpose1d;
    2: conv_transpose2d;
    3: conv_transpose3d;
}
