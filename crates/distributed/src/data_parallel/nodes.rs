//! Sums over shards, along the tree of [`tree_sum`](crate::tree_sum), on as many ranks as there are.

use std::ops::Range;

use tensor::Float;

use crate::collectives::Chunks;
use crate::{Communicator, Operation, Result, Within, part};

/// The sum of a block of shards: the `index`-th of the blocks of 2ˡᵉᵛᵉˡ.
#[derive(Debug, PartialEq)]
pub(super) struct Node<T> {
    level: u32,
    index: usize,
    pub(super) sum: T,
}

impl<T> Node<T> {
    /// The same block, of what `f` makes of its sum.
    pub(super) fn of<'a, U>(&'a mut self, f: impl FnOnce(&'a mut T) -> U) -> Node<U> {
        Node { level: self.level, index: self.index, sum: f(&mut self.sum) }
    }
}

/// The sum of shards that come one after the other: blocks whose neighbour is still to come.
///
/// There are never more than ⌈log₂ shards⌉ + 1 of them.
pub(super) struct Nodes<T> {
    shards: usize,
    nodes: Vec<Node<T>>,
}

impl<T> Nodes<T> {
    pub(super) fn new(shards: usize) -> Nodes<T> {
        Nodes { shards, nodes: Vec::new() }
    }

    /// The next shard's value.
    pub(super) fn push(&mut self, shard: usize, value: T, add: impl Fn(T, T) -> T) {
        self.push_node(Node { level: 0, index: shard, sum: value }, add);
    }

    /// The next block: `add(left, right)` adds a neighbour.
    fn push_node(&mut self, mut node: Node<T>, add: impl Fn(T, T) -> T) {
        while 1 << node.level < self.shards {
            if node.index.is_multiple_of(2) {
                if (node.index + 1) << node.level < self.shards {
                    break; // its neighbour is still to come
                }
            } else {
                match self.nodes.pop_if(|left| (left.level, left.index + 1) == (node.level, node.index)) {
                    Some(left) => node.sum = add(left.sum, node.sum),
                    None => break, // its neighbour is another rank's
                }
            }
            node = Node { level: node.level + 1, index: node.index / 2, sum: node.sum };
        }
        self.nodes.push(node);
    }

    /// The blocks that are left.
    pub(super) fn into_nodes(self) -> Vec<Node<T>> {
        self.nodes
    }
}

/// The blocks that a range of shards comes to.
fn blocks(range: Range<usize>, shards: usize) -> Vec<Node<()>> {
    let mut nodes = Nodes::new(shards);
    range.for_each(|shard| nodes.push(shard, (), |(), ()| ()));
    nodes.into_nodes()
}

/// Replaces the first block, on every rank, by the sum over all shards, from the blocks of each rank's
/// shards, those of `part(shards, size, rank)`.
///
/// Where every rank has one block, and all of them alike, it is `all_reduce`, whose tree is the
/// same. Otherwise each rank adds a part of the numbers, for which all send it those of
/// their blocks.
pub(super) fn sum_over_ranks<T: Float>(
    comm: &dyn Communicator,
    shards: usize,
    nodes: &mut [Node<&mut [T]>],
) -> Result<()> {
    let size = comm.size();
    let of_rank = |rank: usize| blocks(part(shards, size, rank), shards);
    let level = nodes[0].level;
    if (0..size).all(|rank| of_rank(rank) == [Node { level, index: rank, sum: () }]) {
        return comm.sum_of(nodes[0].sum);
    }
    let parts: Vec<Range<usize>> = (0..size).map(|rank| part(nodes[0].sum.len(), size, rank)).collect();
    sum_of_parts(comm, shards, nodes, &parts, true)
}

