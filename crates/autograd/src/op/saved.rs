//! What travels between an operation and the graph: outputs, what is saved, gradients.

use std::ops::{Deref, Index};

use smallvec::{SmallVec, smallvec};
use tensor::Tensor;

use crate::Variable;
use crate::graph::{Edge, Gradient, Record};

/// The outputs of an operation, in order. One converts from a value, several from an array or an iterator.
#[derive(Clone, Debug)]
pub struct Outputs<T>(SmallVec<[T; 1]>);

impl<T> Outputs<T> {
    /// The output of an operation that has one.
    ///
    /// # Panics
    /// If there are more, or none.
    #[track_caller]
    pub fn single(mut self) -> T {
        assert!(self.0.len() == 1, "the operation has {} outputs, not one", self.0.len());
        self.0.pop().expect("one was counted")
    }

    /// All of them as an array.
    ///
    /// # Panics
    /// If there are not `N`.
    #[track_caller]
    pub fn array<const N: usize>(self) -> [T; N] {
        let n = self.0.len();
        match <[T; N]>::try_from(self.0.into_vec()) {
            Ok(outputs) => outputs,
            Err(_) => panic!("the operation has {n} outputs, not {N}"),
        }
    }
}

impl<T> From<T> for Outputs<T> {
    fn from(output: T) -> Outputs<T> {
        Outputs(smallvec![output])
    }
}

impl<T, const N: usize> From<[T; N]> for Outputs<T> {
    fn from(outputs: [T; N]) -> Outputs<T> {
        outputs.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Outputs<T> {
    fn from_iter<I: IntoIterator<Item = T>>(outputs: I) -> Outputs<T> {
        Outputs(outputs.into_iter().collect())
    }
}

impl<T> IntoIterator for Outputs<T> {
    type Item = T;
    type IntoIter = smallvec::IntoIter<[T; 1]>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T> Deref for Outputs<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// The gradients of an operation's outputs, in order; none for an output that the result does not depend on.
#[derive(Debug)]
pub struct Dy<V>(pub(crate) SmallVec<[Option<V>; 1]>);

impl<V> Dy<V> {
    /// `gradient` for one output of `n`.
    pub(crate) fn new(n: usize, output: usize, gradient: V) -> Dy<V> {
        if n == 1 {
            return Dy(smallvec![Some(gradient)]);
        }
        let mut all: SmallVec<[Option<V>; 1]> = (0..n).map(|_| None).collect();
        all[output] = Some(gradient);
        Dy(all)
    }

    /// Adds `gradient` to that of an output; the first one is moved in.
    pub(crate) fn add(&mut self, output: usize, gradient: V)
    where
        V: Gradient,
    {
        match &mut self.0[output] {
            Some(sum) => sum.accumulate(gradient),
            none => *none = Some(gradient),
        }
    }

    /// The gradient of the output of an operation that has one, which is always there.
    ///
    /// # Panics
    /// If there are more outputs.
    pub fn single(mut self) -> V {
        assert!(self.0.len() == 1, "the operation has {} outputs, not one", self.0.len());
        self.0.pop().flatten().expect("a rule runs where a gradient has arrived")
    }

    /// The gradient of output `j`, taken out.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn take(&mut self, j: usize) -> Option<V> {
        self.0[j].take()
    }
}

impl<V> IntoIterator for Dy<V> {
    type Item = Option<V>;
    type IntoIter = smallvec::IntoIter<[Option<V>; 1]>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The gradients of an operation's inputs, in their order; `None` where one is not needed. That of a single input converts
/// from a value, those of several from an array or an iterator.
#[derive(Debug)]
pub struct Grads<V>(pub(crate) SmallVec<[Option<V>; 3]>);

impl<V> From<V> for Grads<V> {
    fn from(gradient: V) -> Grads<V> {
        Grads(smallvec![Some(gradient)])
    }
}

impl<V, const N: usize> From<[Option<V>; N]> for Grads<V> {
    fn from(gradients: [Option<V>; N]) -> Grads<V> {
        gradients.into_iter().collect()
    }
}

impl<V> FromIterator<Option<V>> for Grads<V> {
    fn from_iter<I: IntoIterator<Item = Option<V>>>(gradients: I) -> Grads<V> {
        Grads(gradients.into_iter().collect())
    }
}

/// What an operation saved, in the order in which it did, by index; and the shapes of its inputs.
#[derive(Clone, Copy)]
pub struct Saved<'a, V> {
    pub(crate) values: &'a [Option<V>],
    pub(crate) edges: &'a [Edge],
}

impl<'a, V> Saved<'a, V> {
    /// The shape of input `i`, which must need a gradient.
    pub fn shape(&self, i: usize) -> &'a [usize] {
        match &self.edges[i] {
            Edge::Leaf(variable) => variable.like().0,
            Edge::Node(node, output) => &node.outputs[*output].0,
            Edge::Nowhere => panic!("input {i} needs no gradient: its shape is not kept"),
        }
    }
}

impl<V> Index<usize> for Saved<'_, V> {
    type Output = V;

