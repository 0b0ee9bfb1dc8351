//! The next token from a model's logits: greedy, drawn, or by beams.
//!
//! These are functions of logits, so that the loop around the model stays a loop. A cache lets a model read
//! each token once.
//!
//! ```
//! use autograd::{Variable, no_grad};
//! use nn::generation::{SamplingOptions, sample};
//! use nn::{Embedding, EncoderCache, Forward, Linear, Module, TransformerEncoder, TransformerEncoderLayer};
//! use tensor::Tensor;
//!
//! tensor::manual_seed(0);
//! let (embed, head) = (Embedding::new(10, 8), Linear::new(8, 10));
//! let net = TransformerEncoder::new(&TransformerEncoderLayer::new(8, 2), 2, None);
//! net.eval();
//!
//! let options = SamplingOptions { temperature: 0.8, top_k: Some(5), ..Default::default() };
//! let (mut text, mut cache) = (vec![1i64, 4, 2], EncoderCache::new(&net));
//! while text.len() < 8 {
//!     let new = Variable::new(Tensor::from(text[cache.len()..].to_vec()));
//!     let y = no_grad(|| head.forward(&net.forward_cached(&embed.forward(&new), &mut cache)));
//!     text.push(sample(&y.data().select(0, -1), options).item() as i64);
//! }
//! assert!(text.iter().all(|token| (0..10).contains(token)));
//! ```

mod beam_search;
mod sampling;

pub use beam_search::{Beam, BeamSearchOptions, beam_search};
pub use sampling::{SamplingOptions, greedy, sample, top_k, top_p};
