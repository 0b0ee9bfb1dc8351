//! `nn::functional` has torch's names, defaults and numbers.

use autograd::{
    AvgPoolOptions, BatchNormFuncOptions, EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions,
    InstanceNormFuncOptions, LPPoolOptions, LocalResponseNormOptions, MaxPoolOptions, MaxUnpoolOptions,
    ScaledDotProductAttentionOptions, UnfoldOptions, Variable,
};
use nn::functional::*;
use nn::{
    Approximate, CTCLossOptions, CosineEmbeddingLossOptions, CrossEntropyLossOptions, KLDivLossOptions,
    KLDivReduction, MultiMarginLossOptions, NLLLossOptions, Reduction, TripletMarginWithDistanceLossOptions,
};
use tensor::{
    ConvFuncOptions, ConvTransposeFuncOptions, DType, GridSampleMode, GridSampleOptions, InterpolateMode,
    InterpolateOptions, PadMode, Tensor,
};
use testing::{Case, Within, alone, ramp, recording};

/// The inputs, by their names in the recording.
struct Inputs<'a>(&'a [(String, Variable)]);

impl Inputs<'_> {
    fn get(&self, name: &str) -> &Variable {
        &self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no input {name}")).1
    }
}

/// Calls `check` with each row's expression in torch, which the recording reads, and what it is here.
macro_rules! table {
    ($($($input:ident),* { $($python:literal => $here:expr,)+ })+) => {
        fn each(inputs: &Inputs<'_>, mut check: impl FnMut(&str, &dyn Fn() -> Variable)) {$(
            $(let $input = inputs.get(stringify!($input));)*
            $(check($python, &|| $here);)+
        )+}
    };
}

fn some<T>(value: T) -> Option<T> {
    Some(value)
}

fn floats(t: Tensor) -> Variable {
    Variable::new(t.to_dtype(DType::F32))
}

