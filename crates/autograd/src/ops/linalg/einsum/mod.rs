//! Sums of products by an equation.

mod equation;

use crate::Differentiable;
use equation::{Equation, Label};

/// The sum of products that an equation names, of tensors or of variables, as `torch.einsum`:
/// `"bik,bkj->bij"` multiplies batches of matrices.
///
/// Each operand has a letter for each axis, separated by commas. Axes with the same letter are multiplied
/// element by element, twice the same letter in one operand takes its diagonal, and what the result does
/// not name is summed. `...` stands for any further axes, which broadcast. Without `->` the result has the
/// axes of `...` and then every letter that stands once, sorted. Spaces count for nothing. Operands are
/// multiplied from left to right, as in torch without `opt_einsum`.
///
/// ```
/// use autograd::{Variable, einsum};
/// use tensor::Tensor;
///
/// let a = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// assert_eq!(einsum("ij,kj->ik", &[&a, &a]).to_vec::<f32>(), [5.0, 11.0, 11.0, 25.0]);
/// assert_eq!(einsum("ii", &[&a]).item(), 5.0);
///
/// let x = Variable::new(a).requires_grad_(true);
/// einsum("...i->", &[&x]).backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [1.0; 4]);
/// ```
///
/// # Panics
/// In torch's words, if the equation cannot be read or does not fit the operands. If dtypes differ where
/// matrices are multiplied.
#[track_caller]
pub fn einsum<V: Differentiable>(equation: &str, operands: &[&V]) -> V {
    assert!(
        !operands.is_empty(),
        "einsum: einsum(): must specify the equation string and at least one operand"
    );
    let equation = Equation::read(equation, operands.len());
    let axes = Axes::new(&equation, operands);
    let mut parts: Vec<V> = Vec::new();
    for (labels, operand) in equation.inputs.iter().zip(operands) {
        parts.push(axes.aligned(labels, operand));
    }
    let (kept, all) = (axes.kept, axes.sizes.len());
    let shape = |x: &V| x.value().shape().to_vec();
    let mut left_over: Vec<usize> =
        (0..all).map(|axis| parts.iter().filter(|part| shape(part)[axis] != 1).count()).collect();
    let mut parts = parts.into_iter();
    let mut y = parts.next().expect("there is an operand");
    if parts.len() == 0 {
        let summed: Vec<isize> = (kept as isize..all as isize).collect();
        return if summed.is_empty() { y } else { y.sum_dim(&summed, false) };
    }
    for x in parts {
        // What no later operand has can be summed now: of one of the two alone, or of their product.
        let (mut of_y, mut of_x, mut of_both) = (vec![], vec![], vec![]);
        let sizes = [shape(&y), shape(&x)];
        for axis in kept..all {
            match sizes.each_ref().map(|shape| shape[axis] != 1) {
                [true, true] => {
                    left_over[axis] -= 1;
                    if left_over[axis] == 1 {
                        of_both.push(axis);
                    }
                }
                [true, false] if left_over[axis] == 1 => of_y.push(axis as isize),
                [false, true] if left_over[axis] == 1 => of_x.push(axis as isize),
                _ => continue,
            }
            if left_over[axis] == 1 {
                left_over[axis] = 0;
            }
        }
        let summed = |x: V, dims: &[isize]| if dims.is_empty() { x } else { x.sum_dim(dims, true) };
        y = contracted(summed(y, &of_y), summed(x, &of_x), &of_both);
    }
    let shape = shape(&y)[..kept].to_vec();
    y.reshape(&shape)
}

/// The axes of all operands, those of the result first.
struct Axes {
    /// The names in order, the ellipsis once.
    order: Vec<Label>,
    /// The axes that the ellipsis stands for.
    ellipsis: usize,
    /// The size of each axis.
    sizes: Vec<usize>,
    /// How many are in the result.
    kept: usize,
}

