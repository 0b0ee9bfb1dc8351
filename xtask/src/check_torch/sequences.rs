//! Layers of sequences, which take more than one input, give more than one output, or read integers.

use std::path::Path;
use std::sync::Arc;

use autograd::{Variable, no_grad};
use nn::{
    Embedding, EmbeddingBag, EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions, Forward, GRU, GRUCell,
    GRUCellOptions, GRUOptions, LSTM, LSTMCell, LSTMOptions, LayerNorm, Module, MultiLabelSoftMarginLoss,
    MultiLabelSoftMarginLossOptions, MultiMarginLoss, MultiMarginLossOptions, MultiheadAttention,
    MultiheadAttentionOptions, RNN, RNNCell, RNNCellOptions, RNNOptions, StateDict, Transformer,
    TransformerActivation, TransformerDecoder, TransformerDecoderLayer, TransformerEncoder,
    TransformerEncoderLayer, TransformerLayerOptions, Value,
};
use serialize::{load_checkpoint, save_checkpoint};
use tensor::Tensor;

use crate::Result;

/// A layer, and what it is called with.
pub(super) struct Net {
    /// What makes it in torch.
    torch: &'static str,
    module: Arc<dyn Module>,
    inputs: Vec<Tensor>,
    first_output: Box<Call>,
}

type Call = dyn Fn(&[Variable]) -> Variable;

fn net<M: Module>(
    torch: &'static str,
    module: M,
    inputs: Vec<Tensor>,
    first_output: fn(&M, &[Variable]) -> Variable,
) -> Net {
    let module = Arc::new(module);
    let shared = module.clone();
    module.eval();
    Net { torch, module, inputs, first_output: Box::new(move |x| first_output(&shared, x)) }
}

/// One of each, with options.
pub(super) fn nets() -> Vec<Net> {
    tensor::manual_seed(0);
    let x = || tensor::randn([6, 3, 8]);
    let encoder = TransformerLayerOptions {
        dim_feedforward: 12,
        activation: TransformerActivation::Gelu,
        norm_first: true,
        batch_first: true,
        ..Default::default()
    };
    let transformer = TransformerLayerOptions { dim_feedforward: 12, ..Default::default() };
    let (num_layers, bidirectional) = (2, true);
    let mut nets = parts();
    nets.extend([
        net(
            "nn.RNN(8, 5, num_layers=2, nonlinearity='relu')",
            RNN::with(
                8,
                5,
                RNNOptions { num_layers, nonlinearity: nn::Nonlinearity::Relu, ..Default::default() },
            ),
            vec![x()],
            |rnn, x| rnn.forward(&x[0], None).output,
        ),
        net(
            "nn.GRU(8, 5, batch_first=True, bidirectional=True)",
            GRU::with(8, 5, GRUOptions { batch_first: true, bidirectional, ..Default::default() }),
            vec![x()],
            |gru, x| gru.forward(&x[0], None).output,
        ),
        net(
            "nn.LSTM(8, 5, num_layers=2, bidirectional=True, proj_size=3)",
            LSTM::with(8, 5, LSTMOptions { num_layers, bidirectional, proj_size: 3, ..Default::default() }),
            vec![x()],
            |lstm, x| lstm.forward(&x[0], None).output,
        ),
        net(
            "nn.EmbeddingBag(9, 4, mode='sum', padding_idx=2)",
            EmbeddingBag::with(
                9,
                4,
                EmbeddingBagOptions {
                    mode: EmbeddingBagMode::Sum,
                    padding_idx: Some(2),
                    ..Default::default()
                },
            ),
            vec![tensor::randint(0, 9, [7]), Tensor::from([0i64, 3, 3])],
            |bag, x| bag.forward(&x[0], Some(&x[1]), None),
        ),
        net(
            "nn.MultiheadAttention(8, 2, kdim=5, add_bias_kv=True, add_zero_attn=True)",
            MultiheadAttention::with(
                8,
                2,
                MultiheadAttentionOptions {
                    kdim: Some(5),
                    add_bias_kv: true,
                    add_zero_attn: true,
                    ..Default::default()
                },
            ),
            vec![x(), tensor::randn([4, 3, 5]), tensor::randn([4, 3, 8])],
            |attention, x| attention.forward(&x[0], &x[1], &x[2], Default::default()).output,
        ),
        net(
            "nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, activation='gelu', norm_first=True, \
             batch_first=True), 2, nn.LayerNorm(8))",
            TransformerEncoder::new(
                &TransformerEncoderLayer::with(8, 2, encoder),
                num_layers,
                Some(LayerNorm::new([8])),
            ),
            vec![x()],
            |encoder, x| encoder.forward(&x[0], Default::default()),
        ),
        net(
            "nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 12, activation='gelu', norm_first=True, \
             batch_first=True), 2, nn.LayerNorm(8))",
            TransformerDecoder::new(
                &TransformerDecoderLayer::with(8, 2, encoder),
                num_layers,
                Some(LayerNorm::new([8])),
            ),
            vec![x(), tensor::randn([6, 4, 8])],
            |decoder, x| decoder.forward(&x[0], &x[1], Default::default()),
        ),
        net(
            "nn.Transformer(8, 2, 1, 2, 12)",
            Transformer::with(8, 2, 1, num_layers, transformer),
            vec![x(), tensor::randn([4, 3, 8])],
            |net, x| net.forward(&x[0], &x[1], Default::default()),
        ),
    ]);
    nets
}

