//! Pools whose windows are placed at random.

use autograd::Variable;
use tensor::dispatch::by_float;
use tensor::{DType, PerAxis, Spatial, Tensor};

use super::functions;
use crate::Options;

/// How large the output of a fractional pool is, and the draws that place its windows.
#[derive(Clone, Debug, Options)]
#[options(
    shown = never,
    check(output_size.is_some() || output_ratio.is_some(), "either an output size or a pooling ratio is needed"),
    check(output_size.is_none() || output_ratio.is_none(), "only one of output_size and output_ratio may be specified")
)]
pub struct FractionalMaxPoolOptions {
    /// The number of windows along each axis.
    pub output_size: Option<Spatial<usize>>,
    /// The number of windows as a part of each axis, above 0 and below 1.
    pub output_ratio: Option<Spatial<f64>>,
    /// A number from 0 to 1 for each image, channel and axis, `[batch, channels, axes]`, instead of draws.
    pub random_samples: Option<Tensor>,
}

functions! {
    /// The largest element of each of `output_size` windows along the last two axes, which lie at random, one
    /// draw for each axis of each channel (Graham, *Fractional max-pooling*, 2014): as
    /// [`FractionalMaxPool2d`](crate::FractionalMaxPool2d).
    fractional_max_pool2d(
        input: &Variable, kernel_size: impl Into<PerAxis<2>>, output_size: impl Into<Spatial<usize>>
    ) = fractional_max_pool2d_with_indices(input, kernel_size, output_size).0;
    /// [`fractional_max_pool2d`], and where each maximum is among the elements of its channel.
    fractional_max_pool2d_with_indices(
        input: &Variable, kernel_size: impl Into<PerAxis<2>>, output_size: impl Into<Spatial<usize>>
    ) -> (Variable, Tensor) = fractional_max_pool2d_with(input, kernel_size, sized(output_size));
    /// [`fractional_max_pool2d_with_indices`] with the options given.
    fractional_max_pool2d_with(
        input: &Variable, kernel_size: impl Into<PerAxis<2>>, options: FractionalMaxPoolOptions
    ) -> (Variable, Tensor) = pool(input, kernel_size.into(), &options);
    /// [`fractional_max_pool2d`] along the last three axes.
    fractional_max_pool3d(
        input: &Variable, kernel_size: impl Into<PerAxis<3>>, output_size: impl Into<Spatial<usize>>
    ) = fractional_max_pool3d_with_indices(input, kernel_size, output_size).0;
    /// [`fractional_max_pool2d_with_indices`] along the last three axes.
    fractional_max_pool3d_with_indices(
        input: &Variable, kernel_size: impl Into<PerAxis<3>>, output_size: impl Into<Spatial<usize>>
    ) -> (Variable, Tensor) = fractional_max_pool3d_with(input, kernel_size, sized(output_size));
    /// [`fractional_max_pool2d_with`] along the last three axes.
    fractional_max_pool3d_with(
        input: &Variable, kernel_size: impl Into<PerAxis<3>>, options: FractionalMaxPoolOptions
    ) -> (Variable, Tensor) = pool(input, kernel_size.into(), &options);
}

fn sized(output_size: impl Into<Spatial<usize>>) -> FractionalMaxPoolOptions {
    FractionalMaxPoolOptions { output_size: Some(output_size.into()), ..Default::default() }
}

