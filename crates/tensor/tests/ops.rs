//! Reductions, products and index operations against what torch computes.

use std::sync::LazyLock;

use tensor::{DType, Tensor, Window, arange, cat, stack};
use testing::{Recording, Within, assert_close, checksum, recording, same_on_any_number_of_threads};

/// The inputs' formula: exact in binary64, so both sides have the same bits.
fn hash(i: usize, seed: usize) -> usize {
    (i * 7919 + seed * 104_729 + 13) % 10_007
}

fn ramp<const N: usize>(shape: [usize; N], seed: usize, dtype: DType) -> Tensor {
    let n = shape.iter().product();
    let values: Vec<f64> = (0..n).map(|i| hash(i, seed) as f64 / 10_007.0 * 4.0 - 2.0).collect();
    Tensor::from_vec(values, shape).to_dtype(dtype)
}

fn whole<const N: usize>(shape: [usize; N], below: usize) -> Tensor {
    let n = shape.iter().product();
    Tensor::from_vec((0..n).map(|i| (hash(i, 0) % below) as i64).collect(), shape)
}

/// Every tensor of a case agrees with torch's: shape and dtype exactly, integers exactly, floats within a few
/// roundings of the largest finite value in it or of the inputs, which are of order 1.
fn check(case: &str, got: &[Tensor]) {
    static RECORDING: LazyLock<Recording> = LazyLock::new(|| recording!("ops"));
    let expected = RECORDING.named(case);
    assert_eq!(got.len(), expected.len(), "{case}");
    for (i, (y, expected)) in got.iter().zip(expected).enumerate() {
        let epsilon = match y.dtype() {
            DType::F32 => f64::from(f32::EPSILON),
            DType::F64 => f64::EPSILON,
            _ => 0.0,
        };
        let within = Within::of_largest(4.0 * epsilon).at_least(4.0 * epsilon);
        assert_close(format!("{case}, tensor {i}"), y, &expected.tensor("y"), within);
    }
}

fn pair((a, b): (Tensor, Tensor)) -> [Tensor; 2] {
    [a, b]
}

const FLOATS: [(&str, DType); 2] = [("f32", DType::F32), ("f64", DType::F64)];

/// `[3, 4, 5]` with a NaN and both infinities in it.
fn holes(dtype: DType) -> Tensor {
    let mut x = ramp([3, 4, 5], 0, DType::F64).to_vec::<f64>();
    (x[7], x[20], x[59]) = (f64::NAN, f64::INFINITY, f64::NEG_INFINITY);
    Tensor::from_vec(x, [3, 4, 5]).to_dtype(dtype)
}

#[test]
fn sums_and_moments_are_torchs() {
    for (name, dtype) in FLOATS {
        let (x, long, holes) = (ramp([3, 4, 5], 0, dtype), ramp([100_003], 0, dtype).abs(), holes(dtype));
        let mt = x.transpose(-1, -2);
        check(
            &format!("sum {name}"),
            &[
                long.sum(),
                x.sum(),
                x.sum_dim(0, false),
                x.sum_dim([0, 2], false),
                x.sum_dim([0, 1, 2], true),
                mt.sum_dim(1, false),
                holes.sum_dim(2, false),
            ],
        );
        let even = long.narrow(0, 0, 100_000);
        check(
            &format!("sum rows {name}"),
            &[even.reshape([100, 1000]).sum_dim(1, false), even.reshape([1000, 100]).sum_dim(0, false)],
        );
        check(&format!("mean {name}"), &[long.mean(), x.mean_dim([0, 2], false), x.mean_dim(1, true)]);
        check(
            &format!("var {name}"),
            &[
                long.narrow(0, 0, 1000).var(),
                x.var_dim(1, 1, false),
                x.var_dim([0, 2], 0, true),
                x.std(),
                x.std_dim(2, 2, false),
            ],
        );
        check(&format!("prod {name}"), &[x.prod(), x.prod_dim(1, false)]);
        check(
            &format!("cumsum {name}"),
            &[x.cumsum(0), x.cumsum(-1), long.cumsum(0).slice(0, 0, isize::MAX, 9973)],
        );
        check(
            &format!("norm {name}"),
            &[
                x.norm(2.0),
                x.norm(1.0),
                x.norm_dim(3.0, [0, 2], false),
                x.norm(f64::INFINITY),
                x.norm_dim(0.0, [1], false),
                long.narrow(0, 0, 1000).norm(2.0),
            ],
        );
    }
}

#[test]
fn extremes_and_orders_are_torchs() {
    for (name, dtype) in FLOATS {
        let (x, holes) = (ramp([3, 4, 5], 0, dtype), holes(dtype));
        let [max, max_at] = pair(holes.max_dim(1, false));
        let [min, min_at] = pair(holes.min_dim(2, true));
        check(
            &format!("extremes {name}"),
            &[
                x.max(),
                x.min(),
                holes.max(),
                max,
                max_at,
                min,
                min_at,
                holes.amax([0, 2], false),
                holes.amin([1, 2], false),
                holes.argmax(0, false),
                holes.argmin(1, false),
                x.argmax(None, false),
                x.transpose(-1, -2).argmax(1, false),
            ],
        );
        let parts = [holes.sort(2, false), holes.sort(0, true), x.topk(2, 1, true), x.topk(3, -1, false)];
        check(&format!("sort {name}"), &parts.map(pair).concat());
    }
}