/// Those that nets are made of: tables, cells, single layers, and losses that are saved.
fn parts() -> Vec<Net> {
    let [x, h] = [8, 5].map(|width| tensor::randn([3, width]));
    let no_bias = TransformerLayerOptions { dim_feedforward: 12, bias: false, ..Default::default() };
    vec![
        net(
            "nn.Embedding(9, 4, padding_idx=-1)",
            Embedding::with(9, 4, EmbeddingOptions { padding_idx: Some(-1), ..Default::default() }),
            vec![tensor::randint(0, 9, [3, 2])],
            |table, x| table.forward(&x[0]),
        ),
        net(
            "nn.RNNCell(8, 5, nonlinearity='relu')",
            RNNCell::with(
                8,
                5,
                RNNCellOptions { nonlinearity: nn::Nonlinearity::Relu, ..Default::default() },
            ),
            vec![x.clone(), h.clone()],
            |cell, x| cell.forward(&x[0], Some(&x[1])),
        ),
        net(
            "nn.GRUCell(8, 5, bias=False)",
            GRUCell::with(8, 5, GRUCellOptions { bias: false }),
            vec![x.clone(), h],
            |cell, x| cell.forward(&x[0], Some(&x[1])),
        ),
        net("nn.LSTMCell(8, 5)", LSTMCell::new(8, 5), vec![x.clone()], |cell, x| cell.forward(&x[0], None).h),
        net(
            "nn.TransformerEncoderLayer(8, 2, 12, bias=False)",
            TransformerEncoderLayer::with(8, 2, no_bias),
            vec![x.unsqueeze(0)],
            |layer, x| layer.forward(&x[0], Default::default()),
        ),
        net(
            "nn.TransformerDecoderLayer(8, 2, 12, bias=False)",
            TransformerDecoderLayer::with(8, 2, no_bias),
            vec![x.unsqueeze(0), tensor::randn([4, 3, 8])],
            |layer, x| layer.forward(&x[0], &x[1], Default::default()),
        ),
        net(
            "nn.MultiMarginLoss(p=2, weight=torch.rand(8))",
            MultiMarginLoss::with(MultiMarginLossOptions {
                p: 2,
                weight: Some(tensor::rand(8)),
                ..Default::default()
            }),
            vec![x.clone(), tensor::randint(0, 8, [3])],
            |loss, x| loss.forward(&x[0], &x[1]),
        ),
        net(
            "nn.MultiLabelSoftMarginLoss(weight=torch.rand(8))",
            MultiLabelSoftMarginLoss::with(MultiLabelSoftMarginLossOptions {
                weight: Some(tensor::rand(8)),
                ..Default::default()
            }),
            vec![x, tensor::rand([3, 8])],
            |loss, x| loss.forward(&x[0], &x[1]),
        ),
    ]
}

impl Net {
    fn name(&self) -> &'static str {
        self.module.kind()
    }

    fn run(&self, inputs: &[Tensor]) -> Tensor {
        let inputs: Vec<Variable> = inputs.iter().cloned().map(Variable::new).collect();
        no_grad(|| (self.first_output)(&inputs)).data()
    }

    /// The state, the inputs and what comes out first.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let inputs = self.inputs.iter().map(|x| x.clone().into()).collect();
        let run = [
            ("torch", self.torch.into()),
            ("state", self.module.state_dict().into()),
            ("inputs", Value::List(inputs)),
            ("y", self.run(&self.inputs).into()),
        ];
        Ok(save_checkpoint(&Value::dict(run), folder.join(format!("sequence_{}.pth", self.name())))?)
    }

    /// How far the output for the state that torch saved is from torch's.
    fn compare_with_torch(&self, folder: &Path) -> Result<f64> {
        let back = load_checkpoint(folder.join(format!("back_sequence_{}.pth", self.name())))?;
        let part = |name| back.get(name).ok_or("the script saved no such part");
        let _ = self.module.load_state_dict(&StateDict::try_from(part("state")?)?)?;
        let y = part("y")?.as_tensor().ok_or("the script saved no tensor")?;
        Ok((self.run(&self.inputs) - y).abs().max().item())
    }

    /// Says that, and refuses more than roundings.
    pub(super) fn report(&self, folder: &Path) -> Result<()> {
        let (name, apart) = (self.name(), self.compare_with_torch(folder)?);
        println!("  {name}: the output is {apart:.1e} apart");
        if apart >= 1e-5 {
            return Err(format!("{name}: {apart:e} is more than roundings").into());
        }
        Ok(())
    }
}
