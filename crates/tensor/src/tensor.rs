use std::borrow::Cow;
use std::sync::Arc;

use bytemuck::Pod;
use smallvec::SmallVec;

use crate::dispatch::by_size;
use crate::error::{dim_out_of_range, invalid_view, out_of_memory};
use crate::layout::Layout;
use crate::storage::Storage;
use crate::{DType, Element, Plain, Scalar, Shape};

/// An n-dimensional array of one [`DType`], on the CPU.
///
/// A tensor is a value: cloning is cheap and shares memory, and writing copies first whenever the memory is
/// shared, so no tensor ever changes behind another's back. Views (`transpose`, `narrow`, `expand`, …) share
/// memory in the same way. This is the one place where a PyTorch habit does not carry over: there, writing
/// into a view writes into its base.
///
/// ```
/// use tensor::Tensor;
/// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// assert_eq!(x.shape(), [2, 2]);
/// assert_eq!((&x + 1.0).to_vec::<f32>(), [2.0, 3.0, 4.0, 5.0]);
/// println!("{x}"); // tensor([[1., 2.],
///                  //         [3., 4.]])
/// ```
#[derive(Clone)]
pub struct Tensor {
    pub(crate) storage: Arc<Storage>,
    pub(crate) layout: Layout,
    pub(crate) dtype: DType,
}

impl Tensor {
    /// A tensor of `shape` over `data`, given row by row.
    ///
    /// ```
    /// let x = tensor::Tensor::from_vec(vec![1i64, 2, 3, 4, 5, 6], [2, 3]);
    /// assert_eq!(x.select(0, 1).to_vec::<i64>(), [4, 5, 6]);
    /// ```
    ///
    /// # Panics
    /// If `data` does not hold exactly as many elements as `shape` has.
    #[track_caller]
    pub fn from_vec<T: Element>(data: Vec<T>, shape: impl Into<Shape>) -> Tensor {
        Tensor::from_slice(&data, shape)
    }

    /// As [`Tensor::from_vec`], from a slice.
    #[track_caller]
    pub fn from_slice<T: Element>(data: &[T], shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        if data.len() != shape.numel() {
            invalid_view(&shape, data.len());
        }
        Tensor::build(shape, T::DTYPE, |out: &mut [T::Repr]| {
            for (slot, &x) in out.iter_mut().zip(data) {
                *slot = x.into_repr();
            }
        })
    }

    /// A tensor of `shape` that `fill` writes row by row: for code that makes every element itself, and would
    /// only lose time by starting from zeros. What `fill` leaves unwritten is unspecified.
    ///
    /// ```
    /// let x = tensor::Tensor::from_fill([2, 2], |x: &mut [f32]| x.copy_from_slice(&[1.0, 2.0, 3.0, 4.0]));
    /// assert_eq!(x.select(0, 1).to_vec::<f32>(), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If the elements would take more memory than there is.
    #[track_caller]
    pub fn from_fill<T: Plain>(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Tensor {
        Tensor::build(shape, T::DTYPE, fill)
    }

    /// A tensor of `dtype` from raw native-endian bytes, row by row; a `Bool` is any byte, true unless 0.
    ///
    /// # Panics
    /// If `bytes` has not exactly the length that `shape` and `dtype` ask for.
    #[track_caller]
    pub fn from_bytes(dtype: DType, shape: impl Into<Shape>, bytes: &[u8]) -> Tensor {
        let shape = shape.into();
        assert!(
            bytes.len() == shape.bytes(dtype),
            "from_bytes: {} bytes do not fit {shape:?} of {dtype}",
            bytes.len()
        );
        let mut storage = Storage::scratch(bytes.len(), &shape);
        let out = storage.slice_mut::<u8>();
        out.copy_from_slice(bytes);
        if dtype == DType::Bool {
            out.iter_mut().for_each(|x| *x = u8::from(*x != 0));
        }
        Tensor::from_storage(storage, shape, dtype)
    }

    /// A new contiguous tensor that `fill` writes; what it leaves unwritten is unspecified.
    ///
    /// # Panics
    /// If the elements would take more memory than there is.
    #[track_caller]
    pub(crate) fn build<R: Pod>(
        shape: impl Into<Shape>,
        dtype: DType,
        fill: impl FnOnce(&mut [R]),
    ) -> Tensor {
        let shape = shape.into();
        debug_assert_eq!(size_of::<R>(), dtype.size_in_bytes());
        let mut storage = Storage::scratch(shape.bytes(dtype), &shape);
        fill(storage.slice_mut());
        debug_assert!(
            dtype != DType::Bool || storage.slice::<u8>().iter().all(|&x| x < 2),
            "a Bool is 0 or 1"
        );
        Tensor::from_storage(storage, shape, dtype)
    }

    pub(crate) fn from_storage(storage: Storage, shape: Shape, dtype: DType) -> Tensor {
        Tensor { storage: Arc::new(storage), layout: Layout::row_major(shape), dtype }
    }

    /// The same memory under another layout. Without elements it starts at the beginning: the storage may be
    /// empty too, and any other offset would lie outside.
    pub(crate) fn with_layout(&self, mut layout: Layout) -> Tensor {
        if layout.shape.contains(&0) {
            layout.offset = 0;
        }
        Tensor { storage: self.storage.clone(), layout, dtype: self.dtype }
    }

    /// The sizes of the axes, outermost first; empty for a tensor of one element and no axes.
    pub fn shape(&self) -> &[usize] {
        &self.layout.shape
    }

    /// The type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The number of axes.
    #[doc(alias = "dim")]
    pub fn ndim(&self) -> usize {
        self.layout.shape.len()
    }

    /// The number of elements.
    pub fn numel(&self) -> usize {
        self.layout.shape.iter().product()
    }

    /// The size of one axis; `-1` is the last.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn size(&self, dim: isize) -> usize {
        self.layout.shape[self.some_axis("size", dim)]
    }