table! {
    x, z, slope {
        "F.celu(x)" => celu(x),
        "F.celu(x, 1.5)" => celu_with(x, 1.5),
        "F.elu(x)" => elu(x),
        "F.elu(x, 0.5)" => elu_with(x, 0.5),
        "F.gelu(x)" => gelu(x),
        "F.gelu(x, approximate='tanh')" => gelu_with(x, Approximate::Tanh),
        "F.glu(x)" => glu(x),
        "F.glu(x, 1)" => glu_with(x, 1),
        "F.hardshrink(x)" => hardshrink(x),
        "F.hardshrink(x, 1.0)" => hardshrink_with(x, 1.0),
        "F.hardsigmoid(x)" => hardsigmoid(x),
        "F.hardswish(x)" => hardswish(x),
        "F.hardtanh(x)" => hardtanh(x),
        "F.hardtanh(x, -2.0, 0.5)" => hardtanh_with(x, -2.0, 0.5),
        "F.leaky_relu(x)" => leaky_relu(x),
        "F.leaky_relu(x, 0.3)" => leaky_relu_with(x, 0.3),
        "F.log_softmax(x, 1)" => log_softmax(x, 1),
        "F.logsigmoid(x)" => logsigmoid(x),
        "F.mish(x)" => mish(x),
        "F.prelu(x, slope)" => prelu(x, slope),
        "F.relu(x)" => relu(x),
        "F.relu6(x)" => relu6(x),
        "F.selu(x)" => selu(x),
        "F.sigmoid(x)" => sigmoid(x),
        "F.silu(x)" => silu(x),
        "F.softmax(x, -1)" => softmax(x, -1),
        "F.softmin(x, -1)" => softmin(x, -1),
        "F.softplus(x)" => softplus(x),
        "F.softplus(x, 2.0, 1.0)" => softplus_with(x, 2.0, 1.0),
        "F.softshrink(x)" => softshrink(x),
        "F.softshrink(x, 1.0)" => softshrink_with(x, 1.0),
        "F.softsign(x)" => softsign(x),
        "F.tanh(x)" => tanh(x),
        "F.tanhshrink(x)" => tanhshrink(x),
        "F.threshold(x, 0.1, 2.0)" => threshold(x, 0.1, 2.0),
        "F.alpha_dropout(x)" => alpha_dropout(x),
        "F.alpha_dropout(x, 0.3, True)" => alpha_dropout_with(x, 0.3, true),
        "F.dropout(x)" => dropout(x),
        "F.dropout(x, 0.3, False)" => dropout_with(x, 0.3, false),
        "F.dropout1d(x)" => dropout1d(x),
        "F.dropout1d(x, 0.3)" => dropout1d_with(x, 0.3, true),
        "F.dropout2d(x)" => dropout2d(x),
        "F.dropout2d(x, 0.3)" => dropout2d_with(x, 0.3, true),
        "F.feature_alpha_dropout(x)" => feature_alpha_dropout(x),
        "F.feature_alpha_dropout(x, 0.3, True)" => feature_alpha_dropout_with(x, 0.3, true),
        "F.rrelu(x)" => rrelu(x),
        "F.rrelu(x, 0.25, 0.75, True)" => rrelu_with(x, 0.25, 0.75, true),
        "F.gumbel_softmax(x)" => gumbel_softmax(x),
        "F.gumbel_softmax(x, 0.5, True, dim=1)" => gumbel_softmax_with(x, 0.5, true, 1),
        "F.normalize(x)" => normalize(x),
        "F.normalize(x, 1.0, -1, 3.0)" => normalize_with(x, 1.0, -1, 3.0),
        "F.cosine_similarity(x, z)" => cosine_similarity(x, z),
        "F.cosine_similarity(x, z, -1, 2.0)" => cosine_similarity_with(x, z, -1, 2.0),
        "F.pairwise_distance(x, z)" => pairwise_distance(x, z),
        "F.pairwise_distance(x, z, 1.0, 0.5, True)" => pairwise_distance_with(x, z, 1.0, 0.5, true),
        "F.scaled_dot_product_attention(x, z, z)" => scaled_dot_product_attention(x, z, z),
        "F.scaled_dot_product_attention(x, z, z, is_causal=True)" => {
            let options = ScaledDotProductAttentionOptions { is_causal: true, ..Default::default() };
            scaled_dot_product_attention_with(x, z, z, None, options)
        },
    }
    volume {
        "F.dropout3d(volume)" => dropout3d(volume),
        "F.dropout3d(volume, 0.3)" => dropout3d_with(volume, 0.3, true),
    }
    x, image, mean, var {
        "F.batch_norm(x, mean.detach(), var.detach())" => batch_norm(x, Some([mean, var])),
        "F.batch_norm(x, None, None, mean, var, True, 0.1, 0.5)" => {
            let options = BatchNormFuncOptions { training: true, eps: 0.5, ..Default::default() };
            batch_norm_with(x, None, Some(mean), Some(var), options)
        },
        "F.group_norm(x, 2)" => group_norm(x, 2),
        "F.group_norm(x, 2, mean, var, 0.5)" => group_norm_with(x, 2, Some(mean), Some(var), 0.5),
        "F.instance_norm(x)" => instance_norm(x),
        "F.instance_norm(x, None, None, mean, var, eps=0.5)" => {
            let options = InstanceNormFuncOptions { eps: 0.5, ..Default::default() };
            instance_norm_with(x, None, Some(mean), Some(var), options)
        },
        "F.layer_norm(x, (6,))" => layer_norm(x, &[6]),
        "F.layer_norm(x, (4, 6), eps=0.5)" => layer_norm_with(x, &[4, 6], None, None, 0.5),
        "F.rms_norm(x, (6,))" => rms_norm(x, &[6]),
        "F.rms_norm(x, (6,), None, 0.5)" => rms_norm_with(x, &[6], None, Some(0.5)),
        "F.local_response_norm(x, 3)" => local_response_norm(x, 3),
        "F.local_response_norm(image, 3, 2.0)" => {
            let options = LocalResponseNormOptions { alpha: 2.0.into(), ..Default::default() };
            local_response_norm_with(image, 3, options)
        },
    }
    x, image, volume, w1, w2, w3, b2, b4, half1, half2, half3, where1, where2, where3 {
        "F.conv1d(x, w1)" => conv1d(x, w1, None),
        "F.conv1d(x, w1, b4, 2)" => {
            let options = ConvFuncOptions { stride: 2.into(), ..Default::default() };
            conv1d_with(x, w1, Some(b4), options)
        },
        "F.conv2d(image, w2, b4)" => conv2d(image, w2, Some(b4)),
        "F.conv2d(image, w2, padding=1)" => {
            conv2d_with(image, w2, None, ConvFuncOptions { padding: 1.into(), ..Default::default() })
        },
        "F.conv3d(volume, w3, b2)" => conv3d(volume, w3, Some(b2)),
        "F.conv_transpose1d(x, w1)" => conv_transpose1d(x, w1, None),
        "F.conv_transpose2d(image, w2, b4, 2)" => {
            let options = ConvTransposeFuncOptions { stride: 2.into(), ..Default::default() };
            conv_transpose2d_with(image, w2, Some(b4), options)
        },
        "F.conv_transpose3d(volume, w3)" => conv_transpose3d(volume, w3, None),
        "F.avg_pool1d(x, 2)" => avg_pool1d(x, 2),
        "F.avg_pool2d(image, 2)" => avg_pool2d(image, 2),
        "F.avg_pool2d(image, 3, 1)" => {
            avg_pool2d_with(image, 3, AvgPoolOptions { stride: some(1.into()), ..Default::default() })
        },
        "F.avg_pool3d(volume, 2)" => avg_pool3d(volume, 2),
        "F.lp_pool1d(x, 2, 3)" => lp_pool1d(x, 2.0, 3),
        "F.lp_pool2d(image, 2, 3, 1)" => {
            lp_pool2d_with(image, 2.0, 3, LPPoolOptions { stride: some(1.into()), ..Default::default() })
        },
        "F.lp_pool3d(volume, 2, 2)" => lp_pool3d(volume, 2.0, 2),
        "F.max_pool1d(x, 2)" => max_pool1d(x, 2),
        "F.max_pool2d(image, 2)" => max_pool2d(image, 2),
        "F.max_pool2d(image, 3, 1, 1)" => {
            let options = MaxPoolOptions { stride: some(1.into()), padding: 1.into(), ..Default::default() };
            max_pool2d_with(image, 3, options)
        },
        "F.max_pool3d(volume, 2)" => max_pool3d(volume, 2),
        "F.max_pool1d_with_indices(x, 2)[1].float()" => floats(max_pool1d_with_indices(x, 2).1),
        "F.max_pool2d_with_indices(image, 2)[1].float()" => floats(max_pool2d_with_indices(image, 2).1),
        "F.max_pool3d_with_indices(volume, 2)[0]" => max_pool3d_with_indices(volume, 2).0,
        "F.max_unpool1d(half1, where1, 2)" => max_unpool1d(half1, &where1.data(), 2),
        "F.max_unpool2d(half2, where2, 2, output_size=(7, 7))" => {
            max_unpool2d_with(half2, &where2.data(), 2, MaxUnpoolOptions::default(), Some([7, 7]))
        },
        "F.max_unpool3d(half3, where3, 2)" => max_unpool3d(half3, &where3.data(), 2),
        "F.adaptive_avg_pool1d(x, 3)" => adaptive_avg_pool1d(x, 3),
        "F.adaptive_avg_pool2d(image, 4)" => adaptive_avg_pool2d(image, 4),
        "F.adaptive_avg_pool3d(volume, 3)" => adaptive_avg_pool3d(volume, 3),
        "F.adaptive_max_pool1d(x, 3)" => adaptive_max_pool1d(x, 3),
        "F.adaptive_max_pool2d(image, 4)" => adaptive_max_pool2d(image, 4),
        "F.adaptive_max_pool3d(volume, 3)" => adaptive_max_pool3d(volume, 3),
        "F.adaptive_max_pool1d_with_indices(x, 3)[1].float()" => floats(adaptive_max_pool1d_with_indices(x, 3).1),
        "F.adaptive_max_pool2d_with_indices(image, 4)[0]" => adaptive_max_pool2d_with_indices(image, 4).0,
        "F.adaptive_max_pool3d_with_indices(volume, 3)[0]" => adaptive_max_pool3d_with_indices(volume, 3).0,
        "F.fractional_max_pool2d(image, 2, 3)" => fractional_max_pool2d(image, 2, 3),
        "F.fractional_max_pool2d_with_indices(image[0], (3, 2), (2, 4))[1].float()" => {
            floats(fractional_max_pool2d_with_indices(&image.select(0, 0), [3, 2], [2, 4]).1)
        },
        "F.fractional_max_pool3d(volume, 2, (2, 1, 2))" => fractional_max_pool3d(volume, 2, [2, 1, 2]),
        "F.fractional_max_pool3d_with_indices(volume, (1, 2, 3), (3, 2, 1))[1].float()" => {
            floats(fractional_max_pool3d_with_indices(volume, [1, 2, 3], [3, 2, 1]).1)
        },
    }
    image, samples2, volume, samples3 {
        "F.fractional_max_pool2d(image, 3, None, (0.5, 0.5), _random_samples=samples2)" => {
            let options = FractionalMaxPoolOptions {
                output_ratio: some(0.5.into()), random_samples: some(samples2.data()), ..Default::default()
            };
            fractional_max_pool2d_with(image, 3, options).0
        },
        "F.fractional_max_pool3d(volume, 2, None, (0.5, 0.6, 0.3), _random_samples=samples3)" => {
            let options = FractionalMaxPoolOptions {
                output_ratio: some([0.5, 0.6, 0.3].into()),
                random_samples: some(samples3.data()),
                ..Default::default()
            };
            fractional_max_pool3d_with(volume, 2, options).0
        },
    }
    x, image, theta, grid, patches, tbc, wt, bt {
        "F.affine_grid(theta, (2, 1, 2, 3))" => affine_grid(theta, &[2, 1, 2, 3]),
        "F.affine_grid(theta, (2, 1, 2, 3), True)" => affine_grid_with(theta, &[2, 1, 2, 3], true),
        "F.channel_shuffle(image, 2)" => channel_shuffle(image, 2),
        "F.fold(patches, (6, 6), 2)" => fold(patches, 6, 2),
        "F.fold(patches, (4, 4), 2, padding=1)" => {
            fold_with(patches, 4, 2, UnfoldOptions { padding: 1.into(), ..Default::default() })
        },
        "F.grid_sample(image, grid)" => grid_sample(image, grid),
        "F.grid_sample(image, grid, 'nearest')" => {
            let options = GridSampleOptions { mode: GridSampleMode::Nearest, ..Default::default() };
            grid_sample_with(image, grid, options)
        },
        "F.interpolate(image, (3, 9))" => interpolate(image, [3, 9]),
        "F.interpolate(image, scale_factor=2.0, mode='bilinear')" => {
            let mode = InterpolateMode::Bilinear;
            let options = InterpolateOptions { scale_factor: some(2.0.into()), mode, ..Default::default() };
            interpolate_with(image, options)
        },
        "F.pad(x, (1, 2))" => pad(x, &[1, 2]),
        "F.pad(x, (1, 2), 'reflect')" => pad_with(x, &[1, 2], PadMode::Reflect),
        "F.pixel_shuffle(image, 2)" => pixel_shuffle(image, 2),
        "F.pixel_unshuffle(image, 2)" => pixel_unshuffle(image, 2),
        "F.unfold(image, 2)" => unfold(image, 2),
        "F.unfold(image, 2, stride=2)" => {
            unfold_with(image, 2, UnfoldOptions { stride: 2.into(), ..Default::default() })
        },
        "F.conv_tbc(tbc, wt, bt)" => conv_tbc(tbc, wt, bt),
        "F.conv_tbc(tbc, wt, bt, 2)" => conv_tbc_with(tbc, wt, bt, 2),
    }
    rows, words, labels, table, wl, bl, wb, others {
        "F.linear(rows, wl, bl)" => linear(rows, wl, Some(bl)),
        "F.bilinear(rows, others, wb, bl)" => bilinear(rows, others, wb, Some(bl)),
        "F.embedding(words, table)" => embedding(words, table),
        "F.embedding(words, table, 2)" => {
            embedding_with(words, table, EmbeddingOptions { padding_idx: some(2), ..Default::default() })
        },
        "F.embedding_bag(words, table)" => embedding_bag(words, table),
        "F.embedding_bag(words, table, mode='sum')" => {
            let options = EmbeddingBagOptions { mode: EmbeddingBagMode::Sum, ..Default::default() };
            embedding_bag_with(words, table, None, None, options)
        },
        "F.one_hot(labels).float()" => floats(one_hot(labels)),
        "F.one_hot(labels, 6).float()" => floats(one_hot_with(&labels.data(), Some(6))),
        "F.pdist(rows)" => pdist(rows),
        "F.pdist(rows, 1.0)" => pdist_with(rows, 1.0),
    }
    rows, others, thirds, labels, several, chances, bits, signs, logs, targets, long, short, wl, bl {
        "F.binary_cross_entropy(chances, bits)" => binary_cross_entropy(chances, bits),
        "F.binary_cross_entropy_with_logits(rows, bits)" => binary_cross_entropy_with_logits(rows, bits),
        "F.cosine_embedding_loss(rows, others, signs)" => cosine_embedding_loss(rows, others, signs),
        "F.cosine_embedding_loss(rows, others, signs, 0.3)" => {
            let options = CosineEmbeddingLossOptions { margin: 0.3, ..Default::default() };
            cosine_embedding_loss_with(rows, others, signs, options)
        },
        "F.cross_entropy(rows, labels)" => cross_entropy(rows, labels),
        "F.cross_entropy(rows, labels, label_smoothing=0.2)" => {
            let options = CrossEntropyLossOptions { label_smoothing: 0.2, ..Default::default() };
            cross_entropy_with(rows, &labels.data(), options)
        },
        "F.ctc_loss(logs, targets, long, short)" => ctc_loss(logs, targets, long, short),
        "F.ctc_loss(logs, targets, long, short, reduction='sum')" => {
            let options = CTCLossOptions { reduction: Reduction::Sum, ..Default::default() };
            ctc_loss_with(logs, targets, long, short, options)
        },
        "F.gaussian_nll_loss(rows, others, chances)" => gaussian_nll_loss(rows, others, chances),
        "F.hinge_embedding_loss(rows, 2 * bits - 1)" => hinge_embedding_loss(rows, &(bits * 2.0 - 1.0)),
        "F.huber_loss(rows, others)" => huber_loss(rows, others),
        "F.kl_div(rows, chances)" => kl_div(rows, chances),
        "F.kl_div(rows, others, reduction='batchmean', log_target=True)" => {
            let reduction = KLDivReduction::BatchMean;
            kl_div_with(rows, others, KLDivLossOptions { reduction, log_target: true })
        },
        "F.l1_loss(rows, others)" => l1_loss(rows, others),
        "F.margin_ranking_loss(rows, others, 2 * bits - 1)" => {
            margin_ranking_loss(rows, others, &(bits * 2.0 - 1.0))
        },
        "F.mse_loss(rows, others)" => mse_loss(rows, others),
        "F.multi_margin_loss(rows, labels)" => multi_margin_loss(rows, labels),
        "F.multi_margin_loss(rows, labels, 2, 0.5)" => {
            let options = MultiMarginLossOptions { p: 2, margin: 0.5, ..Default::default() };
            multi_margin_loss_with(rows, labels, options)
        },
        "F.multilabel_margin_loss(rows, several)" => multilabel_margin_loss(rows, several),
        "F.multilabel_soft_margin_loss(rows, bits)" => multilabel_soft_margin_loss(rows, bits),
        "F.nll_loss(rows, labels)" => nll_loss(rows, labels),
        "F.nll_loss(rows, labels, ignore_index=1)" => {
            nll_loss_with(rows, labels, NLLLossOptions { ignore_index: 1, ..Default::default() })
        },
        "F.poisson_nll_loss(rows, chances)" => poisson_nll_loss(rows, chances),
        "F.smooth_l1_loss(rows, others)" => smooth_l1_loss(rows, others),
        "F.soft_margin_loss(rows, 2 * bits - 1)" => soft_margin_loss(rows, &(bits * 2.0 - 1.0)),
        "F.triplet_margin_loss(rows, others, thirds)" => triplet_margin_loss(rows, others, thirds),
        "F.triplet_margin_with_distance_loss(rows, others, thirds)" => {
            triplet_margin_with_distance_loss(rows, others, thirds)
        },
        "F.triplet_margin_with_distance_loss(rows, others, thirds, distance_function=F.l1_loss, margin=2.0)" => {
            let options = TripletMarginWithDistanceLossOptions { margin: 2.0, ..Default::default() };
            let distance = |x: &Variable, y: &Variable| l1_loss(x, y);
            triplet_margin_with_distance_loss_with(rows, others, thirds, distance, options)
        },
        "F.linear_cross_entropy(rows, wl, labels % 3)" => {
            linear_cross_entropy(rows, wl, &Tensor::from([0i64, 0, 1, 1, 2]))
        },
        "F.linear_cross_entropy(rows, wl, labels % 3, linear_bias=bl, label_smoothing=0.1)" => {
            let options = CrossEntropyLossOptions { label_smoothing: 0.1, ..Default::default() };
            linear_cross_entropy_with(rows, wl, &Tensor::from([0i64, 0, 1, 1, 2]), Some(bl), options)
        },
    }
}

