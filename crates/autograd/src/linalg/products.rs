use super::{shape, size};
use crate::Differentiable;
use tensor::Join;

/// The lower triangle `L` with `L·Lᵀ = A` of a positive definite matrix, as `torch.linalg.cholesky`; the
/// method of that name as a function.
///
/// # Panics
/// If a matrix is not positive definite or not square; on all but `F32` and `F64`.
#[track_caller]
pub fn cholesky<V: Differentiable>(a: &V) -> V {
    a.cholesky()
}

/// The cross product of vectors of three numbers along `dim`, in torch −1 by default; other axes broadcast.
/// As `torch.linalg.cross`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// let (x, y) = (Tensor::from([1.0f32, 0.0, 0.0]), Tensor::from([0.0f32, 1.0, 0.0]));
/// assert_eq!(linalg::cross(&x, &y, -1).to_vec::<f32>(), [0.0, 0.0, 1.0]);
/// ```
///
/// # Panics
/// If the axis has another size than 3, or there are not as many axes in both.
#[track_caller]
pub fn cross<V: Differentiable>(x: &V, y: &V, dim: isize) -> V {
    const OP: &str = "linalg.cross";
    assert!(shape(x).len() == shape(y).len(), "{OP}: inputs must have the same number of dimensions.");
    let (n, k) = (size(x, dim), size(y, dim));
    assert!(n == 3 && k == 3, "{OP}: inputs dimension {dim} must have length 3. Got {n} and {k}");
    let next = |x: &V, by: isize| x.roll(&[-by], &[dim]);
    next(x, 1) * &next(y, 2) - &(next(x, 2) * &next(y, 1))
}

/// The product of two or more matrices in the order that takes the fewest multiplications, as
/// `torch.linalg.multi_dot`. The first may be a vector, which counts as a row, and the last, which counts as
/// a column.
///
/// ```
/// use autograd::linalg;
/// use tensor::ones;
/// let y = linalg::multi_dot(&[&ones([2, 100]), &ones([100, 3]), &ones([3, 50])]);
/// assert_eq!((y.shape(), y.max().item()), (&[2, 50][..], 300.0));
/// ```
///
/// # Panics
/// If there are fewer than two, or the shapes do not fit.
#[doc(alias = "chain_matmul")]
#[track_caller]
pub fn multi_dot<V: Differentiable>(tensors: &[&V]) -> V {
    const OP: &str = "multi_dot()";
    let n = tensors.len();
    assert!(n >= 2, "{OP}: expected at least 2 tensors but got {n}");
    let mut parts: Vec<V> = tensors.iter().copied().cloned().collect();
    let [row, column] = [0, n - 1].map(|i| shape(&parts[i]).len() == 1);
    for (i, x) in tensors.iter().enumerate() {
        let axes = shape(*x).len();
        let edge = i == 0 || i == n - 1;
        assert!(
            axes == 2 || (edge && axes == 1),
            "{OP}: {} must be {} but got {axes}D",
            match i {
                0 => "the first tensor".to_owned(),
                _ if edge => "the last tensor".to_owned(),
                _ => format!("tensor {i}"),
            },
            if edge { "1D or 2D" } else { "2D" }
        );
    }
    if row {
        parts[0] = parts[0].unsqueeze(0);
    }
    if column {
        parts[n - 1] = parts[n - 1].unsqueeze(1);
    }
    for (i, pair) in parts.windows(2).enumerate() {
        assert!(
            size(&pair[0], 1) == size(&pair[1], 0),
            "{OP}: tensors {i} and {} with shapes {:?} and {:?} cannot be multiplied",
            i + 1,
            shape(&pair[0]),
            shape(&pair[1])
        );
    }
    let sizes: Vec<usize> = parts.iter().map(|x| size(x, 0)).chain([size(&parts[n - 1], 1)]).collect();
    let splits = cheapest(&sizes);
    let mut y = product(&parts, &splits, 0, n - 1);
    if column {
        y = y.select(1, 0);
    }
    if row {
        y = y.select(0, 0);
    }
    y
}

/// After which matrix to split the product of `i` to `j` (Cormen et al., *Introduction to Algorithms*, 15.2).
fn cheapest(sizes: &[usize]) -> Vec<Vec<usize>> {
    let n = sizes.len() - 1;
    let (mut costs, mut splits) = (vec![vec![0.0; n]; n], vec![vec![0; n]; n]);
    for length in 1..n {
        for i in 0..n - length {
            let j = i + length;
            costs[i][j] = f64::INFINITY;
            for split in i..j {
                let here = [i, split + 1, j + 1].map(|k| sizes[k] as f64).iter().product::<f64>();
                let cost = costs[i][split] + costs[split + 1][j] + here;
                if cost < costs[i][j] {
                    (costs[i][j], splits[i][j]) = (cost, split);
                }
            }
        }
    }
    splits
}

fn product<V: Differentiable>(parts: &[V], splits: &[Vec<usize>], i: usize, j: usize) -> V {
    if i == j {
        return parts[i].clone();
    }
    let split = splits[i][j];
    product(parts, splits, i, split).matmul(&product(parts, splits, split + 1, j))
}

/// The axes that [`tensordot`] sums over: a number of them, the last of the first and the first of the
/// second, or those of each.
#[derive(Clone, Debug)]
pub enum Contracted {
    /// So many.
    Last(usize),
    /// These of the first, and these of the second.
    Axes(Vec<isize>, Vec<isize>),
}

impl From<usize> for Contracted {
    fn from(n: usize) -> Contracted {
        Contracted::Last(n)
    }
}

