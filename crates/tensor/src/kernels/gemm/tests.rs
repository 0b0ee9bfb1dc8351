//! Every way through the product against sums in f64, on every instruction set: `RUSHLIGHT_ISA` is not
//! needed, but keeps valgrind, which lacks AVX-512, on what it knows.

use super::*;
use crate::kernels::parallel::set_num_threads;

/// A matrix inside a slice with room around it.
#[derive(Clone)]
struct Matrix {
    data: Vec<f32>,
    start: usize,
    shape: [usize; 2],
    strides: [usize; 2],
}

/// Where the elements of a matrix lie.
#[derive(Clone, Copy, Debug)]
enum Order {
    Rows,
    Columns,
    Scattered,
}

const ORDERS: [Order; 3] = [Order::Rows, Order::Columns, Order::Scattered];

/// Small whole-and-a-bit numbers from a counter, so that failures repeat.
fn noise(i: usize) -> f32 {
    ((i.wrapping_mul(2_654_435_761) >> 7) % 2001) as f32 / 1000.0 - 1.0
}

impl Matrix {
    fn new(rows: usize, cols: usize, order: Order, pad: usize) -> Matrix {
        let strides = match order {
            Order::Rows => [cols + pad, 1],
            Order::Columns => [1, rows + pad],
            Order::Scattered => [3 * cols + pad, 3],
        };
        let start = pad + 1;
        let len = start + rows.saturating_sub(1) * strides[0] + cols.saturating_sub(1) * strides[1] + 1;
        let data = (0..len).map(|i| noise(i + 31 * rows)).collect();
        Matrix { data, start, shape: [rows, cols], strides }
    }

    fn at(&self, i: usize, j: usize) -> usize {
        self.start + i * self.strides[0] + j * self.strides[1]
    }

    fn mat(&self) -> Mat<'_, f32> {
        Mat::strided(&self.data[self.start..], self.shape, self.strides)
    }
}

fn plain_on(isa: Isa, a: Mat<f32>, b: Mat<f32>, c: MatMut<f32>) {
    gemm_on(isa, Operands { alpha: 1.0, a, b, beta: 0.0, bias: None, c, batched: false });
}

#[allow(clippy::too_many_arguments)]
fn check_one(
    isa: Isa,
    (m, n, k): (usize, usize, usize),
    (a_order, b_order, c_order): (Order, Order, Order),
    pad: usize,
    alpha: f32,
    beta: f32,
    bias: bool,
) {
    let case = format!(
        "{isa:?} {m}×{n}×{k} {a_order:?} {b_order:?} {c_order:?} pad {pad} α {alpha} β {beta} bias {bias}"
    );
    let (a, b) = (Matrix::new(m, k, a_order, pad), Matrix::new(k, n, b_order, pad));
    let mut c = Matrix::new(m, n, c_order, pad);
    let bias: Option<Vec<f32>> = bias.then(|| (0..n).map(|j| noise(j + 7)).collect());
    let before = c.clone();
    if beta == 0.0 {
        (0..m).for_each(|i| (0..n).for_each(|j| c.data[before.at(i, j)] = f32::NAN));
    }
    let to = MatMut::strided(&mut c.data[before.start..], before.shape, before.strides);
    let (a_mat, b_mat, bias) = (a.mat(), b.mat(), bias.as_deref());
    gemm_on(isa, Operands { alpha, a: a_mat, b: b_mat, beta, bias, c: to, batched: false });

    let mut expected = before.data.clone();
    for i in 0..m {
        for j in 0..n {
            let (mut sum, mut size) = (0.0f64, 0.0f64);
            for p in 0..k {
                let product = f64::from(a.data[a.at(i, p)]) * f64::from(b.data[b.at(p, j)]);
                (sum, size) = (sum + product, size + product.abs());
            }
            let old = f64::from(before.data[before.at(i, j)]);
            let mut y = f64::from(alpha) * sum + if beta == 0.0 { 0.0 } else { f64::from(beta) * old };
            y += bias.as_ref().map_or(0.0, |bias| f64::from(bias[j]));
            let got = c.data[c.at(i, j)];
            let bound = (size + 4.0) * (k + 8) as f64 * f64::from(f32::EPSILON) * 0.5;
            assert!((f64::from(got) - y).abs() <= bound, "{case}: C[{i}, {j}] = {got}, not {y}");
            expected[c.at(i, j)] = got;
        }
    }
    assert!(expected == c.data, "{case}: wrote outside C");
}

#[test]
fn every_order_of_elements_and_odd_shapes() {
    let shapes = [
        (1, 1, 1),
        (2, 4, 1),
        (1, 7, 3),
        (3, 1, 40),
        (1, 17, 70),
        (4, 9, 33),
        (5, 20, 64),
        (7, 5, 2),
        (13, 33, 17),
        (16, 16, 16),
        (33, 65, 9),
        (70, 31, 50),
        (100, 130, 37),
    ];
    for isa in Isa::available() {
        for shape in shapes {
            for a in ORDERS {
                for b in ORDERS {
                    for c in ORDERS {
                        check_one(isa, shape, (a, b, c), 0, 1.0, 0.0, false);
                        check_one(isa, shape, (a, b, c), 5, 1.0, 0.0, true);
                        check_one(isa, shape, (a, b, c), 3, -0.5, 2.0, false);
                    }
                }
            }
        }
    }
}

