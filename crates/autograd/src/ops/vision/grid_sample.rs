use tensor::{GridSampleMode, GridSampleOptions, GridSampler, Tensor, Value, stack};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The images read where a grid says, as `torch.nn.functional.grid_sample`; see [`Tensor::grid_sample`].
    /// Images and grid have gradients, which are torch's to the bit. Where an output reads at the end of
    /// an axis, or beyond it with `Border` or `Reflection`, torch's rule decides how the position moves.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::{GridSampleOptions, Tensor};
    ///
    /// let x = Variable::new(Tensor::from([[[[1.0f32, 2.0], [3.0, 5.0]]]])).requires_grad_(true);
    /// let grid = Variable::new(Tensor::from([[[[0.0f32, 0.0]]]])).requires_grad_(true);
    /// let y = x.grid_sample(&grid, GridSampleOptions::default());
    /// assert_eq!(y.item(), 2.75);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.25, 0.25, 0.25, 0.25]);
    /// assert_eq!(grid.grad().unwrap().to_vec::<f32>(), [1.5, 2.5]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::grid_sample`].
    #[track_caller]
    pub fn grid_sample(&self, grid: &Variable, options: GridSampleOptions) -> Variable {
        let sampler = GridSampler::new(&self.shape(), &grid.shape(), options);
        apply(GridSample { sampler, what: What::Outputs }, &[self, grid]).single()
    }
}

/// What is read of images, or a gradient of it. `Outputs` are of the images and the grid, `Images` are
/// the images' gradients, of those of the outputs and the grid, and `Grid` is the grid's gradient, of
/// those of the outputs, the images and the grid.
#[derive(Clone)]
struct GridSample {
    sampler: GridSampler,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Outputs,
    Images,
    Grid,
}

impl GridSample {
    /// Another of these, of `inputs`.
    fn of<V: Differentiable>(&self, what: What, inputs: &[&V]) -> V {
        V::through_all(inputs, GridSample { what, sampler: self.sampler.clone() })
    }
}

impl Op for GridSample {
    fn name(&self) -> &'static str {
        match (self.what, self.sampler.is_volume()) {
            (What::Outputs, false) => "GridSampler2DBackward0",
            (What::Outputs, true) => "GridSampler3DBackward0",
            (_, false) => "GridSampler2DBackwardBackward0",
            (_, true) => "GridSampler3DBackwardBackward0",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.sampler.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        match self.what {
            What::Outputs | What::Images => {
                save.input_if(save.needs[1], 0);
                save.input(1);
            }
            What::Grid => (0..3).for_each(|i| save.input(i)),
        }
        match self.what {
            What::Outputs => self.sampler.sample(&x[0], &x[1]),
            What::Images => self.sampler.to_input(&x[0], &x[1]),
            What::Grid => self.sampler.to_grid(&x[0], &x[1], &x[2]),
        }
        .into()
    }

    /// Outputs and images' gradients are linear in their first inputs, and move with the grid alike.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, d: Dy<V>, needs: &[bool]) -> Grads<V> {
        let d = d.single();
        match self.what {
            What::Outputs => [
                needs[0].then(|| self.of(What::Images, &[&d, &saved[1]])),
                needs[1].then(|| self.of(What::Grid, &[&d, &saved[0], &saved[1]])),
            ]
            .into(),
            What::Images => [
                needs[0].then(|| self.of(What::Outputs, &[&d, &saved[1]])),
                needs[1].then(|| self.of(What::Grid, &[&saved[0], &d, &saved[1]])),
            ]
            .into(),
            What::Grid => slope_gradients(&self.sampler, [&saved[0], &saved[1], &saved[2]], &d, needs).into(),
        }
    }
}

