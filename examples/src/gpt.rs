use autograd::{Variable, no_grad};
use nn::generation::{SamplingOptions, sample};
use nn::{
    Embedding, EncoderCache, EncoderMasks, Forward, LayerNorm, Linear, Module, TransformerEncoder,
    TransformerEncoderLayer, TransformerLayerOptions, generate_square_subsequent_mask,
};
use tensor::Tensor;

/// A small GPT (Radford et al., *Improving language understanding by generative pre-training*, 2018): tokens
/// and their places become rows of numbers, layers of attention to what came before read them, and a linear
/// map scores what comes next.
///
/// # Shapes
/// - `tokens`: `[batch, time]`, at most `context` of them
/// - scores: `[batch, time, vocab]`
#[derive(Debug, Module)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Gpt {
    pub tok: Embedding,
    pub pos: Embedding,
    pub blocks: TransformerEncoder,
    pub head: Linear,
}

/// The sizes of a [`Gpt`].
#[derive(Clone, Copy, Debug)]
pub struct GptOptions {
    /// Different tokens.
    pub vocab: usize,
    /// Tokens that it sees at once.
    pub context: usize,
    /// Numbers for a token.
    pub width: usize,
    /// Heads of attention.
    pub heads: usize,
    /// Layers.
    pub layers: usize,
    /// What the layers are like. If their norms come first, there is one behind the last, too.
    pub layer: TransformerLayerOptions,
}

impl Gpt {
    /// A new net.
    ///
    /// # Panics
    /// If a size is 0, or `heads` does not divide `width`.
    pub fn new(options: GptOptions) -> Self {
        let GptOptions { vocab, context, width, heads, layers, layer } = options;
        let layer = TransformerLayerOptions { batch_first: true, ..layer };
        let norm = || layer.norm_first.then(|| LayerNorm::new(width));
        Self {
            tok: Embedding::new(vocab, width),
            pos: Embedding::new(context, width),
            blocks: TransformerEncoder::new(
                &TransformerEncoderLayer::with(width, heads, layer),
                layers,
                norm(),
            ),
            head: Linear::new(width, vocab),
        }
    }

    /// Tokens of which the first has this place.
    fn embed(&self, tokens: Tensor, place: usize) -> Variable {
        let places = tensor::arange(place as i64, (place + tokens.size(1)) as i64, 1);
        self.tok.forward(&Variable::new(tokens)) + self.pos.forward(&Variable::new(places))
    }

    /// The scores after each token, which sees none that come later.
    pub fn forward(&self, tokens: Tensor) -> Variable {
        let src_mask = Some(Variable::new(generate_square_subsequent_mask(tokens.size(1))));
        let masks = EncoderMasks { src_mask, is_causal: true, ..Default::default() };
        self.head.forward(&self.blocks.forward(&self.embed(tokens, 0), masks))
    }

    /// Reads a text and writes `count` more tokens, in evaluation mode. A cache keeps what was read; when the
    /// context is full, the later half of it is read again and there is room for more.
    ///
    /// # Panics
    /// If there is no text.
    pub fn generate(&self, text: &[i64], count: usize, options: SamplingOptions) -> Vec<i64> {
        let context = self.pos.weight.size(0);
        let mut text = text.to_vec();
        let (mut begin, mut cache) = (0, EncoderCache::new(&self.blocks));
        for _ in 0..count {
            if text.len() - begin > context {
                begin = text.len() - context.div_ceil(2);
                cache = EncoderCache::new(&self.blocks);
            }
            let read = cache.len();
            let new = Tensor::from(text[begin + read..].to_vec()).unsqueeze(0);
            let scores = no_grad(|| {
                self.head.forward(&self.blocks.forward_cached(&self.embed(new, read), &mut cache))
            });
            text.push(sample(&scores.data().select(1, -1).select(0, 0), options).item_as());
        }
        text
    }
}
