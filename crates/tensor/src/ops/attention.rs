//! Attention: sums of values, weighed by how well a query fits their keys.

use crate::dispatch::by_float;
use crate::kernels::attention::{
    Attention, AttentionGradients, Mask, Rows, RowsMut, Sizes, attention, attention_backward,
};
use crate::layout::Layout;
use crate::{Float, Tensor, zeros_dtype};

const OP: &str = "scaled_dot_product_attention";

/// The operands of an attention, whose rows lie in one piece each.
struct Operands {
    qkv: [Tensor; 3],
    mask: Option<Tensor>,
    is_causal: bool,
    scale: f64,
    sizes: Sizes,
}

impl Operands {
    #[track_caller]
    fn of([q, k, v]: [&Tensor; 3], mask: Option<&Tensor>, is_causal: bool, scale: f64) -> Operands {
        assert!(
            q.ndim() == 4 && k.ndim() == 4 && v.ndim() == 4,
            "{OP}: Accept only 4 dims inputs shape of {{B, H, T, K}}, got {:?}, {:?} and {:?}",
            q.shape(),
            k.shape(),
            v.shape()
        );
        let [&[batch, heads, queries, width], &[_, key_heads, keys, _]] = [q.shape(), k.shape()] else {
            unreachable!("four axes")
        };
        let fits = k.shape() == [batch, key_heads, keys, width] && v.shape() == k.shape();
        assert!(
            fits && key_heads > 0 && heads.is_multiple_of(key_heads) && q.numel() > 0 && k.numel() > 0,
            "{OP}: queries {:?}, keys {:?} and values {:?} do not fit each other",
            q.shape(),
            k.shape(),
            v.shape()
        );
        let dtypes = [k.dtype(), v.dtype(), mask.map_or(q.dtype(), Tensor::dtype)];
        assert!(dtypes == [q.dtype(); 3], "{OP}: Expected all of {} but got {dtypes:?}", q.dtype());
        let mask = mask.map(|mask| mask.expand([batch, heads, queries, keys]));
        let sizes = Sizes { batch, heads, key_heads, queries, keys, width };
        Operands { qkv: [q, k, v].map(in_rows), mask, is_causal, scale, sizes }
    }

    fn kernel<T: Float>(&self) -> Attention<'_, T> {
        let [q, k, v] = [0, 1, 2].map(|i| rows(&self.qkv[i]));
        Attention {
            q,
            k,
            v,
            mask: self.mask.as_ref().map(|mask| {
                let Layout { strides, offset, .. } = &mask.layout;
                let strides = [strides[0], strides[1], strides[2], strides[3]];
                Mask { data: &mask.storage.slice()[*offset..], strides }
            }),
            is_causal: self.is_causal,
            scale: T::from_f64(self.scale),
            sizes: self.sizes,
        }
    }
}

/// `x` if the elements of its rows are neighbours, else a copy.
fn in_rows(x: &Tensor) -> Tensor {
    if x.strides()[3] == 1 { x.clone() } else { x.contiguous() }
}

fn rows<T: Float>(x: &Tensor) -> Rows<'_, T> {
    let Layout { strides, offset, .. } = &x.layout;
    Rows { data: &x.storage.slice()[*offset..], strides: [strides[0], strides[1], strides[2]] }
}

/// A tensor to be written, whose sequences, heads and rows lie in memory in the order of another's.
struct Target {
    memory: Tensor,
    layout: Layout,
}

impl Target {
    fn like<T: Float>(x: &Tensor) -> Target {
        let mut order = [0, 1, 2];
        order.sort_by_key(|&axis| std::cmp::Reverse(x.strides()[axis])); // a stable sort
        let (mut strides, mut step) = ([1; 4], x.size(3));
        for axis in order.into_iter().rev() {
            strides[axis] = step;
            step *= x.shape()[axis];
        }
        let memory = Tensor::build(x.numel(), x.dtype(), |_: &mut [T]| ());
        Target { memory, layout: Layout { shape: x.shape().into(), strides: strides.into(), offset: 0 } }
    }

    fn rows<T: Float>(&mut self) -> RowsMut<'_, T> {
        let strides = &self.layout.strides;
        RowsMut::new(self.memory.make_mut(), [strides[0], strides[1], strides[2]])
    }

    fn into_tensor(self) -> Tensor {
        self.memory.with_layout(self.layout)
    }
}

impl Tensor {
    /// `softmax(q·kᵀ·scale + mask)·v` of queries, this tensor, with keys and values, and the logarithm of
    /// each query's sum of exponentials, `[batch, heads, queries]`; as torch's
    /// `_scaled_dot_product_flash_attention_for_cpu`.
    ///
    /// # Shapes
    /// - queries: `[batch, heads, queries, width]`; the result has their shape, its axes their order
    /// - keys and values: `[batch, key heads, keys, width]`; each of their heads serves as many queries'
    /// - `mask`: what broadcasts to `[batch, heads, queries, keys]`
    ///
    /// ```
    /// use tensor::Tensor;
    ///
    /// let (q, v) = (tensor::zeros([1, 1, 2, 1]), Tensor::from([1.0f32, 3.0]).reshape([1, 1, 2, 1]));
    /// let (y, normalizers) = q.native_attention(&q, &v, None, true, 1.0);
    /// assert_eq!(y.to_vec::<f32>(), [1.0, 2.0]);
    /// assert_eq!(normalizers.to_vec::<f32>(), [0.0, 2.0f32.ln()]);
    /// ```
    ///
    /// # Panics
    /// If shapes or dtypes do not fit, there are no elements, or they are no floats.
    #[track_caller]
    pub fn native_attention(
        &self,
        keys: &Tensor,
        values: &Tensor,
        mask: Option<&Tensor>,
        is_causal: bool,
        scale: f64,
    ) -> (Tensor, Tensor) {
        let operands = Operands::of([self, keys, values], mask, is_causal, scale);
        let Sizes { batch, heads, queries, .. } = operands.sizes;
        let mut normalizers = zeros_dtype([batch, heads, queries], self.dtype());
        let y = by_float!(OP, self, T => {
            let mut y = Target::like::<T>(self);
            attention::<T>(&operands.kernel(), &y.rows(), normalizers.make_mut());
            y.into_tensor()
        });
        (y, normalizers)
    }

    /// The gradients of queries, keys and values of [`Tensor::native_attention`] from that of its output,
    /// this tensor; `given` is what it gave.
    ///
    /// # Panics
    /// As there.
    #[track_caller]
    pub fn native_attention_backward(
        &self,
        qkv: [&Tensor; 3],
        mask: Option<&Tensor>,
        given: [&Tensor; 2],
        is_causal: bool,
        scale: f64,
    ) -> [Tensor; 3] {
        let operands = Operands::of(qkv, mask, is_causal, scale);
        let [y, normalizers] = given;
        assert!(
            self.shape() == qkv[0].shape() && y.shape() == qkv[0].shape(),
            "{OP}: a gradient of another shape"
        );
        let (dy, y, normalizers) = (in_rows(self), in_rows(y), normalizers.contiguous());
        by_float!(OP, self, T => {
            let [mut dq, mut dk, mut dv] = qkv.map(Target::like::<T>);
            attention_backward::<T>(&operands.kernel(), &AttentionGradients {
                dy: rows(&dy),
                y: rows(&y),
                normalizers: normalizers.as_slice(),
                dq: dq.rows(),
                dk: dk.rows(),
                dv: dv.rows(),
            });
            [dq, dk, dv].map(Target::into_tensor)
        })
    }
}
