//! Tokens are drawn as torch draws them, and beams are the likeliest sequences.

use nn::generation::{BeamSearchOptions, SamplingOptions, beam_search, greedy, sample, top_k, top_p};
use tensor::{DType, Generator, Tensor, use_generator};
use testing::{alone, recording, refusal};

#[test]
fn tokens_are_drawn_as_in_torch() {
    let _alone = alone();
    for case in recording!("generation").cases() {
        let (logits, what) = (case.tensor("logits"), format!("{case:?}"));
        let options: SamplingOptions = case.options();
        let mut kept = logits.div_scalar(options.temperature);
        kept = options.top_k.map_or(kept.clone(), |k| top_k(&kept, k));
        kept = options.top_p.map_or(kept.clone(), |p| top_p(&kept, p));
        let shown = kept.ne(f64::NEG_INFINITY).to_dtype(DType::U8);
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
    let got = refusal(|| top_k(&tensor::zeros([2, 0]), 1));
    assert_eq!(got, "top_k: there are no tokens to choose from, got [2, 0]");
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
