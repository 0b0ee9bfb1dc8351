//! Tokens are drawn as torch draws them, beams are the likeliest sequences, and a cache changes no number.

use autograd::{Variable, is_grad_enabled, no_grad};
use nn::generation::{BeamSearchOptions, SamplingOptions, beam_search, greedy, sample, top_k, top_p};
use nn::{
    DecoderCache, DecoderMasks, EncoderCache, EncoderMasks, KeyValueCache, LayerNorm, Module,
    MultiheadAttention, MultiheadAttentionOptions, Options, TransformerActivation, TransformerDecoder,
    TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer, TransformerLayerOptions,
    generate_square_subsequent_mask,
};
use tensor::{DType, Generator, Tensor, Value, use_generator};
use testing::{Within, alone, assert_close, recording, refusal};

#[test]
fn tokens_are_drawn_as_in_torch() {
    let _alone = alone();
    for case in recording!("generation").cases() {
        let (logits, what) = (case.tensor("logits"), format!("{case:?}"));
        let options: Value = case.text("options").parse().expect("Python");
        let options = SamplingOptions::from_value(&options).expect("options");
        let mut kept = logits.div_scalar(options.temperature);
        kept = options.top_k.map_or(kept.clone(), |k| top_k(&kept, k));
        kept = options.top_p.map_or(kept.clone(), |p| top_p(&kept, p));
        let shown = kept.ne_scalar(f64::NEG_INFINITY).to_dtype(DType::U8);
        assert_eq!(shown.to_vec::<u8>(), case.tensor("shown").to_vec::<u8>(), "{what}");

        let expected = case.tensor("tokens");
        let mut generator = Generator::new(5);
        for i in 0..expected.size(0) {
            let tokens = use_generator(&mut generator, || sample(&logits, options));
            assert_eq!(tokens.shape(), &logits.shape()[..logits.ndim() - 1], "{what}");
            assert_eq!(tokens.to_vec::<i64>(), expected.select(0, i as isize).to_vec::<i64>(), "{what}");
        }
    }
}

#[test]
fn what_is_no_share_of_the_tokens_is_refused() {
    let logits = || tensor::zeros([3]);
    let with = |options: SamplingOptions| refusal(|| sample(&logits(), options));
    let plain = SamplingOptions::default();
    for (got, expected) in [
        (with(SamplingOptions { temperature: 0.0, ..plain }), "sample: temperature must be positive, got 0"),
        (with(SamplingOptions { top_k: Some(0), ..plain }), "sample: top_k must be positive, got 0"),
        (with(SamplingOptions { top_p: Some(1.5), ..plain }), "sample: top_p must be in (0, 1], got 1.5"),
        (refusal(|| top_k(&logits(), 0)), "top_k: k must be positive, got 0"),
        (refusal(|| top_p(&logits(), 0.0)), "top_p: p must be in (0, 1], got 0"),
    ] {
        assert!(got.starts_with(expected), "{got}");
    }
}

/// Logits of a sequence that depend on all of its tokens.
fn logits_after(tokens: &[i64], vocabulary: usize) -> Vec<f64> {
    let seed = tokens.iter().fold(7u64, |seed, &token| seed * 31 + token as u64 + 1);
    (0..vocabulary as u64)
        .map(|token| ((seed * 37 + token * 101 + token * token * seed) % 97) as f64 / 20.0)
        .collect()
}

/// The same for each row of `tokens`.
fn logits_of_rows(tokens: &Tensor, vocabulary: usize) -> Tensor {
    let rows = tokens.to_vec::<i64>();
    let rows = rows.chunks(tokens.size(1)).flat_map(|tokens| logits_after(tokens, vocabulary));
    Tensor::from_vec(rows.collect(), [tokens.size(0), vocabulary])
}

fn log_softmax(logits: Vec<f64>) -> Vec<f64> {
    let sum: f64 = logits.iter().map(|x| x.exp()).sum();
    logits.into_iter().map(|x| x - sum.ln()).collect()
}

/// All sequences that end with `eos` or have the full length, with their scores, the best first.
fn every_sequence(vocabulary: usize, length: usize, eos: Option<i64>, penalty: f64) -> Vec<(Vec<i64>, f64)> {
    let (mut open, mut done) = (vec![(Vec::new(), 0.0)], Vec::new());
    for n in 1..=length {
        let mut longer = Vec::new();
        for (tokens, sum) in open {
            for (token, p) in log_softmax(logits_after(&tokens, vocabulary)).into_iter().enumerate() {
                let (tokens, sum) = ([&tokens[..], &[token as i64]].concat(), sum + p);
                if n == length || Some(token as i64) == eos {
                    done.push((tokens, sum / (n as f64).powf(penalty)));
                } else {
                    longer.push((tokens, sum));
                }
            }
        }
        open = longer;
    }
    done.sort_by(|a: &(Vec<i64>, f64), b| b.1.total_cmp(&a.1));
    done
}

