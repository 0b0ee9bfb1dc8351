//! Products with few rows or columns against torch's, to the last bit: `cargo xtask record tensor/products`
//! on a processor of the maker's.

use tensor::kernels::rounding::Rounding;
use tensor::kernels::simd::Isa;
use tensor::{DType, Generator, Tensor, cat};
use testing::{checksum, recording};

const COLUMNS: [usize; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 15, 33, 100];
const DEPTHS: [usize; 19] = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, 33, 64, 100, 129, 192, 193, 300, 385];

struct Draws(Generator);

impl Draws {
    fn rand(&mut self, shape: &[usize]) -> Tensor {
        self.0.rand(shape, DType::F32) - 0.5
    }

    /// Row by row, column by column, every other column of a larger matrix, or in the middle of one.
    fn laid(&mut self, layout: u8, shape: &[usize]) -> Tensor {
        let &[ref batch @ .., m, n] = shape else { panic!("a matrix has two axes") };
        match layout {
            b'n' => self.rand(shape),
            b't' => self.rand(&[batch, &[n, m]].concat()).transpose(-2, -1),
            b's' => self.rand(&[batch, &[m, n, 2]].concat()).select(-1, 0),
            _ => self.rand(&[batch, &[m, n + 5]].concat()).narrow(-1, 2, n),
        }
    }

    fn result(&mut self, op: &str, layout: &[u8], [m, n, k]: [usize; 3]) -> Tensor {
        let (a, b) = (layout[0], layout[layout.len() - 1]);
        match op {
            "mm" => self.laid(a, &[m, k]).matmul(&self.laid(b, &[k, n])),
            "mv" => self.laid(a, &[m, k]).matmul(&self.rand(&[k])),
            "vm" => self.rand(&[k]).matmul(&self.laid(b, &[k, n])),
            "linear" => {
                let (x, w) = (self.rand(&[m, k]), self.rand(&[n, k]));
                x.linear(&w, Some(&self.rand(&[n])))
            }
            "linear of batches" => self.rand(&[2, m, k]).linear(&self.rand(&[n, k]), None),
            "addmm" => self.rand(&[n]).addmm(&self.laid(a, &[m, k]), &self.laid(b, &[k, n])),
            "bmm" => self.laid(a, &[3, m, k]).bmm(&self.laid(b, &[3, k, n])),
            _ => self.rand(&[3, m, n]).baddbmm(&self.laid(a, &[3, m, k]), &self.laid(b, &[3, k, n])),
        }
    }
}

#[test]
fn bits_are_torchs_where_rows_or_columns_are_few() {
    if !matches!(Isa::current(), Isa::Avx2 | Isa::Avx512) {
        return; // products are not ours there
    }
    // Any processor with these can follow AMD's way.
    Rounding::Amd.select();
    let recording = recording!("products_amd");
    assert!(recording.cases().len() > 100);
    let mut others = Vec::new();
    for case in recording.cases() {
        let mut draws = Draws(Generator::new(0));
        let (op, m) = (case.name(), case.number("rows") as usize);
        let layout = format!("{}n", case.text("layout"));
        let layout =
            if layout.len() > 1 { &layout.as_bytes()[..layout.len() - 1] } else { layout.as_bytes() };
        let columns = if op == "mv" { &[1][..] } else { &COLUMNS };
        let mut ys = Vec::new();
        for &n in columns {
            for k in DEPTHS {
                ys.push(draws.result(op, layout, [m, n, k]).flatten(0, -1));
            }
        }
        if checksum(&cat(&ys, 0)) != case.text("y") {
            others.push(case);
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}
