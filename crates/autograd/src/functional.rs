//! Derivatives of functions of variables, as `torch.autograd.functional`: [`jacobian`], [`hessian`], and
//! their products with vectors, [`vjp`], [`jvp`] and [`hvp`], which never make the matrix.
//!
//! A function takes a slice of variables and gives one. It is called with variables of their own at the
//! values of the inputs, whose gradients stay as they are. What it does not depend on has zeros for a
//! derivative, as with torch's `strict=False`. With `create_graph` the results can be differentiated in
//! turn.
//!
//! ```
//! use autograd::Variable;
//! use autograd::functional::{hessian, jvp};
//! use tensor::Tensor;
//!
//! let f = |x: &[Variable]| x[0].powf(3.0).sum(); // Σ x³
//! let x = [Variable::new(Tensor::from([1.0f64, 2.0]))];
//! let h = hessian(f, &x, false);
//! assert_eq!(h[0][0].data().to_vec::<f64>(), [6.0, 0.0, 0.0, 12.0]);
//!
//! let v = [Variable::new(Tensor::from([10.0f64, 1.0]))];
//! let (y, slope) = jvp(f, &x, Some(&v), false); // along v
//! assert_eq!((y.item(), slope.item()), (9.0, 42.0));
//! ```

use crate::{GradOptions, Variable, enable_grad, grad_with, stack};

/// The derivative of every element of `f(inputs)` with respect to every element of each input: for an
/// output of shape `a` and an input of shape `b` it is of shape `[a.., b..]`. One backward pass for each
/// element of the output.
#[track_caller]
pub fn jacobian(
    f: impl Fn(&[Variable]) -> Variable,
    inputs: &[Variable],
    create_graph: bool,
) -> Vec<Variable> {
    let x = own(inputs, create_graph);
    let y = enable_grad(|| f(&x));
    rows(&y, &x, create_graph)
}

/// The second derivatives of the scalar `f(inputs)`: entry `[i][j]`, for inputs of shapes `a` and `b`, is
/// of shape `[a.., b..]`.
///
/// # Panics
/// If `f` gives more than one element.
#[track_caller]
pub fn hessian(
    f: impl Fn(&[Variable]) -> Variable,
    inputs: &[Variable],
    create_graph: bool,
) -> Vec<Vec<Variable>> {
    let x = own(inputs, create_graph);
    let y = scalar("hessian", enable_grad(|| f(&x)));
    let mut entries = Vec::new();
    for slope in gradients(&y, &x, None, true) {
        entries.push(rows(&slope, &x, create_graph));
    }
    entries
}

/// `f(inputs)`, and for each input the product `vᵀ·J` of `v`, of the shape of the output, with the
/// Jacobian: one backward pass. Without `v`, for an output of one element, it is the gradient.
///
/// # Panics
/// If `v` has another shape, or is absent though the output has several elements.
#[track_caller]
pub fn vjp(
    f: impl Fn(&[Variable]) -> Variable,
    inputs: &[Variable],
    v: Option<&Variable>,
    create_graph: bool,
) -> (Variable, Vec<Variable>) {
    let x = own(inputs, create_graph);
    let y = enable_grad(|| f(&x));
    match v {
        Some(v) => fits("vjp", v, &y),
        None => assert!(
            y.numel() == 1,
            "vjp: the vector v can only be None if the user-provided function returns a single element, not {:?}",
            y.shape()
        ),
    }
    let products = gradients(&y, &x, v, create_graph);
    (result(y, create_graph), products)
}

/// `f(inputs)`, and the product `J·v` of the Jacobian with `v`, of the shapes of the inputs: the derivative
/// along `v`, of the shape of the output. Two backward passes, the second through the first. Without `v`,
/// for one input of one element, it is the derivative.
///
/// # Panics
/// If `v` has other shapes, or is absent though the inputs have several elements.
#[track_caller]
pub fn jvp(
    f: impl Fn(&[Variable]) -> Variable,
    inputs: &[Variable],
    v: Option<&[Variable]>,
    create_graph: bool,
) -> (Variable, Variable) {
    let x = own(inputs, create_graph);
    let y = enable_grad(|| f(&x));
    let v = directions("jvp", v, &x);
    // The gradients are linear in what they start from, and their slope with respect to it is the transpose.
    let start = Variable::new(y.data().zeros_like()).requires_grad_(true);
    let slopes = gradients(&y, &x, Some(&start), true);
    let product = along(&slopes, &v, std::slice::from_ref(&start), create_graph).remove(0);
    (result(y, create_graph), product)
}

