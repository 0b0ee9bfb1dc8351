use autograd::{Variable, no_grad};
use nn::generation::{SamplingOptions, sample};
use nn::{Embedding, Forward, LSTM, LSTMOptions, LSTMState, Linear, Module};
use tensor::Tensor;

/// A character model: each character becomes a row of numbers, an LSTM reads them, and a linear map scores
/// what comes next.
///
/// # Shapes
/// - `tokens`: `[time, batch]`
/// - scores: `[time, batch, characters]`
#[derive(Debug, Module)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CharRnn {
    pub embed: Embedding,
    pub rnn: LSTM,
    pub head: Linear,
}

impl CharRnn {
    /// A new net, with `layers` layers of `hidden` numbers.
    pub fn new(characters: usize, hidden: usize, layers: usize) -> Self {
        let options = LSTMOptions { num_layers: layers, ..Default::default() };
        Self {
            embed: Embedding::new(characters, hidden),
            rnn: LSTM::with(hidden, hidden, options),
            head: Linear::new(hidden, characters),
        }
    }

    /// The scores after each character, and what the next stretch of the same text begins with.
    pub fn forward(&self, tokens: Tensor, state: Option<&LSTMState>) -> (Variable, LSTMState) {
        let x = self.embed.forward(&Variable::new(tokens));
        let out = self.rnn.forward(&x, state);
        (self.head.forward(&out.output), out.state)
    }

    /// Reads a text and writes `count` more characters.
    ///
    /// # Panics
    /// If there is no text.
    pub fn generate(&self, text: &[i64], count: usize, options: SamplingOptions) -> Vec<i64> {
        let mut text = text.to_vec();
        let (mut unread, mut state) = (text.clone(), None);
        for _ in 0..count {
            let (scores, next) = no_grad(|| self.forward(Tensor::from(unread).unsqueeze(1), state.as_ref()));
            state = Some(next);
            let token = sample(&scores.data().select(0, -1).select(0, 0), options).item_as();
            text.push(token);
            unread = vec![token];
        }
        text
    }
}
