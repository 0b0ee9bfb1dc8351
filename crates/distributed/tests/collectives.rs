//! Every collective operation, for every engine, against its definition.

mod common;

use common::ENGINES;
use common::sums::{check, cross, in_order, numbers};
use distributed::{Error, ErrorKind, part, tree_sum};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations_give_what_they_say(ranks in 1..=8usize, n in 0..70usize, seed in 0..1000u64) {
        for engine in ENGINES {
            for result in engine.run(ranks, |comm| check(comm, seed, n)) {
                prop_assert_eq!(result, Ok(()));
            }
        }
    }
}

#[test]
fn every_number_of_ranks_adds_along_the_tree() {
    for engine in ENGINES {
        for ranks in 1..=11 {
            let results = engine.run(ranks, |comm| check(comm, 7, 33));
            assert!(results.iter().all(Result::is_ok), "{results:?}");
        }
    }
}

#[test]
fn an_order_that_matters_is_kept() {
    for engine in ENGINES {
        let sums = engine.run(4, |comm| {
            let mut x = [[1e8f32, 1.0, -1e8, 1.0][comm.rank()]; 3];
            comm.all_reduce(&mut x[..]).map(|()| x)
        });
        assert_eq!(sums, vec![Ok([(1e8 + 1.0) + (-1e8f32 + 1.0); 3]); 4]);
    }
}

#[test]
fn barriers_wait_for_everyone() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    for engine in ENGINES {
        for ranks in 1..=8 {
            let arrived = AtomicUsize::new(0);
            engine.run(ranks, |comm| {
                for round in 1..=5 {
                    arrived.fetch_add(1, SeqCst);
                    comm.barrier().unwrap();
                    assert!(arrived.load(SeqCst) >= round * ranks);
                    comm.barrier().unwrap();
                }
            });
        }
    }
}

/// The numbers of a chunk of a sum.
const CHUNK: usize = (256 << 10) / size_of::<f32>();

/// Sums of several chunks, and of one that is just full.
#[test]
fn chunks_are_put_together_again() {
    let exact = |rank: usize, i: usize| ((i + 1) * (rank + 3) % 1009) as f64;
    for engine in ENGINES {
        for ranks in 1..=5usize {
            let owners = 1 << ranks.ilog2();
            for len in
                [CHUNK - 1, CHUNK, CHUNK + 1, owners * CHUNK, owners * CHUNK + 1, 2 * owners * CHUNK - 1]
            {
                // Whole numbers of a few digits: their sums do not depend on the order.
                let sum = |i| (0..ranks).map(|rank| exact(rank, i)).sum::<f64>();
                let results = engine.run(ranks, |comm| {
                    let rank = comm.rank();
                    let mut x: Vec<f32> = (0..len).map(|i| exact(rank, i) as f32).collect();
                    let rows = comm.reduce_scatter(&x)?;
                    comm.all_reduce(&mut x)?;
                    let mut y: Vec<f64> = (0..len).map(|i| exact(rank, i)).collect();
                    comm.all_reduce(&mut y)?;
                    let all =
                        x.iter().zip(&y).enumerate().all(|(i, (x, y))| f64::from(*x) == *y && *y == sum(i));
                    Ok::<_, Error>(all && rows == x[part(len, ranks, rank)])
                });
                assert_eq!(results, vec![Ok(true); ranks], "{engine:?}, {ranks} ranks, {len} numbers");
            }
        }
    }
}

/// The order of additions is that of the tree in every chunk.
#[test]
fn sums_of_several_chunks_are_added_along_the_tree() {
    let len = 2 * CHUNK + 3;
    for engine in ENGINES {
        for ranks in [2, 3, 5] {
            let mine = |rank: usize| numbers(1, rank, len);
            let all: Vec<Vec<f64>> = (0..ranks).map(mine).collect();
            let sums: Vec<f64> =
                (0..len).map(|i| tree_sum(&all.iter().map(|x| x[i]).collect::<Vec<_>>())).collect();
            let results = engine.run(ranks, |comm| {
                let mut x = all[comm.rank()].clone();
                comm.all_reduce(&mut x).map(|()| x == sums)
            });
            assert_eq!(results, vec![Ok(true); ranks], "{engine:?}, {ranks} ranks");
        }
    }
}

