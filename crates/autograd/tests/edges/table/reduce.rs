//! Sums and what is like them, along some axes or all.

use crate::op::{Table, both, python, variables};
use crate::sets::{listed, one};

/// Sums whose order may differ.
const SUM: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    distances(t);
    let x = &one();
    both!(t, sum, "x.sum()", x, |x| x[0].sum()).within(SUM, 0.0).zeros_alike();
    both!(t, mean, "x.mean()", x, |x| x[0].mean()).within(SUM, 1.0).zeros_alike();
    both!(t, prod, "x.prod()", x, |x| x[0].prod()).within(SUM, SUM).zeros_alike();
    both!(t, var, "x.var()", x, |x| x[0].var()).within(SUM, SUM).zeros_alike();
    both!(t, std, "x.std()", x, |x| x[0].std()).within(SUM, 8.0).zeros_alike();
    both!(t, max, "x.max()", x, |x| x[0].max()).zeros_alike();
    both!(t, min, "x.min()", x, |x| x[0].min()).zeros_alike();
    both!(t, argmax, "x.argmax()", x, |x| x[0].argmax(None, false));
    both!(t, argmin, "x.argmin()", x, |x| x[0].argmin(None, false));
    both!(t, argmax, "x.argmax(keepdim=True)", x, |x| x[0].argmax(None, true));
    both!(t, any, "x.any()", x, |x| x[0].any());
    both!(t, all, "x.all()", x, |x| x[0].all());
    for p in [2.0, 1.0, 0.0, 3.0, 0.5, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
        let n = python(p.into());
        both!(t, norm, format!("torch.linalg.vector_norm(x, {n})"), x, |x| x[0].norm(p)).within(SUM, 8.0);
    }

    for (dims, keep) in
        [(&[0][..], false), (&[-1], true), (&[1], false), (&[0, 1], false), (&[2], false), (&[], false)]
    {
        let args = format!("{}, keepdim={}", list(dims), python(keep.into()));
        both!(t, sum_dim, format!("x.sum({args})"), x, |x| x[0].sum_dim(dims, keep))
            .within(SUM, 0.0)
            .zeros_alike();
        both!(t, mean_dim, format!("x.mean({args})"), x, |x| x[0].mean_dim(dims, keep))
            .within(SUM, 1.0)
            .zeros_alike();
        both!(t, var_dim, format!("x.var({args})"), x, |x| x[0].var_dim(dims, 1, keep))
            .within(SUM, SUM)
            .zeros_alike();
        both!(t, std_dim, format!("x.std({args})"), x, |x| x[0].std_dim(dims, 1, keep))
            .within(SUM, 8.0)
            .zeros_alike();
        both!(t, amax, format!("x.amax({args})"), x, |x| x[0].amax(dims, keep)).zeros_alike();
        both!(t, amin, format!("x.amin({args})"), x, |x| x[0].amin(dims, keep)).zeros_alike();
        both!(t, logsumexp, format!("x.logsumexp({args})"), x, |x| x[0].logsumexp(dims, keep))
            .within(SUM, 8.0);
        both!(t, prod_dim, format!("products(x, {args})"), x, |x| x[0].prod_dim(dims, keep))
            .within(SUM, SUM)
            .zeros_alike();
        both!(t, any_dim, format!("x.any({args})"), x, |x| x[0].any_dim(dims, keep));
        both!(t, all_dim, format!("x.all({args})"), x, |x| x[0].all_dim(dims, keep));
    }
    for (p, dims) in [(2.0, &[0][..]), (1.0, &[-1]), (f64::INFINITY, &[1]), (3.0, &[0, 1]), (0.0, &[0])] {
        let torch = format!("torch.linalg.vector_norm(x, {}, {})", python(p.into()), list(dims));
        both!(t, norm_dim, torch, x, |x| x[0].norm_dim(p, dims, false)).within(SUM, 8.0);
    }
    for correction in [0, 3] {
        let args = format!("[-1], correction={correction}");
        both!(t, var_dim, format!("x.var({args})"), x, |x| x[0].var_dim(-1, correction, false))
            .within(SUM, SUM)
            .zeros_alike();
        both!(t, std_dim, format!("x.std({args})"), x, |x| x[0].std_dim(-1, correction, false))
            .within(SUM, 8.0)
            .zeros_alike();
    }
    for (dim, keep) in [(0, false), (-1, true), (1, false), (2, false)] {
        let args = format!("{dim}, keepdim={}", python(keep.into()));
        both!(t, max_dim, format!("x.max({args})"), x, |x| x[0].max_dim(dim, keep));
        both!(t, min_dim, format!("x.min({args})"), x, |x| x[0].min_dim(dim, keep));
        both!(t, argmax, format!("x.argmax({args})"), x, |x| x[0].argmax(dim, keep));
        both!(t, argmin, format!("x.argmin({args})"), x, |x| x[0].argmin(dim, keep));
    }
    for dim in [0, -1, 1] {
        both!(t, softmax, format!("x.softmax({dim})"), x, |x| x[0].softmax(dim))
            .within(8.0, 16.0)
            .around(1.0);
        both!(t, log_softmax, format!("x.log_softmax({dim})"), x, |x| x[0].log_softmax(dim))
            .within(8.0, 16.0)
            .around(1.0);
        both!(t, cumsum, format!("x.cumsum({dim})"), x, |x| x[0].cumsum(dim)).within(SUM, 0.0).zeros_alike();
        for descending in [false, true] {
            // Equal elements keep their order here, and in torch with `stable`.
            let args = format!("dim={dim}, descending={}, stable=True", python(descending.into()));
            both!(t, sort, format!("x.sort({args})"), x, |x| x[0].sort(dim, descending));
            both!(t, argsort, format!("x.argsort({args})"), x, |x| x[0].argsort(dim, descending));
        }
    }
    for (k, dim, largest) in [(1, -1, true), (2, 0, false), (0, 0, true), (3, -1, true), (100, 0, true)] {
        let torch = format!("topk(x, {k}, {dim}, {})", python(largest.into()));
        both!(t, topk, torch, x, |x| x[0].topk(k, dim, largest));
    }
}

