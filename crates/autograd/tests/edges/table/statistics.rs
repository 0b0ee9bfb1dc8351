//! What stands where in an order, how often something occurs, and what has come so far along an axis.

use crate::op::{Output, Outputs, Table, Value, both, python, tensors};
use crate::sets::listed;
use tensor::{QuantileInterpolation, Unique};

/// Sums whose order may differ.
const SUM: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let x = &some();
    in_order(t);
    quantiles(t);
    histograms(t);
    distances(t);
    integrals(t);
    both!(t, nansum, "x.nansum()", x, |x| x[0].nansum()).within(SUM, 0.0).zeros_alike();
    both!(t, nanmean, "x.nanmean()", x, |x| x[0].nanmean()).within(SUM, 1.0).zeros_alike();
    both!(t, var_mean, "torch.var_mean(x)", x, |x| x[0].var_mean()).within(SUM, SUM).zeros_alike();
    both!(t, std_mean, "torch.std_mean(x)", x, |x| x[0].std_mean()).within(SUM, 8.0).zeros_alike();
    both!(t, aminmax, "x.aminmax()", x, |x| x[0].aminmax(None, false)).zeros_alike();
    both!(t, median, "x.median()", x, |x| x[0].median());
    both!(t, nanmedian, "x.nanmedian()", x, |x| x[0].nanmedian());
    both!(t, nonzero, "x.nonzero()", x, |x| x[0].nonzero());
    both!(t, argwhere, "x.argwhere()", x, |x| x[0].argwhere());
    for (dims, keep) in [(&[0][..], false), (&[-1], true), (&[0, 1], false), (&[2], false)] {
        let args = format!("{dims:?}, keepdim={}", python(keep.into()));
        both!(t, nansum_dim, format!("x.nansum({args})"), x, |x| x[0].nansum_dim(dims, keep))
            .within(SUM, 0.0)
            .zeros_alike();
        both!(t, nanmean_dim, format!("x.nanmean({args})"), x, |x| x[0].nanmean_dim(dims, keep))
            .within(SUM, 1.0)
            .zeros_alike();
        both!(t, var_mean_dim, format!("torch.var_mean(x, {args})"), x, |x| x[0].var_mean_dim(dims, 1, keep))
            .within(SUM, SUM)
            .zeros_alike();
        let torch = format!("torch.std_mean(x, {dims:?}, correction=0)");
        both!(t, std_mean_dim, torch, x, |x| x[0].std_mean_dim(dims, 0, false)).within(SUM, 8.0).zeros_alike();
        let torch = format!("x.count_nonzero({dims:?})");
        both!(t, count_nonzero, torch, x, |x| x[0].count_nonzero(dims));
    }
    for dim in [0, -1, 1] {
        both!(t, cumprod, format!("x.cumprod({dim})"), x, |x| x[0].cumprod(dim)).within(SUM, 16.0).zeros_alike();
        both!(t, logcumsumexp, format!("x.logcumsumexp({dim})"), x, |x| x[0].logcumsumexp(dim))
            .within(SUM, 16.0)
            .around(1.0);
        both!(t, cummax, format!("x.cummax({dim})"), x, |x| x[0].cummax(dim));
        both!(t, cummin, format!("x.cummin({dim})"), x, |x| x[0].cummin(dim));
        let keep = dim == 0;
        let torch = format!("x.aminmax(dim={dim}, keepdim={})", python(keep.into()));
        both!(t, aminmax, torch, x, |x| x[0].aminmax(dim, keep)).zeros_alike();
    }
}

fn some() -> Vec<String> {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:s\nDT:plain:3\nDT:plain:0\nDT:plain:2x3\nDT:plain:2x3>t\nDT:plain:0x3\nDT:plain:2x0\nDT:plain:2x2x3>turn\nDT:plain:6>odd
        DT:special:37\nDT:special:4x6>t\nDT:nan:3\nDT:nan_late:2x3\nDT:huge:3\nDT:inf:3\nDT:-inf:3\nDT:zero:3\nDT:ties:5",
    );
    x.extend(listed(&["i64", "i32", "i16", "i8", "u8", "bool"], "DT:plain:s\nDT:plain:0\nDT:plain:2x3>t\nDT:special:12"));
    x
}

