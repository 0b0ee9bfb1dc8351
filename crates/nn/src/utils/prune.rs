//! Pruning: numbers of a parameter that stay 0, as `torch.nn.utils.prune`.
//!
//! A parameter is named as in torch, by its module and its own name. What is pruned is 0 at once, gets no
//! gradient, and is 0 again before every `forward`, whatever an optimizer did. Further pruning counts and
//! takes from what is left. [`remove`] ends this and leaves the zeros. Draws and choices are torch's.
//!
//! In torch a pruned module has a parameter `weight_orig` and a buffer `weight_mask`. Here the parameter
//! stays itself under its name, so that a state dict is, pruned or not, what torch's is after `remove`; the
//! [`mask()`] can be asked for.
//!
//! ```
//! use nn::{Linear, Module, sequential, utils::prune};
//! use tensor::Tensor;
//!
//! let net = sequential![Linear::new(2, 2)];
//! net.get_parameter("0.weight").set_data(Tensor::from([[1.0f32, -4.0], [3.0, -2.0]]));
//! prune::l1_unstructured(net.get_submodule("0"), "weight", 0.5);
//! assert_eq!(net.get_parameter("0.weight").data().to_vec::<f32>(), [0.0, -4.0, 3.0, 0.0]);
//! assert!(prune::is_pruned(&net));
//! prune::remove(net.get_submodule("0"), "weight");
//! assert!(!prune::is_pruned(&net));
//! ```
//!
//! Functions panic in torch's words if the module has no such parameter, its calls would go past the
//! [hooks](crate::ModuleHooks) that keep the zeros, or the amount is out of range.

use tensor::{Scalar, Tensor};

use crate::module::hooks::{self, Pruned};
use crate::{Module, ModuleHooks, Parameter};

/// How single numbers are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unstructured {
    /// The smallest: `L1Unstructured`.
    L1,
    /// At random: `RandomUnstructured`.
    Random,
}

/// Prunes nothing yet.
#[track_caller]
pub fn identity(module: &dyn Module, name: &str) {
    let ones = current_mask(module, name);
    apply(module, name, ones);
}

/// Prunes the numbers that are smallest by magnitude: `amount` of them if it is an integer, else this share.
#[track_caller]
pub fn l1_unstructured(module: &dyn Module, name: &str, amount: impl Into<Scalar>) {
    unstructured(module, name, Unstructured::L1, amount.into());
}

/// Prunes numbers at random, as many as in [`l1_unstructured`].
#[track_caller]
pub fn random_unstructured(module: &dyn Module, name: &str, amount: impl Into<Scalar>) {
    unstructured(module, name, Unstructured::Random, amount.into());
}

#[track_caller]
fn unstructured(module: &dyn Module, name: &str, method: Unstructured, amount: Scalar) {
    let parameter = module.get_parameter(name).data();
    let mask = current_mask(module, name);
    let new = without(&flat(&parameter), &flat(&mask), method, amount);
    apply(module, name, new.reshape(parameter.shape()));
}

/// Prunes the channels along `dim` whose `n`-norms are the smallest, `amount` of them or this share.
#[track_caller]
pub fn ln_structured(module: &dyn Module, name: &str, amount: impl Into<Scalar>, n: f64, dim: isize) {
    structured(module, name, amount.into(), dim, |parameter, others, prune| {
        let norms = parameter.norm_dim(n, others, false);
        let (_, kept) = norms.topk(norms.numel() - prune, 0, true);
        let kept = kept.to_vec::<i64>();
        (0..norms.numel() as i64).map(|channel| kept.contains(&channel)).collect()
    });
}

/// Prunes channels along `dim` at random, as many as in [`ln_structured`].
#[track_caller]
pub fn random_structured(module: &dyn Module, name: &str, amount: impl Into<Scalar>, dim: isize) {
    structured(module, name, amount.into(), dim, |parameter, _, prune| {
        let channels = parameter.shape()[dim.rem_euclid(parameter.ndim() as isize) as usize];
        let chances = tensor::rand([channels]).to_vec::<f32>();
        let mut sorted = chances.clone();
        sorted.sort_by(f32::total_cmp);
        chances.into_iter().map(|chance| chance > sorted[prune - 1]).collect()
    });
}