/// The scalar `f(inputs)`, and for each input the product of the Hessian with `v`, of the shapes of the
/// inputs. Two backward passes. Without `v`, for one input of one element, it is the second derivative.
///
/// # Panics
/// If `f` gives more than one element, `v` has other shapes, or is absent though the inputs have several
/// elements.
#[track_caller]
pub fn hvp(
    f: impl Fn(&[Variable]) -> Variable,
    inputs: &[Variable],
    v: Option<&[Variable]>,
    create_graph: bool,
) -> (Variable, Vec<Variable>) {
    let x = own(inputs, create_graph);
    let y = scalar("hvp", enable_grad(|| f(&x)));
    let v = directions("hvp", v, &x);
    let slopes = gradients(&y, &x, None, true);
    let products = along(&slopes, &v, &x, create_graph);
    (result(y, create_graph), products)
}

/// The inputs as variables of the call's own; with `create_graph`, such that gradients find back to what
/// they are made of.
fn own(inputs: &[Variable], create_graph: bool) -> Vec<Variable> {
    let own = |x: &Variable| match create_graph && x.requires_grad() {
        true => enable_grad(|| x.view(x.shape())),
        false => x.detach().requires_grad_(true),
    };
    inputs.iter().map(own).collect()
}

/// A value that is given back.
fn result(y: Variable, create_graph: bool) -> Variable {
    if create_graph { y } else { y.detach() }
}

#[track_caller]
fn scalar(name: &str, y: Variable) -> Variable {
    assert!(
        y.numel() == 1,
        "{name}: the user-provided function should return a single element, not {:?}",
        y.shape()
    );
    y
}

#[track_caller]
fn fits(name: &str, v: &Variable, x: &Variable) {
    assert!(
        v.shape() == x.shape(),
        "{name}: v has invalid size: should be {:?} but got {:?}",
        x.shape(),
        v.shape()
    );
}

/// `v`, or 1 for a single input of one element.
#[track_caller]
fn directions(name: &str, v: Option<&[Variable]>, x: &[Variable]) -> Vec<Variable> {
    let Some(v) = v else {
        let numel: usize = x.iter().map(Variable::numel).sum();
        assert!(
            numel == 1 && x.len() == 1,
            "{name}: the vector v can only be None if the input to the user-provided function is a single element"
        );
        return vec![Variable::new(x[0].data().ones_like())];
    };
    assert!(
        v.len() == x.len(),
        "{name}: v should be {} variables, one for each input, not {}",
        x.len(),
        v.len()
    );
    for (v, x) in v.iter().zip(x) {
        fits(name, v, x);
    }
    v.to_vec()
}

/// The gradients of `y`, weighted by `start`, with respect to `x`; zeros where it does not depend on it.
/// The graph stays.
#[track_caller]
fn gradients(y: &Variable, x: &[Variable], start: Option<&Variable>, create_graph: bool) -> Vec<Variable> {
    let start = start.cloned().unwrap_or_else(|| Variable::new(y.data().ones_like()));
    along(std::slice::from_ref(y), &[start], x, create_graph)
}

/// [`gradients`] of the sum of several.
#[track_caller]
fn along(y: &[Variable], starts: &[Variable], x: &[Variable], create_graph: bool) -> Vec<Variable> {
    let mut outputs = Vec::new();
    let mut grad_outputs = Vec::new();
    for (y, start) in y.iter().zip(starts) {
        if y.requires_grad() {
            outputs.push(y);
            grad_outputs.push(Some(start.clone()));
        }
    }
    let zeros = |x: &Variable| Variable::new(x.data().zeros_like());
    if outputs.is_empty() {
        return x.iter().map(zeros).collect();
    }
    let options = GradOptions { grad_outputs, retain_graph: Some(true), create_graph, allow_unused: true };
    let found = grad_with(&outputs, x, options);
    x.iter().zip(found).map(|(x, found)| found.unwrap_or_else(|| zeros(x))).collect()
}

/// The gradients of every element of `y`, for each of `x`.
#[track_caller]
fn rows(y: &Variable, x: &[Variable], create_graph: bool) -> Vec<Variable> {
    let mut rows: Vec<Vec<Variable>> = x.iter().map(|_| Vec::new()).collect();
    for i in 0..y.numel() {
        let one = tensor::arange(0, y.numel() as i64, 1).eq(i as i64).to_dtype(y.dtype());
        let start = Variable::new(one.reshape(y.shape()));
        for (rows, row) in rows.iter_mut().zip(gradients(y, x, Some(&start), create_graph)) {
            rows.push(row);
        }
    }
    let matrix = |(rows, x): (Vec<Variable>, &Variable)| {
        let shape = [y.shape(), x.shape()].concat();
        if rows.is_empty() {
            return Variable::new(tensor::zeros_dtype(shape, x.dtype()));
        }
        let matrix = || stack(&rows, 0).reshape(shape);
        if create_graph { enable_grad(matrix) } else { matrix() }
    };
    rows.into_iter().zip(x).map(matrix).collect()
}
