//! Products of `bfloat16` matrices against torch's, to the last bit: `cargo xtask record
//! tensor/products_bf16` on a processor with AVX-512 and BF16.

use tensor::dispatch::bf16;
use tensor::kernels::gemm::Bf16Product;
use tensor::kernels::mat::{Mat, MatMut};
use tensor::kernels::simd::Isa;
use tensor::{DType, Generator, Tensor, cat};
use testing::{checksum, recording};

const COLUMNS: [usize; 4] = [3, 16, 33, 100];
const DEPTHS: [usize; 10] = [64, 101, 401, 512, 513, 784, 1024, 1025, 1500, 2100];

struct Draws(Generator);

impl Draws {
    fn rand(&mut self, shape: [usize; 2]) -> Tensor {
        self.0.rand(shape, DType::F32) - 0.5
    }

    /// A product whose terms cancel each other, so that what is left is what the order of the sum has made of
    /// it.
    fn result(&mut self, op: &str, layout: &str, [m, n, k]: [usize; 3]) -> Tensor {
        let half = |x: Tensor| x.to_dtype(DType::BF16);
        let (x, y) = (self.rand([m, k / 2]), self.rand([k / 2, n]));
        let (z, u) = (self.rand([m, k % 2]), self.rand([k % 2, n]));
        let a = half(cat(&[x.clone(), x, z * 1e-6], 1));
        let b = half(cat(&[y.clone(), -y, u], 0));
        let d = half(self.rand([m, n]) * 1e-6);
        let b = if layout == "n" { b } else { b.t().contiguous() };
        let b = Mat::rows(b.as_slice::<bf16>(), [b.size(0), b.size(1)]);
        let b = if layout == "n" { b } else { b.t() };
        let product = Bf16Product::new(Mat::rows(a.as_slice(), [m, k]), b);
        let product = match op {
            "mm" => product,
            _ => {
                let plus = Some((-4.775, Mat::rows(d.as_slice(), [m, n])));
                Bf16Product { alpha: 2.0315, plus, ..product }
            }
        };
        Tensor::from_fill([m, n], |c| product.write(MatMut::rows(c, [m, n])))
    }
}

#[test]
fn bits_are_torchs() {
    if !matches!(Isa::current(), Isa::Avx2 | Isa::Avx512) {
        return; // products are not ours there
    }
    let recording = recording!("products_bf16");
    assert_eq!(recording.cases().len(), 16);
    for case in recording.cases() {
        let mut draws = Draws(Generator::new(0));
        let m = case.number("rows") as usize;
        let mut ys = Vec::new();
        for n in COLUMNS {
            for k in DEPTHS {
                let y = draws.result(case.name(), case.text("layout"), [m, n, k]);
                if m * n * k > 4096 {
                    ys.push(y.to_dtype(DType::F32).flatten(0, -1));
                }
            }
        }
        assert_eq!(checksum(&cat(&ys, 0)), case.text("y"), "{case:#?}");
    }
}
