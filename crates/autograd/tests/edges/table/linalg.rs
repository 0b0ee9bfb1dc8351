//! Linear algebra. Where the sign of a vector is anyone's choice, its magnitudes are compared.

use crate::op::{Op, Table, both, tensors};
use crate::sets::listed;
use autograd::Differentiable;
use autograd::linalg::{self, MatrixNorm, MatrixNormOptions, QrMode, Tolerance, UpLo, VectorNormOptions};

const SQUARE: &str = "DT:positive:3x3\nDT:positive:2x2x2\nDT:positive:4x4>t\nDT:positive:1x1\nDT:plain:0x0\nDT:plain:2x0x0";
const REFUSED: &str = "f32:plain:2x3\nf32:plain:3\nf32:plain:s\ni64:plain:2x2";
const ANY: &str = "DT:positive:3x3\nDT:positive:4x2\nDT:positive:2x4>t\nDT:positive:2x3x2\nDT:positive:1x3";

fn inputs(text: &str) -> Vec<String> {
    listed(&["f32", "f64"], text)
}

fn square() -> Vec<String> {
    let mut x = inputs(SQUARE);
    x.extend(listed(&["f32"], REFUSED));
    x
}

fn any() -> Vec<String> {
    let mut x = inputs(ANY);
    x.extend(listed(&["f32"], "f32:plain:3\nf32:plain:s\ni64:plain:2x2"));
    x
}

/// All of them in one row, so that one pass goes through all: `joined` of the recorder.
fn joined<V: Differentiable>(parts: &[V]) -> V {
    let rows = parts.iter().map(|x| x.reshape(&[x.value().numel()]));
    autograd::cat(&rows.collect::<Vec<V>>(), 0)
}

/// Rounding errors are those of the largest numbers on the way; torch's are in the dtype itself.
fn close(op: &mut Op) {
    op.within(64.0, 512.0).around(1.0).zeros_alike();
}

