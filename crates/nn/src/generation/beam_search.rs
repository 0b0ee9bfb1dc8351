use tensor::{DType, Tensor};

use crate::Options;

/// The options of [`beam_search`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct BeamSearchOptions {
    /// How many sequences are followed at once, and returned. Default 4.
    #[option(default = 4, check(num_beams > 0, "num_beams must be positive, got 0"))]
    pub num_beams: usize,
    /// How long a sequence becomes at most. Default 20.
    #[option(default = 20, check(max_new_tokens > 0, "max_new_tokens must be positive, got 0"))]
    pub max_new_tokens: usize,
    /// The token that ends a sequence, if there is one.
    pub eos_token: Option<i64>,
    /// The power of its length by which a sequence's log-probability is divided: above 0 long ones gain.
    /// Default 1.
    #[option(default = 1.0, check(length_penalty >= 0.0, "length_penalty must not be negative, got {length_penalty}"))]
    pub length_penalty: f64,
}

/// A sequence that [`beam_search`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Beam {
    /// Its tokens, with the one that ends it.
    pub tokens: Vec<i64>,
    /// Its log-probability, divided by a power of its length.
    pub score: f64,
}

/// The likeliest sequences that a search of this width finds, the best first.
///
/// `logits`, `[vocabulary]`, are those of the first token. For later ones `next` gives a row for each beam,
/// `[beams, vocabulary]`. It gets the beams' tokens so far, `[beams, length]`, and which beam of the call before
/// (at first the only sequence) each of them continues, `[beams]`, for a cache to follow: with
/// [`EncoderCache::reorder`](crate::EncoderCache::reorder) it reads nothing but the last column.
///
/// A step keeps the `num_beams` best continuations; the ended sequences that rank before the last of these are
/// set aside. The search ends when no running sequence can overtake those any more.
///
/// ```
/// use nn::generation::{BeamSearchOptions, beam_search};
/// use tensor::Tensor;
///
/// // A model that likes to repeat the last token.
/// let next = |tokens: &Tensor, _: &Tensor| tokens.select(1, -1).one_hot(Some(3)).to_dtype(tensor::DType::F32);
/// let options = BeamSearchOptions { num_beams: 2, max_new_tokens: 3, ..Default::default() };
/// let beams = beam_search(&Tensor::from([0.0f32, 0.5, -1.0]), next, options);
/// assert_eq!((&beams[0].tokens[..], &beams[1].tokens[..]), (&[1i64, 1, 1][..], &[0i64, 0, 0][..]));
/// ```
///
/// # Panics
/// If an option is out of its range, or logits have other shapes.
#[track_caller]
pub fn beam_search(
    logits: &Tensor,
    mut next: impl FnMut(&Tensor, &Tensor) -> Tensor,
    options: BeamSearchOptions,
) -> Vec<Beam> {
    options.assert_valid("beam_search");
    let BeamSearchOptions { num_beams, max_new_tokens, eos_token, length_penalty } = options;
    assert!(logits.ndim() == 1, "beam_search: logits must be 1-D, got {:?}", logits.shape());
    let score = |sum: f64, length: usize| sum / (length as f64).powf(length_penalty);
    let mut running = vec![Running { tokens: Vec::new(), sum: 0.0 }];
    let mut done: Vec<Beam> = Vec::new();
    let mut logits = logits.unsqueeze(0);
    for length in 1..=max_new_tokens {
        let (mut longer, mut parents) = (Vec::new(), Vec::new());
        for (parent, token, sum) in continuations(&logits, &running, 2 * num_beams) {
            let tokens = [&running[parent].tokens[..], &[token]].concat();
            if Some(token) == eos_token || length == max_new_tokens {
                done.push(Beam { tokens, score: score(sum, length) });
            } else {
                longer.push(Running { tokens, sum });
                parents.push(parent as i64);
            }
            if longer.len() == num_beams {
                break;
            }
        }
        done.sort_by(|a, b| b.score.total_cmp(&a.score));
        done.truncate(num_beams);
        running = longer;
        // The sum only falls from here, and is divided by no more than this.
        let best =
            running.iter().map(|beam| score(beam.sum, max_new_tokens)).fold(f64::NEG_INFINITY, f64::max);
        if running.is_empty() || done.len() == num_beams && done[num_beams - 1].score >= best {
            break;
        }
        let tokens: Vec<i64> = running.iter().flat_map(|beam| beam.tokens.iter().copied()).collect();
        let tokens = Tensor::from_vec(tokens, [running.len(), length]);
        logits = next(&tokens, &Tensor::from(parents));
        let (found, beams) = (logits.shape(), running.len());
        assert!(
            found.len() == 2 && found[0] == beams,
            "beam_search: next has to give logits of {beams} beams, got {found:?}"
        );
    }
    done
}

/// A sequence that goes on.
struct Running {
    tokens: Vec<i64>,
    /// Its log-probability.
    sum: f64,
}

/// The likeliest continuations, at most `count` of each sequence: which it continues, its token and its
/// log-probability. Of equal ones the first sequence, and in it the first token, come first.
fn continuations(logits: &Tensor, running: &[Running], count: usize) -> Vec<(usize, i64, f64)> {
    let count = count.min(logits.size(-1));
    let (values, tokens) = logits.to_dtype(DType::F64).log_softmax(-1).topk(count, -1, true);
    let (values, tokens) = (values.to_vec::<f64>(), tokens.to_vec::<i64>());
    let all = values.into_iter().zip(tokens).enumerate();
    let mut all: Vec<(usize, i64, f64)> =
        all.map(|(i, (value, token))| (i / count, token, running[i / count].sum + value)).collect();
    all.sort_by(|a, b| b.2.total_cmp(&a.2));
    all
}