/// The maxima along the last `D` axes, and their indices.
///
/// # Panics
/// In torch's words, if the sizes do not fit.
#[track_caller]
pub(crate) fn pool<const D: usize>(
    x: &Variable,
    kernel_size: PerAxis<D>,
    options: &FractionalMaxPoolOptions,
) -> (Variable, Tensor) {
    let op = format!("fractional_max_pool{D}d");
    options.assert_valid(&op);
    let shape = x.shape();
    assert!(
        shape.len() == D + 1 || shape.len() == D + 2,
        "{op}: Expected {}D or {}D tensor, but got: {shape:?}",
        D + 1,
        D + 2
    );
    let (outer, sizes) = shape.split_at(shape.len() - D);
    let output = match (&options.output_size, &options.output_ratio) {
        (Some(size), _) => size.axes(D),
        (_, ratio) => ratio.as_ref().and_then(|ratio| ratio.axes(D)).map(|ratio| {
            sizes.iter().zip(ratio).map(|(&size, ratio)| (size as f64 * ratio) as usize).collect()
        }),
    };
    let Some(output) = output else { panic!("{op}: the output needs {D} sizes") };
    let kernel = kernel_size.axes();
    for axis in 0..D {
        assert!(
            // Along three axes torch refuses windows that just fit.
            output[axis] + kernel[axis] + D <= sizes[axis] + 3,
            "{op}: pool size {} too large relative to input size {} for {} windows",
            kernel[axis],
            sizes[axis],
            output[axis]
        );
    }
    let batch = if outer.len() == 2 { outer[0] } else { 1 };
    let drawn = [batch, outer[outer.len() - 1], D];
    let samples = options.random_samples.clone().unwrap_or_else(|| {
        let mut samples = tensor::zeros_dtype(drawn, x.dtype());
        samples.uniform_(0.0, 1.0);
        samples
    });
    assert!(samples.shape() == drawn, "{op}: Expect _random_samples of {drawn:?}; got {:?}", samples.shape());

    let planes = outer.iter().product::<usize>();
    let data = x.data();
    let numbers = data.to_dtype(DType::F64).to_vec::<f64>();
    let samples = samples.to_dtype(DType::F64).to_vec::<f64>();
    let mut indices = Vec::with_capacity(planes * output.iter().product::<usize>());
    for plane in 0..planes {
        // Of images the first number is that of the last axis.
        let starts = |axis: usize| {
            let sample = samples[plane * D + if D == 2 { 1 - axis } else { axis }];
            by_float!("fractional_max_pool", &data, T => {
                starts::<T>(sample, sizes[axis], output[axis], kernel[axis])
            })
        };
        let starts: Vec<Vec<usize>> = (0..D).map(starts).collect();
        let numbers = &numbers[plane * sizes.iter().product::<usize>()..];
        each(&output, |window| {
            let first: Vec<usize> = (0..D).map(|axis| starts[axis][window[axis]]).collect();
            let at = |inside: &[usize]| {
                first.iter().zip(inside).zip(sizes).fold(0, |at, ((first, i), size)| at * size + first + i)
            };
            let mut best = at(&[0; D]);
            let mut largest = f64::NEG_INFINITY;
            each(&kernel, |inside| {
                let x = numbers[at(inside)];
                if x > largest || x.is_nan() {
                    (best, largest) = (at(inside), x);
                }
            });
            indices.push(best as i64);
        });
    }
    let rows = |sizes: &[usize]| [planes, sizes.iter().product()];
    let indices = Tensor::from(indices).reshape(rows(&output));
    let shape = [outer, &output].concat();
    (x.reshape(rows(sizes)).gather(1, &indices).reshape(&shape[..]), indices.reshape(&shape[..]))
}

/// Where the windows along an axis start, in torch's arithmetic.
fn starts<T: tensor::Float>(sample: f64, size: usize, windows: usize, kernel: usize) -> Vec<usize> {
    let mut starts = Vec::with_capacity(windows);
    if windows > 1 {
        let [sample, inputs, outputs] =
            [sample, (size - kernel) as f64, (windows - 1) as f64].map(T::from_f64);
        let alpha = inputs / outputs;
        let whole = |x: T| x.to_f64() as usize;
        starts.extend(
            (0..windows - 1).map(|i| whole((T::from_f64(i as f64) + sample) * alpha) - whole(sample * alpha)),
        );
    }
    if windows > 0 {
        starts.push(size - kernel);
    }
    starts
}

/// Calls `f` with every place in a box of these sizes, in order.
fn each(sizes: &[usize], mut f: impl FnMut(&[usize])) {
    let mut place = vec![0; sizes.len()];
    for _ in 0..sizes.iter().product::<usize>() {
        f(&place);
        for axis in (0..sizes.len()).rev() {
            place[axis] += 1;
            if place[axis] < sizes[axis] {
                break;
            }
            place[axis] = 0;
        }
    }
}