pub(super) fn rows(t: &mut Table) {
    let x = &square();
    close(both!(t, inv, "torch.linalg.inv(x)", x, |x| linalg::inv(&x[0])));
    close(both!(t, inverse, "x.inverse()", x, |x| x[0].inverse()));
    close(tensors!(t, inv_ex, "torch.linalg.inv_ex(x)", x, |x| tensor::lapack::inv_ex(&x[0])));
    close(both!(t, det, "torch.linalg.det(x)", x, |x| linalg::det(&x[0])));
    close(both!(t, det, "x.det()", x, |x| x[0].det()));
    close(both!(t, slogdet, "joined(*torch.linalg.slogdet(x))", x, |x| {
        let found = linalg::slogdet(&x[0]);
        joined(&[found.sign, found.logabsdet])
    }));
    close(both!(t, slogdet, "x.slogdet()[1]", x, |x| x[0].slogdet().logabsdet));
    close(both!(t, logdet, "x.logdet()", x, |x| x[0].logdet()));
    close(both!(t, matrix_exp, "torch.linalg.matrix_exp(x)", x, |x| linalg::matrix_exp(&x[0])));
    close(both!(t, matrix_exp, "x.matrix_exp()", x, |x| x[0].matrix_exp()));
    for n in [0, 1, 2, 3, 5, -1, -3] {
        let torch = format!("torch.linalg.matrix_power(x, {n})");
        close(both!(t, matrix_power, torch, x, |x| linalg::matrix_power(&x[0], n)));
    }
    for (uplo, name) in [(UpLo::L, "L"), (UpLo::U, "U")] {
        let torch = format!("joined(*(y.abs() for y in torch.linalg.eigh(x, UPLO={name:?})))");
        close(both!(t, eigh, torch, x, |x| {
            let found = linalg::eigh(&x[0], uplo);
            joined(&[found.eigenvalues.abs(), found.eigenvectors.abs()])
        }));
        let torch = format!("torch.linalg.eigvalsh(x, UPLO={name:?})");
        close(both!(t, eigvalsh, torch, x, |x| linalg::eigvalsh(&x[0], uplo)));
    }
    let singular = &listed(&["f32", "f64"], "DT:zero:2x2\nDT:zero:2x1x1");
    both!(t, inv, "torch.linalg.inv(x)", singular, |x| linalg::inv(&x[0]));
    close(tensors!(t, det, "torch.linalg.det(x)", singular, |x| linalg::det(&x[0])));
    let torch = "torch.linalg.slogdet(x)[1]";
    tensors!(t, slogdet, torch, singular, |x| linalg::slogdet(&x[0]).logabsdet);

    let x = &any();
    let torch = "joined(*(y.abs() for y in torch.linalg.svd(x, full_matrices=False)))";
    close(both!(t, svd, torch, x, |x| {
        let found = linalg::svd(&x[0], false);
        joined(&[found.u, found.s, found.vh].map(|y| y.abs()))
    }));
    close(both!(t, svd, "torch.linalg.svd(x)[1]", x, |x| linalg::svd(&x[0], true).s));
    close(both!(t, svdvals, "torch.linalg.svdvals(x)", x, |x| linalg::svdvals(&x[0])));
    close(both!(t, qr, "joined(*torch.linalg.qr(x))", x, |x| {
        let found = linalg::qr(&x[0]);
        joined(&[found.q, found.r])
    }));
    let torch = "torch.linalg.qr(x, mode='complete')";
    close(tensors!(t, qr, torch, x, |x| {
        let found = tensor::lapack::qr(&x[0], QrMode::Complete);
        (found.q, found.r)
    }));
    close(both!(t, qr_with, "torch.linalg.qr(x, mode='reduced')[1]", x, |x| {
        linalg::qr_with(&x[0], QrMode::Reduced).r
    }));
    close(both!(t, pinv, "torch.linalg.pinv(x)", x, |x| linalg::pinv(&x[0])));
    close(both!(t, pinverse, "x.pinverse()", x, |x| x[0].pinverse()));
    let torch = "torch.linalg.pinv(x, rtol=0.5)";
    let half = Tolerance { rtol: Some(0.5), ..Default::default() };
    close(both!(t, pinv_with, torch, x, |x| linalg::pinv_with(&x[0], half)));
    tensors!(t, pinv, "torch.linalg.pinv(x, rtol=0.5)", x, |x| tensor::lapack::pinv(&x[0], half));
    close(t.ops.last_mut().expect("the row above"));
    both!(t, matrix_rank, "torch.linalg.matrix_rank(x)", x, |x| linalg::matrix_rank(&x[0]));
    let torch = "torch.linalg.matrix_rank(x, atol=2.0)";
    let two = Tolerance { atol: Some(2.0), ..Default::default() };
    both!(t, matrix_rank_with, torch, x, |x| linalg::matrix_rank_with(&x[0], two));
    close(both!(t, norm, "torch.linalg.norm(x)", x, |x| linalg::norm(&x[0])));
    close(both!(t, vector_norm, "torch.linalg.vector_norm(x)", x, |x| linalg::vector_norm(&x[0])));
    let torch = "torch.linalg.vector_norm(x, 1, -1, keepdim=True)";
    close(both!(t, vector_norm_with, torch, x, |x| {
        linalg::vector_norm_with(&x[0], VectorNormOptions { ord: 1.0, dim: vec![-1], keepdim: true })
    }));
    close(both!(t, matrix_norm, "torch.linalg.matrix_norm(x)", x, |x| linalg::matrix_norm(&x[0])));
    let norms = [2.0, -2.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, 3.0].map(MatrixNorm::Ord);
    for ord in norms.into_iter().chain([MatrixNorm::Fro, MatrixNorm::Nuc]) {
        let name = match ord {
            MatrixNorm::Fro => "'fro'".to_owned(),
            MatrixNorm::Nuc => "'nuc'".to_owned(),
            MatrixNorm::Ord(p) => format!("{p}"),
        };
        for (dim, keepdim) in [([-2, -1], false), ([1, 0], true)] {
            let flag = if keepdim { "True" } else { "False" };
            let torch = format!("torch.linalg.matrix_norm(x, {name}, ({}, {}), {flag})", dim[0], dim[1]);
            let options = MatrixNormOptions { ord, dim, keepdim };
            close(both!(t, matrix_norm_with, torch, x, |x| linalg::matrix_norm_with(&x[0], options)));
        }
        // torch's pass back through the others is refused: it has changed in place what it needs.
        let x = &inputs("DT:positive:3x3\nDT:positive:2x2x2\nDT:positive:1x1");
        let torch = format!("torch.linalg.cond(x, {name})");
        match ord {
            MatrixNorm::Ord(3.0) => {}
            MatrixNorm::Ord(2.0 | -2.0) | MatrixNorm::Nuc => {
                close(both!(t, cond_with, torch, x, |x| linalg::cond_with(&x[0], ord)));
            }
            _ => close(tensors!(t, cond_with, torch, x, |x| linalg::cond_with(&x[0], ord))),
        }
    }
    close(both!(t, cond, "torch.linalg.cond(x)", x, |x| linalg::cond(&x[0])));
    two_matrices(t);
    products(t);
}