#[test]
fn wide_beams_find_the_likeliest_sequences() {
    let (vocabulary, max_new_tokens) = (4, 4);
    for eos_token in [None, Some(0), Some(3)] {
        for length_penalty in [0.0, 1.0, 2.0] {
            let options = BeamSearchOptions { num_beams: 256, max_new_tokens, eos_token, length_penalty };
            let first = Tensor::from(logits_after(&[], vocabulary));
            let beams = beam_search(&first, |tokens, _| logits_of_rows(tokens, vocabulary), options);
            let expected = every_sequence(vocabulary, max_new_tokens, eos_token, length_penalty);
            assert_eq!(beams.len(), expected.len());
            for (beam, (tokens, score)) in beams.iter().zip(expected) {
                assert_eq!(beam.tokens, tokens, "{options:?}");
                assert!((beam.score - score).abs() < 1e-12, "{options:?}");
            }
        }
    }
}

#[test]
fn one_beam_is_greedy_and_each_beam_continues_its_parent() {
    let first = Tensor::from(logits_after(&[], 5));
    let options = BeamSearchOptions { num_beams: 1, max_new_tokens: 6, ..Default::default() };
    let beams = beam_search(&first, |tokens, _| logits_of_rows(tokens, 5), options);
    let mut tokens = Vec::new();
    for _ in 0..6 {
        tokens.push(greedy(&Tensor::from(logits_after(&tokens, 5))).item() as i64);
    }
    assert_eq!((beams.len(), &beams[0].tokens), (1, &tokens));

    let options = BeamSearchOptions { num_beams: 3, ..options };
    let mut before: Vec<Vec<i64>> = vec![vec![]];
    beam_search(
        &first,
        |tokens, parents| {
            let rows = tokens.to_vec::<i64>();
            let rows: Vec<Vec<i64>> = rows.chunks(tokens.size(1)).map(<[i64]>::to_vec).collect();
            for (row, parent) in rows.iter().zip(parents.to_vec::<i64>()) {
                assert_eq!(row[..row.len() - 1], before[parent as usize]);
            }
            before = rows;
            logits_of_rows(tokens, 5)
        },
        options,
    );
    assert_eq!((before.len(), before[0].len()), (3, 5));
    let got = refusal(|| beam_search(&first, |_, _| tensor::zeros([2, 5]), options));
    assert_eq!(got, "beam_search: next has to give logits of 3 beams, got [2, 5]");
    let none = BeamSearchOptions { num_beams: 0, ..options };
    let got = refusal(|| beam_search(&first, |tokens, _| logits_of_rows(tokens, 5), none));
    assert_eq!(got, "beam_search: num_beams must be positive, got 0");
}

/// How often a model is asked that ends nearly always: the more a length divides, the longer a sequence that
/// goes on may overtake.
#[test]
fn a_search_ends_when_nothing_can_overtake_what_has_ended() {
    let logits = Tensor::from([5.0f64, 0.0, -1.0, -2.0]);
    for (length_penalty, calls) in [(0.0, 1), (1.0, 3), (4.0, 5)] {
        let eos_token = Some(0);
        let options = BeamSearchOptions { num_beams: 2, max_new_tokens: 6, eos_token, length_penalty };
        let mut asked = 0;
        let next = |tokens: &Tensor, _: &Tensor| {
            asked += 1;
            logits.expand([tokens.size(0), 4])
        };
        let beams = beam_search(&logits, next, options);
        assert_eq!((asked, beams.len()), (calls, 2), "{length_penalty}");
        assert_eq!(beams[0].tokens, [0]);
        assert!(beams[0].score >= beams[1].score);
    }
}

/// Kinds of layers: `batch_first`, shape of the input, and options.
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
            let (mut cache, mut start) = (EncoderCache::new(&net), 0);
            assert!(cache.is_empty());
            for step in steps {
                let y = net.forward_cached(&x.narrow(time, start, step), &mut cache);
                assert!(!y.requires_grad() && is_grad_enabled());
                assert_close(
                    format!("{options:?} {start}"),
                    &y.data(),
                    &all.narrow(time, start, step),
                    close(),
                );
                start += step as isize;
                assert_eq!(cache.len(), start as usize);
            }
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
            let mut start = 0;
            for step in [2, 1, 1, 5] {
                let y = net.forward_cached(&x.narrow(time, start, step), &mut cache);
                assert_close(
                    format!("{options:?} {start}"),
                    &y.data(),
                    &all.narrow(time, start, step),
                    close(),
                );
                start += step as isize;
            }
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
