use std::fmt::Debug;

use tensor::{DType, Tensor};

use super::Fields;
use crate::Rule;

/// The state of a parameter besides the slots: numbers, lists, tensors of any shape.
///
/// ```
/// use optim::{Fields, Memory};
/// use tensor::Tensor;
///
/// /// As torch's Adafactor: mean squares of rows and columns.
/// #[derive(Clone, Debug, Default)]
/// struct Factors {
///     row_var: Option<Tensor>,
///     col_var: Option<Tensor>,
/// }
///
/// impl Memory for Factors {
///     fn fields(&mut self, fields: &mut Fields<'_>) {
///         fields.tensor("row_var", &mut self.row_var);
///         fields.tensor("col_var", &mut self.col_var);
///     }
/// }
/// ```
pub trait Memory: Clone + Debug + Default + Send + 'static {
    /// Names each field as torch does, for state dicts both ways.
    fn fields(&mut self, fields: &mut Fields<'_>);

    /// Casts tensors that a file has given to the type of their parameter. Default: there are none.
    fn cast(&mut self, _dtype: DType) {}

    /// A tensor that cannot belong to the parameter `w`, by its shape or type, and its name. Default: there
    /// is none.
    fn misfit(&self, _w: &Tensor) -> Option<(&'static str, &Tensor)> {
        None
    }
}

/// Nothing.
impl Memory for () {
    fn fields(&mut self, _fields: &mut Fields<'_>) {}
}

/// The state of one parameter.
#[derive(Clone, Debug)]
pub struct State<M = ()> {
    /// Steps taken with a gradient. An `f32`, because that is the type in which torch counts and saves them.
    pub step: f32,
    /// The state besides the slots.
    pub memory: M,
    pub(super) slots: Box<[Option<Tensor>]>,
    /// Whether no slot had been made when the current step began.
    pub(super) first: bool,
    /// Whether there is something to save.
    pub(super) begun: bool,
}

impl<M: Memory> State<M> {
    pub(super) fn new<R: Rule<Memory = M>>() -> State<M> {
        let slots = R::SLOTS.iter().map(|_| None).collect();
        State { step: 0.0, memory: M::default(), slots, first: false, begun: false }
    }

    /// The tensor in slot `i`, if it has been made.
    ///
    /// # Panics
    /// If the rule has no slot `i`.
    #[track_caller]
    pub fn slot(&self, i: usize) -> Option<&Tensor> {
        self.slots[i].as_ref()
    }

    /// The tensor in slot `i`, to change. Its shape and type must stay.
    ///
    /// # Panics
    /// If the rule has no slot `i`.
    #[track_caller]
    pub fn slot_mut(&mut self, i: usize) -> Option<&mut Tensor> {
        self.slots[i].as_mut()
    }

    pub(super) fn has_no_slot(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }

    /// Counts a step with a gradient.
    pub(super) fn count<R: Rule>(&mut self, options: &R, w: &Tensor) {
        if R::COUNTS {
            self.step += 1.0;
        }
        self.make_slots(options, w);
    }

    /// Makes the slots that the options use.
    pub(super) fn make_slots<R: Rule>(&mut self, options: &R, w: &Tensor) {
        for (i, slot) in self.slots.iter_mut().enumerate() {
            if slot.is_none() && options.uses(i) {
                *slot = Some(w.full_like(options.fill(i)));
            }
        }
        self.begun = true;
    }
}