fn two_matrices(t: &mut Table) {
    let mut x = inputs(
        "DT:positive:3x3 DT:plain:3x2
        DT:positive:3x3>t DT:plain:3
        DT:positive:2x2x2 DT:plain:2x2
        DT:positive:2x2x2 DT:plain:3x1x2x1
        DT:positive:2x2 DT:plain:3x2x2
        DT:positive:2x2 DT:plain:2x0
        DT:plain:0x0 DT:plain:0x2",
    );
    x.extend(listed(
        &["f32"],
        "f32:positive:3x3 f32:plain:2\nf32:positive:3x3 f32:plain:s\nf32:positive:3x3 f64:plain:3\nf32:zero:2x2 f32:plain:2",
    ));
    close(both!(t, solve, "torch.linalg.solve(x, y)", &x, |x| linalg::solve(&x[0], &x[1])));
    let mut x = inputs(
        "DT:positive:3x3 DT:plain:3x2
        DT:positive:4x2 DT:plain:4x3
        DT:positive:4x2 DT:plain:4
        DT:positive:2x4>t DT:plain:4x1
        DT:positive:2x3x2 DT:plain:2x3x1
        DT:positive:2x3x2 DT:plain:2x3
        DT:positive:2x3 DT:plain:2x1",
    );
    x.extend(listed(&["f32"], "f32:positive:3x3 f32:plain:2x2\nf32:plain:3 f32:plain:3\nf32:positive:3x3 f32:plain:s"));
    let torch = "torch.linalg.lstsq(x, y).solution";
    close(both!(t, lstsq, torch, &x, |x| linalg::lstsq(&x[0], &x[1]).solution));
    let torch = "torch.linalg.lstsq(x, y).rank";
    tensors!(t, lstsq, torch, &x, |x| linalg::lstsq(&x[0], &x[1]).rank);
    let x = &inputs("DT:plain:2x3 DT:plain:2x3\nDT:plain:1x3 DT:plain:4x3\nDT:plain:3 DT:plain:3\nDT:plain:3 DT:plain:2x3\nDT:plain:2 DT:plain:2");
    close(both!(t, cross, "torch.linalg.cross(x, y)", x, |x| linalg::cross(&x[0], &x[1], -1)));
}