    fn index(&self, i: usize) -> &V {
        self.values[i].as_ref().expect("what a rule reads was saved for the gradients that it computes")
    }
}

/// Where a saved tensor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Input(u32),
    Output(u32),
    /// Nothing that a gradient flows to.
    Constant(u32),
    /// Not saved.
    Nothing,
}

/// Takes down what an operation's way back will read. Where nothing is recorded it takes nothing.
///
/// Each call fills the next place of [`Saved`], with nothing if the condition does not hold.
pub struct Saver<'a> {
    /// Which inputs require a gradient; none where nothing is recorded.
    pub needs: &'a [bool],
    recording: bool,
    frees: bool,
    sources: SmallVec<[Source; 4]>,
    constants: Vec<Tensor>,
}

impl<'a> Saver<'a> {
    pub(crate) fn new(needs: &'a [bool]) -> Saver<'a> {
        let recording = needs.contains(&true);
        Saver { needs, recording, frees: false, sources: SmallVec::new(), constants: Vec::new() }
    }

    /// Whether anything is recorded.
    pub(crate) fn recording(&self) -> bool {
        self.recording
    }

    /// Whether a pass that does not keep the graph spends the operation.
    pub(crate) fn frees(&self) -> bool {
        self.frees
    }

    fn save(&mut self, condition: bool, source: Source) {
        if self.recording {
            self.sources.push(if condition { source } else { Source::Nothing });
            self.frees |= condition;
        }
    }

    /// Saves input `i`.
    pub fn input(&mut self, i: usize) {
        self.input_if(true, i);
    }

    /// Saves input `i` if `condition` holds: usually that the input whose gradient reads it needs one.
    pub fn input_if(&mut self, condition: bool, i: usize) {
        self.save(condition, Source::Input(i as u32));
    }

    /// Saves output `j`.
    pub fn output(&mut self, j: usize) {
        self.output_if(true, j);
    }

    /// Saves output `j` if `condition` holds.
    pub fn output_if(&mut self, condition: bool, j: usize) {
        self.save(condition, Source::Output(j as u32));
    }

    /// Saves a tensor that no gradient flows to: a mask, indices.
    pub fn constant(&mut self, tensor: impl FnOnce() -> Tensor) {
        self.constant_if(true, tensor);
    }

    /// Saves such a tensor if `condition` holds.
    pub fn constant_if(&mut self, condition: bool, tensor: impl FnOnce() -> Tensor) {
        self.save(condition, Source::Constant(self.constants.len() as u32));
        if self.recording && condition {
            self.constants.push(tensor());
        }
    }

    /// Says that a pass spends this operation though it saved no tensor: torch keeps a number there as one.
    pub fn spent(&mut self) {
        self.frees |= self.recording;
    }
}

impl<O: ?Sized> Record<O> {
    /// Puts in what `save` has taken down, out of the inputs' values `x` and the outputs `y`, and the way back.
    pub(crate) fn fill(
        &mut self,
        inputs: &[&Variable],
        x: &mut SmallVec<[Tensor; 3]>,
        y: &[Tensor],
        save: &mut Saver<'_>,
    ) {
        for (input, &needed) in inputs.iter().zip(save.needs) {
            self.edges.push(if needed { input.edge() } else { Edge::Nowhere });
        }
        for &source in &save.sources {
            self.saved.push(match source {
                Source::Output(j) => Some(y[j as usize].clone()),
                Source::Constant(k) => Some(save.constants[k as usize].clone()),
                Source::Input(_) | Source::Nothing => None,
            });
        }
        // The inputs' values are not needed any more: they move.
        for (i, x) in x.drain(..).enumerate() {
            if let Some(place) = save.sources.iter().position(|&source| source == Source::Input(i as u32)) {
                self.saved[place] = Some(x);
            }
        }
        self.sources = std::mem::take(&mut save.sources);
    }
}
