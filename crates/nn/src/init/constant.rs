use autograd::Variable;

/// Sets every element of `w` to `value`, as `torch.nn.init.constant_`.
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([3, 5]));
/// nn::init::constant(&w, 0.3);
/// assert_eq!(w.data().to_vec::<f32>(), [0.3; 15]);
/// ```
pub fn constant(w: &Variable, value: f64) {
    w.set_data(tensor::full_dtype(w.shape(), value, w.dtype()));
}

/// Sets every element of `w` to 1, as `torch.nn.init.ones_`.
pub fn ones(w: &Variable) {
    constant(w, 1.0);
}

/// Sets every element of `w` to 0, as `torch.nn.init.zeros_`.
pub fn zeros(w: &Variable) {
    constant(w, 0.0);
}
