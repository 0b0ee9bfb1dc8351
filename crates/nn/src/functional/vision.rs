//! Images: their sizes, edges, channels and windows.

use autograd::{UnfoldOptions, Variable};
use tensor::{GridSampleOptions, InterpolateOptions, PadMode, PerAxis, Spatial};

use super::functions;

functions! {
    /// [`Variable::affine_grid`].
    affine_grid / affine_grid_with(theta: &Variable, size: &[usize]; align_corners: bool = false) =
        theta.affine_grid(size, align_corners);
    /// [`Variable::channel_shuffle`].
    channel_shuffle(input: &Variable, groups: usize) = input.channel_shuffle(groups);
    /// [`autograd::fold`].
    fold / fold_with(
        input: &Variable, output_size: impl Into<PerAxis<2>>, kernel_size: impl Into<PerAxis<2>>;
        options: UnfoldOptions = UnfoldOptions::default()
    ) = autograd::fold(input, output_size, kernel_size, options);
    /// [`Variable::grid_sample`].
    grid_sample / grid_sample_with(
        input: &Variable, grid: &Variable; options: GridSampleOptions = GridSampleOptions::default()
    ) = input.grid_sample(grid, options);
    /// [`Variable::interpolate`] to a size, by the nearest element; [`interpolate_with`] by a factor, too.
    interpolate(input: &Variable, size: impl Into<Spatial<usize>>) =
        input.interpolate(&InterpolateOptions { size: Some(size.into()), ..Default::default() });
    /// [`Variable::interpolate`].
    interpolate_with(input: &Variable, options: InterpolateOptions) = input.interpolate(&options);
    /// [`Variable::pad`], with zeros.
    pad / pad_with(input: &Variable, pad: &[isize]; mode: PadMode = PadMode::from(0)) = input.pad(pad, mode);
    /// [`Variable::pixel_shuffle`].
    pixel_shuffle(input: &Variable, upscale_factor: usize) = input.pixel_shuffle(upscale_factor);
    /// [`Variable::pixel_unshuffle`].
    pixel_unshuffle(input: &Variable, downscale_factor: usize) = input.pixel_unshuffle(downscale_factor);
    /// [`autograd::unfold`].
    unfold / unfold_with(
        input: &Variable, kernel_size: impl Into<PerAxis<2>>; options: UnfoldOptions = UnfoldOptions::default()
    ) = autograd::unfold(input, kernel_size, options);
}
