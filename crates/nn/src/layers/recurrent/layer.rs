use std::fmt;

use autograd::{Variable, cat, dropout, stack};
use tensor::{Options, Value};

use super::kind::Settings;
use super::sequence::{Sequence, Steps};
use super::{Direction, RecurrentKind, RecurrentState, bound, describe};
use crate::layers::check_shapes;
use crate::{Builder, Error, Members, Module, Parameter, Training, init, setting};

/// Layers that read sequences step by step: `torch.nn.RNN`, `LSTM` and `GRU`.
///
/// It is no layer of a `Sequential`, since it takes and gives the state, too: [`forward`](Self::forward)
/// returns a [`RecurrentOutput`] of the output of every time step and the state after the last.
///
/// # Shapes
/// With `D` = 2 directions if `bidirectional`, else 1, and `H` = `hidden_size`, or `proj_size` if that is
/// not 0:
/// - `x`: `[time, batch, input_size]`, or `[batch, time, input_size]` if `batch_first`, or `[time,
///   input_size]` for one sequence, or a [`PackedSequence`](crate::PackedSequence)
/// - output: the same, with `D·H` numbers in place of `input_size`: both directions side by side
/// - the state, before and after: `[num_layers·D, batch, H]`, without the batch for one sequence; the `c` of
///   an LSTM has `hidden_size` in place of `H`
///
/// # Parameters
/// For each layer 0, 1, … and direction, with `G` = 1 for an RNN, 4 for an LSTM (gates i, f, g, o) and 3 for
/// a GRU (r, z, n):
/// - `weight_ih_l0`: `[G·hidden_size, input_size]`, in later layers `[G·hidden_size, D·H]`
/// - `weight_hh_l0`: `[G·hidden_size, H]`
/// - `bias_ih_l0`, `bias_hh_l0`: `[G·hidden_size]`, unless the option `bias` is false
/// - `weight_hr_l0`: `[proj_size, hidden_size]`, with `proj_size` only
///
/// and the same with `_reverse` behind it for the second direction. All start from U(−1/√hidden_size,
/// 1/√hidden_size), in this order: after the same `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{GRU, Linear, Forward, Module};
/// use tensor::randn;
///
/// #[derive(Module)]
/// struct Classifier {
///     gru: GRU,
///     head: Linear,
/// }
///
/// impl Forward for Classifier {
///     fn forward(&self, x: &Variable) -> Variable {
///         let out = self.gru.forward(x, None);
///         self.head.forward(&out.output.select(0, -1)) // after the last time step
///     }
/// }
///
/// let net = Classifier { gru: GRU::new(3, 8), head: Linear::new(8, 2) };
/// assert_eq!(net.forward(&Variable::new(randn([5, 4, 3]))).shape(), [4, 2]);
/// assert_eq!(net.named_parameters()[0].0, "gru.weight_ih_l0");
/// ```
#[derive(Debug)]
pub struct Recurrent<K: RecurrentKind> {
    /// The parameters of every layer and direction, those of one layer side by side.
    pub all_weights: Vec<RecurrentWeights>,
    /// The length of an input row.
    pub input_size: usize,
    /// The length of a row of the state.
    pub hidden_size: usize,
    options: K::Options,
    training: Training,
}

/// The parameters of one direction of one layer of a [`Recurrent`].
#[derive(Debug)]
pub struct RecurrentWeights {
    /// `W_ih`, which the input is multiplied by.
    pub weight_ih: Parameter,
    /// `W_hh`, which the state is multiplied by.
    pub weight_hh: Parameter,
    /// `b_ih`, unless the option `bias` is false.
    pub bias_ih: Option<Parameter>,
    /// `b_hh`, unless the option `bias` is false.
    pub bias_hh: Option<Parameter>,
    /// `W_hr`, which the `h` of an LSTM with `proj_size` is multiplied by.
    pub weight_hr: Option<Parameter>,
}

/// What a recurrent layer returns.
#[derive(Clone, Debug)]
pub struct RecurrentOutput<State, S = Variable> {
    /// The `h` of the last layer at every time step, in the form of the input.
    pub output: S,
    /// The state of every layer and direction after its last time step, which can be given to the next call:
    /// torch's `h_n`, for an LSTM `h_n` and `c_n`.
    pub state: State,
}

impl RecurrentWeights {
    /// The parameters in torch's order, which `make` knows by their names without the layer.
    fn make<E>(settings: &Settings, mut make: impl FnMut(&str) -> Result<Parameter, E>) -> Result<Self, E> {
        let (weight_ih, weight_hh) = (make("weight_ih")?, make("weight_hh")?);
        let bias_ih = settings.bias.then(|| make("bias_ih")).transpose()?;
        let bias_hh = settings.bias.then(|| make("bias_hh")).transpose()?;
        let weight_hr = (settings.proj_size > 0).then(|| make("weight_hr")).transpose()?;
        Ok(Self { weight_ih, weight_hh, bias_ih, bias_hh, weight_hr })
    }
}

