//! Attention, alone and in a small language model.

use autograd::{ScaledDotProductAttentionOptions, Variable, no_grad, scaled_dot_product_attention};
use examples::{Gpt, GptOptions};
use nn::{CrossEntropyLoss, EncoderCache, Forward, Module, TransformerActivation, TransformerLayerOptions};
use optim::{AdamW, Optimizer};

use super::data::Data;
use super::workloads::{Row, Sample, Unit, timed};

pub(super) const ROWS: [Row; 3] = [
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
        letter: 'V',
        title: "a token more of that GPT with its cache, batch 1, of 64",
        workload: "generation",
        variant: "default",
        torch_variants: &["default"],
        unit: Unit::Microseconds,
        target: 5.0,
        prepare: generation,
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
const BATCH: usize = 16;
const LENGTH: usize = 64;

fn net() -> Gpt {
    let layer = TransformerLayerOptions {
        dim_feedforward: 512,
        dropout: 0.0.into(),
        activation: TransformerActivation::Gelu,
        norm_first: true,
        ..Default::default()
    };
    Gpt::new(GptOptions { vocab: TOKENS, context: LENGTH, width: 128, heads: 4, layers: 2, layer })
}

fn gpt(_: &Data, _: &str, _: usize) -> Sample {
    let net = net();
    let mut optim = AdamW::new(net.parameters(), 1e-3);
    let x = tensor::randint(0, TOKENS as i64, [BATCH, LENGTH]);
    let y = Variable::new(tensor::randint(0, TOKENS as i64, [BATCH * LENGTH]));
    timed(5, move || {
        let out = net.forward(x.clone()).reshape([BATCH * LENGTH, TOKENS]);
        let loss = CrossEntropyLoss::new().forward(&out, &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
    })
}

/// The scores of a token that follows those in the cache, which begins anew when it is full.
fn generation(_: &Data, _: &str, _: usize) -> Sample {
    let net = net();
    net.eval();
    let token = Variable::new(tensor::randint(0, TOKENS as i64, [1, 1]));
    let mut cache = EncoderCache::new(&net.blocks);
    timed(5 * LENGTH as u32, move || {
        if cache.len() == LENGTH {
            cache = EncoderCache::new(&net.blocks);
        }
        let at = Variable::new(tensor::full([1], cache.len() as i64));
        no_grad(|| {
            let x = net.tok.forward(&token) + net.pos.forward(&at);
            net.head.forward(&net.blocks.forward_cached(&x, &mut cache));
        });
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
