use std::fmt;

use tensor::Tensor;

use crate::dataset::out_of_range;
use crate::{BatchOf, Collate, Dataset};

/// Tensors side by side: sample `i` is their `i`-th slices along the first axis.
///
/// As `torch.utils.data.TensorDataset`.
///
/// ```
/// use datasets::{DataLoader, TensorDataset};
/// use tensor::Tensor;
///
/// let (x, y) = (Tensor::from([[0.0f32, 1.0], [2.0, 3.0], [4.0, 5.0]]), Tensor::from([0i64, 1, 0]));
/// let data = TensorDataset::new(x, y);
/// for (x, y) in &DataLoader::new(&data).batch_size(2) {
///     println!("{:?} {:?}", x.shape(), y.shape()); // [2, 2] [2], then [1, 2] [1]
/// }
/// ```
#[derive(Clone)]
pub struct TensorDataset<T = (Tensor, Tensor)> {
    tensors: T,
    len: usize,
}

impl TensorDataset {
    /// Two tensors, the common case: inputs and targets.
    ///
    /// # Panics
    /// If they differ in the size of the first axis, or one has no axis.
    #[track_caller]
    pub fn new(x: Tensor, y: Tensor) -> Self {
        Self::of((x, y))
    }
}

impl<T: Tensors> TensorDataset<T> {
    /// Any number of tensors: a tuple of up to four, or a `Vec`.
    ///
    /// # Panics
    /// If they differ in the size of the first axis, one has no axis, or there is none.
    #[track_caller]
    pub fn of(tensors: T) -> Self {
        let mut sizes = Vec::new();
        tensors.each(|x| sizes.push(x.shape().to_vec()));
        let len = sizes.first().and_then(|shape| shape.first());
        let same = len.is_some() && sizes.iter().all(|shape| shape.first() == len);
        assert!(same, "TensorDataset: Size mismatch between tensors: {sizes:?}");
        Self { len: *len.expect("checked above"), tensors }
    }

    /// The tensors themselves.
    pub fn tensors(&self) -> &T {
        &self.tensors
    }
}

/// A tuple of tensors, or a `Vec`: as [`TensorDataset::of`].
impl<T: Tensors> From<T> for TensorDataset<T> {
    #[track_caller]
    fn from(tensors: T) -> Self {
        Self::of(tensors)
    }
}

/// The shapes.
impl<T: Tensors> fmt::Debug for TensorDataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_tuple("TensorDataset");
        self.tensors.each(|x| {
            f.field(&x.shape());
        });
        f.finish()
    }
}

impl<T: Tensors> Dataset for TensorDataset<T> {
    type Sample = T;

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> T {
        if index >= self.len {
            out_of_range(index, self.len);
        }
        self.tensors.map(|x| x.select(0, index as isize))
    }

    fn batch(&self, indices: &[usize]) -> BatchOf<Self> {
        if let Some(&index) = indices.iter().find(|&&index| index >= self.len) {
            out_of_range(index, self.len);
        }
        let index = usize::collate(indices.to_vec());
        T::as_batch(self.tensors.map(|x| x.index_select(0, &index)))
    }
}

/// A fixed or variable number of tensors: what a [`TensorDataset`] is made of.
pub trait Tensors: Collate {
    /// Calls `f` with each.
    fn each(&self, f: impl FnMut(&Tensor));
    /// The same number of other tensors.
    fn map(&self, f: impl Fn(&Tensor) -> Tensor) -> Self;
    /// Tensors that are batches already, as the type of a batch.
    fn as_batch(batch: Self) -> Self::Batch;
}

impl Tensors for Vec<Tensor> {
    fn each(&self, f: impl FnMut(&Tensor)) {
        self.iter().for_each(f);
    }
    fn map(&self, f: impl Fn(&Tensor) -> Tensor) -> Self {
        self.iter().map(f).collect()
    }
    fn as_batch(batch: Self) -> Self::Batch {
        batch
    }
}

macro_rules! tensors {
    ($($i:tt $t:ty),*) => {
        impl Tensors for ($($t,)*) {
            fn each(&self, mut f: impl FnMut(&Tensor)) {
                $(f(&self.$i);)*
            }
            fn map(&self, f: impl Fn(&Tensor) -> Tensor) -> Self {
                ($(f(&self.$i),)*)
            }
            fn as_batch(batch: Self) -> Self::Batch {
                batch
            }
        }
    };
}
tensors!(0 Tensor);
tensors!(0 Tensor, 1 Tensor);
tensors!(0 Tensor, 1 Tensor, 2 Tensor);
tensors!(0 Tensor, 1 Tensor, 2 Tensor, 3 Tensor);
