//! What resampling an image is besides its tensor: modes, sizes, their checks.

mod options;

use std::borrow::Cow;

use crate::dispatch::{by_float, by_size};
use crate::kernels::resample::{self, Axis, Scaling};
use crate::{Divisor, Float, OptionValue, Planes, Shape, Tensor, Value};

use InterpolateMode::{Area, Bicubic, Bilinear, Nearest, NearestExact, Trilinear};
pub use options::{InterpolateMode, InterpolateOptions};

const OP: &str = "interpolate";

/// An image's way to another size: all that the ways forward and back need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Interpolation {
    mode: InterpolateMode,
    antialias: bool,
    /// Of each spatial axis.
    scalings: Vec<Scaling>,
    input: Shape,
    output: Shape,
    attributes: Vec<(&'static str, Value)>,
}

impl Interpolation {
    /// The way that the options describe, for images of this shape.
    ///
    /// # Panics
    /// As [`Tensor::interpolate`].
    #[track_caller]
    pub fn new(shape: &[usize], options: &InterpolateOptions) -> Interpolation {
        let scalings = match scalings(shape, options) {
            Ok(scalings) => scalings,
            Err(why) => panic!("{OP}: {why}"),
        };
        let sizes = scalings.iter().map(|scaling| scaling.output);
        Interpolation {
            mode: options.mode,
            antialias: options.antialias,
            input: shape.into(),
            output: shape[..2].iter().copied().chain(sizes).collect(),
            scalings,
            attributes: vec![
                ("size", options.size.to_value()),
                ("scale_factor", options.scale_factor.to_value()),
                ("mode", options.mode.to_value()),
                ("align_corners", options.align_corners.to_value()),
                ("recompute_scale_factor", options.recompute_scale_factor.to_value()),
                ("antialias", options.antialias.to_value()),
            ],
        }
    }

    /// The name that torch prints.
    pub fn node(&self) -> &'static str {
        let among = |names: [&'static str; 3]| names[self.scalings.len() - 1];
        match self.mode {
            Nearest => among([
                "UpsampleNearest1DBackward0",
                "UpsampleNearest2DBackward0",
                "UpsampleNearest3DBackward0",
            ]),
            NearestExact => among([
                "UpsampleNearestExact1DBackward0",
                "UpsampleNearestExact2DBackward0",
                "UpsampleNearestExact3DBackward0",
            ]),
            Bilinear if self.antialias => "UpsampleBilinear2DAaBackward0",
            Bicubic if self.antialias => "UpsampleBicubic2DAaBackward0",
            Bicubic => "UpsampleBicubic2DBackward0",
            Area => among([
                "AdaptiveAvgPool2DBackward0",
                "AdaptiveAvgPool2DBackward0",
                "AdaptiveAvgPool3DBackward0",
            ]),
            _ => among([
                "UpsampleLinear1DBackward0",
                "UpsampleBilinear2DBackward0",
                "UpsampleTrilinear3DBackward0",
            ]),
        }
    }

