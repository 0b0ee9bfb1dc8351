use std::ops::Range;

use nn::Parameter;
use tensor::{DType, Float, Tensor};

use super::nodes::{Node, add, sum_of_parts, sum_over_ranks};
use crate::{Communicator, Result};

/// Parameters whose gradients travel together, in one flat list.
pub(super) struct Bucket {
    dtype: DType,
    /// Each with its place among all.
    parameters: Vec<(usize, Parameter)>,
    len: usize,
    /// The range of each rank, where the sums go only to the rank that updates the parameter.
    parts: Option<Vec<Range<usize>>>,
}

/// A bucket's numbers.
pub(super) enum Flat {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Bucket {
    /// The parameters, the last first, in lists of one dtype and of about so many bytes.
    pub(super) fn fill(parameters: &[Parameter], bytes: usize) -> Vec<Bucket> {
        let mut buckets: Vec<Bucket> = Vec::new();
        for (place, parameter) in parameters.iter().enumerate().rev() {
            let (dtype, numel) = (parameter.dtype(), parameter.numel());
            let open = buckets.last_mut().filter(|bucket| {
                bucket.dtype == dtype && (bucket.len + numel) * dtype.size_in_bytes() <= bytes
            });
            match open {
                Some(bucket) => {
                    bucket.parameters.push((place, parameter.clone()));
                    bucket.len += numel;
                }
                None => buckets.push(Bucket {
                    dtype,
                    parameters: vec![(place, parameter.clone())],
                    len: numel,
                    parts: None,
                }),
            }
        }
        buckets
    }

    /// Lets the sums go only to the rank that updates the parameter, of so many; the ranks of those of a bucket
    /// come in order.
    pub(super) fn divide(&mut self, owners: &[usize], ranks: usize) {
        let mut parts = vec![0..0; ranks];
        let mut start = 0;
        for (place, parameter) in &self.parameters {
            let end = start + parameter.numel();
            let part = &mut parts[owners[*place]];
            *part = if part.start == part.end { start..end } else { part.start..end };
            start = end;
        }
        self.parts = Some(parts);
    }

    /// The places of its parameters among all.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.parameters.iter().map(|(place, _)| *place)
    }

    /// The gradients, 0 where there are none.
    pub(super) fn gather(&self) -> Flat {
        fn flat<T: Float>(bucket: &Bucket) -> Vec<T> {
            let mut flat = Vec::with_capacity(bucket.len);
            for (_, parameter) in &bucket.parameters {
                match parameter.grad() {
                    Some(grad) => flat.extend_from_slice(grad.contiguous().as_slice::<T>()),
                    None => flat.resize(flat.len() + parameter.numel(), T::ZERO),
                }
            }
            flat
        }
        match self.dtype {
            DType::F32 => Flat::F32(flat(self)),
            _ => Flat::F64(flat(self)),
        }
    }

    /// The sum over all shards, from this rank's blocks of them.
    pub(super) fn sum(
        &self,
        shards: usize,
        nodes: Vec<Node<Flat>>,
    ) -> impl FnOnce(&dyn Communicator) -> Result<Flat> + Send + 'static {
        let parts = self.parts.clone();
        move |comm| {
            Ok(match nodes[0].sum {
                Flat::F32(_) => Flat::F32(sum(comm, shards, all(nodes, Flat::f32), parts)?),
                Flat::F64(_) => Flat::F64(sum(comm, shards, all(nodes, Flat::f64), parts)?),
            })
        }
    }

    /// The sums over all shards that come to `rank` as gradients of its parameters, by their places: views of
    /// the one list.
    pub(super) fn split(&self, sums: Flat, rank: usize) -> impl Iterator<Item = (usize, Tensor)> {
        let sums = match sums {
            Flat::F32(sums) => Tensor::from(sums),
            Flat::F64(sums) => Tensor::from(sums),
        };
        let part = self.parts.as_ref().map_or(0..self.len, |parts| parts[rank].clone());
        let mut end = 0;
        self.parameters.iter().filter_map(move |(place, parameter)| {
            let start = end;
            end += parameter.numel();
            let comes = part.start <= start && end <= part.end;
            comes.then(|| {
                let sum = sums.narrow(0, (start - part.start) as isize, end - start);
                (*place, sum.reshape(parameter.shape()))
            })
        })
    }
}

/// The sum over all shards, or this rank's part of it.
fn sum<T: Float>(
    comm: &dyn Communicator,
    shards: usize,
    mut nodes: Vec<Node<Vec<T>>>,
    parts: Option<Vec<Range<usize>>>,
) -> Result<Vec<T>> {
    let Some(parts) = parts else { return sum_over_ranks(comm, shards, nodes) };
    sum_of_parts(comm, shards, &mut nodes, &parts, false)?;
    let mut sum = nodes.swap_remove(0).sum;
    sum.truncate(parts[comm.rank()].end);
    sum.drain(..parts[comm.rank()].start);
    Ok(sum)
}

impl Flat {
    pub(super) fn add(&mut self, other: Flat) {
        match (self, other) {
            (Flat::F32(x), Flat::F32(y)) => add(x, y),
            (Flat::F64(x), Flat::F64(y)) => add(x, y),
            _ => unreachable!("a bucket is of one dtype"),
        }
    }

    fn f32(self) -> Vec<f32> {
        let Flat::F32(x) = self else { unreachable!("a bucket is of one dtype") };
        x
    }

    fn f64(self) -> Vec<f64> {
        let Flat::F64(x) = self else { unreachable!("a bucket is of one dtype") };
        x
    }
}

fn all<T>(nodes: Vec<Node<Flat>>, of: impl Fn(Flat) -> Vec<T>) -> Vec<Node<Vec<T>>> {
    nodes.into_iter().map(|node| node.map(&of)).collect()
}
