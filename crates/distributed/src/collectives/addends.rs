use tensor::{DType, Tensor};

/// The numbers of an [`Addends`], to be replaced by sums.
pub enum Floats<'a> {
    /// `f32`.
    F32(&'a mut [f32]),
    /// `f64`.
    F64(&'a mut [f64]),
}

/// What can be summed over ranks: slices and lists of `f32` and `f64`, and tensors of them.
pub trait Addends {
    /// The numbers, in place.
    ///
    /// # Panics
    /// If it is a tensor of anything else.
    fn floats(&mut self) -> Floats<'_>;
}

impl Addends for [f32] {
    fn floats(&mut self) -> Floats<'_> {
        Floats::F32(self)
    }
}

impl Addends for [f64] {
    fn floats(&mut self) -> Floats<'_> {
        Floats::F64(self)
    }
}

impl<T> Addends for Vec<T>
where
    [T]: Addends,
{
    fn floats(&mut self) -> Floats<'_> {
        self.as_mut_slice().floats()
    }
}

impl Addends for Tensor {
    #[track_caller]
    fn floats(&mut self) -> Floats<'_> {
        match self.dtype() {
            DType::F32 => Floats::F32(self.make_mut()),
            DType::F64 => Floats::F64(self.make_mut()),
            dtype => {
                panic!("sums over ranks are of float32 and float64, this is {dtype} {:?}", self.shape())
            }
        }
    }
}
