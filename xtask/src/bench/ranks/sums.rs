//! Sums over ranks.

use std::time::Instant;

use distributed::Communicator;

use super::WARM_UP;
use crate::bench::report::median;

/// Bytes of f32.
pub(super) const SIZES: [usize; 6] = [4 << 10, 64 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20];

/// Where there are as many processors.
pub(super) const RANKS: [usize; 2] = [2, 4];

/// How often a sum is repeated in a sample.
pub(super) fn repetitions(bytes: usize) -> usize {
    ((64 << 20) / bytes).clamp(5, 200)
}

/// The median of the seconds that a sum takes on this rank, when all begin together.
pub(super) fn sample(comm: &dyn Communicator, bytes: usize) -> distributed::Result<f64> {
    let mut x = vec![0f32; bytes / size_of::<f32>()];
    let begin = Instant::now();
    let mut warm = vec![0u8];
    while warm[0] == 0 {
        comm.all_reduce(&mut x)?;
        warm[0] = u8::from(begin.elapsed() > WARM_UP);
        comm.broadcast(0, &mut warm)?;
    }
    let mut times = Vec::new();
    for _ in 0..repetitions(bytes) {
        comm.barrier()?;
        let begin = Instant::now();
        comm.all_reduce(&mut x)?;
        times.push(begin.elapsed().as_secs_f64());
    }
    Ok(median(&times))
}