    /// The options by name.
    pub fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.attributes.clone()
    }

    /// The pool that the mode `Area` is.
    pub fn pool(&self) -> Option<Planes> {
        let size = |at: usize| self.scalings[at].output;
        (self.mode == Area).then(|| match self.scalings.len() {
            1 => Planes::adaptive(OP, &self.input, [size(0)].into()),
            2 => Planes::adaptive(OP, &self.input, [size(0), size(1)].into()),
            _ => Planes::adaptive(OP, &self.input, [size(0), size(1), size(2)].into()),
        })
    }

    /// The image of the other size.
    #[track_caller]
    pub fn forward(&self, x: &Tensor) -> Tensor {
        if let Some(pool) = self.pool() {
            return pool.average(OP, x, Divisor::Axes);
        }
        if matches!(self.mode, Nearest | NearestExact) {
            let short_cut = self.scalings.len() == 2 && self.is_small();
            return by_size!(x.dtype(), R => Tensor::build(&self.output, x.dtype(), |y: &mut [R]| {
                let axes = self.axes(|_, scaling| match self.mode {
                    Nearest => Axis::nearest(scaling, short_cut),
                    _ => Axis::nearest_exact(scaling, false),
                });
                resample::copy(&x.dense(), &axes, y);
            }));
        }
        by_float!(OP, x, T => Tensor::build(&self.output, x.dtype(), |y: &mut [T]| {
            self.weigh(&x.dense(), y);
        }))
    }

    /// The gradient of the image from that of the other.
    #[track_caller]
    pub fn back(&self, dy: &Tensor) -> Tensor {
        if let Some(pool) = self.pool() {
            return pool.spread(OP, dy, Divisor::Axes);
        }
        by_float!(OP, dy, T => Tensor::build(&self.input, dy.dtype(), |dx: &mut [T]| {
            let axes = self.axes::<T>(|at, scaling| match self.mode {
                Nearest => Axis::nearest(scaling, true),
                NearestExact => Axis::nearest_exact(scaling, true),
                Bicubic if self.antialias => Axis::keys(scaling),
                Bicubic => Axis::cubic(scaling, false),
                _ if self.antialias => Axis::triangle(scaling),
                // Torch goes another way through images of one channel, where its
                // compiler rounds twice in `f32`.
                Trilinear if self.input[1] == 1 && at == 2 => Axis::linear(scaling, size_of::<T>() == 8),
                _ => Axis::linear(scaling, true),
            });
            if self.mode == Bicubic && !self.antialias && self.input == self.output {
                dx.copy_from_slice(&dy.dense());
            } else if self.mode == Bicubic && !self.antialias {
                resample::scatter_cubic(&dy.dense(), &axes, dx);
            } else {
                resample::scatter(&dy.dense(), &axes, dx);
            }
        }))
    }

    /// The weighted sums that are the image `y`.
    fn weigh<T: Float>(&self, x: &[T], y: &mut [T]) {
        let channels = self.input[1];
        if self.mode == Bilinear && !self.antialias && (channels == 3 || self.is_small()) {
            let [h, w] = [0, 1].map(|at| Axis::linear(&self.scalings[at], true));
            return resample::bilinear(x, [&h, &w], channels, y);
        }
        // From the last axis on.
        let (mut x, mut inner) = (Cow::Borrowed(x), 1);
        for (at, scaling) in self.scalings.iter().enumerate().rev() {
            let axis = match (self.mode, self.antialias) {
                (_, true) if scaling.input == scaling.output => Axis::same(scaling.input),
                (Bicubic, true) => Axis::keys(scaling),
                (Bicubic, false) => Axis::cubic(scaling, true).second_first(),
                (_, true) => Axis::triangle(scaling),
                // In `f32` torch's compiler rounds twice here.
                (_, false) => Axis::linear(scaling, size_of::<T>() == 8).second_first(),
            };
            if at == 0 {
                return resample::along(&x, &axis, inner, y);
            }
            let mut between = vec![T::ZERO; x.len() / scaling.input * scaling.output];
            resample::along(&x, &axis, inner, &mut between);
            (x, inner) = (Cow::Owned(between), inner * scaling.output);
        }
    }

    /// Whether torch lays the channels of a pixel beside each other for it: for small images, and for those
    /// that lie so already.
    fn is_small(&self) -> bool {
        let sides: usize = self.scalings.iter().map(|scaling| scaling.output).sum();
        let one_pixel = self.scalings.iter().all(|scaling| scaling.input == 1);
        sides <= 128 || (one_pixel && self.input[1] > 3)
    }

    /// The tables of the last three axes; the first of fewer stay as they are.
    fn axes<T: Float>(&self, table: impl Fn(usize, &Scaling) -> Axis<T>) -> resample::Axes<T> {
        let missing = 3 - self.scalings.len();
        std::array::from_fn(|at| match at.checked_sub(missing) {
            Some(at) => table(at, &self.scalings[at]),
            None => Axis::same(1),
        })
    }
}

