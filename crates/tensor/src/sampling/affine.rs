use crate::dispatch::by_float;
use crate::kernels::grid_sample::{affine, affine_back, base};
use crate::{OptionValue, Shape, Tensor, Value};

const OP: &str = "affine_grid";

/// The grids that matrices make: all that the ways forward and back need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct AffineGrid {
    size: Shape,
    align_corners: bool,
}

impl AffineGrid {
    /// The grids for images of this size, of matrices of the shape `theta`.
    ///
    /// # Panics
    /// As [`Tensor::affine_grid`].
    #[track_caller]
    pub fn new(theta: &[usize], size: &[usize], align_corners: bool) -> AffineGrid {
        if let Err(why) = check(theta, size, align_corners) {
            panic!("{OP}: {why}");
        }
        AffineGrid { size: size.into(), align_corners }
    }

    /// The arguments by name.
    pub fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("size", self.size.to_value()), ("align_corners", self.align_corners.to_value())]
    }

    /// The grids of the matrices.
    #[track_caller]
    pub fn forward(&self, theta: &Tensor) -> Tensor {
        let (axes, sizes) = (self.axes(), &self.size[2..]);
        let shape: Shape = self.size[..1].iter().chain(sizes).copied().chain([axes]).collect();
        by_float!(OP, theta, T => Tensor::build(shape, theta.dtype(), |y: &mut [T]| {
            affine(&base(sizes, self.align_corners), &theta.dense(), axes, y);
        }))
    }

    /// The gradient of the matrices from that of their grids.
    #[track_caller]
    pub fn back(&self, dy: &Tensor) -> Tensor {
        let (axes, sizes) = (self.axes(), &self.size[2..]);
        let shape = [self.size[0], axes, axes + 1];
        by_float!(OP, dy, T => Tensor::build(shape, dy.dtype(), |dtheta: &mut [T]| {
            affine_back(&base(sizes, self.align_corners), &dy.dense(), axes, dtheta);
        }))
    }

    fn axes(&self) -> usize {
        self.size.len() - 2
    }
}

/// What is wrong with the shapes, in torch's words.
fn check(theta: &[usize], size: &[usize], align_corners: bool) -> Result<(), String> {
    let axes = match size.len() {
        4 => 2,
        5 => 3,
        _ => {
            return Err(format!(
                "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got \
                 size {size:?}."
            ));
        }
    };
    if theta.len() != 3 || theta[1..] != [axes, axes + 1] {
        return Err(format!(
            "Expected a batch of {axes}D affine matrices of shape Nx{axes}x{} for size {size:?}. Got {theta:?}.",
            axes + 1
        ));
    }
    let has_line = align_corners && size[2..].iter().min() == Some(&1);
    if size.contains(&0) && !has_line {
        return Err(format!("Expected non-zero, positive output size. Got {size:?}"));
    }
    if theta[0] != size[0] {
        return Err(format!(
            "Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}].",
            size[0],
            axes + 1,
            theta[0],
            axes + 1
        ));
    }
    Ok(())
}