impl<const N: usize> From<([isize; N], [isize; N])> for Contracted {
    fn from((a, b): ([isize; N], [isize; N])) -> Contracted {
        Contracted::Axes(a.to_vec(), b.to_vec())
    }
}

/// Sums of products over some axes of both, as `torch.tensordot`: `dims` is a number or the axes of each, and
/// the other axes stay, those of `a` first. An axis of size 1 broadcasts.
///
/// ```
/// use autograd::linalg;
/// use tensor::ones;
/// let (a, b) = (ones([2, 3, 4]), ones([4, 3, 5]));
/// assert_eq!(linalg::tensordot(&a, &b, 1).shape(), [2, 3, 3, 5]);
/// assert_eq!(linalg::tensordot(&a, &b, ([1, 2], [1, 0])).shape(), [2, 5]);
/// ```
///
/// # Panics
/// If the axes do not exist or their sizes differ.
#[track_caller]
pub fn tensordot<V: Differentiable + Join>(a: &V, b: &V, dims: impl Into<Contracted>) -> V {
    let (of_a, of_b) = (shape(a), shape(b));
    let (dims_a, dims_b) = match dims.into() {
        Contracted::Axes(a, b) => (a, b),
        Contracted::Last(n) => {
            assert!(
                n <= of_a.len() && n <= of_b.len(),
                "tensordot expects dims < ndim_a or ndim_b, but got dims={n}"
            );
            (((of_a.len() - n) as isize..of_a.len() as isize).collect(), (0..n as isize).collect())
        }
    };
    assert!(dims_a.len() == dims_b.len(), "tensordot: both dimension lists should have same length");
    let (mut a, mut b) = (a.clone(), b.clone());
    for (&i, &j) in dims_a.iter().zip(&dims_b) {
        let (n, k) = (size(&a, i), size(&b, j));
        // What one has once is summed in the other, before.
        if n == 1 && k != 1 {
            b = b.sum_dim(&[j], true);
        } else if k == 1 && n != 1 {
            a = a.sum_dim(&[i], true);
        } else {
            assert!(
                n == k,
                "tensordot: contracted dimensions need to match, but first has size {n} in dim {i} and second has size \
                 {k} in dim {j}"
            );
        }
    }
    let place = |dim: &isize, shape: &[usize]| if *dim < 0 { dim + shape.len() as isize } else { *dim };
    let dims_a: Vec<isize> = dims_a.iter().map(|dim| place(dim, &of_a)).collect();
    let dims_b: Vec<isize> = dims_b.iter().map(|dim| place(dim, &of_b)).collect();
    let kept = |shape: &[usize], dims: &[isize]| -> Vec<isize> {
        (0..shape.len() as isize).filter(|axis| !dims.contains(axis)).collect()
    };
    let (kept_a, kept_b) = (kept(&of_a, &dims_a), kept(&of_b, &dims_b));
    let sizes = |shape: &[usize], dims: &[isize]| dims.iter().map(|&axis| shape[axis as usize]).collect();
    let (rows, columns): (Vec<usize>, Vec<usize>) = (sizes(&of_a, &kept_a), sizes(&of_b, &kept_b));
    let inner: usize = dims_a.iter().map(|&axis| size(&a, axis)).product();
    let a = a.permute(&[kept_a, dims_a].concat()).reshape(&[rows.iter().product(), inner]);
    let b = b.permute(&[dims_b, kept_b].concat()).reshape(&[inner, columns.iter().product()]);
    a.matmul(&b).reshape(&[rows, columns].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let (a, b, c) = (numbers(&[2, 3]), numbers(&[3, 4]), numbers(&[4]));
        gradchecks(|x| multi_dot(&[&x[0], &x[1], &x[2]]), &[a.clone(), b.clone(), c]);
        gradchecks(|x| cross(&x[0], &x[1], -1), &[a.clone(), numbers(&[1, 3])]);
        gradchecks(|x| cross(&x[0], &x[1], 0), &[numbers(&[3, 1]), numbers(&[3, 2])]);
        gradchecks(|x| tensordot(&x[0], &x[1], 1), &[a.clone(), b]);
        gradchecks(|x| tensordot(&x[0], &x[1], ([0, -1], [2, 0])), &[a.clone(), numbers(&[3, 4, 2])]);
        gradchecks(|x| x[0].kron(&x[1]), &[a.clone(), numbers(&[2])]);
        gradchecks(|x| x[0].inner(&x[1]), &[a.clone(), numbers(&[2, 2, 3])]);
        gradchecks(|x| x[0].addmv(&x[1], &x[2]), &[numbers(&[1]), a.clone(), numbers(&[3])]);
        gradchecks(|x| x[0].addr(&x[1], &x[2]), &[numbers(&[3]), numbers(&[2]), numbers(&[3])]);
        gradchecks(|x| x[0].mv(&x[1]).vdot(&x[2]) * x[2].ger(&x[1]), &[a, numbers(&[3]), numbers(&[2])]);
    }

    #[test]
    fn the_cheapest_order_is_found() {
        // (10×100 · 100×5) · 5×50 takes 7,500 multiplications, the other order 75,000.
        assert_eq!(cheapest(&[10, 100, 5, 50])[0][2], 1);
        assert_eq!(cheapest(&[100, 5, 50, 1])[0][2], 0);
    }

    #[test]
    #[should_panic(
        expected = "multi_dot(): tensors 0 and 1 with shapes [2, 2] and [3, 2] cannot be multiplied"
    )]
    fn what_does_not_fit_is_named() {
        multi_dot(&[&tensor::ones([2, 2]), &tensor::ones([3, 2])]);
    }
}