/// Values, and the gradients of all inputs; draws follow the same seed.
#[test]
fn every_function_computes_what_torchs_does() {
    let _alone = alone();
    let recording = recording!("functional");
    let leaf = |case: &&Case| {
        let learnt = case["learnt"] == true;
        (case.text("name").to_owned(), Variable::new(case.tensor("input")).requires_grad_(learnt))
    };
    let inputs: Vec<(String, Variable)> = recording.named("input").iter().map(leaf).collect();
    let mut rows = 0;
    each(&Inputs(&inputs), |python, here| {
        rows += 1;
        inputs.iter().for_each(|(_, input)| input.zero_grad());
        let case: &Case = recording.case(python);
        tensor::manual_seed(5);
        let y = here();
        close(python, &y.data(), &case.tensor("y"));
        if y.requires_grad() {
            y.backward_with(ramp(&y.data()));
        }
        for (name, input) in &inputs {
            match (input.grad(), case.get_tensor(&format!("d{name}"))) {
                (Some(got), Some(expected)) => close(&format!("d{name} of {python}"), &got, &expected),
                (None, None) => {}
                (got, _) => {
                    panic!("{python}: a gradient of {name} {}", if got.is_some() { "here" } else { "there" })
                }
            }
        }
    });
    assert_eq!(rows + inputs.len(), recording.cases().len());
}

#[track_caller]
fn close(what: &str, got: &Tensor, expected: &Tensor) {
    testing::assert_close(what, got, expected, Within::relative(3e-6).plus(3e-6));
}