impl Axes {
    #[track_caller]
    fn new<V: Differentiable>(equation: &Equation, operands: &[&V]) -> Axes {
        let mut ellipsis = 0;
        for (i, (labels, operand)) in equation.inputs.iter().zip(operands).enumerate() {
            let (n, ndim) = (letters(labels), operand.value().ndim());
            if labels.contains(&Label::Ellipsis) {
                assert!(
                    n <= ndim,
                    "einsum: einsum(): the number of subscripts in the equation ({n}) is more than the number of \
                     dimensions ({ndim}) for operand {i}"
                );
                ellipsis = ellipsis.max(ndim - n);
            } else {
                assert!(
                    n == ndim,
                    "einsum: einsum(): the number of subscripts in the equation ({n}) does not match the number of \
                     dimensions ({ndim}) for operand {i} and no ellipsis was given"
                );
            }
        }
        let mut order = equation.result();
        let of_result = order.len();
        let rest = equation.sorted().into_iter().filter(|label| !order.contains(label));
        order.extend(rest.collect::<Vec<_>>());
        let wide = |labels: &[Label]| {
            labels.iter().map(|label| if *label == Label::Ellipsis { ellipsis } else { 1 }).sum::<usize>()
        };
        let (kept, all) = (wide(&order[..of_result]), wide(&order));
        let mut axes = Axes { order, ellipsis, sizes: vec![1; all], kept };
        for (i, (labels, operand)) in equation.inputs.iter().zip(operands).enumerate() {
            axes.measure(i, labels, operand.value().shape());
        }
        axes
    }

    /// Where the axes of a name begin.
    fn place(&self, label: Label) -> usize {
        let before = self.order.iter().take_while(|other| **other != label);
        before.map(|label| if *label == Label::Ellipsis { self.ellipsis } else { 1 }).sum()
    }

    /// The name and the place of each axis of an operand.
    fn places(&self, labels: &[Label], ndim: usize) -> Vec<(Label, usize)> {
        let mut places = Vec::new();
        for &label in labels {
            let n = if label == Label::Ellipsis { ndim - letters(labels) } else { 1 };
            // An ellipsis of fewer axes has the last ones.
            let skipped = if label == Label::Ellipsis { self.ellipsis - n } else { 0 };
            let first = self.place(label) + skipped;
            places.extend((first..first + n).map(|place| (label, place)));
        }
        places
    }

    /// Takes down the sizes of operand `i`.
    #[track_caller]
    fn measure(&mut self, i: usize, labels: &[Label], shape: &[usize]) {
        let places = self.places(labels, shape.len());
        for (axis, (&(label, place), &size)) in places.iter().zip(shape).enumerate() {
            let first = places[..axis].iter().position(|other| *other == (label, place));
            if let (Label::Letter(letter), Some(first)) = (label, first) {
                assert!(
                    shape[first] == size,
                    "einsum: einsum(): subscript {letter} is repeated for operand {i} but the sizes don't match, \
                     {size} != {}",
                    shape[first]
                );
            }
            let seen = self.sizes[place];
            if size == 1 || seen == size {
                continue;
            }
            match label {
                _ if seen == 1 => self.sizes[place] = size,
                Label::Letter(letter) => panic!(
                    "einsum: einsum(): subscript {letter} has size {size} for operand {i} which does not broadcast \
                     with previously seen size {seen}"
                ),
                Label::Ellipsis => panic!(
                    "einsum: einsum(): dimension {} covered by ellipsis in operand {i} has size {size} which does \
                     not broadcast with previously seen ellipsis with size {seen} for the respective dimension",
                    place - self.place(Label::Ellipsis)
                ),
            }
        }
    }

    /// An operand with every axis in its place, and of size 1 where it has none.
    fn aligned<V: Differentiable>(&self, labels: &[Label], operand: &V) -> V {
        let mut x = operand.clone();
        let places = self.places(labels, x.value().ndim());
        let mut places: Vec<usize> = places.into_iter().map(|(_, place)| place).collect();
        while let Some(second) = (0..places.len()).find(|&at| places[..at].contains(&places[at])) {
            let first = places.iter().position(|place| *place == places[second]).expect("it was found");
            x = diagonal(&x, first, second);
            places.remove(second);
        }
        let mut shape = vec![1; self.sizes.len()];
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_unstable_by_key(|&axis| places[axis]);
        for (&place, &size) in places.iter().zip(x.value().shape()) {
            shape[place] = size;
        }
        let order: Vec<isize> = order.into_iter().map(|axis| axis as isize).collect();
        x.permute(&order).reshape(&shape)
    }
}

/// How many axes have a letter.
fn letters(labels: &[Label]) -> usize {
    labels.iter().filter(|label| **label != Label::Ellipsis).count()
}

