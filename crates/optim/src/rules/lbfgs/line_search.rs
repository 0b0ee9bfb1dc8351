use tensor::Tensor;

use super::Problem;
use super::number::{Number, dot, largest};

/// The line through the parameters that is searched.
pub(super) struct Line<'a> {
    /// Where it begins.
    pub(super) at: Vec<Tensor>,
    pub(super) d: &'a Tensor,
    pub(super) tolerance: f64,
}

/// A place on the line: how far along, the loss, the gradient, and the slope along the line.
#[derive(Clone)]
struct Place {
    t: Number,
    f: f64,
    grad: Tensor,
    slope: Number,
}

const C1: f64 = 1e-4;
const C2: f64 = 0.9;

impl Line<'_> {
    /// A place that meets Wolfe's strong conditions, or the best of `max` that were tried: the loss and the
    /// gradient there, how far it is, and how many places were tried.
    pub(super) fn search(
        &self,
        problem: &mut Problem<'_>,
        t: Number,
        (f, grad, slope): (f64, Tensor, Number),
        max: usize,
    ) -> (f64, Tensor, Number, usize) {
        let start = Place { t: Number::Float(0.0), f, grad, slope };
        let mut tried = 0;
        let mut look = |t: Number| {
            tried += 1;
            let (f, grad) = problem.evaluate_along(&self.at, t, self.d);
            let slope = dot(&grad, self.d);
            Place { t, f, grad, slope }
        };
        // Whether the loss has not fallen enough for the way, and whether the slope is flat enough.
        let high = |p: &Place| Number::Float(p.f) > start.f + C1 * p.t * slope;
        let flat = |p: &Place| p.slope.abs() <= -C2 * slope;

        // Further and further, until an acceptable place lies between two.
        let (mut before, mut now) = (start.clone(), look(t));
        let (mut round, mut done) = (0, false);
        let mut bracket = loop {
            if round == max {
                break [start.clone(), now];
            }
            if high(&now) || round > 1 && now.f >= before.f {
                break [before, now];
            }
            if flat(&now) {
                done = true;
                break [now.clone(), now];
            }
            if now.slope >= 0.0 {
                break [before, now];
            }
            let bounds = (now.t + 0.01 * (now.t - before.t), now.t * Number::Float(10.0));
            let t = cubic(&before, &now, Some(bounds));
            before = std::mem::replace(&mut now, look(t));
            round += 1;
        };

        // Closer and closer, between two places of which one is the lower.
        let lower = |bracket: &[Place; 2]| if bracket[0].f <= bracket[1].f { 0 } else { 1 };
        let mut low = lower(&bracket);
        let mut stuck = false;
        while !done && round < max {
            let [a, b] = [bracket[0].t, bracket[1].t];
            if (b - a).abs() * largest(self.d) < self.tolerance {
                break;
            }
            let mut t = cubic(&bracket[0], &bracket[1], None);
            let (near, far) = (a.smaller(b), a.larger(b));
            let margin = 0.1 * (far - near);
            if (far - t).smaller(t - near) < margin {
                // A place close to an end is taken once, and then one further inside.
                if stuck || t >= far || t <= near {
                    t = if (t - far).abs() < (t - near).abs() { far - margin } else { near + margin };
                    stuck = false;
                } else {
                    stuck = true;
                }
            } else {
                stuck = false;
            }
            let now = look(t);
            round += 1;
            if high(&now) || now.f >= bracket[low].f {
                bracket[1 - low] = now;
                low = lower(&bracket);
            } else {
                if flat(&now) {
                    done = true;
                } else if now.slope * (bracket[1 - low].t - bracket[low].t) >= 0.0 {
                    bracket[1 - low] = bracket[low].clone();
                }
                bracket[low] = now;
            }
        }
        let [a, b] = bracket;
        let best = if low == 0 { a } else { b };
        (best.f, best.grad, best.t, tried)
    }
}

/// Where the cubic through two places, with their slopes, is least.
fn cubic(a: &Place, b: &Place, bounds: Option<(Number, Number)>) -> Number {
    let ordered = a.t <= b.t;
    let (least, most) = bounds.unwrap_or(if ordered { (a.t, b.t) } else { (b.t, a.t) });
    let d1 = a.slope + b.slope - Number::Float(3.0 * (a.f - b.f)) / (a.t - b.t);
    let square = d1 * d1 - a.slope * b.slope;
    if square.value() < 0.0 || square.value().is_nan() {
        return (least + most) / Number::Float(2.0);
    }
    let d2 = square.sqrt();
    let (from, to) = if ordered { (a, b) } else { (b, a) };
    let share = (to.slope + d2 - d1) / (to.slope - from.slope + 2.0 * d2);
    let t = to.t - (to.t - from.t) * share;
    // In Python's order, which decides about NaN.
    t.larger(least).smaller(most)
}