#[test]
fn every_number_of_rows_and_columns_of_a_tile() {
    for isa in Isa::available() {
        for m in 1..=30 {
            for n in 1..=70 {
                for b in [Order::Rows, Order::Columns] {
                    check_one(isa, (m, n, 5), (Order::Rows, b, Order::Rows), 1, 1.0, 0.0, false);
                }
                check_one(isa, (m, n, 3), (Order::Columns, Order::Rows, Order::Rows), 0, 1.5, 1.0, true);
            }
        }
    }
}

#[test]
fn the_products_of_batch_64() {
    use Order::{Columns, Rows};
    for isa in Isa::available() {
        for (n, k) in [(400, 784), (200, 400), (100, 200), (10, 100)] {
            check_one(isa, (64, n, k), (Rows, Columns, Rows), 0, 1.0, 0.0, true);
            check_one(isa, (64, k, n), (Rows, Rows, Rows), 0, 1.0, 0.0, false);
            check_one(isa, (n, k, 64), (Columns, Rows, Rows), 0, 1.0, 1.0, false);
        }
    }
}

#[test]
fn sums_longer_than_a_stretch() {
    use Order::{Columns, Rows};
    for isa in Isa::available() {
        for (a, b) in [(Rows, Rows), (Rows, Columns), (Columns, Rows), (Columns, Columns)] {
            check_one(isa, (9, 20, 1100), (a, b, Rows), 0, 1.0, 0.5, true);
            check_one(isa, (270, 70, 600), (a, b, Rows), 2, 2.0, 0.0, false);
        }
    }
}

#[test]
fn a_transpose_whose_steps_lie_far_apart() {
    use Order::{Columns, Rows};
    for isa in Isa::available() {
        check_one(isa, (25, 300, 520), (Columns, Rows, Rows), 800, 1.0, 1.0, true);
        check_one(isa, (8, 256, 257), (Columns, Columns, Rows), 1000, 1.0, 0.0, false);
    }
}

#[test]
fn an_empty_sum_scales_c_and_adds_the_bias() {
    for isa in Isa::available() {
        check_one(isa, (3, 5, 0), (Order::Rows, Order::Rows, Order::Rows), 0, 1.0, 0.0, true);
        check_one(isa, (3, 5, 0), (Order::Rows, Order::Columns, Order::Rows), 0, 1.0, 0.5, false);
    }
    gemm(1.0, Mat::rows(&[], [0, 2]), Mat::rows(&[0.0; 6], [2, 3]), 0.0, MatMut::rows(&mut [], [0, 3]));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let shapes = [(64, 400, 784), (400, 784, 64), (300, 200, 700), (1, 1500, 784), (700, 33, 100)];
    for isa in Isa::available() {
        for (m, n, k) in shapes {
            for b_order in [Order::Rows, Order::Columns] {
                let (a, b) = (Matrix::new(m, k, Order::Rows, 0), Matrix::new(k, n, b_order, 0));
                let product = |threads| {
                    set_num_threads(threads);
                    let mut c = vec![0.0; m * n];
                    plain_on(isa, a.mat(), b.mat(), MatMut::rows(&mut c, [m, n]));
                    c
                };
                let one = product(1);
                for threads in [2, 3, 4, 7] {
                    assert!(one == product(threads), "{isa:?} {m}×{n}×{k} {b_order:?}: {threads} threads");
                }
            }
        }
    }
}

/// One fused chain for each stretch of `k`, their sums added in order: torch's bits,
/// whatever the way and the tile.
#[cfg(target_arch = "x86_64")]
#[test]
fn every_way_adds_up_in_the_same_order() {
    use crate::kernels::rounding::Rounding;
    use Order::{Columns, Rows};
    let ways = [
        (64, 70, 400, Rows, Columns),   // across, with panels
        (20, 33, 784, Rows, Columns),   // across, with an edge
        (64, 100, 400, Rows, Rows),     // strips where they lie
        (100, 290, 200, Rows, Rows),    // more strips than a block, packed
        (130, 70, 385, Rows, Columns),  // packed by transposing
        (101, 300, 210, Columns, Rows), // A packed too
        (30, 40, 500, Columns, Rows),
    ];
    let rounding = Rounding::current();
    for isa in Isa::available().filter(|isa| matches!(isa, Isa::Avx2 | Isa::Avx512)) {
        for (m, n, k, a_order, b_order) in ways {
            let (a, b) = (Matrix::new(m, k, a_order, 0), Matrix::new(k, n, b_order, 0));
            let mut c = vec![f32::NAN; m * n];
            plain_on(isa, a.mat(), b.mat(), MatMut::rows(&mut c, [m, n]));
            for (i, row) in c.chunks(n).enumerate() {
                for (j, &y) in row.iter().enumerate() {
                    let chain = |d| {
                        let step = |sum: f32, p| a.data[a.at(i, p)].mul_add(b.data[b.at(p, j)], sum);
                        rounding.stretch(k, d).fold(0.0, step)
                    };
                    let sum = (0..rounding.stretches(k)).map(chain).reduce(|sum, next| sum + next).unwrap();
                    assert_eq!(y.to_bits(), sum.to_bits(), "{isa:?} {m}×{n}×{k}: C[{i}, {j}]");
                }
            }
        }
    }
}