/// The gradients of the outputs' gradients `dy`, the images `x` and the grid from `d`, that of the grid's
/// gradient. Every output reads some elements, which weigh a product of polynomials in the positions
/// along the axes.
fn slope_gradients<V: Differentiable>(
    sampler: &GridSampler,
    [dy, x, grid]: [&V; 3],
    d: &V,
    needs: &[bool],
) -> [Option<V>; 3] {
    let shapes = [dy, x, grid].map(|input| input.value().shape().to_vec());
    let (images, channels, axes) = (shapes[1][0], shapes[1][1], shapes[1].len() - 2);
    let plane: usize = shapes[1][2..].iter().product();
    let outputs: usize = shapes[0][2..].iter().product();
    let [dy, x] = [dy.reshape(&[images, channels, outputs]), x.reshape(&[images, channels, plane])];
    let [grid, d] = [grid, d].map(|grid| grid.reshape(&[images, outputs, axes]));
    let [at, inside, beyond, scale] = sampler.neighbours(&grid.value());
    let scale: Vec<V> = scale.into_iter().map(V::constant).collect();
    let weights: Vec<[Vec<V>; 3]> = (0..axes)
        .map(|axis| {
            // The position as the grid has it: its own value, which moves with the coordinate.
            let moved = grid.select(2, axis as isize) * &scale[axis];
            let rest = &beyond[axis] - &*moved.value();
            weights(sampler.mode(), &(moved + V::constant(rest)))
        })
        .collect();
    let moves: Vec<V> = (0..axes).map(|axis| d.select(2, axis as isize) * &scale[axis]).collect();
    let reach = weights[0][0].len();
    // The weight of an element, differentiated along each of these axes.
    let weight = |tap: usize, along: &[usize]| {
        let factor = |axis: usize| {
            let order = along.iter().filter(|&&other| other == axis).count();
            weights[axis][order][tap / reach.pow(axis as u32) % reach].clone()
        };
        (1..axes).fold(factor(0), |product, axis| product * &factor(axis))
    };
    let total = |parts: Vec<V>| parts.into_iter().reduce(|sum, part| sum + &part).expect("one at least");
    let (mut of_dy, mut of_x, mut of_grid) = (vec![], vec![], vec![vec![]; axes]);
    for (tap, (at, inside)) in at.iter().zip(inside).enumerate() {
        let index = at.unsqueeze(1).expand([images, channels, outputs]);
        let inside = V::constant(inside.unsqueeze(1));
        let read = x.gather(2, &index) * &inside;
        let moved = total((0..axes).map(|a| weight(tap, &[a]) * &moves[a]).collect()).unsqueeze(1);
        if needs[2] {
            let worth = (dy.clone() * &read).sum_dim(&[1], false);
            for (b, of_grid) in of_grid.iter_mut().enumerate() {
                let turned = total((0..axes).map(|a| weight(tap, &[a, b]) * &moves[a]).collect());
                of_grid.push(turned * &worth);
            }
        }
        if needs[1] {
            let zeros = V::constant(x.value().zeros_like());
            of_x.push(zeros.scatter_add(2, &index, &(dy.clone() * &moved * &inside)));
        }
        if needs[0] {
            of_dy.push(read * &moved);
        }
    }
    [
        needs[0].then(|| total(of_dy).reshape(&shapes[0])),
        needs[1].then(|| total(of_x).reshape(&shapes[1])),
        needs[2].then(|| {
            let of_axes = of_grid.into_iter().zip(&scale).map(|(parts, scale)| total(parts) * scale);
            stack(&of_axes.collect::<Vec<_>>(), -1).reshape(&shapes[2])
        }),
    ]
}

/// The weights of an axis' elements `t` behind one of them, and their first and second derivatives.
fn weights<V: Differentiable>(mode: GridSampleMode, t: &V) -> [Vec<V>; 3] {
    let number = |x: f64| V::constant(t.value().full_like(x));
    match mode {
        GridSampleMode::Nearest => [vec![number(1.0)], vec![number(0.0)], vec![number(0.0)]],
        GridSampleMode::Bilinear => [
            vec![number(1.0) - t, t.clone()],
            vec![number(-1.0), number(1.0)],
            vec![number(0.0), number(0.0)],
        ],
        GridSampleMode::Bicubic => {
            let cubic = |x: &V, [a, b, c, d]: [f64; 4]| ((x.clone() * a + b) * x + c) * x + d;
            let xs = [t.clone() + 1.0, t.clone(), number(1.0) - t, number(2.0) - t];
            // The curve's outer and inner parts, and their derivatives.
            let parts = [
                [[-0.75, 3.75, -6.0, 3.0], [1.25, -2.25, 0.0, 1.0]],
                [[0.0, -2.25, 7.5, -6.0], [0.0, 3.75, -4.5, 0.0]],
                [[0.0, 0.0, -4.5, 7.5], [0.0, 0.0, 7.5, -4.5]],
            ];
            [0, 1, 2].map(|order| {
                let [outer, inner] = parts[order];
                let weight = |i: usize| {
                    let y = cubic(&xs[i], if i == 0 || i == 3 { outer } else { inner });
                    // The last two come nearer as `t` grows.
                    if i >= 2 && order == 1 { -y } else { y }
                };
                (0..4).map(weight).collect()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use tensor::{GridSampleMode, GridSampleOptions, GridSamplePadding, Tensor};

    use crate::gradcheck::gradchecks;

    fn ramp(shape: &[usize], scale: f64) -> Tensor {
        let n: usize = shape.iter().product();
        Tensor::from_vec((0..n).map(|i| (((i * 37) % 17) as f64 / 8.0 - 1.01) * scale).collect(), shape)
    }

    #[test]
    fn grid_sample_gradient_matches_finite_differences() {
        use GridSampleMode::*;
        use GridSamplePadding::*;
        for (mode, padding_mode, align_corners) in [
            (Nearest, Zeros, true),
            (Bilinear, Zeros, false),
            (Bilinear, Border, true),
            (Bilinear, Reflection, false),
            (Bicubic, Zeros, true),
            (Bicubic, Border, false),
            (Bicubic, Reflection, true),
        ] {
            let options = GridSampleOptions { mode, padding_mode, align_corners };
            gradchecks(
                |x| x[0].grid_sample(&x[1], options).square(),
                &[ramp(&[2, 2, 3, 4], 1.0), ramp(&[2, 2, 3, 2], 1.23)],
            );
            if mode != Bicubic {
                gradchecks(
                    |x| x[0].grid_sample(&x[1], options).square(),
                    &[ramp(&[1, 2, 2, 3, 2], 1.0), ramp(&[1, 1, 2, 1, 3], 1.23)],
                );
            }
        }
    }

    #[test]
    fn a_curve_through_volumes_has_its_gradients() {
        let options = GridSampleOptions { mode: GridSampleMode::Bicubic, ..Default::default() };
        gradchecks(
            |x| x[0].grid_sample(&x[1], options).square(),
            &[ramp(&[1, 1, 2, 2, 2], 1.0), ramp(&[1, 1, 1, 1, 3], 0.3)],
        );
    }
}
