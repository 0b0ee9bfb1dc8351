use nn::Parameter;
use tensor::{DType, Float, Tensor};

use super::nodes::{Node, add, sum_over_ranks};
use crate::{Communicator, Result};

/// Parameters whose gradients travel together, in one flat list.
pub(super) struct Bucket {
    dtype: DType,
    /// Each with its place among all.
    parameters: Vec<(usize, Parameter)>,
    len: usize,
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
                None => {
                    buckets.push(Bucket { dtype, parameters: vec![(place, parameter.clone())], len: numel })
                }
            }
        }
        buckets
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

    /// The sums over all shards as a gradient of each parameter, by its place: views of the one list.
    pub(super) fn split(&self, sums: Flat) -> impl Iterator<Item = (usize, Tensor)> {
        let sums = match sums {
            Flat::F32(sums) => Tensor::from_vec(sums, [self.len]),
            Flat::F64(sums) => Tensor::from_vec(sums, [self.len]),
        };
        let mut start = 0;
        self.parameters.iter().map(move |(place, parameter)| {
            let numel = parameter.numel();
            let sum = sums.narrow(0, start as isize, numel).reshape(parameter.shape());
            start += numel;
            (*place, sum)
        })
    }
}

impl Flat {
    pub(super) fn add(&mut self, other: Flat) {
        match (self, other) {
            (Flat::F32(x), Flat::F32(y)) => add(x, y),
            (Flat::F64(x), Flat::F64(y)) => add(x, y),
            _ => unreachable!("a bucket is of one dtype"),
        }
    }

    /// The sum over all shards.
    pub(super) fn sum(comm: &dyn Communicator, shards: usize, nodes: Vec<Node<Flat>>) -> Result<Flat> {
        Ok(match nodes[0].sum {
            Flat::F32(_) => Flat::F32(sum_over_ranks(comm, shards, all(nodes, Flat::f32))?),
            Flat::F64(_) => Flat::F64(sum_over_ranks(comm, shards, all(nodes, Flat::f64))?),
        })
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