/// Ranks that differ by whole chunks do not take one for another.
#[test]
fn sums_of_other_numbers_of_chunks_are_an_error() {
    for engine in ENGINES {
        for [one, other] in [[2, 4], [6, 4], [8, 2]] {
            let errors = engine.run(2, |comm| {
                let len = if comm.rank() == 0 { one } else { other } * CHUNK;
                comm.all_reduce(&mut vec![1.0f32; len]).and_then(|()| comm.barrier())
            });
            for error in errors {
                let error = error.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Differs, "{error}");
                assert!(
                    error.to_string().contains("sums another number of elements in all_reduce"),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn large_messages_cross() {
    for engine in ENGINES {
        assert_eq!(engine.run(3, cross), [Ok(()), Ok(()), Ok(())]);
    }
}

#[test]
fn messages_wait_in_their_order() {
    for engine in ENGINES {
        assert_eq!(engine.run(3, in_order), [Ok(()), Ok(()), Ok(())]);
    }
}

#[test]
fn ranks_that_differ_hear_of_it() {
    let name_each_other = |results: Vec<Result<(), Error>>, words: &str| {
        let errors: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
        assert!(!errors.is_empty() && errors.iter().any(|e| e.to_string().contains(words)), "{errors:?}");
    };
    for engine in ENGINES {
        let other_call = engine.run(2, |comm| match comm.rank() {
            0 => comm.barrier(),
            _ => comm.all_reduce(&mut [1.0f32][..]),
        });
        name_each_other(other_call, "barrier");
        let other_length = engine.run(2, |comm| comm.all_reduce(&mut vec![1.0f32; 10 + comm.rank()]));
        name_each_other(other_length, "sums another number of elements in all_reduce");
        let other_type = engine.run(2, |comm| match comm.rank() {
            0 => comm.broadcast(0, &mut vec![1u8; 3]),
            _ => comm.broadcast(0, &mut vec![1.0f32]),
        });
        name_each_other(other_type, "rank 0 sends 3 bytes in broadcast that are not what rank 1 takes there");
    }
}

#[test]
fn a_message_is_received_where_it_belongs() {
    for engine in ENGINES {
        let heard = engine.run(2, |comm| {
            let within = comm.timeout().into();
            let mut message = vec![0; 3 << 20];
            match comm.rank() {
                0 => comm.send(1, &vec![7; 3 << 20], within).and_then(|()| comm.send(1, &[], within))?,
                _ => {
                    comm.receive_into(0, &mut message, within)?;
                    comm.receive_into(0, &mut [], within)?;
                }
            }
            Ok::<_, Error>(message)
        });
        assert_eq!(heard[1], Ok(vec![7; 3 << 20]));
    }
}

#[test]
fn a_message_of_another_length_is_an_error_of_all() {
    for engine in ENGINES {
        for length in [0, 4, 6, 1 << 20] {
            let errors = engine.run(2, |comm| match comm.rank() {
                0 => comm.send(1, &vec![1; length], comm.timeout().into()).and_then(|()| comm.barrier()),
                _ => comm.receive_into(0, &mut [0; 5], comm.timeout().into()),
            });
            let words = format!(
                "rank 0 sends a message of another length in send than rank 1 takes: {length} bytes came where \
                 5 were due"
            );
            for error in errors {
                let error = error.unwrap_err();
                assert_eq!(
                    (error.kind(), error.rank(), error.to_string()),
                    (ErrorKind::Differs, 0, words.clone())
                );
            }
        }
    }
}

#[test]
fn a_rank_that_is_none_is_the_callers_mistake() {
    let words = testing::refusal(|| {
        ENGINES[0].run(1, |comm| comm.broadcast(1, &mut vec![0u8]));
    });
    assert!(words.contains("broadcast: there is no rank 1 among 1"), "{words}");
}
