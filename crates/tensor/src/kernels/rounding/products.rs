//! Which order the products with few rows or columns are summed in on [`Rounding::Amd`]'s way, where MKL
//! has kernels of their own for them: products are rounded before they are added, in some lanes or in none.
//! `gemm/few` computes them.

use super::Rounding;

/// Fewer rows than this, or fewer columns than the next, and a product is not summed in stretches.
const ROWS: usize = 4;
const COLUMNS: usize = 12;

/// Fewer multiply-adds than this in each matrix, and a batch is multiplied by the definition.
const SMALL: usize = 400;

/// A product `A·B` as a library sees it: its sizes, and how the operands lie.
#[derive(Clone, Copy, Debug)]
pub(in crate::kernels) struct Form {
    pub(in crate::kernels) m: usize,
    pub(in crate::kernels) n: usize,
    pub(in crate::kernels) k: usize,
    /// Whether neighbours in a row of A lie side by side, rather than those in a column.
    pub(in crate::kernels) a_rows: bool,
    /// Whether neighbours in a row of B lie side by side, rather than those in a column.
    pub(in crate::kernels) b_rows: bool,
    /// Whether the matrices are some of a batch.
    pub(in crate::kernels) batched: bool,
}

impl Form {
    /// Of matrices with these strides. What lies scattered is copied row by row first.
    pub(in crate::kernels) fn of(
        [m, n, k]: [usize; 3],
        [rsa, csa]: [usize; 2],
        [rsb, csb]: [usize; 2],
        batched: bool,
    ) -> Form {
        // Of one row both are true: alone it counts as a row, in a batch as what its strides say.
        let a_rows = if m == 1 { !batched || k == 1 || rsa != 1 } else { csa == 1 || rsa != 1 };
        Form { m, n, k, a_rows, b_rows: csb == 1 || rsb != 1, batched }
    }
}

/// How each element of a product with few rows or columns adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernels) enum Few {
    /// `A·v`: rows of A in fours, each a dot product in four lanes behind as many single elements as bring
    /// the fourth row to a boundary of 16 bytes; rows left over in eight lanes, but the second, whose blocks
    /// of eight go to four.
    Vector,
    /// `v·Bᵀ`: the same, with the rows of `Bᵀ`.
    Row,
    /// `A·Wᵀ`: columns in fours, each a dot product in four lanes behind as many single elements as bring
    /// the row of A to a boundary of 16 bytes; columns left over in eight lanes.
    Lanes,
    /// One after the other, from what is added to the product. In a row of C that does not begin at a
    /// boundary of 16 bytes the columns before the first one are summed by eights, unless fewer than four
    /// follow: four single ones, and then the sum of four.
    Chain,
    /// One after the other.
    PlainChain,
}

impl Rounding {
    /// The order of a product with few rows or columns, unless it is that of all others.
    pub(in crate::kernels) fn few(self, form: Form) -> Option<Few> {
        let Form { m, n, k, a_rows, b_rows, batched } = form;
        if self != Rounding::Amd {
            return None;
        }
        if batched && m * n * k < SMALL {
            return Some(Few::PlainChain);
        }
        if m >= ROWS && n >= COLUMNS {
            return None;
        }
        Some(match (a_rows, b_rows) {
            (true, false) if m == 1 => Few::Row,
            (true, false) if n == 1 && !batched => Few::Vector,
            (true, true) if n == 1 && m > 1 && !batched => Few::Vector,
            (true, false) => Few::Lanes,
            (false, false) if n == 1 && !batched => Few::Chain,
            (_, true) => Few::Chain,
            (false, false) => Few::PlainChain,
        })
    }
}