/// Elements that an order finds, and where they are; of equal ones torch finds any.
fn in_order(t: &mut Table) {
    let mut x = listed(
        &["f32", "f64", "i64", "i32", "i16", "i8", "u8"],
        "DT:plain:s\nDT:plain:3\nDT:plain:6\nDT:plain:0\nDT:plain:2x3\nDT:plain:2x3>t\nDT:plain:0x3\nDT:plain:2x0\nDT:plain:2x0x3",
    );
    x.extend(listed(&["f32", "f64"], "DT:inf:2\nDT:nan_late:2\nf64:plain:6>odd\nbool:plain:2"));
    let x = &x;
    for (dim, keep) in [(0, false), (-1, true), (1, false)] {
        let args = format!("{dim}, {}", python(keep.into()));
        both!(t, median_dim, format!("x.median({args})"), x, |x| x[0].median_dim(dim, keep));
        both!(t, nanmedian_dim, format!("x.nanmedian({args})"), x, |x| x[0].nanmedian_dim(dim, keep));
        for k in [1, 2] {
            let torch = format!("x.kthvalue({k}, {args})");
            both!(t, kthvalue, torch, x, |x| x[0].kthvalue(k, dim, keep));
        }
    }
    let mut x = listed(
        &["f32", "f64", "i64", "i32", "i16", "i8", "u8", "bool"],
        "DT:plain:s\nDT:plain:3\nDT:ties:5\nDT:plain:0\nDT:plain:3x4\nDT:plain:3x4>t\nDT:plain:0x3\nDT:plain:2x0\nDT:bits:5x3\nDT:special:12",
    );
    x.retain(|x| !(x.starts_with('f') && x.contains("special")));
    let x = &x;
    for (dim, keep) in [(-1, false), (0, true)] {
        both!(t, mode, format!("x.mode({dim}, {})", python(keep.into())), x, |x| x[0].mode(dim, keep));
    }
    let dim = |dim: Option<isize>| dim.map_or("None".into(), |dim| dim.to_string());
    let mut x = x.clone();
    x.extend(listed(&["f32", "f64"], "DT:nan:3\nDT:special:37\nDT:zero:5"));
    let x = &x;
    tensors!(t, unique, "x.unique()", x, |x| x[0].unique()).zeros_alike();
    tensors!(t, unique_consecutive, "x.unique_consecutive()", x, |x| x[0].unique_consecutive()).zeros_alike();
    for axis in [None, Some(0), Some(-1)] {
        let args = format!("return_inverse=True, return_counts=True, dim={}", dim(axis));
        tensors!(t, unique_all, format!("x.unique({args})"), x, |x| x[0].unique_all(axis)).zeros_alike();
        let torch = format!("x.unique_consecutive({args})");
        tensors!(t, unique_consecutive_all, torch, x, |x| x[0].unique_consecutive_all(axis)).zeros_alike();
    }

    let x = &listed(
        &["f32", "f64", "i64", "u8", "bool"],
        "DT:rising:5 DT:plain:2x3\nDT:rising:5 DT:special:12\nDT:rising:2x3 DT:plain:2x4\nDT:rising:2x3 DT:plain:3\nDT:rising:s DT:plain:3
        DT:rising:0 DT:plain:3\nDT:rising:5 DT:plain:s\nDT:rising:5 DT:plain:0x3\nDT:rising:6>odd DT:plain:2x3>t\nDT:rising:2x0 DT:plain:2x3",
    );
    for right in [false, true] {
        let right_too = python(right.into());
        let torch = format!("torch.searchsorted(x, y, right={right_too})");
        tensors!(t, searchsorted, torch, x, |x| x[0].searchsorted(&x[1], right));
        let torch = format!("torch.searchsorted(x, 2.5, right={right_too})");
        tensors!(t, searchsorted, torch, x, |x| x[0].searchsorted(2.5, right));
        let torch = format!("torch.bucketize(y, x, right={right_too})");
        tensors!(t, bucketize, torch, x, |x| x[1].bucketize(&x[0], right));
    }
}

