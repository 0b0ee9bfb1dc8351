//! What moves or resamples the pixels of images.

use autograd::UnfoldOptions;
use tensor::{GridSampleMode, GridSampleOptions, GridSamplePadding};
use tensor::{InterpolateMode, InterpolateOptions, OptionValue, PerAxis, Window};

use crate::op::{Table, both, python};
use crate::sets::listed;

pub(super) fn rows(t: &mut Table) {
    let floats = |lines: &str| listed(&["f32", "f64"], lines);
    let images =
        &floats("DT:plain:1x2x3x4\nDT:special:2x3x3\nDT:plain:0x1x3x3\nDT:plain:1x0x3x3\nDT:plain:3x3");
    for (kernel, options) in windows() {
        let window = window(kernel, &options);
        let UnfoldOptions { dilation, padding, stride } = options;
        let arguments = format!("{kernel}, {dilation}, {padding}, {stride}");
        t.add("unfold", format!("F.unfold(x, {arguments})"), images)
            .variables(move |x| autograd::unfold(&x[0], kernel, options));
        t.add("im2col", format!("F.unfold(x, {arguments})"), images).tensors(move |x| x[0].im2col(&window));
        let columns = &floats(
            "DT:plain:2x4x6\nDT:special:8x6\nDT:plain:1x4x5\nDT:plain:1x5x6\nDT:plain:4\nDT:plain:0x4x6",
        );
        t.add("fold", format!("F.fold(x, (3, 4), {arguments})"), columns)
            .variables(move |x| autograd::fold(&x[0], [3, 4], kernel, options));
        t.add("col2im", format!("F.fold(x, (3, 4), {arguments})"), columns)
            .tensors(move |x| x[0].col2im([3, 4], &window));
    }
    let squares = &listed(
        &["f32", "i64"],
        "DT:plain:1x4x2x6\nDT:plain:4x2x2\nDT:plain:2x1x3x2x4\nDT:plain:4x2x4>t\nDT:plain:4x4",
    );
    for factor in [2, 3, 0] {
        both!(t, pixel_shuffle, format!("F.pixel_shuffle(x, {factor})"), squares, |x| x[0]
            .pixel_shuffle(factor));
        both!(t, pixel_unshuffle, format!("F.pixel_unshuffle(x, {factor})"), squares, |x| x[0]
            .pixel_unshuffle(factor));
        both!(t, channel_shuffle, format!("F.channel_shuffle(x, {factor})"), squares, |x| x[0]
            .channel_shuffle(factor));
    }
    let shapes = &floats("DT:plain:1x1x4\nDT:plain:1x2x3x4\nDT:plain:1x1x2x3x2\nDT:plain:3x4");
    let empty = &floats("DT:plain:1x0x3\nDT:plain:1x1x0x2");
    use InterpolateMode::*;
    for mode in [Nearest, NearestExact, Linear, Bilinear, Bicubic, Trilinear, Area] {
        for options in [
            InterpolateOptions { size: Some(2.into()), ..Default::default() },
            InterpolateOptions { scale_factor: Some(1.7.into()), ..Default::default() },
            InterpolateOptions { scale_factor: Some(0.1.into()), ..Default::default() },
            InterpolateOptions { size: Some(3.into()), align_corners: Some(true), ..Default::default() },
            InterpolateOptions { size: Some(2.into()), antialias: true, ..Default::default() },
        ] {
            let options = InterpolateOptions { mode, ..options };
            // What an adaptive pool makes of nothing, and nothing of something, is in the table of pools.
            let nothing = options.scale_factor == Some(0.1.into());
            if mode == Area && nothing {
                continue;
            }
            let inputs = &if mode == Area { shapes.clone() } else { [&shapes[..], empty].concat() };
            let torch = format!("F.interpolate(x, {})", arguments(&options));
            let same = options.clone();
            t.add("interpolate", torch, inputs)
                .variables(move |x| x[0].interpolate(&options))
                .tensors(move |x| x[0].interpolate(&same));
        }
    }
    sampling(t, floats);
}

/// What is read of images, and the grids of matrices.
fn sampling(t: &mut Table, floats: impl Fn(&str) -> Vec<String>) {
    let pairs = &floats(
        "DT:plain:1x2x3x4 DT:plain:1x2x3x2\nDT:plain:2x1x2x2x3 DT:special:2x1x2x1x3\n\
         DT:plain:0x1x3x3 DT:plain:0x2x2x2\nDT:plain:1x0x3x3 DT:plain:1x2x2x2\nDT:plain:1x1x0x2 DT:plain:1x2x2x2\n\
         DT:plain:1x1x3x3 DT:plain:1x0x2x2\nDT:plain:1x1x3x3 DT:plain:2x2x2x2\nDT:plain:1x1x3x3 DT:plain:1x2x2x3\n\
         DT:plain:1x1x3 DT:plain:1x2x1\nDT:plain:1x1x3x3 DT:plain:1x2",
    );
    use GridSampleMode::*;
    use GridSamplePadding::*;
    for (mode, padding_mode, align_corners) in
        [(Bilinear, Zeros, false), (Nearest, Reflection, true), (Bicubic, Border, false)]
    {
        let options = GridSampleOptions { mode, padding_mode, align_corners };
        let (mode, padding) = (mode.to_value(), padding_mode.to_value());
        let torch = format!("F.grid_sample(x, y, {mode}, {padding}, {})", python(align_corners.into()));
        both!(t, grid_sample, torch, pairs, |x| x[0].grid_sample(&x[1], options));
    }
    let matrices = &floats("DT:plain:2x2x3\nDT:special:1x2x3\nDT:plain:1x3x4\nDT:plain:0x2x3\nDT:plain:2x3");
    for (size, align_corners) in
        [(&[2, 1, 3, 4][..], false), (&[1, 1, 1, 2], true), (&[1, 1, 2, 1, 3], false), (&[0, 1, 1, 2], true)]
    {
        let torch = format!("F.affine_grid(x, {size:?}, {})", python(align_corners.into()));
        both!(t, affine_grid, torch, matrices, |x| x[0].affine_grid(size, align_corners));
    }
    for size in [&[2, 1, 0, 4][..], &[2, 1, 3]] {
        let torch = format!("F.affine_grid(x, {size:?}, False)");
        both!(t, affine_grid, torch, matrices, |x| x[0].affine_grid(size, false));
    }
}

fn windows() -> [(PerAxis<2>, UnfoldOptions); 5] {
    let plain = UnfoldOptions::default();
    [
        (2.into(), plain),
        (2.into(), UnfoldOptions { padding: 1.into(), stride: [2, 3].into(), ..plain }),
        ([2, 1].into(), UnfoldOptions { dilation: [2, 1].into(), ..plain }),
        (5.into(), plain),
        (2.into(), UnfoldOptions { stride: 0.into(), ..plain }),
    ]
}

fn window(kernel: PerAxis<2>, options: &UnfoldOptions) -> Window<2> {
    let [stride, padding, dilation] = [options.stride, options.padding, options.dilation].map(PerAxis::axes);
    Window { stride, padding, dilation, ..Window::from(kernel) }
}

fn arguments(options: &InterpolateOptions) -> String {
    let InterpolateOptions { size, scale_factor, mode, align_corners, antialias, .. } = options;
    let [size, factor] = [size.to_value(), scale_factor.to_value()];
    let (mode, align) = (mode.to_value(), align_corners.to_value());
    format!("{size}, {factor}, {mode}, {align}, antialias={}", python((*antialias).into()))
}