fn products(t: &mut Table) {
    let all = &["f32", "f64", "i64"];
    let mut x = listed(
        all,
        "DT:plain:2x3 DT:plain:3\nDT:plain:3x2>t DT:plain:3\nDT:plain:2x0 DT:plain:0\nDT:plain:0x3 DT:plain:3
        DT:plain:2x3 DT:plain:2\nDT:plain:3 DT:plain:3\nDT:plain:2x3 DT:plain:3x1",
    );
    x.extend(listed(&["f32"], "f32:plain:2x3 f64:plain:3"));
    close(both!(t, mv, "x.mv(y)", &x, |x| x[0].mv(&x[1])));
    let x = &listed(
        all,
        "DT:plain:2 DT:plain:2x3 DT:plain:3\nDT:plain:s DT:plain:2x3 DT:plain:3\nDT:plain:1 DT:plain:2x3 DT:plain:3
        DT:plain:3 DT:plain:2x3 DT:plain:3\nDT:plain:2x2 DT:plain:2x3 DT:plain:3\nDT:plain:2 DT:plain:2x3 DT:plain:2",
    );
    close(both!(t, addmv, "torch.addmv(x, y, z)", x, |x| x[0].addmv(&x[1], &x[2])));
    let x = &listed(
        all,
        "DT:plain:2x3 DT:plain:2 DT:plain:3\nDT:plain:3 DT:plain:2 DT:plain:3\nDT:plain:s DT:plain:2 DT:plain:3
        DT:plain:2x3 DT:plain:3 DT:plain:3\nDT:plain:2x3 DT:plain:2x1 DT:plain:3\nDT:plain:2x2x3 DT:plain:2 DT:plain:3",
    );
    close(both!(t, addr, "torch.addr(x, y, z)", x, |x| x[0].addr(&x[1], &x[2])));
    let x = &listed(all, "DT:plain:3 DT:plain:2\nDT:plain:3 DT:plain:3\nDT:plain:0 DT:plain:0\nDT:plain:2x3 DT:plain:3");
    close(both!(t, ger, "x.ger(y)", x, |x| x[0].ger(&x[1])));
    close(both!(t, vdot, "x.vdot(y)", x, |x| x[0].vdot(&x[1])));
    let x = &listed(
        all,
        "DT:plain:3 DT:plain:3\nDT:plain:2x3 DT:plain:3\nDT:plain:2x3 DT:plain:4x2x3\nDT:plain:s DT:plain:2x3
        DT:plain:2x3 DT:plain:s\nDT:plain:2x0 DT:plain:3x0\nDT:plain:2x3 DT:plain:2",
    );
    close(both!(t, inner, "x.inner(y)", x, |x| x[0].inner(&x[1])));
    let x = &listed(
        all,
        "DT:plain:2x3 DT:plain:3x2\nDT:plain:2 DT:plain:3\nDT:plain:2x3 DT:plain:2\nDT:plain:s DT:plain:2x3
        DT:plain:2x2x3 DT:plain:2x1\nDT:plain:2x0 DT:plain:2x3",
    );
    close(both!(t, kron, "x.kron(y)", x, |x| x[0].kron(&x[1])));
    let x = &listed(
        all,
        "DT:plain:2x3 DT:plain:3x4 DT:plain:4x2\nDT:plain:3 DT:plain:3x4 DT:plain:4x2\nDT:plain:2x3 DT:plain:3x4 DT:plain:4
        DT:plain:3 DT:plain:3x4 DT:plain:4\nDT:plain:2x3 DT:plain:2x4 DT:plain:4\nDT:plain:2x3 DT:plain:3 DT:plain:4
        DT:plain:2x2x3 DT:plain:3x4 DT:plain:4",
    );
    let torch = "torch.linalg.multi_dot([x, y, z])";
    close(both!(t, multi_dot, torch, x, |x| linalg::multi_dot(&[&x[0], &x[1], &x[2]])));
    let x = &listed(all, "DT:plain:2x3 DT:plain:3x2\nDT:plain:4x3 DT:plain:3x4x2\nDT:plain:2x1 DT:plain:3x2\nDT:plain:3 DT:plain:3\nDT:plain:2 DT:plain:3");
    for n in [0, 1, 2] {
        let torch = format!("torch.tensordot(x, y, dims={n})");
        close(both!(t, tensordot, torch, x, |x| linalg::tensordot(&x[0], &x[1], n)));
    }
    let torch = "torch.tensordot(x, y, dims=([0], [-1]))";
    close(both!(t, tensordot, torch, x, |x| linalg::tensordot(&x[0], &x[1], ([0], [-1]))));
}