#[test]
fn softmax_and_its_logarithm_are_torchs() {
    for (name, dtype) in FLOATS {
        let (x, long, holes) = (ramp([3, 4, 5], 0, dtype), ramp([3000], 0, dtype).abs(), holes(dtype));
        let steep = &x * 1000;
        let every = |y: Tensor| y.slice(0, 0, isize::MAX, 97);
        check(
            &format!("logsumexp {name}"),
            &[
                x.logsumexp(2, false),
                x.logsumexp([0, 1], true),
                steep.logsumexp(1, false),
                holes.logsumexp(1, false),
            ],
        );
        check(
            &format!("softmax {name}"),
            &[
                x.softmax(-1),
                x.softmax(0),
                x.softmax(1),
                steep.softmax(2),
                holes.softmax(2),
                every(long.softmax(0)),
            ],
        );
        check(
            &format!("log_softmax {name}"),
            &[
                x.log_softmax(-1),
                x.log_softmax(0),
                steep.log_softmax(2),
                holes.log_softmax(2),
                every(long.log_softmax(0)),
            ],
        );
    }
}

#[test]
fn products_are_torchs() {
    for (name, dtype) in FLOATS {
        let (a, b) = (ramp([7, 6], 1, dtype), ramp([6, 5], 2, dtype));
        let (batch_a, batch_b) = (ramp([2, 1, 3, 4], 3, dtype), ramp([3, 4, 2], 4, dtype));
        let row = a.select(0, 0);
        check(
            &format!("matmul {name}"),
            &[
                a.matmul(&b),
                b.t().matmul(&a.t()),
                row.matmul(&b),
                a.matmul(&b.select(1, 0)),
                row.matmul(&a.select(0, 1)),
                batch_a.matmul(&batch_b),
                batch_b.transpose(1, 2).matmul(&batch_a.transpose(2, 3)),
                batch_a.matmul(&b.narrow(0, 0, 4)),
                ramp([3, 4, 5], 0, dtype).transpose(0, 1).matmul(&ramp([5, 2], 5, dtype)),
            ],
        );
        let bias = b.select(0, 0);
        check(
            &format!("linear {name}"),
            &[a.linear(&b.t(), Some(&bias)), bias.addmm(&a, &b), row.outer(&b.select(1, 0))],
        );
    }
}

#[test]
fn index_operations_are_torchs() {
    for (name, dtype) in FLOATS {
        let x = ramp([3, 4, 5], 0, dtype);
        check(
            &format!("index {name}"),
            &[
                x.index_select(1, &whole([6], 4)),
                x.gather(2, &whole([3, 4, 2], 5)),
                x.gather(0, &whole([2, 4, 5], 3)),
                x.scatter_add(1, &whole([3, 4, 5], 4), &x),
                x.index_add(0, &whole([5], 3), &ramp([5, 4, 5], 6, dtype)),
                x.tril(-1),
                x.transpose(1, 2).triu(1),
            ],
        );
    }
}

#[test]
fn integers_and_booleans_are_torchs() {
    let i = whole([4, 6], 50);
    let thirds = Tensor::from_vec(i.to_vec::<i64>().iter().map(|i| i % 3).collect(), [4, 6]);
    let t = thirds.eq(0);
    let [max, max_at] = pair(i.max_dim(1, false));
    let [sorted, sorted_at] = pair(i.sort(1, false));
    let turned = Tensor::from_vec((0..24).map(|at| (at % 6 * 5 + at / 6) % 6).collect::<Vec<i64>>(), [4, 6]);
    let classes = Tensor::from_vec(i.select(0, 0).to_vec::<i64>().iter().map(|i| i % 4).collect(), 6);
    check(
        "integers",
        &[
            i.sum(),
            i.sum_dim(0, false),
            i.to_dtype(DType::U8).sum_dim(1, false),
            t.sum(),
            t.sum_dim(1, false),
            i.prod_dim(1, false),
            max,
            max_at,
            i.argmin(0, false),
            i.cumsum(1),
            i.matmul(&i.t()),
            t.any_dim(1, false),
            t.all_dim(0, false),
            thirds.to_dtype(DType::U8).any_dim(0, false),
            sorted,
            sorted_at,
            i.topk(2, 0, true).0,
            i.masked_fill(&t, -1),
            i.masked_select(&t),
            t.where_(&i, &-&i),
            classes.one_hot(5),
            i.to_dtype(DType::F32).logsumexp(1, false),
            i.scatter(1, &turned, &-&i),
            cat(&[i.clone(), t.to_dtype(DType::I64)], 1),
            stack(&[i.clone(), &i + &arange(1, 2, 1)], 1),
        ],
    );
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let x = arange(0.0, 120_000.0, 1.0).reshape([400, 300]).sin();
    let planes = x.reshape([3, 5, 200, 40]);
    let window = Window { stride: [2, 2], padding: [1, 1], ..Window::from(3) };
    same_on_any_number_of_threads(|| {
        let (pooled, places) = planes.max_pool2d_with_indices(&window);
        let sums = [x.sum(), x.sum_dim(0, false), x.softmax(1), x.t().matmul(&x), pooled];
        (sums.map(|y| checksum(&y)), [x.argmax(1, false), places].map(|y| y.to_vec::<i64>()))
    });
}
