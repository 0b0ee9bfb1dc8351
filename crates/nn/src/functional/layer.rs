//! What layers with weights compute, pools, norms and distances.

use autograd::*;
use tensor::{ConvFuncOptions, ConvTransposeFuncOptions, OutputSize, PerAxis, Tensor};

use super::functions;

pub use autograd::{bilinear, linear};

functions! {
    /// [`Variable::batch_norm`] by the running mean and variance.
    batch_norm / batch_norm_with(
        input: &Variable, running: Option<[&Variable; 2]>;
        weight: Option<&Variable> = None, bias: Option<&Variable> = None,
        options: BatchNormFuncOptions = BatchNormFuncOptions::default()
    ) = input.batch_norm(running, weight, bias, options);
    /// [`Variable::group_norm`].
    group_norm / group_norm_with(
        input: &Variable, num_groups: usize;
        weight: Option<&Variable> = None, bias: Option<&Variable> = None, eps: f64 = 1e-5
    ) = input.group_norm(num_groups, weight, bias, eps);
    /// [`Variable::instance_norm`].
    instance_norm / instance_norm_with(
        input: &Variable;
        running: Option<[&Variable; 2]> = None,
        weight: Option<&Variable> = None, bias: Option<&Variable> = None,
        options: InstanceNormFuncOptions = InstanceNormFuncOptions::default()
    ) = input.instance_norm(running, weight, bias, options);
    /// [`Variable::layer_norm`].
    layer_norm / layer_norm_with(
        input: &Variable, normalized_shape: &[usize];
        weight: Option<&Variable> = None, bias: Option<&Variable> = None, eps: f64 = 1e-5
    ) = input.layer_norm(normalized_shape, weight, bias, eps);
    /// [`Variable::local_response_norm`].
    local_response_norm / local_response_norm_with(
        input: &Variable, size: usize;
        options: LocalResponseNormOptions = LocalResponseNormOptions::default()
    ) = input.local_response_norm(size, options);
    /// [`Variable::rms_norm`].
    rms_norm / rms_norm_with(
        input: &Variable, normalized_shape: &[usize];
        weight: Option<&Variable> = None, eps: Option<f64> = None
    ) = input.rms_norm(normalized_shape, weight, eps);

    /// [`Variable::cosine_similarity`].
    cosine_similarity / cosine_similarity_with(
        x1: &Variable, x2: &Variable; dim: isize = 1, eps: f64 = 1e-8
    ) = x1.cosine_similarity(x2, dim, eps);
    /// [`Variable::pairwise_distance`].
    pairwise_distance / pairwise_distance_with(
        x1: &Variable, x2: &Variable; p: f64 = 2.0, eps: f64 = 1e-6, keepdim: bool = false
    ) = x1.pairwise_distance(x2, p, eps, keepdim);

    /// [`autograd::embedding`].
    embedding / embedding_with(
        input: &Variable, weight: &Variable; options: EmbeddingOptions = EmbeddingOptions::default()
    ) = autograd::embedding(input, weight, options);
    /// [`autograd::embedding_bag`].
    embedding_bag / embedding_bag_with(
        input: &Variable, weight: &Variable;
        offsets: Option<&Variable> = None, per_sample_weights: Option<&Variable> = None,
        options: EmbeddingBagOptions = EmbeddingBagOptions::default()
    ) = autograd::embedding_bag(input, weight, offsets, per_sample_weights, options);
    /// [`autograd::scaled_dot_product_attention`].
    scaled_dot_product_attention / scaled_dot_product_attention_with(
        query: &Variable, key: &Variable, value: &Variable;
        attn_mask: Option<&Variable> = None,
        options: ScaledDotProductAttentionOptions = ScaledDotProductAttentionOptions::default()
    ) = autograd::scaled_dot_product_attention(query, key, value, attn_mask, options);
}