/// Prunes the numbers that are smallest in all these parameters together, or at random among them.
///
/// ```
/// use nn::{Linear, utils::prune};
/// use tensor::Tensor;
///
/// let (a, b) = (Linear::new(1, 2), Linear::new(2, 1));
/// a.weight.set_data(Tensor::from([[1.0f32], [-5.0]]));
/// b.weight.set_data(Tensor::from([[0.5f32, 2.0]]));
/// prune::global_unstructured(&[(&a, "weight"), (&b, "weight")], prune::Unstructured::L1, 2);
/// assert_eq!(a.weight.data().to_vec::<f32>(), [0.0, -5.0]);
/// assert_eq!(b.weight.data().to_vec::<f32>(), [0.0, 2.0]);
/// ```
#[track_caller]
pub fn global_unstructured(
    parameters: &[(&dyn Module, &str)],
    method: Unstructured,
    amount: impl Into<Scalar>,
) {
    let all = |of: &dyn Fn(&dyn Module, &str) -> Tensor| {
        tensor::cat(&parameters.iter().map(|(module, name)| flat(&of(*module, name))).collect::<Vec<_>>(), 0)
    };
    let numbers = all(&|module, name| module.get_parameter(name).data());
    let masks = all(&|module, name| current_mask(module, name));
    let new = without(&numbers, &masks, method, amount.into());
    let mut at = 0;
    for (module, name) in parameters {
        let shape = module.get_parameter(name).shape();
        let count = shape.iter().product();
        custom_from_mask(*module, name, &new.narrow(0, at as isize, count).reshape(&shape[..]));
        at += count;
    }
}

/// Prunes where `mask` is 0, and where something is pruned already.
#[track_caller]
pub fn custom_from_mask(module: &dyn Module, name: &str, mask: &Tensor) {
    let before = current_mask(module, name);
    assert!(
        before.shape() == mask.shape(),
        "custom_from_mask: default_mask shape {:?} must match self.mask shape {:?}",
        before.shape(),
        mask.shape()
    );
    apply(module, name, before.mul(&mask.to_dtype(before.dtype())));
}

/// Where the parameter is pruned, 0, and where not, 1; `None` if it never was.
pub fn mask(module: &dyn Module, name: &str) -> Option<Tensor> {
    hooks::masks(module).into_iter().find(|(known, _)| known == name).map(|(_, mask)| mask)
}

/// Whether any parameter of the tree is pruned.
pub fn is_pruned(module: &dyn Module) -> bool {
    module.modules().into_iter().any(|module| !hooks::masks(module).is_empty())
}

/// Ends the pruning of a parameter, which keeps its zeros until it is trained.
///
/// # Panics
/// If it is not pruned.
#[track_caller]
pub fn remove(module: &dyn Module, name: &str) {
    assert!(
        taken_out(module, name),
        "remove: Parameter '{name}' of module {} has to be pruned before pruning can be removed",
        module.kind()
    );
}

/// What is pruned so far: ones if nothing is.
#[track_caller]
fn current_mask(module: &dyn Module, name: &str) -> Tensor {
    let parameter = module.get_parameter(name);
    let ones = || tensor::ones(parameter.shape()).to_dtype(parameter.dtype());
    mask(module, name).unwrap_or_else(ones)
}

/// Makes `mask` the one of the parameter.
#[track_caller]
fn apply(module: &dyn Module, name: &str, mask: Tensor) {
    let parameter = module.get_parameter(name).clone();
    taken_out(module, name);
    let (of_data, kept) = (mask.clone(), parameter.clone());
    let mut handles = vec![module.register_forward_pre_hook(move |_, _| masked(&kept, &of_data))];
    if parameter.requires_grad() {
        let mask = mask.clone();
        handles.push(parameter.register_hook(move |gradient| gradient * mask.to_dtype(gradient.dtype())));
    }
    masked(&parameter, &mask);
    hooks::prune(module, Pruned { name: name.to_owned(), mask, handles });
}

