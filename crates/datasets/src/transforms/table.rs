use super::Transform;
use tensor::{DType, Tensor, zeros};

/// An elementwise transform of bytes: its 256 values, and the shape that it gives a sample.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    values: Box<[f32; 256]>,
    shape: Vec<usize>,
}

impl Table {
    /// The table of a transform, by asking it; none if it is not elementwise or makes something else than `F32`.
    pub(crate) fn of(transform: &dyn Transform, sample: &Tensor) -> Option<Table> {
        if !transform.is_elementwise() || sample.dtype() != DType::U8 {
            return None;
        }
        let all = Tensor::from((0..=255u8).collect::<Vec<_>>()).reshape([16, 16]);
        let (all, y) = (transform.apply(all), transform.apply(sample.clone()));
        if all.dtype() != DType::F32 || all.numel() != 256 || y.numel() != sample.numel() {
            return None;
        }
        let values = all.to_vec::<f32>().try_into().expect("256 values");
        let table = Table { values, shape: y.shape().to_vec() };
        // A transform that wrongly calls itself elementwise is most likely found out here.
        (table.batch(&[&sample.to_vec()]).bytes() == y.bytes()).then_some(table)
    }

    /// The transformed samples as one batch, `[samples, shape…]`: one pass over the bytes.
    pub(crate) fn batch(&self, samples: &[&[u8]]) -> Tensor {
        let numel = self.shape.iter().product();
        let mut y = zeros([&[samples.len()], self.shape.as_slice()].concat());
        for (y, x) in y.make_mut::<f32>().chunks_exact_mut(numel).zip(samples) {
            y.iter_mut().zip(*x).for_each(|(y, &x)| *y = self.values[usize::from(x)]);
        }
        y
    }
}
