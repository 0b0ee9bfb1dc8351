use tensor::kernels::root::Roots;

use crate::Real;

/// The arithmetic of one optimizer for one parameter at one step, its scalars included.
///
/// [`Core::sweep`](crate::Core::sweep) calls it on pieces of the parameter, from several threads, compiled
/// for the instruction set of the machine; so the result for an element may depend on that element alone.
pub trait Rule: Copy + Send + Sync {
    /// Updates the parameter `w` and its state from the gradient `g`, all of the same length.
    ///
    /// `state` holds the slots in the order of [`Spec::slots`](crate::Spec::slots), empty where a slot was
    /// never made. `roots` is how torch takes square roots on this machine, for [`Real::roots`]. Must be
    /// `#[inline(always)]`.
    fn apply<T: Real>(self, w: &mut [T], g: &[T], state: [&mut [T]; 3], roots: Roots);
}
