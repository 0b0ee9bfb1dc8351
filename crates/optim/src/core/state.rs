use tensor::Tensor;

/// What an optimizer remembers about one parameter: a count of steps and up to three
/// tensors of the parameter's shape.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Steps taken with a gradient. An `f32`, because that is what torch counts in and saves.
    pub step: f32,
    pub(crate) slots: [Option<Tensor>; 3],
    /// Whether there was nothing in it when the current step began.
    pub(crate) fresh: bool,
}

impl State {
    /// The tensor in slot `i`, if it has been made.
    ///
    /// # Panics
    /// If `i` is 3 or more.
    pub fn slot(&self, i: usize) -> Option<&Tensor> {
        self.slots[i].as_ref()
    }

    /// Makes slot `i` if it is not there yet: a copy of `w`'s shape and type filled
    /// with `value`. Says whether it did.
    ///
    /// # Panics
    /// If `i` is 3 or more.
    pub fn ensure(&mut self, i: usize, w: &Tensor, value: f64) -> bool {
        let missing = self.slots[i].is_none();
        if missing {
            self.slots[i] = Some(w.full_like(value));
        }
        missing
    }

    /// As [`State::ensure`], but a parameter that is listed twice makes the slot anew each time in its first
    /// step.
    pub(crate) fn restart(&mut self, i: usize, w: &Tensor, value: f64) -> bool {
        if self.fresh {
            self.slots[i] = Some(w.full_like(value));
        }
        self.fresh
    }

    /// Whether nothing has been remembered yet.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }
}