/// Replaces this rank's part of the numbers, in its first block, by their sums over all shards; and, if they
/// are told, everyone's.
pub(super) fn sum_of_parts<T: Float>(
    comm: &dyn Communicator,
    shards: usize,
    nodes: &mut [Node<&mut [T]>],
    parts: &[Range<usize>],
    told: bool,
) -> Result<()> {
    let (rank, size) = (comm.rank(), comm.size());
    let operation = if told { Operation::AllReduce } else { Operation::ReduceScatter };
    let chunks = Chunks::new(comm, Within { operation, limit: comm.timeout() });
    let blocks: Vec<Vec<Node<()>>> = (0..size).map(|rank| blocks(part(shards, size, rank), shards)).collect();
    let mine = parts[rank].clone();
    let others = || (1..size).map(|distance| ((rank + distance) % size, (rank + size - distance) % size));
    for (to, from) in others() {
        chunks.announce(to, parts[to].len())?;
        chunks.expect(from, mine.len())?;
    }
    let most = parts.iter().map(|part| Chunks::<T>::count(part.len())).max().expect("there are ranks");
    // While a chunk is on its way the one before it is added, and the sums of the one before that come back.
    for i in 0..most + 2 {
        for (to, _) in others() {
            nodes.iter().try_for_each(|node| chunks.send(to, &node.sum[parts[to].clone()], i))?;
        }
        if let Some(chunk) = i.checked_sub(1).and_then(|i| Chunks::<T>::range(mine.clone(), i)) {
            let mut sums = Nodes::new(shards);
            for (from, blocks) in blocks.iter().enumerate() {
                for (Node { level, index, .. }, place) in blocks.iter().zip(0..) {
                    let sum = if from == rank {
                        nodes[place].sum[chunk.clone()].to_vec()
                    } else {
                        let mut sum = vec![T::ZERO; chunk.len()];
                        chunks.receive_one(from, &mut sum)?;
                        sum
                    };
                    sums.push_node(Node { level: *level, index: *index, sum }, add);
                }
            }
            let total = sums.into_nodes().pop().expect("all shards are there");
            nodes[0].sum[chunk].copy_from_slice(&total.sum);
            if told {
                others().try_for_each(|(to, _)| chunks.send(to, &nodes[0].sum[mine.clone()], i - 1))?;
            }
        }
        if let Some(i) = i.checked_sub(2).filter(|_| told) {
            for (_, from) in others() {
                chunks.receive(from, &mut nodes[0].sum[parts[from].clone()], i)?;
            }
        }
    }
    Ok(())
}

/// [`sum_over_ranks`] of lists.
pub(super) fn sum_of_lists<T: Float>(
    comm: &dyn Communicator,
    shards: usize,
    mut nodes: Vec<Node<Vec<T>>>,
) -> Result<Vec<T>> {
    let mut slices: Vec<_> = nodes.iter_mut().map(|node| node.of(|sum| &mut sum[..])).collect();
    sum_over_ranks(comm, shards, &mut slices)?;
    Ok(nodes.swap_remove(0).sum)
}

/// Adds numbers one by one.
pub(super) fn add<T: Float>(mut x: Vec<T>, y: Vec<T>) -> Vec<T> {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Threads, tree_sum};

    #[test]
    fn any_number_of_ranks_adds_along_the_tree_of_shards() {
        let mut generator = tensor::Generator::new(3);
        let mut wide = |_| (generator.uniform_f32() - 0.5) * 2f32.powi(generator.randint(-30, 30) as i32);
        let values: Vec<[f32; 5]> = (0..13).map(|_| [(); 5].map(&mut wide)).collect();
        for shards in 1..=13 {
            let column = |i: usize| values[..shards].iter().map(|x| x[i]).collect::<Vec<_>>();
            let expected: Vec<f32> = (0..5).map(|i| tree_sum(&column(i))).collect();
            for ranks in 1..=shards.min(8) {
                let sums = Threads::run(ranks, |comm| {
                    let mut nodes = Nodes::new(shards);
                    for shard in part(shards, ranks, comm.rank()) {
                        nodes.push(shard, values[shard].to_vec(), add);
                        assert!(nodes.nodes.len() <= shards.next_power_of_two().ilog2() as usize + 1);
                    }
                    sum_of_lists(&*comm, shards, nodes.into_nodes())
                });
                assert_eq!(
                    sums.unwrap(),
                    vec![Ok(expected.clone()); ranks],
                    "{shards} shards, {ranks} ranks"
                );
            }
        }
    }

    #[test]
    fn numbers_of_several_chunks_are_added_along_the_tree_of_shards() {
        let (shards, len) = (7, 3 * (256 << 10) / size_of::<f64>() + 5);
        let mut generator = tensor::Generator::new(4);
        let value =
            |_: &usize| (generator.uniform_f64() - 0.5) * 2f64.powi(generator.randint(-60, 60) as i32);
        let values: Vec<f64> = (0..shards * len).collect::<Vec<_>>().iter().map(value).collect();
        let of_shard = |shard: usize| &values[shard * len..(shard + 1) * len];
        let expected: Vec<f64> =
            (0..len).map(|i| tree_sum(&(0..shards).map(|s| of_shard(s)[i]).collect::<Vec<_>>())).collect();
        for ranks in [2, 3] {
            let same = Threads::run(ranks, |comm| {
                let mut nodes = Nodes::new(shards);
                for shard in part(shards, ranks, comm.rank()) {
                    nodes.push(shard, of_shard(shard).to_vec(), add);
                }
                sum_of_lists(&*comm, shards, nodes.into_nodes()).map(|sum| sum == expected)
            });
            assert_eq!(same.unwrap(), vec![Ok(true); ranks], "{ranks} ranks");
        }
    }
}