fn masked(parameter: &Parameter, mask: &Tensor) {
    parameter.set_data(parameter.data().mul(&mask.to_dtype(parameter.dtype())));
}

/// Whether the parameter was pruned; now it is not.
fn taken_out(module: &dyn Module, name: &str) -> bool {
    let Some(pruned) = hooks::take_pruned(module, name) else { return false };
    pruned.handles.into_iter().for_each(autograd::HookHandle::remove);
    true
}

fn flat(tensor: &Tensor) -> Tensor {
    tensor.reshape([tensor.numel()])
}

/// The mask without `amount` more of the numbers that it leaves.
#[track_caller]
fn without(numbers: &Tensor, mask: &Tensor, method: Unstructured, amount: Scalar) -> Tensor {
    let left: Vec<i64> = (0..)
        .zip(mask.to_dtype(tensor::DType::F64).to_vec::<f64>())
        .filter(|(_, m)| *m == 1.0)
        .map(|(i, _)| i)
        .collect();
    let prune = count(amount, left.len());
    let mut new = mask.to_dtype(tensor::DType::F64).to_vec::<f64>();
    if prune > 0 {
        let left_numbers = numbers.index_select(0, &Tensor::from(left.clone()));
        let (_, chosen) = match method {
            Unstructured::L1 => left_numbers.abs().topk(prune, 0, false),
            Unstructured::Random => {
                let mut chances = left_numbers.zeros_like();
                chances.uniform_(0.0, 1.0);
                chances.topk(prune, 0, true)
            }
        };
        chosen.to_vec::<i64>().into_iter().for_each(|i| new[left[i as usize] as usize] = 0.0);
    }
    Tensor::from(new).to_dtype(mask.dtype())
}

/// Prunes the channels along `dim` that `kept` does not keep; it sees those that are not wholly pruned yet,
/// the other axes, and the number to prune.
#[track_caller]
fn structured(
    module: &dyn Module,
    name: &str,
    amount: Scalar,
    dim: isize,
    kept: impl FnOnce(&Tensor, &[isize], usize) -> Vec<bool>,
) {
    let (parameter, mask) = (module.get_parameter(name).data(), current_mask(module, name));
    let n = parameter.ndim() as isize;
    assert!(
        n > 1,
        "prune: Structured pruning can only be applied to multidimensional tensors. Found tensor of shape {:?} with \
         {n} dims",
        parameter.shape()
    );
    assert!((-n..n).contains(&dim), "prune: Invalid index {dim} for tensor of size {:?}", parameter.shape());
    let axis = dim.rem_euclid(n);
    let others: Vec<isize> = (0..n).filter(|&other| other != axis).collect();
    let sums = mask.sum_dim(&others, false).to_dtype(tensor::DType::F64).to_vec::<f64>();
    let left: Vec<i64> = (0..).zip(&sums).filter(|(_, sum)| **sum != 0.0).map(|(i, _)| i).collect();
    let prune = count(amount, left.len());
    let mut factors: Vec<f64> = vec![1.0; sums.len()];
    if prune > 0 {
        let seen = parameter.index_select(axis, &Tensor::from(left.clone()));
        for (kept, &channel) in kept(&seen, &others, prune).into_iter().zip(&left) {
            factors[channel as usize] = f64::from(u8::from(kept));
        }
    }
    let mut shape = vec![1; n as usize];
    shape[axis as usize] = factors.len();
    let factors = Tensor::from(factors).to_dtype(mask.dtype()).reshape(&shape[..]);
    apply(module, name, mask.mul(&factors));
}

/// How many of `all` an amount means.
#[track_caller]
fn count(amount: Scalar, all: usize) -> usize {
    let share = amount.to_f64();
    let (whole, number) = match amount {
        Scalar::Int(number) => (true, number as f64),
        _ => (false, (share * all as f64).round_ties_even()),
    };
    assert!(
        share >= 0.0 && (whole || share <= 1.0),
        "prune: amount={share} should either be a float in the range [0, 1] or a non-negative integer"
    );
    assert!(
        number <= all as f64,
        "prune: amount={number} should be smaller than the number of parameters to prune={all}"
    );
    number as usize
}
