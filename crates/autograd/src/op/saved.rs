//! The lists that travel between an operation and the graph: outputs, saved tensors, gradients.

use std::ops::{Deref, Index};

use smallvec::SmallVec;
use tensor::Tensor;

use crate::graph::{Edge, Gradient};

/// The outputs of an operation, in order. One converts from a value, several from an array or an iterator.
#[derive(Clone, Debug)]
pub struct Outputs<T>(List<T>);

/// Nearly every operation has one output, which needs no list.
#[derive(Clone, Debug)]
enum List<T> {
    One(T),
    Several(Vec<T>),
}

impl<T> Outputs<T> {
    /// The output of an operation that has one.
    ///
    /// # Panics
    /// If there are more, or none.
    #[inline]
    #[track_caller]
    pub fn single(self) -> T {
        match self.0 {
            List::One(output) => output,
            List::Several(_) => {
                let [output] = self.array();
                output
            }
        }
    }

    /// All of them as an array.
    ///
    /// # Panics
    /// If there are not `N`.
    #[track_caller]
    pub fn array<const N: usize>(self) -> [T; N] {
        let n = self.len();
        match <[T; N]>::try_from(Vec::from_iter(self)) {
            Ok(outputs) => outputs,
            Err(_) => panic!("the operation has {n} outputs, not {N}"),
        }
    }

    /// Each one as `f` makes it, called with its number.
    #[inline]
    pub(crate) fn map<U>(self, mut f: impl FnMut(usize, T) -> U) -> Outputs<U> {
        Outputs(match self.0 {
            List::One(output) => List::One(f(0, output)),
            List::Several(all) => List::Several(all.into_iter().enumerate().map(|(j, x)| f(j, x)).collect()),
        })
    }
}

impl<T> From<T> for Outputs<T> {
    #[inline]
    fn from(output: T) -> Outputs<T> {
        Outputs(List::One(output))
    }
}

impl<T, const N: usize> From<[T; N]> for Outputs<T> {
    fn from(outputs: [T; N]) -> Outputs<T> {
        outputs.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Outputs<T> {
    fn from_iter<I: IntoIterator<Item = T>>(outputs: I) -> Outputs<T> {
        Outputs(List::Several(outputs.into_iter().collect()))
    }
}

impl<T> IntoIterator for Outputs<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        match self.0 {
            List::One(output) => vec![output],
            List::Several(all) => all,
        }
        .into_iter()
    }
}

impl<T> Deref for Outputs<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            List::One(output) => std::slice::from_ref(output),
            List::Several(all) => all,
        }
    }
}

/// The gradients of an operation's outputs, in order; none for an output that the result does not depend on.
#[derive(Debug)]
pub struct Dy<V>(Arrived<V>);

/// The gradient of the only output is always there.
#[derive(Debug)]
enum Arrived<V> {
    One(V),
    Several(Vec<Option<V>>),
}

impl<V> Dy<V> {
    /// `gradient` for one output of `n`.
    #[inline]
    pub(crate) fn new(n: usize, output: usize, gradient: V) -> Dy<V> {
        if n == 1 {
            return Dy(Arrived::One(gradient));
        }
        let mut all: Vec<Option<V>> = (0..n).map(|_| None).collect();
        all[output] = Some(gradient);
        Dy(Arrived::Several(all))
    }

    /// Adds `gradient` to that of an output; the first one is moved in.
    #[inline]
    pub(crate) fn add(&mut self, output: usize, gradient: V)
    where
        V: Gradient,
    {
        match &mut self.0 {
            Arrived::One(sum) => sum.accumulate(gradient),
            Arrived::Several(all) => match &mut all[output] {
                Some(sum) => sum.accumulate(gradient),
                none => *none = Some(gradient),
            },
        }
    }

    /// Those that have arrived.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &V> {
        let (one, several) = match &self.0 {
            Arrived::One(gradient) => (Some(gradient), &[][..]),
            Arrived::Several(all) => (None, &all[..]),
        };
        one.into_iter().chain(several.iter().flatten())
    }

    /// The gradient of output `j`, if one has arrived.
    pub(crate) fn get(&self, j: usize) -> Option<&V> {
        match &self.0 {
            Arrived::One(gradient) => Some(gradient),
            Arrived::Several(all) => all[j].as_ref(),
        }
    }

    /// All after `change`, which sees the output's number.
    pub(crate) fn map(self, mut change: impl FnMut(usize, V) -> V) -> Dy<V> {
        Dy(match self.0 {
            Arrived::One(gradient) => Arrived::One(change(0, gradient)),
            Arrived::Several(all) => {
                let change = |(j, gradient): (usize, Option<V>)| gradient.map(|gradient| change(j, gradient));
                Arrived::Several(all.into_iter().enumerate().map(change).collect())
            }
        })
    }

    /// The gradient of the output of an operation that has one, which is always there.
    ///
    /// # Panics
    /// If there are more outputs.
    #[inline]
    pub fn single(self) -> V {
        match self.0 {
            Arrived::One(gradient) => gradient,
            Arrived::Several(all) => panic!("the operation has {} outputs, not one", all.len()),
        }
    }

    /// The gradients of all `N` outputs.
    ///
    /// # Panics
    /// If there are not `N`.
    pub fn array<const N: usize>(self) -> [Option<V>; N] {
        let all: Vec<Option<V>> = self.into_iter().collect();
        let n = all.len();
        match <[Option<V>; N]>::try_from(all) {
            Ok(all) => all,
            Err(_) => panic!("the operation has {n} outputs, not {N}"),
        }
    }
}

