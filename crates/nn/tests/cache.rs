//! A cache changes no number.

use autograd::{Variable, is_grad_enabled, no_grad};
use nn::{
    DecoderCache, DecoderMasks, EncoderCache, EncoderMasks, KeyValueCache, LayerNorm, Module,
    MultiheadAttention, MultiheadAttentionOptions, TransformerActivation, TransformerDecoder,
    TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer, TransformerLayerOptions,
    generate_square_subsequent_mask,
};
use tensor::Tensor;
use testing::{Within, alone, assert_close, refusal};

/// Shapes of inputs of nine elements, and options of layers for them.
fn layers() -> [(Vec<usize>, TransformerLayerOptions); 4] {
    let plain = TransformerLayerOptions { dim_feedforward: 12, ..Default::default() };
    let first = TransformerLayerOptions { batch_first: true, norm_first: true, ..plain };
    [
        (vec![9, 3, 8], plain),
        (vec![3, 9, 8], first),
        (vec![9, 8], TransformerLayerOptions { activation: TransformerActivation::Gelu, ..plain }),
        (vec![9, 8], TransformerLayerOptions { bias: false, ..first }),
    ]
}

fn time(shape: &[usize], options: TransformerLayerOptions) -> isize {
    if options.batch_first && shape.len() == 3 { 1 } else { 0 }
}

fn close() -> Within {
    Within::of_largest(2e-6)
}

fn causal(size: usize) -> Option<Variable> {
    Some(Variable::new(generate_square_subsequent_mask(size)))
}

/// Sees to it that so many elements of `x` after others give their parts of `all`; `step` has the output of
/// some elements, and up to which that is.
fn check_steps(
    what: String,
    [x, all]: [&Tensor; 2],
    time: isize,
    steps: &[usize],
    mut step: impl FnMut(&Variable, usize) -> Variable,
) {
    let mut start = 0;
    for &count in steps {
        let y = step(&Variable::new(x.narrow(time, start as isize, count)), start + count);
        assert_close(format!("{what} {start}"), &y.data(), &all.narrow(time, start as isize, count), close());
        start += count;
    }
}

#[test]
fn an_encoder_with_a_cache_gives_what_it_gives_for_all_elements() {
    let _alone = alone();
    for (shape, options) in layers() {
        let layer = TransformerEncoderLayer::with(8, 2, options);
        let net = TransformerEncoder::new(&layer, 2, Some(LayerNorm::new([8])));
        net.eval();
        let (x, time) = (Variable::new(tensor::randn(&shape[..])), time(&shape, options));
        let all = net.forward(&x, EncoderMasks { src_mask: causal(9), ..Default::default() }).data();
        for steps in [vec![9], vec![1; 9], vec![4, 1, 3, 1], vec![1, 8]] {
            let mut cache = EncoderCache::new(&net);
            assert!(cache.is_empty());
            check_steps(format!("{options:?}"), [&x.data(), &all], time, &steps, |x, end| {
                let y = net.forward_cached(x, &mut cache);
                assert!(!y.requires_grad() && is_grad_enabled());
                assert_eq!(cache.len(), end);
                y
            });
        }
    }
}

#[test]
fn a_decoder_with_a_cache_gives_what_it_gives_for_all_elements() {
    let _alone = alone();
    for (shape, options) in layers() {
        let layer = TransformerDecoderLayer::with(8, 2, options);
        let net = TransformerDecoder::new(&layer, 2, None);
        net.eval();
        let time = time(&shape, options);
        let mut of_memory = shape.clone();
        of_memory[time as usize] = 5;
        let [x, memory] = [&shape, &of_memory].map(|shape| Variable::new(tensor::randn(&shape[..])));
        let hidden = if shape.len() == 3 {
            Tensor::from([[false, false, false, true, true], [false; 5], [true, false, true, false, false]])
        } else {
            Tensor::from([false, true, false, false, true])
        };
        for memory_key_padding_mask in [None, Some(Variable::new(hidden))] {
            let mut cache = DecoderCache::new(&net, &memory, memory_key_padding_mask.as_ref());
            let masks = DecoderMasks { tgt_mask: causal(9), memory_key_padding_mask, ..Default::default() };
            let all = net.forward(&x, &memory, masks).data();
            check_steps(format!("{options:?}"), [&x.data(), &all], time, &[2, 1, 1, 5], |x, _| {
                net.forward_cached(x, &mut cache)
            });
            assert_eq!(cache.len(), 9);
        }
    }
}