/// Convolutions and pools of one number of axes, by their methods' names.
macro_rules! by_axes {
    ($($D:literal:
        $conv:ident / $conv_with:ident, $transpose:ident / $transpose_with:ident,
        $avg:ident / $avg_with:ident, $lp:ident / $lp_with:ident,
        $max:ident / $max_with:ident, $indices:ident / $indices_with:ident,
        $unpool:ident / $unpool_with:ident,
        $adaptive_avg:ident, $adaptive_max:ident, $adaptive_indices:ident;
    )+) => {
        functions! {$(
            #[doc = concat!("[`Variable::", stringify!($conv), "`].")]
            $conv / $conv_with(
                input: &Variable, weight: &Variable, bias: Option<&Variable>;
                options: ConvFuncOptions<$D> = ConvFuncOptions::default()
            ) = input.$conv(weight, bias, options);
            #[doc = concat!("[`Variable::", stringify!($transpose), "`].")]
            $transpose / $transpose_with(
                input: &Variable, weight: &Variable, bias: Option<&Variable>;
                options: ConvTransposeFuncOptions<$D> = ConvTransposeFuncOptions::default()
            ) = input.$transpose(weight, bias, options);
            #[doc = concat!("[`Variable::", stringify!($avg), "`].")]
            $avg / $avg_with(
                input: &Variable, kernel_size: impl Into<PerAxis<$D>>;
                options: AvgPoolOptions<$D> = AvgPoolOptions::default()
            ) = input.$avg(kernel_size, options);
            #[doc = concat!("[`Variable::", stringify!($lp), "`].")]
            $lp / $lp_with(
                input: &Variable, norm_type: f64, kernel_size: impl Into<PerAxis<$D>>;
                options: LPPoolOptions<$D> = LPPoolOptions::default()
            ) = input.$lp(norm_type, kernel_size, options);
            #[doc = concat!("[`Variable::", stringify!($max), "`].")]
            $max / $max_with(
                input: &Variable, kernel_size: impl Into<PerAxis<$D>>;
                options: MaxPoolOptions<$D> = MaxPoolOptions::default()
            ) = input.$max(kernel_size, options);
            #[doc = concat!("[`Variable::", stringify!($indices), "`].")]
            $indices / $indices_with(
                input: &Variable, kernel_size: impl Into<PerAxis<$D>>;
                options: MaxPoolOptions<$D> = MaxPoolOptions::default()
            ) -> (Variable, Tensor) = input.$indices(kernel_size, options);
            #[doc = concat!("[`Variable::", stringify!($unpool), "`].")]
            $unpool / $unpool_with(
                input: &Variable, indices: &Tensor, kernel_size: impl Into<PerAxis<$D>>;
                options: MaxUnpoolOptions<$D> = MaxUnpoolOptions::default(),
                output_size: Option<[usize; $D]> = None
            ) = input.$unpool(indices, kernel_size, options, output_size);
            #[doc = concat!("[`Variable::", stringify!($adaptive_avg), "`].")]
            $adaptive_avg(input: &Variable, output_size: impl Into<OutputSize<$D>>) =
                input.$adaptive_avg(output_size);
            #[doc = concat!("[`Variable::", stringify!($adaptive_max), "`].")]
            $adaptive_max(input: &Variable, output_size: impl Into<OutputSize<$D>>) =
                input.$adaptive_max(output_size);
            #[doc = concat!("[`Variable::", stringify!($adaptive_indices), "`].")]
            $adaptive_indices(
                input: &Variable, output_size: impl Into<OutputSize<$D>>
            ) -> (Variable, Tensor) = input.$adaptive_indices(output_size);
        )+}
    };
}

by_axes! {
    1: conv1d / conv1d_with, conv_transpose1d / conv_transpose1d_with,
        avg_pool1d / avg_pool1d_with, lp_pool1d / lp_pool1d_with,
        max_pool1d / max_pool1d_with, max_pool1d_with_indices / max_pool1d_with_indices_with,
        max_unpool1d / max_unpool1d_with,
        adaptive_avg_pool1d, adaptive_max_pool1d, adaptive_max_pool1d_with_indices;
    2: conv2d / conv2d_with, conv_transpose2d / conv_transpose2d_with,
        avg_pool2d / avg_pool2d_with, lp_pool2d / lp_pool2d_with,
        max_pool2d / max_pool2d_with, max_pool2d_with_indices / max_pool2d_with_indices_with,
        max_unpool2d / max_unpool2d_with,
        adaptive_avg_pool2d, adaptive_max_pool2d, adaptive_max_pool2d_with_indices;
    3: conv3d / conv3d_with, conv_transpose3d / conv_transpose3d_with,
        avg_pool3d / avg_pool3d_with, lp_pool3d / lp_pool3d_with,
        max_pool3d / max_pool3d_with, max_pool3d_with_indices / max_pool3d_with_indices_with,
        max_unpool3d / max_unpool3d_with,
        adaptive_avg_pool3d, adaptive_max_pool3d, adaptive_max_pool3d_with_indices;
}
