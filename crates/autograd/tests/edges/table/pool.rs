//! Pools, on images with and without a batch, with padding, gaps and windows beyond the end.

use autograd::{AvgPoolOptions, LPPoolOptions, MaxPoolOptions, MaxUnpoolOptions};
use tensor::{AxisSizes, Divisor, OptionValue, OutputSize, PerAxis, Window};

use crate::op::{Table, both, python, variables};

/// The methods of each number of axes with the inputs they get.
macro_rules! each {
    ($($D:literal $shapes:literal: $max:ident $max_i:ident $avg:ident $adaptive_max:ident $adaptive_i:ident
        $adaptive_avg:ident $lp:ident $unpool:ident, $F:literal;)*) => {
        pub(super) fn rows(t: &mut Table) {$({
            let floats = &lines($shapes);
            for (i, (kernel, options)) in max_settings::<$D>().into_iter().enumerate() {
                let window = window(kernel, &options);
                let arguments = format!("x, {kernel}, {}", max_arguments(&options));
                let torch = format!("F.max_pool{}({arguments}, return_indices=True)", $F);
                // Without the indices it is the same loop.
                let integers = if i < 4 { &INTEGERS.map(|x| format!("{x}:special:1x3x4x5"))[..] } else { &[] };
                t.add(stringify!($max_i), torch, &[floats, integers].concat())
                    .variables(move |x| x[0].$max_i(kernel, options))
                    .tensors(move |x| x[0].$max_i(&window));
                if i < 3 {
                    t.add(stringify!($max), format!("F.max_pool{}({arguments})", $F), floats)
                        .variables(move |x| x[0].$max(kernel, options))
                        .tensors(move |x| x[0].$max(&window));
                }
            }
            for (kernel, options) in avg_settings::<$D>() {
                let window = avg_window(kernel, &options);
                let divisor = match (options.divisor_override, options.count_include_pad) {
                    (Some(n), _) => Divisor::Always(n),
                    (None, true) => Divisor::Padded,
                    (None, false) => Divisor::Inside,
                };
                let torch = format!("F.avg_pool{}(x, {kernel}, {})", $F, avg_arguments(&options));
                let whole = ["i64:plain:2x3x4x5".to_owned(), "i32:plain:2x3x4x5".to_owned()];
                t.add(stringify!($avg), torch, &[floats, &whole[..]].concat())
                    .variables(move |x| x[0].$avg(kernel, options))
                    .tensors(move |x| x[0].$avg(&window, divisor));
            }
            for (i, size) in sizes::<$D>().into_iter().enumerate() {
                let torch = format!("F.adaptive_avg_pool{}(x, {size})", $F);
                both!(t, $adaptive_avg, torch, floats, |x| x[0].$adaptive_avg(size)).zeros_alike();
                let torch = format!("F.adaptive_max_pool{}(x, {size}, return_indices=True)", $F);
                both!(t, $adaptive_i, torch, floats, |x| x[0].$adaptive_i(size));
                if i == 1 {
                    let torch = format!("F.adaptive_max_pool{}(x, {size})", $F);
                    both!(t, $adaptive_max, torch, floats, |x| x[0].$adaptive_max(size));
                }
            }
            for p in [2.0, 3.0, 1.0, 0.5, f64::INFINITY, f64::NEG_INFINITY, 0.0] {
                let torch = format!("F.lp_pool{}(x, {}, 2, ceil_mode=True)", $F, python(p.into()));
                let options = LPPoolOptions { ceil_mode: true, ..Default::default() };
                variables!(t, $lp, torch, floats, |x| x[0].$lp(p, 2, options)).within(4.0, 16.0);
            }
            let torch = format!("F.lp_pool{}(x, 2.0, 3, 1)", $F);
            let options = LPPoolOptions { stride: Some(1.into()), ..Default::default() };
            variables!(t, $lp, torch, floats, |x| x[0].$lp(2.0, 3, options)).within(4.0, 16.0);
            for (kernel, stride, padding) in [(2, 2, 0), (3, 2, 1), (1, 1, 1)] {
                let torch = format!("F.max_unpool{}(x, y, {kernel}, {stride}, {padding})", $F);
                let options = MaxUnpoolOptions { stride: Some(stride.into()), padding: padding.into() };
                variables!(t, $unpool, torch, &beside_indices($shapes), |x| {
                    x[0].$unpool(&x[1].data(), kernel, options, None)
                });
            }
        })*}
    };
}

