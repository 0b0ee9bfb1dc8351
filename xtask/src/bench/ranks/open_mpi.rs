//! The sums of the MPI library itself, in an order of its own.

use std::thread::sleep;
use std::time::{Duration, Instant};

use mpi::collective::SystemOperation;
use mpi::traits::*;

use super::{WARM_UP, sums, told};
use crate::Result;
use crate::bench::report::median;

const PAUSE: Duration = Duration::from_millis(1);

/// The life of a rank, as of one of ours.
pub(super) fn serve() -> Result<()> {
    let universe = mpi::initialize().ok_or("MPI cannot begin")?;
    let world = universe.world();
    let first = world.process_at_rank(0);
    loop {
        let mut bytes = 0u64;
        if world.rank() == 0 {
            bytes = told().trim().strip_prefix("sum ").map_or(Ok(0), str::parse)?;
            (1..world.size()).for_each(|rank| world.process_at_rank(rank).send(&bytes));
        } else {
            // A wait in MPI never sleeps, and the other sides need the processor.
            while first.immediate_probe().is_none() {
                sleep(PAUSE);
            }
            first.receive_into(&mut bytes);
        }
        if bytes == 0 {
            return Ok(());
        }
        let seconds = sample(&world, bytes as usize);
        if world.rank() == 0 {
            println!("{seconds}");
        }
    }
}

fn sample(world: &impl CommunicatorCollectives, bytes: usize) -> f64 {
    let x = vec![0f32; bytes / size_of::<f32>()];
    let mut sum = x.clone();
    let begin = Instant::now();
    let mut warm = 0u8;
    while warm == 0 {
        world.all_reduce_into(&x[..], &mut sum[..], SystemOperation::sum());
        warm = u8::from(begin.elapsed() > WARM_UP);
        world.process_at_rank(0).broadcast_into(&mut warm);
    }
    let mut times = Vec::new();
    for _ in 0..sums::repetitions(bytes) {
        world.barrier();
        let begin = Instant::now();
        world.all_reduce_into(&x[..], &mut sum[..], SystemOperation::sum());
        times.push(begin.elapsed().as_secs_f64());
    }
    median(&times)
}
