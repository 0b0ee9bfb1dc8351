//! The product against its definition, to the bit, on every instruction set that has its order.

use super::*;
use crate::kernels::parallel::set_num_threads;

fn numbers(n: usize, from: usize) -> Vec<bf16> {
    (0..n).map(|i| bf16::from_f32(((i + from) as f32 * 0.37).sin())).collect()
}

/// A chain for each stretch, in pairs whose second product comes first.
fn sum(a: Mat<bf16>, b: Mat<bf16>, [i, j]: [usize; 2]) -> f32 {
    let k = a.shape[1];
    let stretch = if k <= 1024 { 512 } else { 1024 };
    let term = |sum: f32, p: usize| a.at(i, p).to_f32().mul_add(b.at(p, j).to_f32(), sum);
    let chain = |start: usize| {
        (start..k.min(start + stretch)).step_by(2).fold(0.0, |sum, p| {
            let sum = if p + 1 < k { term(sum, p + 1) } else { sum };
            term(sum, p)
        })
    };
    (0..k).step_by(stretch).map(chain).reduce(|sum, next| next + sum).unwrap_or(0.0)
}

fn isas() -> impl Iterator<Item = Isa> {
    Isa::available().filter(|isa| matches!(isa, Isa::Avx2 | Isa::Avx512))
}

#[test]
fn every_instruction_set_adds_up_in_pairs() {
    let shapes = [
        (1, 1, 1),
        (2, 3, 0),
        (3, 3, 7),
        (5, 1, 9),
        (7, 16, 33),
        (14, 15, 64),
        (25, 65, 100),
        (40, 130, 513),
        (9, 70, 1024),
        (13, 33, 1025),
        (6, 100, 2100),
    ];
    for (m, n, k) in shapes {
        let (x, w, d) = (numbers(m * (k + 3), 0), numbers(n * k, 5), numbers(m * n, 9));
        let a = Mat::strided(&x, [m, k], [k + 3, 1]);
        for b in [Mat::rows(&w, [k, n]), Mat::rows(&w, [n, k]).t()] {
            for plus in [None, Some((-0.75f32, Mat::rows(&d, [m, n])))] {
                let expected: Vec<bf16> = (0..m * n)
                    .map(|at| {
                        let y = 1.5 * sum(a, b, [at / n, at % n]);
                        bf16::from_f32(
                            plus.map_or(y, |(beta, d)| beta.mul_add(d.at(at / n, at % n).to_f32(), y)),
                        )
                    })
                    .collect();
                let product = Bf16Product { alpha: 1.5, plus, ..Bf16Product::new(a, b) };
                for isa in isas() {
                    let mut c = vec![bf16::NAN; m * (n + 2)];
                    product.write_on(isa, MatMut::strided(&mut c, [m, n], [n + 2, 1]));
                    for (c, expected) in c.chunks(n + 2).zip(expected.chunks(n)) {
                        assert_eq!(&c[..n], expected, "{m}×{n}×{k} on {isa:?}");
                        assert!(c[n..].iter().all(|c| c.is_nan()), "{m}×{n}×{k} on {isa:?}: wrote outside C");
                    }
                    let mut c = vec![bf16::NAN; m * n];
                    // SAFETY: the shapes fit, the matrices lie as they should, and C is not empty.
                    unsafe { product.in_float32(isa, &mut MatMut::rows(&mut c, [m, n])) };
                    assert_eq!(c, expected, "{m}×{n}×{k} in float32 on {isa:?}");
                }
            }
        }
    }
}

#[test]
fn half_of_a_symmetric_product_is_the_whole() {
    for (m, k) in [(1, 4), (17, 30), (100, 41), (200, 64), (333, 20)] {
        let x = numbers(m * k, 2);
        let x = Mat::rows(&x, [m, k]);
        for isa in Isa::available() {
            let [half, whole] = [true, false].map(|symmetric| {
                let mut c = vec![bf16::NAN; m * m];
                let product = Bf16Product { symmetric, ..Bf16Product::new(x, x.t()) };
                product.write_on(isa, MatMut::rows(&mut c, [m, m]));
                c
            });
            assert_eq!(half, whole, "{m}×{k} on {isa:?}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for (m, n, k) in [(100, 784, 100), (300, 300, 700), (700, 33, 100)] {
        let (x, w) = (numbers(m * k, 0), numbers(n * k, 5));
        let (a, b) = (Mat::rows(&x, [m, k]), Mat::rows(&w, [k, n]));
        for isa in Isa::available() {
            for symmetric in [false, true].into_iter().filter(|symmetric| !symmetric || m == n) {
                let b = if symmetric { a.t() } else { b };
                let product = |threads| {
                    set_num_threads(threads);
                    let mut c = vec![bf16::NAN; m * n];
                    let product = Bf16Product { symmetric, ..Bf16Product::new(a, b) };
                    product.write_on(isa, MatMut::rows(&mut c, [m, n]));
                    c
                };
                let one = product(1);
                for threads in [2, 3, 4, 7] {
                    assert!(one == product(threads), "{isa:?} {m}×{n}×{k}: {threads} threads");
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "a product of [2, 3] by [2, 2] does not give [2, 2]")]
fn shapes_must_fit() {
    let (x, mut y) = (numbers(6, 0), numbers(4, 0));
    let (a, b) = (Mat::rows(&x, [2, 3]), Mat::rows(&x[..4], [2, 2]));
    Bf16Product::new(a, b).write(MatMut::rows(&mut y, [2, 2]));
}

#[test]
#[should_panic(expected = "do not lie side by side")]
fn the_rows_of_a_must_lie_side_by_side() {
    let (x, mut y) = (numbers(4, 0), numbers(4, 0));
    let x = Mat::rows(&x, [2, 2]);
    Bf16Product::new(x.t(), x).write(MatMut::rows(&mut y, [2, 2]));
}