each! {
    1 "2x3x5 3x6 1x1x2 2x3x0 0x3x4 2x0x3 5 1x2x3x4": max_pool1d max_pool1d_with_indices avg_pool1d
        adaptive_max_pool1d adaptive_max_pool1d_with_indices adaptive_avg_pool1d lp_pool1d max_unpool1d, "1d";
    2 "2x2x5x7 3x6x4 1x1x20x9 1x1x2x2 2x3x4x0 0x3x4x5 2x0x3x3 5x6": max_pool2d max_pool2d_with_indices
        avg_pool2d adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_avg_pool2d lp_pool2d max_unpool2d, "2d";
    3 "1x2x5x4x3 2x3x4x5 1x1x2x2x2 2x3x4x0x2 0x3x4x5x3 4x5x3": max_pool3d max_pool3d_with_indices avg_pool3d
        adaptive_max_pool3d adaptive_max_pool3d_with_indices adaptive_avg_pool3d lp_pool3d max_unpool3d, "3d";
}

const INTEGERS: [&str; 6] = ["i64", "i32", "i16", "i8", "u8", "bool"];

/// The inputs of these shapes; of the first also special and equal values, and views.
fn lines(shapes: &str) -> Vec<String> {
    let mut lines: Vec<String> = shapes.split(' ').map(|shape| format!("f32:plain:{shape}")).collect();
    let first = shapes.split(' ').next().expect("a shape");
    let of_first = ["f32:special:", "f32:ties:", "f32:nan:", "f32:-inf:", "f64:special:"];
    lines.extend(of_first.map(|values| format!("{values}{first}")));
    lines.extend([">t", ">half"].map(|view| format!("f32:plain:{first}{view}")));
    lines
}

/// The same beside positions, some of which do not exist.
fn beside_indices(shapes: &str) -> Vec<String> {
    let of = |shape: &str, indices: &str| format!("f32:plain:{shape} i64:{indices}:{shape}");
    let mut lines: Vec<String> = shapes.split(' ').map(|shape| of(shape, "at3")).collect();
    let first = shapes.split(' ').next().expect("a shape");
    lines.extend(["back", "beyond"].map(|indices| of(first, indices)));
    lines.push(format!("f64:special:{first} i64:at3:{first}"));
    lines.push(format!("f32:plain:{first} i32:at3:{first}"));
    lines.push(format!("f32:plain:{first} i64:at3:3"));
    lines
}

fn max_settings<const D: usize>() -> Vec<(PerAxis<D>, MaxPoolOptions<D>)> {
    let plain = MaxPoolOptions::default();
    let stride = |stride: usize| MaxPoolOptions { stride: Some(stride.into()), ..plain };
    vec![
        (2.into(), plain),
        (2.into(), MaxPoolOptions { ceil_mode: true, ..plain }),
        (3.into(), stride(2)),
        (3.into(), MaxPoolOptions { padding: 1.into(), ..stride(2) }),
        (3.into(), MaxPoolOptions { padding: 1.into(), dilation: 2.into(), ceil_mode: true, ..stride(1) }),
        (2.into(), MaxPoolOptions { dilation: 3.into(), ..stride(3) }),
        (1.into(), MaxPoolOptions { ceil_mode: true, ..stride(3) }),
        (40.into(), MaxPoolOptions { padding: 20.into(), ..stride(1) }),
        (uneven([1, 3, 2]), MaxPoolOptions { padding: uneven([0, 1, 1]), ..stride(1) }),
        (2.into(), MaxPoolOptions { padding: 2.into(), ..plain }),
        (2.into(), stride(0)),
        (0.into(), stride(1)),
        (2.into(), MaxPoolOptions { dilation: 0.into(), ..plain }),
    ]
}

