//! Attention, alone and in a small language model.

use autograd::{ScaledDotProductAttentionOptions, Variable, scaled_dot_product_attention};
use nn::{
    CrossEntropyLoss, Embedding, EncoderMasks, Forward, LayerNorm, Linear, Module, TransformerActivation,
    TransformerEncoder, TransformerEncoderLayer, TransformerLayerOptions, generate_square_subsequent_mask,
};
use optim::{AdamW, Optimizer};

use super::data::Data;
use super::workloads::{Row, Sample, Unit, timed};

pub(super) const ROWS: [Row; 2] = [
    Row {
        letter: 'T',
        title: "GPT: 2 layers of 4 heads, 128 wide, 16 texts of 64 tokens of 65, AdamW, a step",
        workload: "gpt",
        variant: "default",
        torch_variants: &["default"],
        unit: Unit::Milliseconds,
        target: 1.6,
        prepare: gpt,
    },
    Row {
        letter: 'W',
        title: "causal attention of 8 heads, 64 wide, to 512 tokens, forward and back",
        workload: "attention",
        variant: "default",
        torch_variants: &["default"],
        unit: Unit::Milliseconds,
        target: 1.3,
        prepare: alone,
    },
];

const TOKENS: usize = 65;
const WIDTH: usize = 128;
const BATCH: usize = 16;
const LENGTH: usize = 64;

fn gpt(_: &Data, _: &str, _: usize) -> Sample {
    let (tokens, places) = (Embedding::new(TOKENS, WIDTH), Embedding::new(LENGTH, WIDTH));
    let options = TransformerLayerOptions {
        dim_feedforward: 4 * WIDTH,
        dropout: 0.0.into(),
        activation: TransformerActivation::Gelu,
        batch_first: true,
        norm_first: true,
        ..Default::default()
    };
    let layer = TransformerEncoderLayer::with(WIDTH, 4, options);
    let encoder = TransformerEncoder::new(&layer, 2, Some(LayerNorm::new([WIDTH])));
    let head = Linear::new(WIDTH, TOKENS);
    let modules: [&dyn Module; 4] = [&tokens, &places, &encoder, &head];
    let parameters: Vec<_> = modules.iter().flat_map(|module| module.parameters()).collect();
    let mut optim = AdamW::new(parameters, 1e-3);
    let x = Variable::new(tensor::randint(0, TOKENS as i64, [BATCH, LENGTH]));
    let y = Variable::new(tensor::randint(0, TOKENS as i64, [BATCH * LENGTH]));
    let at = Variable::new(tensor::arange(0, LENGTH as i64, 1));
    let mask = Variable::new(generate_square_subsequent_mask(LENGTH));
    timed(5, move || {
        let masks = EncoderMasks { src_mask: Some(mask.clone()), is_causal: true, ..Default::default() };
        let out = encoder.forward(&(tokens.forward(&x) + places.forward(&at)), masks);
        let out = head.forward(&out).reshape([BATCH * LENGTH, TOKENS]);
        let loss = CrossEntropyLoss::new().forward(&out, &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
    })
}

fn alone(_: &Data, _: &str, _: usize) -> Sample {
    let shape = [1, 8, 512, 64];
    let [q, k, v] = [(); 3].map(|()| Variable::new(tensor::randn(shape)).requires_grad_(true));
    let dy = tensor::randn(shape);
    let options = ScaledDotProductAttentionOptions { is_causal: true, ..Default::default() };
    timed(5, move || {
        scaled_dot_product_attention(&q, &k, &v, None, options).backward_with(dy.clone());
        [&q, &k, &v].into_iter().for_each(|x| x.set_grad(None));
    })
}