/// The elements whose places along two axes of one size are equal, along the first of them.
fn diagonal<V: Differentiable>(x: &V, first: usize, second: usize) -> V {
    let others = x.value().ndim() as isize - 2;
    let mut order: Vec<isize> = (0..others).collect();
    order.insert(first, others);
    x.diagonal(0, first as isize, second as isize).permute(&order)
}

/// The product of two operands with the same axes, summed over those named, which stay with size 1.
#[track_caller]
fn contracted<V: Differentiable>(a: V, b: V, summed: &[usize]) -> V {
    if summed.is_empty() {
        return a * &b;
    }
    let [m, n] = [&a, &b].map(|x| x.value().shape().to_vec());
    // Axes of both, of the first and of the second, in torch's order.
    let [mut both, mut of_a, mut of_b] = [vec![], vec![], vec![]];
    for axis in (0..m.len()).filter(|axis| !summed.contains(axis)) {
        match (m[axis] != 1, n[axis] != 1) {
            (true, true) => both.push(axis),
            (true, false) => of_a.push(axis),
            _ => of_b.push(axis),
        }
    }
    let size = |axes: &[usize], shape: &[usize]| axes.iter().map(|&axis| shape[axis]).product::<usize>();
    let turned = |x: V, order: [&[usize]; 4], shape: [usize; 3]| {
        let order: Vec<isize> = order.concat().into_iter().map(|axis| axis as isize).collect();
        x.permute(&order).reshape(&shape)
    };
    let (batch, k) = (size(&both, &m), size(summed, &m));
    let a = turned(a, [&both, &of_a, summed, &of_b], [batch, size(&of_a, &m), k]);
    let b = turned(b, [&both, summed, &of_b, &of_a], [batch, k, size(&of_b, &n)]);
    let order = [&both[..], &of_a, summed, &of_b].concat();
    let left = |&axis: &usize| match m[axis] {
        _ if summed.contains(&axis) => 1,
        1 => n[axis],
        size => size,
    };
    let shape: Vec<usize> = order.iter().map(left).collect();
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(position, &axis)| back[axis] = position as isize);
    a.matmul(&b).reshape(&shape).permute(&back)
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let cases: [(&str, &[&[usize]]); 9] = [
            ("ij->ji", &[&[2, 3]]),
            ("iij->j", &[&[2, 2, 3]]),
            ("ij,jk", &[&[2, 3], &[3, 2]]),
            ("b...ij,...jk->...ik", &[&[2, 2, 2, 3], &[1, 3, 2]]),
            ("i,j", &[&[2], &[3]]),
            ("ij,ij->i", &[&[2, 3], &[2, 3]]),
            ("ik,jk->", &[&[2, 3], &[2, 3]]),
            ("i,ij,j,->", &[&[2], &[2, 3], &[3], &[]]),
            ("ab,bc,cd->da", &[&[2, 3], &[3, 1], &[1, 2]]),
        ];
        for (equation, shapes) in cases {
            let inputs: Vec<Tensor> = shapes.iter().map(|shape| numbers(shape)).collect();
            gradchecks(|x| einsum(equation, &x.iter().collect::<Vec<_>>()), &inputs);
        }
    }

    #[test]
    fn what_does_not_fit() {
        let [a, b] = [tensor::zeros([3, 4]), tensor::zeros([2, 3])];
        let cases: [(&str, &[&Tensor], &str); 7] = [
            (
                "i->",
                &[&a],
                "(1) does not match the number of dimensions (2) for operand 0 and no ellipsis was given",
            ),
            ("ijk...", &[&a], "(3) is more than the number of dimensions (2) for operand 0"),
            ("ii->i", &[&a], "subscript i is repeated for operand 0 but the sizes don't match, 4 != 3"),
            (
                "ij,jk",
                &[&a, &a],
                "subscript j has size 3 for operand 1 which does not broadcast with previously seen",
            ),
            ("...i,...i", &[&a, &b], "does not broadcast with previously seen"),
            ("...,...", &[&a, &b], "dimension 0 covered by ellipsis in operand 1 has size 2"),
            ("", &[], "must specify the equation string and at least one operand"),
        ];
        for (equation, operands, expected) in cases {
            let panic = std::panic::catch_unwind(|| einsum(equation, operands).numel()).expect_err(equation);
            let message = panic.downcast::<String>().map_or_else(
                |panic| (*panic.downcast::<&str>().expect("a message")).to_owned(),
                |message| *message,
            );
            assert!(message.contains(expected), "{equation}: {message}");
        }
    }
}