fn avg_settings<const D: usize>() -> Vec<(PerAxis<D>, AvgPoolOptions<D>)> {
    let plain = AvgPoolOptions::default();
    let stride = |stride: usize| AvgPoolOptions { stride: Some(stride.into()), ..plain };
    let mut settings = vec![
        (2.into(), plain),
        (2.into(), AvgPoolOptions { ceil_mode: true, ..plain }),
        (3.into(), AvgPoolOptions { padding: 1.into(), ..stride(2) }),
        (
            3.into(),
            AvgPoolOptions { padding: 1.into(), ceil_mode: true, count_include_pad: false, ..stride(2) },
        ),
        (3.into(), AvgPoolOptions { padding: 1.into(), ceil_mode: true, ..stride(1) }),
        (uneven([1, 3, 2]), AvgPoolOptions { padding: uneven([0, 1, 1]), ..stride(1) }),
        (2.into(), AvgPoolOptions { padding: 2.into(), ..plain }),
        (2.into(), stride(0)),
    ];
    if D > 1 {
        settings.push((2.into(), AvgPoolOptions { divisor_override: Some(3), ..plain }));
        settings.push((2.into(), AvgPoolOptions { divisor_override: Some(0), ..plain }));
    }
    settings
}

fn sizes<const D: usize>() -> Vec<OutputSize<D>> {
    let mut sizes: Vec<OutputSize<D>> =
        vec![1.into(), 3.into(), 2.into(), 7.into(), uneven([2, 1, 3]), 0.into()];
    if D > 1 {
        sizes.push(AxisSizes::Each(std::array::from_fn(|axis| (axis > 0).then_some(2))));
    }
    sizes
}

/// Sizes that differ from axis to axis.
fn uneven<const D: usize, T>(sizes: [usize; 3]) -> AxisSizes<D, T>
where
    AxisSizes<D, T>: From<[usize; D]>,
{
    std::array::from_fn::<usize, D, _>(|axis| sizes[axis + 3 - D]).into()
}

fn window<const D: usize>(kernel: PerAxis<D>, options: &MaxPoolOptions<D>) -> Window<D> {
    Window {
        kernel_size: kernel.axes(),
        stride: options.stride.unwrap_or(kernel).axes(),
        padding: options.padding.axes(),
        dilation: options.dilation.axes(),
        ceil_mode: options.ceil_mode,
    }
}

fn avg_window<const D: usize>(kernel: PerAxis<D>, options: &AvgPoolOptions<D>) -> Window<D> {
    let stride = options.stride.unwrap_or(kernel).axes();
    Window { stride, padding: options.padding.axes(), ceil_mode: options.ceil_mode, ..Window::from(kernel) }
}

fn max_arguments<const D: usize>(options: &MaxPoolOptions<D>) -> String {
    let MaxPoolOptions { stride, padding, dilation, ceil_mode } = *options;
    format!("{}, {padding}, {dilation}, ceil_mode={}", stride.to_value(), python(ceil_mode.into()))
}

fn avg_arguments<const D: usize>(options: &AvgPoolOptions<D>) -> String {
    let AvgPoolOptions { stride, padding, ceil_mode, count_include_pad, divisor_override } = *options;
    let [ceil_mode, include] = [ceil_mode, count_include_pad].map(|flag| python(flag.into()));
    let divisor = divisor_override.map(|n| format!(", {n}")).unwrap_or_default();
    format!("{}, {padding}, {ceil_mode}, {include}{divisor}", stride.to_value())
}