/// How each spatial axis changes, or what is wrong with the options, in torch's words.
fn scalings(shape: &[usize], options: &InterpolateOptions) -> Result<Vec<Scaling>, String> {
    let InterpolateOptions { size, scale_factor, mode, align_corners, recompute_scale_factor, antialias } =
        options;
    let (mode, recompute) = (*mode, recompute_scale_factor.unwrap_or(false));
    if matches!(mode, Nearest | NearestExact | Area) && align_corners.is_some() {
        return Err(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | \
                    bicubic | trilinear"
                .into(),
        );
    }
    let spatial = shape.get(2..).unwrap_or_default();
    let other_number = |what: &str, given: String, of: &str, letter: char| {
        format!(
            "Input and {what} must have the same number of spatial dimensions, but got input with spatial \
             dimensions of {spatial:?} and {of} {given}. Please provide input tensor in (N, C, d1, d2, ...,dK) \
             format and {} in ({letter}1, {letter}2, ...,{letter}K) format.",
            if letter == 'o' { "output size" } else { what }
        )
    };
    let (sizes, factors) = match (size, scale_factor) {
        (Some(_), Some(_)) => return Err("only one of size or scale_factor should be defined".into()),
        (None, None) => return Err("either size or scale_factor should be defined".into()),
        (Some(_), None) if recompute => {
            return Err("recompute_scale_factor is not meaningful with an explicit size.".into());
        }
        (Some(size), None) => {
            let sizes = size.axes(spatial.len());
            let sizes =
                sizes.ok_or_else(|| other_number("output", size.to_string(), "output size of", 'o'))?;
            (sizes.into_iter().map(|size| size as i64).collect(), vec![None; spatial.len()])
        }
        (None, Some(factor)) => {
            let factors = factor.axes(spatial.len()).ok_or_else(|| {
                other_number("scale_factor", factor.to_string(), "scale_factor of shape", 's')
            })?;
            let longer = |(&n, &factor): (&usize, &f64)| {
                let size = n as f64 * factor;
                if size.abs() < i64::MAX as f64 { Some(size as i64) } else { None }
            };
            let sizes: Option<Vec<i64>> = spatial.iter().zip(&factors).map(longer).collect();
            let sizes = sizes.ok_or("value cannot be converted to type int64_t without overflow")?;
            (sizes, factors.into_iter().map(|factor| (!recompute).then_some(factor)).collect())
        }
    };
    let n = shape.len();
    if *antialias && !(matches!(mode, Bilinear | Bicubic) && n == 4) {
        return Err(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D \
                    tensor as input"
                .into(),
        );
    }
    let name = mode.to_value();
    let name = name.as_str().expect("a mode is a name");
    match mode.axes() {
        Some(axes) if mode != Bicubic && (3..=5).contains(&n) && axes != spatial.len() => {
            return Err(format!("Got {n}D input, but {name} mode needs {}D input", axes + 2));
        }
        Some(axes) if axes == spatial.len() => {}
        None if (3..=5).contains(&n) => {}
        _ => {
            return Err(format!(
                "Input Error: Only 3D, 4D and 5D input Tensors supported (got {n}D) for the modes: nearest | linear | \
                 bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {name})"
            ));
        }
    }
    if mode != Area {
        let sized = |sizes: &mut dyn Iterator<Item = i64>| {
            let names = ["D", "H", "W"].into_iter().skip(3 - spatial.len());
            let sizes = names.zip(sizes).map(|(name, size)| format!("{name}: {size}"));
            format!("({})", sizes.collect::<Vec<_>>().join(", "))
        };
        if spatial.contains(&0) || sizes.iter().any(|&size| size < 1) {
            return Err(format!(
                "Input and output sizes should be greater than 0, but got input {} {}output {}",
                sized(&mut spatial.iter().map(|&size| size as i64)),
                if n == 3 { "and " } else { "" },
                sized(&mut sizes.iter().copied())
            ));
        }
        if shape[1] == 0 {
            return Err(format!("Non-empty {n}D data tensor expected but got a tensor with sizes {shape:?}"));
        }
    }
    let align_corners = align_corners.unwrap_or(false);
    let axes = spatial.iter().zip(sizes).zip(factors);
    Ok(axes
        .map(|((&input, output), factor)| Scaling {
            input,
            output: output.max(0) as usize,
            factor,
            align_corners,
        })
        .collect())
}