#[test]
fn a_reordered_cache_is_that_of_the_sequences_taken() {
    let _alone = alone();
    let net = TransformerDecoder::new(&TransformerDecoderLayer::new(8, 2), 1, None);
    net.eval();
    let places = Tensor::from([2i64, 0, 2, 1]);
    let [x, memory] = [[4, 3, 8], [5, 3, 8]].map(|shape| Variable::new(tensor::randn(shape)));
    let hidden = Variable::new(Tensor::from([[true, false, false, false, false], [false; 5], [false; 5]]));
    let mut cache = DecoderCache::new(&net, &memory, Some(&hidden));
    net.forward_cached(&x.narrow(0, 0, 3), &mut cache);
    cache.reorder(&places);
    let last = |x: &Variable| x.narrow(0, 3, 1);
    let got = net.forward_cached(&last(&x.index_select(1, &places)), &mut cache);

    let taken = |x: &Variable, axis| x.index_select(axis, &places);
    let masks = DecoderMasks {
        tgt_mask: causal(4),
        memory_key_padding_mask: Some(taken(&hidden, 0)),
        ..Default::default()
    };
    let all = no_grad(|| net.forward(&taken(&x, 1), &taken(&memory, 1), masks));
    assert_close("the last", &got.data(), &last(&all).data(), close());
}

#[test]
fn a_cache_is_for_evaluation_of_the_same_sequences() {
    let _alone = alone();
    let x = || Variable::new(tensor::zeros([2, 3, 4]));
    let with = |options: MultiheadAttentionOptions| {
        let layer = MultiheadAttention::with(4, 2, options);
        layer.eval();
        layer
    };
    let plain = MultiheadAttentionOptions::default();
    let of = |layer: &MultiheadAttention, x: &Variable| {
        refusal(|| layer.forward_cached(x, &mut KeyValueCache::new()).shape())
    };
    let other = || {
        let (layer, mut cache) = (with(plain), KeyValueCache::new());
        layer.forward_cached(&x(), &mut cache);
        layer.forward_cached(&x().narrow(1, 0, 2), &mut cache).shape()
    };
    let net = |n| TransformerEncoder::new(&TransformerEncoderLayer::new(4, 2), n, None);
    let deeper = || net(2).forward_cached(&x(), &mut EncoderCache::new(&net(1)));
    for (got, expected) in [
        (
            of(&MultiheadAttention::new(4, 2), &x()),
            "a cache is for evaluation, but the layer is in training mode",
        ),
        (
            of(&with(MultiheadAttentionOptions { add_zero_attn: true, ..plain }), &x()),
            "a cache has no place for the keys of add_bias_kv and add_zero_attn",
        ),
        (
            of(&with(MultiheadAttentionOptions { kdim: Some(3), ..plain }), &x()),
            "keys and values have other sizes than queries",
        ),
        (
            of(&with(plain), &x().select(0, 0).select(0, 0)),
            "query should be unbatched 2D or batched 3D tensor",
        ),
        (refusal(|| with(plain).forward_from(&x(), &KeyValueCache::new())), "there are no keys in the cache"),
        (refusal(other), "the cache has keys [3, 2, 2, 2] of torch.float32, these are [2, 2, 2, 2]"),
        (refusal(deeper), "the cache is for 1 layers instead of 2"),
    ] {
        assert!(got.contains(expected), "{got}");
    }
}