fn quantiles(t: &mut Table) {
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:s DT:unit:6\nDT:plain:6 DT:unit:6\nDT:plain:6>odd DT:unit:2\nDT:plain:2x3 DT:unit:2\nDT:plain:2x3>t DT:unit:s
        DT:plain:0x3 DT:unit:2\nDT:nan_late:2 DT:unit:3\nDT:plain:6 DT:plain:2\nDT:plain:6 f64:unit:6\nDT:plain:6 DT:unit:2x3\ni64:plain:6 DT:unit:6",
    );
    // Of equal elements torch's gradient goes to any.
    let equal = &listed(
        &["f32", "f64"],
        "DT:plain:2x2x3>turn DT:unit:3\nDT:nan_late:2x3 DT:unit:3\nDT:nan:3 DT:unit:3\nDT:special:37 DT:unit:6\nDT:huge:6 DT:unit:6\nDT:inf:6 DT:unit:6",
    );
    both!(t, quantile, "x.quantile(y.detach())", x, |x| x[0].quantile(&x[1].as_tensor()));
    both!(t, nanquantile, "x.nanquantile(y.detach())", x, |x| x[0].nanquantile(&x[1].as_tensor()));
    tensors!(t, quantile, "x.quantile(y)", equal, |x| x[0].quantile(&x[1]));
    tensors!(t, nanquantile, "x.nanquantile(y)", equal, |x| x[0].nanquantile(&x[1]));
    for q in [0.0, 0.3, 0.5, 1.5] {
        both!(t, quantile, format!("x.quantile({q})"), x, |x| x[0].quantile(q));
    }
    use QuantileInterpolation::*;
    for (way, name) in
        [(Linear, "linear"), (Lower, "lower"), (Higher, "higher"), (Midpoint, "midpoint"), (Nearest, "nearest")]
    {
        for (dim, keep) in [(Some(0), false), (Some(-1), true), (None, true)] {
            let axis = dim.map_or("None".into(), |dim: isize| dim.to_string());
            let args = format!("y.detach(), {axis}, {}, interpolation='{name}'", python(keep.into()));
            let torch = format!("x.quantile({args})");
            both!(t, quantile_dim, &torch, x, |x| x[0].quantile_dim(&x[1].as_tensor(), dim, keep, way));
            tensors!(t, quantile_dim, torch, equal, |x| x[0].quantile_dim(&x[1], dim, keep, way));
            let torch = format!("x.nanquantile({args})");
            both!(t, nanquantile_dim, &torch, x, |x| x[0].nanquantile_dim(&x[1].as_tensor(), dim, keep, way));
            tensors!(t, nanquantile_dim, torch, equal, |x| x[0].nanquantile_dim(&x[1], dim, keep, way));
        }
    }
}

fn histograms(t: &mut Table) {
    let x = &listed(
        &["i64", "i32", "i16", "i8", "u8", "bool", "f32"],
        "DT:at3:6 DT:plain:6\nDT:at3:6 f32:plain:6\nDT:at3:6 f64:plain:6\nDT:at3:6>odd DT:plain:3\nDT:at3:0 DT:plain:0\nDT:at3:2x3 DT:plain:2x3
        DT:at3:6 DT:plain:3\nDT:at3:s DT:plain:s",
    );
    let x = &[&x[..], &["i64:back:2 f32:plain:2".into()]].concat();
    for n in [0, 5] {
        tensors!(t, bincount, format!("x.bincount(minlength={n})"), x, |x| x[0].bincount(n));
        let torch = format!("x.bincount(y, {n})");
        tensors!(t, bincount_weighted, torch, x, |x| x[0].bincount_weighted(&x[1], n));
    }
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:12 DT:positive:12 DT:rising:5\nDT:plain:2x3 DT:plain:2x3 DT:rising:3\nDT:plain:2x3>t DT:ties:3x2 DT:rising:2\nDT:plain:0 DT:plain:0 DT:rising:3
        DT:ties:5 DT:plain:5 DT:two:3\nDT:one:3 DT:one:3 DT:rising:4\nDT:nan:3 DT:one:3 DT:rising:4\nDT:inf:3 DT:one:3 DT:rising:4
        DT:plain:37 DT:positive:37 DT:rising:6>odd\nDT:plain:s DT:positive:s DT:rising:3\nDT:plain:3 f64:plain:3 i64:rising:3\ni64:plain:3 i64:plain:3 i64:rising:3",
    );
    for (bins, min, max) in [(4, 0.0, 0.0), (3, -1.0, 2.0), (5, 0.1, 0.7), (0, 0.0, 1.0), (3, 2.0, 1.0)] {
        let torch = format!("x.histc({bins}, {min}, {max})");
        tensors!(t, histc, torch, x, |x| x[0].histc(bins, min, max));
    }
    for density in [false, true] {
        let too = python(density.into());
        let torch = format!("x.histogram(z, weight=y, density={too})");
        tensors!(t, histogram, torch, x, |x| x[0].histogram(&x[2], None, Some(&x[1]), density)).within(1.0, 0.0);
        let torch = format!("x.histogram(4, range=(-1.0, 2.0), density={too})");
        tensors!(t, histogram, torch, x, |x| x[0].histogram(4, Some((-1.0, 2.0)), None, density)).within(1.0, 0.0);
        tensors!(t, histogram, format!("x.histogram(3, density={too})"), x, |x| x[0].histogram(3, None, None, density))
            .within(1.0, 0.0);
    }
}