/// Measures of two lists of vectors.
fn distances(t: &mut Table) {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:plain:2x3\nDT:plain:2x3 DT:plain:3\nDT:plain:2x3 DT:plain:2x1\nDT:plain:3 DT:plain:3\nDT:plain:s DT:plain:s
        DT:plain:2x3 DT:plain:2x2\nDT:plain:0x3 DT:plain:0x3\nDT:plain:2x0 DT:plain:2x0\nDT:zero:2x3 DT:plain:2x3\nDT:plain:2x3>t DT:plain:3x2
        DT:nan:2x3 DT:plain:2x3",
    );
    x.extend(listed(
        &["i64", "f64"],
        "f32:plain:2x3 DT:plain:3\nDT:plain:2x3 DT:plain:2x3\nDT:plain:3 f32:plain:2x3",
    ));
    let x = &x;
    for dim in [1, 0, -1] {
        let torch = format!("F.cosine_similarity(x, y, {dim})");
        variables!(t, cosine_similarity, torch, x, |x| x[0].cosine_similarity(&x[1], dim, 1e-8))
            .within(SUM, 16.0)
            .around(1.0)
            .zeros_alike();
    }
    for (p, keepdim) in [(2.0, false), (1.0, true), (3.0, false), (f64::INFINITY, false)] {
        let (norm, keep) = (python(p.into()), python(keepdim.into()));
        let torch = format!("F.pairwise_distance(x, y, {norm}, keepdim={keep})");
        variables!(t, pairwise_distance, torch, x, |x| x[0].pairwise_distance(&x[1], p, 1e-6, keepdim))
            .within(8.0, 16.0);
    }
}

fn list(dims: &[isize]) -> String {
    format!("{dims:?}")
}