/// What follows the name of a parameter of this layer and direction.
fn suffix(layer: usize, direction: usize) -> String {
    format!("_l{layer}{}", if direction == 0 { "" } else { "_reverse" })
}

impl<K: RecurrentKind> Recurrent<K> {
    /// One layer of one direction, with biases.
    ///
    /// # Panics
    /// If a size is 0, or the weights would take more memory than there is.
    #[track_caller]
    pub fn new(input_size: usize, hidden_size: usize) -> Self {
        Self::with(input_size, hidden_size, K::Options::default())
    }

    /// The layers with the options given. Without biases none are drawn.
    ///
    /// # Panics
    /// If an option is out of its range, or `proj_size` is not smaller than `hidden_size`; otherwise as
    /// [`new`](Self::new). Dropout in a single layer, which has no effect, is warned about, as in torch.
    #[track_caller]
    pub fn with(input_size: usize, hidden_size: usize, options: K::Options) -> Self {
        options.assert_valid(K::LAYER);
        let (settings, bound) = (K::settings(&options), bound(hidden_size));
        let training = Training::default();
        let mut layer = Self { all_weights: Vec::new(), input_size, hidden_size, options, training };
        if let Err(problem) = layer.check_sizes() {
            panic!("{}: {problem}", K::LAYER);
        }
        if settings.dropout > 0.0 && settings.num_layers == 1 {
            tensor::warn(&format!(
                "{}: dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects \
                 num_layers greater than 1, but got dropout={} and num_layers=1",
                K::LAYER,
                settings.dropout
            ));
        }
        for (place, _) in layer.places(&settings) {
            let weights = RecurrentWeights::make(&settings, |name| {
                let parameter = Parameter::new(tensor::zeros(layer.shape(name, place, &settings)));
                init::uniform(&parameter, -bound, bound);
                Ok::<_, std::convert::Infallible>(parameter)
            });
            let Ok(weights) = weights;
            layer.all_weights.push(weights);
        }
        layer
    }

    /// The options.
    pub fn options(&self) -> K::Options {
        self.options
    }

    /// The output of every time step and the state after the last, from the state before the first; `None`
    /// is zeros.
    ///
    /// While training, dropout draws one mask for the output of each layer but the last.
    ///
    /// # Panics
    /// If the sizes or the dtype of `x` or the state are others, their batches differ, or there is no time
    /// step.
    #[track_caller]
    pub fn forward<S: Sequence>(&self, x: &S, state: Option<&K::State>) -> RecurrentOutput<K::State, S> {
        let settings = K::settings(&self.options);
        let steps = x.unroll::<K>(&settings);
        self.check_input(&steps);
        let parts = self.first_state(x, &steps, state, &settings);
        let directions = 1 + usize::from(settings.bidirectional);
        let Steps { x: mut rows, batch_sizes, packed } = steps;
        let mut last = vec![Vec::new(); parts.len()];
        for (layer, weights) in self.all_weights.chunks(directions).enumerate() {
            if layer > 0 && settings.dropout > 0.0 && self.training.get() {
                rows = dropout(&rows, settings.dropout);
            }
            let mut outputs = Vec::with_capacity(directions);
            for (direction, weights) in weights.iter().enumerate() {
                let first =
                    parts.iter().map(|part| part.select(0, (layer * directions + direction) as isize));
                let (output, state) = K::run(Direction {
                    x: &rows,
                    batch_sizes: &batch_sizes,
                    packed,
                    first: first.collect(),
                    weights,
                    reverse: direction == 1,
                    settings: &settings,
                });
                outputs.push(output);
                last.iter_mut().zip(state).for_each(|(all, part)| all.push(part));
            }
            rows = if directions == 1 { outputs.remove(0) } else { cat(&outputs, -1) };
        }
        let state = last.iter().map(|parts| x.state_out(stack(parts, 0))).collect();
        RecurrentOutput { output: x.roll(rows, &settings), state: K::State::from_parts(state) }
    }

    #[track_caller]
    fn check_input(&self, steps: &Steps) {
        let (layer, size, found) = (K::LAYER, self.input_size, steps.x.size(-1));
        assert!(
            found == size,
            "{layer}: input.size(-1) must be equal to input_size. Expected {size}, got {found}"
        );
        assert!(
            !steps.batch_sizes.is_empty(),
            "{layer}: Expected sequence length to be larger than 0 in RNN"
        );
        let (found, dtype) = (steps.x.dtype(), self.all_weights[0].weight_ih.dtype());
        assert!(
            found == dtype,
            "{layer}: RNN input dtype ({found}) does not match weight dtype ({dtype}). Convert the input or the \
             model with to_dtype"
        );
    }