impl<V> IntoIterator for Dy<V> {
    type Item = Option<V>;
    type IntoIter = std::vec::IntoIter<Option<V>>;

    fn into_iter(self) -> Self::IntoIter {
        match self.0 {
            Arrived::One(gradient) => vec![Some(gradient)],
            Arrived::Several(all) => all,
        }
        .into_iter()
    }
}

/// The gradients of an operation's inputs, in their order; `None` where one is not needed. That of a single
/// input converts from a value, those of several from an array or an iterator.
#[derive(Debug)]
pub struct Grads<V>(pub(crate) SmallVec<[Option<V>; 3]>);

impl<V> Default for Grads<V> {
    fn default() -> Grads<V> {
        Grads(SmallVec::new())
    }
}

impl<V> Grads<V> {
    /// Appends that of the next input.
    #[inline]
    pub fn push(&mut self, gradient: Option<V>) {
        self.0.push(gradient);
    }
}

impl<V> From<V> for Grads<V> {
    #[inline]
    fn from(gradient: V) -> Grads<V> {
        let mut grads = Grads::default();
        grads.push(Some(gradient));
        grads
    }
}

impl<V, const N: usize> From<[Option<V>; N]> for Grads<V> {
    #[inline]
    fn from(gradients: [Option<V>; N]) -> Grads<V> {
        let mut grads = Grads::default();
        for gradient in gradients {
            grads.push(gradient);
        }
        grads
    }
}

impl<V> FromIterator<Option<V>> for Grads<V> {
    fn from_iter<I: IntoIterator<Item = Option<V>>>(gradients: I) -> Grads<V> {
        Grads(gradients.into_iter().collect())
    }
}

/// The tensors that an operation saved, by index in the order of saving; and the shapes of its inputs.
#[derive(Clone, Copy)]
pub struct Saved<'a, V> {
    pub(crate) values: &'a [Slot<V>],
    pub(crate) edges: &'a [Edge],
}

impl<'a, V> Saved<'a, V> {
    /// The shape of input `i`, which must need a gradient.
    pub fn shape(&self, i: usize) -> &'a [usize] {
        match &self.edges[i] {
            Edge::Leaf(leaf) => &leaf.shape,
            Edge::Node(node, output) => &node.outputs[*output].0,
            Edge::Nowhere => panic!("input {i} needs no gradient: its shape is not kept"),
        }
    }
}

impl<V> Index<usize> for Saved<'_, V> {
    type Output = V;

    fn index(&self, i: usize) -> &V {
        self.values[i].value.as_ref().expect("what a rule reads was saved for the gradients that it computes")
    }
}

/// Something saved, or nothing where its condition did not hold.
#[derive(Debug)]
pub struct Slot<V> {
    pub(crate) source: Source,
    pub(crate) value: Option<V>,
}

/// Where a saved tensor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Input(u32),
    Output(u32),
    /// Nothing that a gradient flows to.
    Constant,
}

/// Takes down what an operation's way back will read. Where nothing is recorded it takes nothing.
///
/// Each call fills the next place of [`Saved`], with nothing if the condition does not hold.
pub struct Saver<'a> {
    /// Which inputs require a gradient; none where nothing is recorded.
    pub needs: &'a [bool],
    recording: bool,
    frees: bool,
    slots: &'a mut SmallVec<[Slot<Tensor>; 2]>,
}

impl<'a> Saver<'a> {
    pub(crate) fn new(
        needs: &'a [bool],
        recording: bool,
        slots: &'a mut SmallVec<[Slot<Tensor>; 2]>,
    ) -> Saver<'a> {
        Saver { needs, recording, frees: false, slots }
    }

    fn save(&mut self, condition: bool, source: Source) {
        if self.recording {
            self.slots.push(Slot { source: if condition { source } else { Source::Constant }, value: None });
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

    /// Saves the factors `i` and `j` of a product: each if the other needs a gradient, which it is in.
    pub(crate) fn factors(&mut self, i: usize, j: usize) {
        self.input_if(self.needs[j], i);
        self.input_if(self.needs[i], j);
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
        if self.recording {
            let value = condition.then(tensor);
            self.slots.push(Slot { source: Source::Constant, value });
            self.frees |= condition;
        }
    }

    /// Says that a pass spends this operation though it saved no tensor: torch keeps a number there as one.
    pub fn spent(&mut self) {
        self.frees |= self.recording;
    }

    /// Puts the inputs' values `x` and the outputs `y` where they were saved. Gives whether a pass that
    /// does not keep the graph spends the operation.
    pub(crate) fn fill(self, x: &mut SmallVec<[Tensor; 3]>, y: &[Tensor]) -> bool {
        for slot in self.slots.iter_mut() {
            if let Source::Output(j) = slot.source {
                slot.value = Some(y[j as usize].clone());
            }
        }
        // The inputs' values are not needed any more: they move.
        while let Some(value) = x.pop() {
            let source = Source::Input(x.len() as u32);
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.source == source) {
                slot.value = Some(value);
            }
        }
        self.frees
    }
}
