use autograd::Variable;

use super::RecurrentKind;
use super::kind::Settings;

/// What a recurrent layer reads and writes: a [`Variable`] of sequences of one length, or a
/// [`PackedSequence`](crate::PackedSequence) of several.
pub trait Sequence: Sized {
    #[doc(hidden)]
    fn unroll<K: RecurrentKind>(&self, settings: &Settings) -> Steps;

    /// The rows of all time steps in the form of this sequence.
    #[doc(hidden)]
    fn roll(&self, rows: Variable, settings: &Settings) -> Self;

    /// The part of a given state `[.., batch, size]` in the order of the rows; `axes` are those of all parts.
    #[doc(hidden)]
    fn state_in<K: RecurrentKind>(&self, part: &Variable, axes: &[usize]) -> Variable;

    /// The way back.
    #[doc(hidden)]
    fn state_out(&self, part: Variable) -> Variable;
}

/// A sequence cut into time steps, whose rows follow one another.
#[doc(hidden)]
pub struct Steps {
    /// `[time, batch, input_size]`, or the rows of all time steps.
    pub x: Variable,
    /// How many sequences there still are at each time step: ever fewer.
    pub batch_sizes: Vec<usize>,
    /// Whether they come from sequences of several lengths.
    pub packed: bool,
}

impl Sequence for Variable {
    #[track_caller]
    fn unroll<K: RecurrentKind>(&self, settings: &Settings) -> Steps {
        let axes = self.ndim();
        let tensor = if K::LAYER == "RNN" { " tensor" } else { "" };
        assert!(
            axes == 2 || axes == 3,
            "{}: Expected input to be 2D or 3D, got {axes}D{tensor} instead",
            K::LAYER
        );
        let x = match axes {
            2 => self.unsqueeze(1),
            _ if settings.batch_first => self.transpose(0, 1),
            _ => self.clone(),
        };
        let batch_sizes = vec![x.size(1); x.size(0)];
        Steps { x, batch_sizes, packed: false }
    }

    fn roll(&self, rows: Variable, settings: &Settings) -> Self {
        let shape = self.shape();
        if shape.len() == 2 {
            return rows;
        }
        let width = rows.size(1);
        match settings.batch_first {
            true => rows.reshape([shape[1], shape[0], width]).transpose(0, 1),
            false => rows.reshape([shape[0], shape[1], width]),
        }
    }

    #[track_caller]
    fn state_in<K: RecurrentKind>(&self, part: &Variable, axes: &[usize]) -> Variable {
        let n = self.ndim();
        if axes.iter().any(|&axes| axes != n) {
            let input = if n == 2 { "unbatched 2-D" } else { "batched 3-D" };
            let (hidden, found) = match *axes {
                [h, c] => ("hx and cx", format!("({h}-D, {c}-D) tensors")),
                _ => ("hx", format!("{}-D tensor", axes[0])),
            };
            panic!("{}: For {input} input, {hidden} should also be {n}-D but got {found}", K::LAYER);
        }
        if n == 2 { part.unsqueeze(1) } else { part.clone() }
    }

    fn state_out(&self, part: Variable) -> Variable {
        if self.ndim() == 2 { part.squeeze(1) } else { part }
    }
}
