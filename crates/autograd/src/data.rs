use smallvec::SmallVec;
use tensor::{DType, Lent, Plain, Tensor};

use crate::Variable;

/// A variable's value. Its shape stays as it was made, and its dtype but for [`Variable::to_dtype_`]: what
/// a graph or an optimizer remembers of a variable keeps fitting it.
///
/// A closure that changes a value holds it until it returns. Another thread that asks for the value waits;
/// the closure itself cannot ask for it, nor for one that another thread's closure holds while that waits
/// for this one: that is a panic, where waiting would never end.
impl Variable {
    /// The value, as a tensor; where a type is asked for, `x.into()` gives it, too. Cheap: it shares memory
    /// until either side writes.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new([1.0f32, 2.0]);
    /// let t: Tensor = (&x).into();
    /// assert_eq!(t.to_vec::<f32>(), x.data().to_vec::<f32>());
    /// ```
    ///
    /// # Panics
    /// Inside a closure that changes this value.
    #[doc(alias = "value")]
    #[track_caller]
    pub fn data(&self) -> Tensor {
        self.0.data.read("data", Tensor::clone)
    }

    /// Replaces the value; the handle, and so an optimizer's hold on it, stays the same. The twin of
    /// `variable.data = …`, which in torch also lets the dtype change and then fails in the next forward
    /// pass.
    ///
    /// # Panics
    /// If the shape or dtype differs, and inside a closure that changes this value.
    #[track_caller]
    pub fn set_data(&self, data: Tensor) {
        let mut slot = self.0.data.lend("set_data");
        assert!(
            slot.shape() == data.shape() && slot.dtype() == data.dtype(),
            "set_data: the variable is {} {:?}, the new data {} {:?}{}",
            slot.dtype(),
            slot.shape(),
            data.dtype(),
            data.shape(),
            if slot.dtype() == data.dtype() { "" } else { "; convert it with to_dtype" }
        );
        *slot = data;
    }

    /// Converts the value and the gradient to another dtype; the handle stays the same. The twin of
    /// `variable.data = variable.data.to(dtype)`.
    ///
    /// # Panics
    /// If this requires a gradient and `dtype` is not a float type, and inside a closure that changes this
    /// value.
    #[track_caller]
    pub fn to_dtype_(&self, dtype: DType) {
        assert!(
            dtype.is_float() || !self.requires_grad(),
            "to_dtype_: only floating-point variables can require gradients, not {dtype}"
        );
        {
            let mut data = self.0.data.lend("to_dtype_");
            *data = data.to_dtype(dtype);
        }
        if let Some(leaf) = self.leaf() {
            leaf.gathered().convert(dtype);
        }
    }

    /// Changes the value in place with `f`, which must keep its shape and dtype; no copy is made unless
    /// someone else holds the memory.
    ///
    /// ```
    /// use autograd::Variable;
    /// let x = Variable::new(tensor::ones([2]));
    /// x.update_data(|data| data.fill_(3.0));
    /// assert_eq!(x.data().to_vec::<f32>(), [3.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If `f` leaves another shape or dtype: the value it replaced is gone then, and every element becomes
    /// NaN, or 0 where that does not exist. Also inside another closure that changes this value.
    #[track_caller]
    pub fn update_data<R>(&self, f: impl FnOnce(&mut Tensor) -> R) -> R {
        let mut data = Kept::new(self.0.data.lend("update_data"));
        let result = f(&mut data.value);
        data.check("update_data");
        result
    }

    /// Changes the value in place with `f(data, gradient)`, as an optimizer's step does; does nothing while
    /// there is no gradient.
    ///
    /// ```
    /// use autograd::Variable;
    /// let w = Variable::new(tensor::ones([2])).requires_grad_(true);
    /// (&w * 3.0).sum().backward();
    /// w.update(|data, grad| *data -= &(grad * 0.1));
    /// assert_eq!(w.data().to_vec::<f32>(), [0.7, 0.7]);
    /// ```
    ///
    /// # Panics
    /// As [`Variable::update_data`].
    #[track_caller]
    pub fn update(&self, f: impl FnOnce(&mut Tensor, &Tensor)) {
        if let Some(grad) = self.grad() {
            let mut data = Kept::new(self.0.data.lend("update"));
            f(&mut data.value, &grad);
            data.check("update");
        }
    }

    /// The value, held as [`Variable::update_data`] holds it, for as long as the guard lives: an optimizer
    /// holds all of its parameters' at once. It gives access to the elements and to nothing else.
    ///
    /// # Panics
    /// Inside a closure that changes this value.
    #[track_caller]
    pub fn data_mut(&self) -> DataMut<'_> {
        DataMut(self.0.data.lend("data_mut"))
    }

    /// [`Variable::data_mut`], unless another holds the value: who takes several, and lets go of all before
    /// it waits for one, never waits in a circle.
    pub fn try_data_mut(&self) -> Option<DataMut<'_>> {
        self.0.data.try_lend().map(DataMut)
    }
}

/// A variable's value, held to be changed in place; see [`Variable::data_mut`].
pub struct DataMut<'a>(Lent<'a, Tensor>);

impl DataMut<'_> {
    /// The elements, as [`Tensor::make_mut`].
    ///
    /// # Panics
    /// If they are not of type `T`.
    #[track_caller]
    pub fn make_mut<T: Plain>(&mut self) -> &mut [T] {
        self.0.make_mut()
    }
}

impl std::ops::Deref for DataMut<'_> {
    type Target = Tensor;

    fn deref(&self) -> &Tensor {
        &self.0
    }
}

/// A value that a closure may not give another shape or dtype.
struct Kept<'a> {
    value: Lent<'a, Tensor>,
    shape: SmallVec<[usize; 4]>,
    dtype: DType,
}

impl<'a> Kept<'a> {
    fn new(value: Lent<'a, Tensor>) -> Kept<'a> {
        Kept { shape: value.shape().into(), dtype: value.dtype(), value }
    }

    fn fits(&self) -> bool {
        *self.value.shape() == *self.shape && self.value.dtype() == self.dtype
    }

    #[track_caller]
    fn check(self, what: &str) {
        assert!(
            self.fits(),
            "{what}: the closure made of the variable, which is {} {:?}, one that is {} {:?}",
            self.dtype,
            self.shape,
            self.value.dtype(),
            self.value.shape()
        );
    }
}

impl Drop for Kept<'_> {
    /// Also when the closure panics half-way.
    fn drop(&mut self) {
        if !self.fits() {
            let nothing = if self.dtype.is_float() { f64::NAN } else { 0.0 };
            *self.value = tensor::full_dtype(&self.shape[..], nothing, self.dtype);
        }
    }
}