fn distances(t: &mut Table) {
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:plain:4x3\nDT:plain:2x3>t DT:ties:1x2\nDT:plain:2x2x3 DT:ties:4x3\nDT:plain:0x3 DT:plain:2x3\nDT:plain:2x0 DT:plain:3x0\nDT:plain:2x3 DT:plain:2x3
        DT:plain:3 DT:plain:3\nDT:plain:2x3 DT:plain:2x2\nDT:plain:2x3 i64:plain:2x3\nDT:nan:2x3 DT:plain:2x3\ni64:plain:2x3 i64:plain:2x3\nDT:plain:30x3 DT:ties:4x3",
    );
    for p in [2.0, 1.0, 0.0, 3.0, f64::INFINITY, -1.0] {
        let torch = format!("torch.cdist(x, y, {})", python(p.into()));
        both!(t, cdist, torch, x, |x| x[0].cdist(&x[1], p)).within(8.0, 32.0).around(1.0).zeros_alike();
        let torch = format!("torch.dist(x, y, {})", python(p.into()));
        both!(t, dist, torch, x, |x| x[0].dist(&x[1], p)).within(8.0, 16.0).zeros_alike();
    }
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3\nDT:plain:2x3>t\nDT:plain:3\nDT:plain:0x3\nDT:plain:2x2x3>turn\nDT:nan_late:2x3\nDT:zero:2x3\ni64:plain:2x3",
    );
    for (p, dim, maxnorm) in [(2.0, 0, 1.0), (1.0, -1, 0.5), (3.0, 1, 100.0), (2.0, 0, 0.0), (-1.0, 0, 1.0), (2.0, 0, -1.0)] {
        let torch = format!("x.renorm({p}, {dim}, {maxnorm})");
        let huge = &listed(&["f32", "f64"], "DT:huge:2x3\nDT:special:4x6>t");
        tensors!(t, renorm, &torch, huge, |x| x[0].renorm(p, dim, maxnorm)).within(2.0, 0.0);
        both!(t, renorm, torch, x, |x| x[0].renorm(p, dim, maxnorm)).within(2.0, 16.0).around(1.0).zeros_alike();
    }
}

fn integrals(t: &mut Table) {
    let x = &listed(
        &["f32", "f64", "i64", "u8", "bool"],
        "DT:plain:6 DT:rising:6\nDT:plain:2x3 DT:rising:3\nDT:plain:2x3>t DT:rising:3x2\nDT:plain:2x3 DT:rising:2\nDT:plain:s DT:rising:s\nDT:plain:0 DT:rising:0
        DT:plain:1 DT:rising:1\nDT:plain:0x3 DT:rising:3\nDT:plain:2x2x3>turn DT:rising:2\nDT:plain:6 f64:rising:6\nDT:special:12 DT:plain:12\nDT:plain:2x1 DT:rising:2",
    );
    for dim in [-1, 0] {
        for dx in [1.0, 0.5] {
            let torch = format!("torch.trapezoid(x, dx={dx}, dim={dim})");
            both!(t, trapezoid, torch, x, |x| x[0].trapezoid(dx, dim)).within(SUM, SUM).zeros_alike();
            let torch = format!("torch.cumulative_trapezoid(x, dx={dx}, dim={dim})");
            both!(t, cumulative_trapezoid, torch, x, |x| x[0].cumulative_trapezoid(dx, dim)).within(SUM, SUM).zeros_alike();
        }
        let torch = format!("torch.trapezoid(x, y, dim={dim})");
        both!(t, trapezoid, torch, x, |x| x[0].trapezoid(&x[1], dim)).within(SUM, SUM).zeros_alike();
        let torch = format!("torch.cumulative_trapezoid(x, y, dim={dim})");
        both!(t, cumulative_trapezoid, torch, x, |x| x[0].cumulative_trapezoid(&x[1], dim)).within(SUM, SUM).zeros_alike();
        for n in [0, 1, 2, 9] {
            both!(t, diff, format!("x.diff({n}, {dim})"), x, |x| x[0].diff(n, dim, None, None));
        }
        let torch = format!("x.diff(1, {dim}, y)");
        both!(t, diff, torch, x, |x| x[0].diff(1, dim, Some(&x[1]), None));
        let torch = format!("x.diff(2, {dim}, y, y)");
        both!(t, diff, torch, x, |x| x[0].diff(2, dim, Some(&x[1]), Some(&x[1])));
    }
}

impl Outputs for Unique {
    fn outputs(self) -> Vec<Output> {
        vec![self.output, self.inverse_indices, self.counts].outputs()
    }
}
