//! Programs of one rank that check what messages and the collective operations give.

use std::sync::Arc;

use distributed::{Communicator, Error, part, tree_sum};
use tensor::{DType, Tensor};

/// Numbers whose sum depends on the order: of sizes between 2⁻⁶⁰ and 2⁶⁰, some of them cancelling.
pub(crate) fn numbers(seed: u64, rank: usize, n: usize) -> Vec<f64> {
    let mut generator = tensor::Generator::new(seed * 1000 + rank as u64);
    let number = |_| (generator.uniform_f64() - 0.5) * 2f64.powi(generator.randint(-60, 60) as i32);
    (0..n).map(number).collect()
}

/// The sums, as one process adds them.
fn expected(seed: u64, ranks: usize, n: usize) -> Vec<f64> {
    let all: Vec<Vec<f64>> = (0..ranks).map(|rank| numbers(seed, rank, n)).collect();
    let sum = |i| tree_sum(&all.iter().map(|x: &Vec<f64>| x[i]).collect::<Vec<_>>());
    (0..n).map(sum).collect()
}

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

fn expected_f32(seed: u64, ranks: usize, n: usize) -> Vec<f32> {
    let all: Vec<Vec<f32>> = (0..ranks).map(|rank| narrow(&numbers(seed, rank, n))).collect();
    let sum = |i| tree_sum(&all.iter().map(|x: &Vec<f32>| x[i]).collect::<Vec<_>>());
    (0..n).map(sum).collect()
}

/// Every collective operation against its definition, with `n` numbers or so.
pub(crate) fn check(comm: Arc<dyn Communicator>, seed: u64, n: usize) -> Result<(), Error> {
    let (rank, size) = (comm.rank(), comm.size());
    let mine = numbers(seed, rank, n);
    let sums = expected(seed, size, n);

    let mut x = mine.clone();
    comm.all_reduce(&mut x)?;
    assert_eq!(x, sums);
    let mut x = narrow(&mine);
    comm.all_reduce(&mut x[..])?;
    assert_eq!(x, expected_f32(seed, size, n));

    let mut x = Tensor::from_vec([mine.clone(), mine.clone()].concat(), [2, n]).t();
    comm.all_reduce(&mut x)?;
    let both: Vec<f64> = sums.iter().flat_map(|x| [*x, *x]).collect();
    assert_eq!((x.shape(), x.to_vec::<f64>()), (&[n, 2][..], both.clone()));

    let range = part(n, size, rank);
    assert_eq!(comm.reduce_scatter(&mine)?, sums[range.clone()]);
    assert_eq!(comm.reduce_scatter(&narrow(&mine))?, expected_f32(seed, size, n)[range.clone()]);
    let rows =
        comm.reduce_scatter_tensor(&Tensor::from_vec([mine.clone(), mine.clone()].concat(), [2, n]).t())?;
    assert_eq!(rows.shape(), [range.len(), 2]);
    assert_eq!(rows.to_vec::<f64>(), both[2 * range.start..2 * range.end]);

    let root = seed as usize % size;
    let of_rank = |rank: usize| numbers(seed, rank, n + rank);
    let all: Vec<Vec<f64>> = (0..size).map(of_rank).collect();
    let mut x = of_rank(rank);
    comm.broadcast(root, &mut x)?;
    assert_eq!(x, all[root]);
    let gathered = comm.gather(root, &of_rank(rank))?;
    assert_eq!(gathered, (rank == root).then(|| all.clone()));
    assert_eq!(comm.all_gather(&of_rank(rank))?, all);

    for dtype in [DType::F32, DType::Bool, DType::BF16] {
        let x = Tensor::from_vec(of_rank(rank), [1, n + rank]).to_dtype(dtype);
        for (rank, x) in comm.all_gather(&x)?.into_iter().enumerate() {
            let expected = Tensor::from_vec(of_rank(rank), [1, n + rank]).to_dtype(dtype);
            assert_eq!((x.dtype(), x.shape(), x.bytes()), (dtype, &[1, n + rank][..], expected.bytes()));
        }
    }
    comm.barrier()
}

/// Both ways at once, far more than any buffer of a system.
pub(crate) fn cross(comm: Arc<dyn Communicator>) -> Result<(), Error> {
    let ranks = 0..comm.size();
    let mut x = vec![comm.rank() as f32; 6 << 20];
    comm.all_reduce(&mut x)?;
    let sum = ranks.clone().sum::<usize>() as f32;
    assert!(x.iter().all(|x| *x == sum));
    let lists = comm.all_gather(&vec![comm.rank() as u8; 20 << 20])?;
    assert!(ranks.zip(lists).all(|(rank, list)| list == vec![rank as u8; 20 << 20]));
    Ok(())
}

/// Long and short messages that have to wait: rank 0 hears of rank 2 by rank 1.
pub(crate) fn in_order(comm: Arc<dyn Communicator>) -> Result<(), Error> {
    let within = comm.timeout().into();
    match comm.rank() {
        0 => {
            comm.receive(1, within)?;
            for i in 0..40 {
                assert_eq!(comm.receive(2, within)?, vec![i; 100_000]);
                assert_eq!(comm.receive(2, within)?, [i]);
            }
        }
        1 => {
            comm.receive(2, within)?;
            comm.send(0, &[], within)?;
        }
        _ => {
            for i in 0..40 {
                comm.send(0, &[i; 100_000], within)?;
                comm.send(0, &[i], within)?;
            }
            comm.send(1, &[], within)?;
        }
    }
    comm.barrier()
}
