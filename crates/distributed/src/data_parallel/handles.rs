use nn::{Buffer, Module, Parameter};
use tensor::Tensor;

/// What the passes of a shard change: the gradients of the parameters that are trained, and the buffers.
pub(super) struct Handles {
    parameters: Vec<Parameter>,
    buffers: Vec<Buffer>,
}

/// How a shard left it.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) gradients: Vec<Option<Tensor>>,
    pub(super) buffers: Vec<Tensor>,
}

impl Handles {
    pub(super) fn new(parameters: Vec<Parameter>, net: &impl Module) -> Handles {
        Handles { parameters, buffers: net.buffers() }
    }

    pub(super) fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    pub(super) fn gradients(&self) -> Vec<Option<Tensor>> {
        self.parameters.iter().map(|parameter| parameter.grad()).collect()
    }

    /// Sets the gradients, and those that the list has not to none.
    pub(super) fn set_gradients(&self, gradients: Vec<Option<Tensor>>) {
        let gradients = gradients.into_iter().chain(std::iter::repeat(None));
        self.parameters.iter().zip(gradients).for_each(|(parameter, gradient)| parameter.set_grad(gradient));
    }

    pub(super) fn buffers(&self) -> Vec<Tensor> {
        self.buffers.iter().map(|buffer| buffer.data()).collect()
    }

    pub(super) fn set_buffers(&self, buffers: Vec<Tensor>) {
        self.buffers.iter().zip(buffers).for_each(|(buffer, data)| buffer.set_data(data));
    }

    pub(super) fn state(&self) -> State {
        State { gradients: self.gradients(), buffers: self.buffers() }
    }

    pub(super) fn set_state(&self, state: State) {
        self.set_gradients(state.gradients);
        self.set_buffers(state.buffers);
    }
}
