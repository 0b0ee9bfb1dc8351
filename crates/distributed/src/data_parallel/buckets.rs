use std::ops::Range;

use nn::Parameter;
use tensor::{DType, Float, Tensor};

use super::nodes::{Node, sum_of_parts, sum_over_ranks};
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

    /// Lets the sums go only to the rank that updates the parameter, of so many; the ranks of those of a
    /// bucket come in order.
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
    pub(super) fn gather(&self) -> Tensor {
        let gradient = |parameter: &Parameter| {
            let gradient = parameter.grad();
            gradient.unwrap_or_else(|| tensor::zeros_like(&parameter.data())).reshape([parameter.numel()])
        };
        let gradients: Vec<Tensor> =
            self.parameters.iter().map(|(_, parameter)| gradient(parameter)).collect();
        tensor::cat(&gradients, 0)
    }

    /// The sum over all shards, or what of it comes to this rank, from this rank's blocks of them.
    pub(super) fn sum(
        &self,
        shards: usize,
        mut nodes: Vec<Node<Tensor>>,
    ) -> impl FnOnce(&dyn Communicator) -> Result<Tensor> + Send + 'static {
        let parts = self.parts.clone();
        move |comm| {
            match nodes[0].sum.dtype() {
                DType::F32 => sum::<f32>(comm, shards, &mut nodes, parts.as_deref())?,
                _ => sum::<f64>(comm, shards, &mut nodes, parts.as_deref())?,
            }
            let sum = nodes.swap_remove(0).sum;
            Ok(match parts {
                None => sum,
                Some(parts) => {
                    let Range { start, end } = parts[comm.rank()];
                    let own = sum.narrow(0, start as isize, end - start);
                    Tensor::from_bytes(own.dtype(), own.shape(), &own.bytes()) // without the memory of the rest
                }
            })
        }
    }

    /// The sums over all shards that come to `rank` as gradients of its parameters, by their places: views of
    /// the one list.
    pub(super) fn split(&self, sums: Tensor, rank: usize) -> impl Iterator<Item = (usize, Tensor)> {
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

/// Replaces the first block by the sum over all shards, or this rank's part of it.
fn sum<T: Float>(
    comm: &dyn Communicator,
    shards: usize,
    nodes: &mut [Node<Tensor>],
    parts: Option<&[Range<usize>]>,
) -> Result<()> {
    let mut slices: Vec<_> = nodes.iter_mut().map(|node| node.of(|sum| sum.make_mut::<T>())).collect();
    match parts {
        None => sum_over_ranks(comm, shards, &mut slices),
        Some(parts) => sum_of_parts(comm, shards, &mut slices, parts, false),
    }
}