    /// The state before the first time step, `[layers, batch, size]`.
    #[track_caller]
    fn first_state<S: Sequence>(
        &self,
        x: &S,
        steps: &Steps,
        state: Option<&K::State>,
        settings: &Settings,
    ) -> Vec<Variable> {
        let lengths = [self.output_size(settings), self.hidden_size];
        let shape = |size: usize| [self.all_weights.len(), steps.batch_sizes[0], size];
        let names = K::State::NAMES;
        let Some(state) = state else {
            let zeros = |size| Variable::new(tensor::zeros_dtype(shape(size), steps.x.dtype()));
            return lengths.into_iter().take(names.len()).map(zeros).collect();
        };
        let given = state.parts();
        let axes: Vec<usize> = given.iter().map(|part| part.ndim()).collect();
        let mut parts = Vec::new();
        for ((part, size), [name, ..]) in given.into_iter().zip(lengths).zip(names) {
            let part = x.state_in::<K>(part, &axes);
            let (found, [layers, batch, size]) = (part.shape(), shape(size));
            assert!(
                found == [layers, batch, size],
                "{}: Expected {name} size ({layers}, {batch}, {size}), got {found:?}",
                K::LAYER
            );
            let (found, dtype) = (part.dtype(), steps.x.dtype());
            assert!(
                found == dtype,
                "{}: input and {name} must have the same dtype, but got {dtype} and {found}",
                K::LAYER
            );
            parts.push(part);
        }
        parts
    }

    /// How long a row of `h` is.
    fn output_size(&self, settings: &Settings) -> usize {
        if settings.proj_size > 0 { settings.proj_size } else { self.hidden_size }
    }

    /// Layer and direction of all weights in order, with what follows their names.
    fn places(&self, settings: &Settings) -> impl Iterator<Item = (usize, String)> + use<K> {
        let directions = 1 + usize::from(settings.bidirectional);
        (0..settings.num_layers)
            .flat_map(move |layer| (0..directions).map(move |direction| (layer, suffix(layer, direction))))
    }

    /// The shape of a parameter of this name in a layer.
    fn shape(&self, name: &str, layer: usize, settings: &Settings) -> Vec<usize> {
        let rows = K::GATES.saturating_mul(self.hidden_size);
        let output = self.output_size(settings);
        let inputs = match layer {
            0 => self.input_size,
            _ => output.saturating_mul(1 + usize::from(settings.bidirectional)),
        };
        match name {
            "weight_ih" => vec![rows, inputs],
            "weight_hh" => vec![rows, output],
            "weight_hr" => vec![output, self.hidden_size],
            _ => vec![rows],
        }
    }

    fn check_sizes(&self) -> Result<(), String> {
        let settings = K::settings(&self.options);
        for (name, size) in [("input_size", self.input_size), ("hidden_size", self.hidden_size)] {
            if size == 0 {
                return Err(format!("{name} must be greater than zero"));
            }
        }
        if settings.proj_size >= self.hidden_size {
            return Err("proj_size has to be smaller than hidden_size".into());
        }
        Ok(())
    }

    /// Refuses a layer from a file that does not fit together.
    fn check(&self) -> Result<(), String> {
        self.check_sizes()?;
        let settings = K::settings(&self.options);
        check_shapes(self, |name| {
            let (name, place) = name.split_once("_l").expect("the names are made above");
            self.shape(name, usize::from(!place.starts_with('0')), &settings)
        })
    }
}

impl<K: RecurrentKind> Module for Recurrent<K> {
    fn kind_name() -> &'static str {
        K::LAYER
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        let settings = K::settings(&self.options);
        for ((_, suffix), weights) in self.places(&settings).zip(&self.all_weights) {
            let RecurrentWeights { weight_ih, weight_hh, bias_ih, bias_hh, weight_hr } = weights;
            members.add(format!("weight_ih{suffix}"), weight_ih);
            members.add(format!("weight_hh{suffix}"), weight_hh);
            members.add(format!("bias_ih{suffix}"), bias_ih);
            members.add(format!("bias_hh{suffix}"), bias_hh);
            members.add(format!("weight_hr{suffix}"), weight_hr);
        }
        members.add("training", &self.training);
        members
    }

    fn config(&self) -> Vec<(&'static str, Value)> {
        let mut config =
            vec![("input_size", setting(&self.input_size)), ("hidden_size", setting(&self.hidden_size))];
        config.extend(self.options.saved());
        config
    }

    fn extra_repr(&self) -> String {
        describe([self.input_size, self.hidden_size], &self.options)
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        let (input_size, hidden_size) = (builder.config("input_size")?, builder.config("hidden_size")?);
        let (options, training) = (builder.options::<K::Options>()?, builder.field("training")?);
        let settings = K::settings(&options);
        let mut layer = Self { all_weights: Vec::new(), input_size, hidden_size, options, training };
        for (_, suffix) in layer.places(&settings) {
            let weights =
                RecurrentWeights::make(&settings, |name| builder.field(&format!("{name}{suffix}")))?;
            layer.all_weights.push(weights);
        }
        builder.check(layer.check())?;
        Ok(layer)
    }
}

impl<K: RecurrentKind> fmt::Display for Recurrent<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}