#[test]
fn nan_and_infinity_pass_through() {
    for isa in Isa::available() {
        let mut y = [0.0; 3];
        let x = [f32::NAN, f32::INFINITY, -1.0];
        let (one, x) = (Mat::rows(&[1.0], [1, 1]), Mat::rows(&x, [1, 3]));
        plain_on(isa, one, x, MatMut::rows(&mut y, [1, 3]));
        assert!(y[0].is_nan() && y[1..] == [f32::INFINITY, -1.0], "{isa:?}: {y:?}");
    }
}

#[test]
fn f64_takes_strides_and_a_bias_too() {
    let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.5, -1.0, 2.0, 0.0, 3.0]);
    let (a, b) = (Mat::strided(&a, [2, 3], [1, 2]), Mat::rows(&b, [3, 2]));
    let mut c = [f64::NAN; 4];
    gemm(1.0, a, b, 0.0, MatMut::rows(&mut c, [2, 2]));
    assert_eq!(c, [-2.0, 21.5, -2.0, 27.0]);
    linear(b.t(), a, Some(&[0.5, -0.5]), MatMut::strided(&mut c, [2, 2], [1, 2]));
    assert_eq!(c, [-1.5, 22.0, -2.5, 26.5]);
}

#[test]
#[should_panic(expected = "gemm: [2, 3] by [4, 2] does not give [2, 2]")]
fn shapes_must_fit() {
    gemm(
        1.0,
        Mat::rows(&[0.0; 6], [2, 3]),
        Mat::rows(&[0.0; 8], [4, 2]),
        0.0,
        MatMut::rows(&mut [0.0; 4], [2, 2]),
    );
}

#[test]
#[should_panic(expected = "is too large")]
fn a_size_that_strides_of_0_allow_is_refused_where_its_product_overflows() {
    let k = usize::MAX / 8;
    let (a, b) = (Mat::strided(&[1.0], [1, k], [0, 0]), Mat::strided(&[1.0], [k, 1], [0, 0]));
    gemm(1.0, a, b, 0.0, MatMut::rows(&mut [0.0], [1, 1]));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn parts_cover_any_length_in_order() {
    use super::tile::cut;

    for (len, unit, parts) in [(10, 1, 3), (10, 4, 3), (7, 16, 1), (usize::MAX / 4, 16, usize::MAX / 1024)] {
        assert_eq!((cut(len, unit, parts, 0), cut(len, unit, parts, parts)), (0, len));
        let most = len.div_ceil(unit).div_ceil(parts) * unit;
        for i in [0, 1, parts / 3, parts / 2, parts - 1].into_iter().filter(|&i| i < parts) {
            let (start, end) = (cut(len, unit, parts, i), cut(len, unit, parts, i + 1));
            assert!(start <= end && end - start <= most, "{start}..{end}");
        }
    }
}

/// A block is a product like others, and a part of one where the rest of `k` is zeros.
#[test]
fn a_block_is_the_product_to_the_bit() {
    // Not so small that a product has an order of its own.
    for (m, n, k, whole) in [(5, 20, 30, 30), (33, 64, 17, 17), (70, 31, 100, 250), (12, 40, 500, 512)] {
        for isa in Isa::available() {
            for a_order in [Order::Rows, Order::Columns] {
                let (mut a, mut b) =
                    (Matrix::new(m, whole, a_order, 3), Matrix::new(whole, n, Order::Rows, 2));
                for p in k..whole {
                    (0..m).for_each(|i| a.data[a.start + i * a.strides[0] + p * a.strides[1]] = 0.0);
                    (0..n).for_each(|j| b.data[b.start + p * b.strides[0] + j] = 0.0);
                }
                let c = Matrix::new(m, n, Order::Rows, 1);
                for beta in [0.0, 1.0] {
                    let (mut expected, mut got) = (c.clone(), c.clone());
                    let (a, b) = (a.mat(), b.mat());
                    let all = MatMut::strided(&mut expected.data[c.start..], c.shape, c.strides);
                    gemm_on(isa, Operands { alpha: 1.0, a, b, beta, bias: None, c: all, batched: false });
                    let part = MatMut::strided(&mut got.data[c.start..], c.shape, c.strides);
                    let (a, b) =
                        (Mat::strided(a.data, [m, k], a.strides), Mat::strided(b.data, [k, n], b.strides));
                    multiply_block(
                        isa,
                        Operands { alpha: 1.0, a, b, beta, bias: None, c: part, batched: false },
                        whole,
                    );
                    assert_eq!(got.data, expected.data, "{isa:?} {m}×{n}×{k} of {whole}, β {beta}");
                }
            }
        }
    }
}