    /// How many elements lie between neighbours along each axis.
    pub fn strides(&self) -> &[usize] {
        &self.layout.strides
    }

    /// Whether the elements lie in memory one after the other, row by row.
    pub fn is_contiguous(&self) -> bool {
        self.layout.is_contiguous()
    }

    /// The axis that `dim` names, counting from the end when negative.
    #[track_caller]
    pub(crate) fn axis(&self, op: &str, dim: isize) -> usize {
        axis_of(op, dim, self.ndim())
    }

    /// [`Tensor::axis`] where a scalar is not taken for one element along an axis.
    #[track_caller]
    pub(crate) fn some_axis(&self, op: &str, dim: isize) -> usize {
        assert!(self.ndim() > 0, "{op}: Dimension specified as {dim} but tensor has no dimensions");
        self.axis(op, dim)
    }

    /// The elements as they lie in memory, if they lie there row by row.
    pub(crate) fn contiguous_slice<R: Pod>(&self) -> Option<&[R]> {
        debug_assert_eq!(size_of::<R>(), self.dtype.size_in_bytes());
        let at = self.layout.offset;
        self.is_contiguous().then(|| &self.storage.slice::<R>()[at..at + self.numel()])
    }

    /// The elements row by row, copied only where they do not lie that way.
    #[track_caller]
    pub(crate) fn dense<R: Pod + Send + Sync>(&self) -> Cow<'_, [R]> {
        match self.contiguous_slice() {
            Some(x) => Cow::Borrowed(x),
            None => {
                let bytes = self.layout.shape.bytes(self.dtype);
                let Ok(mut copy) = bytemuck::allocation::try_zeroed_vec(self.numel()) else {
                    out_of_memory(bytes, &self.layout.shape)
                };
                self.copy_to(&mut copy);
                Cow::Owned(copy)
            }
        }
    }

    /// The elements, row by row, as a slice of this tensor's memory.
    ///
    /// # Panics
    /// If `T` is not the tensor's type, or the tensor is not contiguous (take [`Tensor::contiguous`] first).
    #[track_caller]
    pub fn as_slice<T: Plain>(&self) -> &[T] {
        self.expect_dtype("as_slice", T::DTYPE);
        match self.contiguous_slice() {
            Some(slice) => slice,
            None => panic!(
                "as_slice: the tensor is not contiguous: shape {:?}, strides {:?}",
                self.shape(),
                self.strides()
            ),
        }
    }

    /// A copy of the elements, row by row.
    ///
    /// # Panics
    /// If `T` is not the tensor's type; [`Tensor::to_dtype`] converts.
    #[doc(alias = "tolist")]
    #[track_caller]
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        self.expect_dtype("to_vec", T::DTYPE);
        self.dense::<T::Repr>().iter().map(|&x| T::from_repr(x)).collect()
    }

    /// The raw native-endian bytes, row by row; a `Bool` is a byte of 0 or 1.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        fn raw<R: Pod>(x: Cow<'_, [R]>) -> Cow<'_, [u8]> {
            match x {
                Cow::Borrowed(x) => Cow::Borrowed(bytemuck::cast_slice(x)),
                Cow::Owned(x) => Cow::Owned(bytemuck::cast_slice(&x).to_vec()),
            }
        }
        by_size!(self.dtype, R => raw(self.dense::<R>()))
    }

    /// The raw native-endian bytes, row by row, to write to; otherwise as [`Tensor::make_mut`].
    ///
    /// # Panics
    /// If it is a `Bool`, whose bytes are 0 or 1 and nothing else.
    #[track_caller]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        assert!(self.dtype != DType::Bool, "bytes_mut: not defined for torch.bool {:?}", self.shape());
        by_size!(self.dtype, R => bytemuck::cast_slice_mut(self.slice_mut::<R>()))
    }

    /// The elements, row by row, to write to: in place if this tensor alone owns its memory, else in a copy.
    ///
    /// ```
    /// let mut x = tensor::zeros([2]);
    /// let before = x.clone();
    /// x.make_mut::<f32>()[0] = 1.0;
    /// assert_eq!(x.to_vec::<f32>(), [1.0, 0.0]);
    /// assert_eq!(before.to_vec::<f32>(), [0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If `T` is not the tensor's type.
    #[track_caller]
    pub fn make_mut<T: Plain>(&mut self) -> &mut [T] {
        self.expect_dtype("make_mut", T::DTYPE);
        self.slice_mut()
    }

    /// As [`Tensor::make_mut`], by the type in memory.
    pub(crate) fn slice_mut<R: Pod>(&mut self) -> &mut [R] {
        if !self.is_contiguous() || Arc::get_mut(&mut self.storage).is_none() {
            *self = self.copied();
        }
        let (at, numel) = (self.layout.offset, self.numel());
        let storage = Arc::get_mut(&mut self.storage).expect("the memory is this tensor's alone");
        &mut storage.slice_mut::<R>()[at..at + numel]
    }

    /// The elements, in the order in which they lie in memory, to write to; otherwise as
    /// [`Tensor::make_mut`]. Where axes are swapped that is not row by row. The layout stays, without gaps
    /// and repeats if there were any.
    ///
    /// torch's random fills take their numbers in this order.
    ///
    /// ```
    /// let mut x = tensor::zeros([2, 2]).t();
    /// x.memory_mut::<f32>()[1] = 1.0;
    /// assert_eq!(x.to_vec::<f32>(), [0.0, 0.0, 1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If `T` is not the tensor's type.
    #[track_caller]
    pub fn memory_mut<T: Plain>(&mut self) -> &mut [T] {
        self.expect_dtype("memory_mut", T::DTYPE);
        self.memory_slice_mut()
    }

    /// As [`Tensor::memory_mut`], by the type in memory.
    #[track_caller]
    pub(crate) fn memory_slice_mut<R: Pod>(&mut self) -> &mut [R] {
        if !self.is_contiguous() {
            let order = self.layout.memory_order();
            *self = self.permute(&order);
            self.slice_mut::<R>();
            let back: SmallVec<[isize; 6]> = (0..order.len() as isize)
                .map(|axis| {
                    order.iter().position(|&from| from == axis).expect("an order names every axis") as isize
                })
                .collect();
            *self = self.permute(&back);
            let (at, numel) = (self.layout.offset, self.numel());
            let storage = Arc::get_mut(&mut self.storage).expect("the memory is this tensor's alone");
            return &mut storage.slice_mut::<R>()[at..at + numel];
        }
        self.slice_mut()
    }

    /// Whether writing would happen in place: contiguous, and the memory is this tensor's alone.
    pub(crate) fn is_unique(&mut self) -> bool {
        self.is_contiguous() && Arc::get_mut(&mut self.storage).is_some()
    }

    /// The same values lying row by row; itself if they do already.
    pub fn contiguous(&self) -> Tensor {
        if self.is_contiguous() { self.clone() } else { self.copied() }
    }

    /// The value of a tensor of one element, of any dtype, as `f64`. Integers beyond 2⁵³ are rounded:
    /// [`Tensor::item_as`] keeps them.
    ///
    /// # Panics
    /// If the tensor holds more or fewer elements than one.
    #[track_caller]
    pub fn item(&self) -> f64 {
        self.item_as()
    }

    /// The value of a tensor of one element as a Rust type, converted as [`Tensor::to_dtype`] converts.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let last = Tensor::from([i64::MAX - 1, 1]).sum();
    /// assert_eq!(last.item_as::<i64>(), i64::MAX);
    /// ```
    ///
    /// # Panics
    /// If the tensor holds more or fewer elements than one.
    #[track_caller]
    pub fn item_as<T: Element>(&self) -> T {
        assert!(
            self.numel() == 1,
            "item: a Tensor with {} elements cannot be converted to Scalar (shape {:?})",
            self.numel(),
            self.shape()
        );
        T::from_repr(self.to_dtype(T::DTYPE).dense::<T::Repr>()[0])
    }

    /// The only element, as a number of its kind.
    #[doc(hidden)]
    #[track_caller]
    pub fn to_scalar(&self) -> Scalar {
        match self.dtype {
            DType::Bool => Scalar::Bool(self.item_as()),
            dtype if dtype.is_float() => Scalar::Float(self.item_as()),
            _ => Scalar::Int(self.item_as()),
        }
    }

    #[track_caller]
    pub(crate) fn expect_dtype(&self, op: &str, dtype: DType) {
        assert!(
            self.dtype == dtype,
            "{op}: expected {dtype}, got {} of shape {:?}",
            self.dtype,
            self.shape()
        );
    }
}

/// The axis that `dim` names among `ndim`, counting from the end when negative. A tensor without axes answers
/// to 0 and −1, as in torch.
#[doc(hidden)]
#[track_caller]
pub fn axis_of(op: &str, dim: isize, ndim: usize) -> usize {
    let n = ndim.max(1) as isize;
    if !(-n..n).contains(&dim) {
        dim_out_of_range(op, dim, n);
    }
    (if dim < 0 { dim + n } else { dim }) as usize
}
