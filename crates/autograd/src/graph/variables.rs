use std::borrow::Borrow;

use crate::Variable;

/// One variable or a list of them, where a function takes both, as torch's take a tensor or a tuple: a
/// variable, or an array, slice or vector of variables, parameters or references to them.
pub trait Variables {
    /// All of them, in order.
    fn variables(&self) -> Vec<Variable>;
}

impl Variables for Variable {
    fn variables(&self) -> Vec<Variable> {
        vec![self.clone()]
    }
}

impl<V: Borrow<Variable>> Variables for [V] {
    fn variables(&self) -> Vec<Variable> {
        self.iter().map(|x| x.borrow().clone()).collect()
    }
}

impl<V: Borrow<Variable>, const N: usize> Variables for [V; N] {
    fn variables(&self) -> Vec<Variable> {
        self[..].variables()
    }
}

impl<V: Borrow<Variable>> Variables for Vec<V> {
    fn variables(&self) -> Vec<Variable> {
        self[..].variables()
    }
}
