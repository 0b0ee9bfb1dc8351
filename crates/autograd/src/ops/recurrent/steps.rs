use crate::{Variable, cat};

/// Takes a state over time steps that have as many rows of `ih` as `batch_sizes` says: the first part of the
/// state after every row, and the state of every sequence at its own end.
///
/// A step with fewer rows than the one before it ends the last sequences, one with more begins some, from
/// their rows of the state given.
#[doc(hidden)]
#[track_caller]
pub fn recurrent_steps(
    ih: &Variable,
    first: Vec<Variable>,
    batch_sizes: &[usize],
    mut step: impl FnMut(&Variable, &[Variable]) -> Vec<Variable>,
) -> (Variable, Vec<Variable>) {
    let narrow = |parts: &[Variable], start: usize, n: usize| -> Vec<Variable> {
        parts.iter().map(|part| part.narrow(0, start as isize, n)).collect()
    };
    let ih = ih.split_sizes(batch_sizes, 0);
    let mut living = batch_sizes[0];
    let mut state = if living == first[0].size(0) { first.clone() } else { narrow(&first, 0, living) };
    let (mut outputs, mut ended) = (Vec::with_capacity(ih.len()), Vec::new());
    for (ih, &n) in ih.iter().zip(batch_sizes) {
        if n < living {
            ended.push(narrow(&state, n, living - n));
            state = narrow(&state, 0, n);
        } else if n > living {
            let begin = narrow(&first, living, n - living);
            state = state.into_iter().zip(begin).map(|(old, new)| cat(&[old, new], 0)).collect();
        }
        living = n;
        state = step(ih, &state);
        outputs.push(state[0].clone());
    }
    if !ended.is_empty() {
        // The shortest sequences ended first, and stand last.
        ended.push(state.clone());
        let of = |i: usize| ended.iter().rev().map(|parts| parts[i].clone()).collect::<Vec<_>>();
        state = (0..state.len()).map(|i| cat(&of(i), 0)).collect();
    }
    (cat(&outputs, 0), state)
}
