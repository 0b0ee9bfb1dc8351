//! Sums in NumPy's order, so that results have scikit-learn's last bit.

/// A longer row is summed in halves.
const BLOCK: usize = 128;

/// Numbers that are summed side by side.
const LANES: usize = 8;

/// `x.sum()`: eight chains within blocks, and blocks in pairs.
pub(super) fn sum(x: &[f64]) -> f64 {
    let n = x.len();
    if n < LANES {
        return x.iter().fold(0.0, |sum, x| sum + x);
    }
    if n > BLOCK {
        let half = n / 2;
        let (left, right) = x.split_at(half - half % LANES);
        return sum(left) + sum(right);
    }
    let (eights, rest) = x.as_chunks::<LANES>();
    let mut r = eights[0];
    for eight in &eights[1..] {
        for (r, x) in r.iter_mut().zip(eight) {
            *r += x;
        }
    }
    let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    rest.iter().fold(sum, |sum, x| sum + x)
}

/// `x.mean()`; NaN of nothing.
pub(super) fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

/// `np.average(x, weights=weights)`; nothing if the weights add up to 0.
pub(super) fn weighted(x: &[f64], weights: &[f64]) -> Option<f64> {
    let total = sum(weights);
    let products: Vec<f64> = x.iter().zip(weights).map(|(x, w)| x * w).collect();
    (total != 0.0).then(|| sum(&products) / total)
}

/// `x.sum(axis=0)` of rows of this length: one row after the other, but a single column is a row.
pub(super) fn column_sums(x: &[f64], columns: usize) -> Vec<f64> {
    if columns == 1 {
        return vec![sum(x)];
    }
    let mut sums = vec![0.0; columns];
    for row in x.chunks_exact(columns) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x;
        }
    }
    sums
}
