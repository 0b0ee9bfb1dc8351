//! Sums and maxima of bags of rows, and the gradients that they leave in a table.

use std::sync::Arc;

use tensor::dispatch::by_float;
use tensor::{DType, Float, OptionValue, Tensor, Value};

use super::dot::dots;
use super::order::sorted;
use super::rows::{add_rows, take_larger};
use super::table::Lookup;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver};

/// Rows of a table in bags.
#[derive(Clone)]
pub(super) struct Bags {
    lookup: Lookup,
    /// The bag of each place, `I64`, rising.
    bag: Tensor,
    count: usize,
    /// How many rows each has, if their sum is divided by that.
    sizes: Option<Arc<[u32]>>,
}

impl Bags {
    /// Bags that begin at the places given, which rise from 0.
    pub(super) fn new(lookup: Lookup, starts: &[usize]) -> Bags {
        let mut bag = 0;
        let of = |place| {
            while starts.get(bag + 1).is_some_and(|&next| next <= place) {
                bag += 1;
            }
            bag as i64
        };
        let places = lookup.index.numel();
        let bag = Tensor::from_vec((0..places).map(of).collect(), places);
        Bags { lookup, bag, count: starts.len(), sizes: None }
    }

    /// The same with means instead of sums.
    pub(super) fn divided(self) -> Bags {
        let mut sizes = vec![0; self.count];
        self.counted().for_each(|(_, _, bag)| sizes[bag] += 1);
        Bags { sizes: Some(sizes.into()), ..self }
    }

    /// Place, row and bag of all that is no padding, in order.
    fn counted(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let bags = self.bag.as_slice::<i64>().iter().map(|&bag| bag as usize);
        let all = self.lookup.names().zip(bags).enumerate().map(|(place, (row, bag))| (place, row, bag));
        all.filter(|&(_, row, _)| Some(row) != self.lookup.padding_idx)
    }

    /// What a row's gradient is multiplied by, besides a weight.
    fn share(&self, weight: f64, row: usize, bag: usize) -> f64 {
        let share = self.lookup.share(weight, row);
        self.sizes.as_ref().map_or(share, |sizes| share / f64::from(sizes[bag]))
    }

    /// The sums of a table's rows, each times its weight. torch rounds a product and its sum together in
    /// single precision without padding, and each of them otherwise.
    fn summed<T: Float>(&self, table: &Tensor, weights: Option<&Tensor>) -> Tensor {
        let width = table.size(1);
        let fused = table.dtype() == DType::F32 && self.lookup.padding_idx.is_none();
        let mut y = tensor::zeros_dtype([self.count, width], table.dtype());
        let (table, weights) = (table.contiguous(), weights.map(Tensor::contiguous));
        let (out, table) = (y.make_mut::<T>(), table.as_slice::<T>());
        let weights = weights.as_ref().map(|weights| weights.as_slice::<T>());
        let weight = |place: usize| weights.map_or(T::ONE, |weights| weights[place]);
        let steps = self.counted().map(|(place, row, bag)| (row, bag, weight(place)));
        add_rows(fused && weights.is_some(), steps, table, out, width);
        for (bag, &size) in self.sizes.iter().flat_map(|sizes| sizes.iter()).enumerate() {
            let size = T::from_f64(f64::from(size.max(1)));
            out[bag * width..][..width].iter_mut().for_each(|y| *y = *y / size);
        }
        y
    }

    /// The gradient of the table: its rows from those of `dy`, added up in torch's order.
    fn added<T: Float>(&self, dy: &Tensor, weights: Option<&Tensor>) -> Tensor {
        let width = dy.size(1);
        let mut dx = tensor::zeros_dtype([self.lookup.rows, width], dy.dtype());
        let (dy, weights) = (dy.contiguous(), weights.map(Tensor::contiguous));
        let (out, dy, bag) = (dx.make_mut::<T>(), dy.as_slice::<T>(), self.bag.as_slice::<i64>());
        let weights = weights.as_ref().map(|weights| weights.as_slice::<T>());
        let steps =
            sorted(self.lookup.names()).into_iter().filter(|&(row, _)| Some(row) != self.lookup.padding_idx);
        let steps = steps.map(|(row, place)| {
            let bag = bag[place] as usize;
            let weight = weights.map_or(1.0, |weights| weights[place].to_f64());
            (bag, row, T::from_f64(self.share(weight, row, bag)))
        });
        let fused = weights.is_some() || self.sizes.is_some() || self.lookup.is_shared();
        add_rows(fused, steps, dy, out, width);
        dx
    }

    /// [`Bags::added`], made of operations.
    fn spread<V: Differentiable>(&self, dy: &V, weights: Option<&V>) -> V {
        let rows = dy.index_select(0, &self.bag);
        let (places, dtype) = (self.lookup.index.numel(), rows.value().dtype());
        let bags = self.bag.as_slice::<i64>().iter();
        let shares = self.lookup.names().zip(bags).map(|(row, &bag)| self.share(1.0, row, bag as usize));
        let shares = Tensor::from_vec(shares.collect(), [places, 1]).to_dtype(dtype);
        let mut rows = self.shown(rows * &V::constant(shares));
        if let Some(weights) = weights {
            rows = rows * &weights.unsqueeze(1);
        }
        let (width, index) = (rows.value().size(1), &self.lookup.index);
        V::constant(tensor::zeros_dtype([self.lookup.rows, width], dtype)).index_add(0, index, &rows)
    }

    /// The gradient of the weights: the product of each row and its bag's gradient.
    fn common<V: Differentiable>(&self, dy: &V, table: &V) -> V {
        if let (Some(dy), Some(table)) = (dy.plain(), table.plain()) {
            return V::constant(by_float!("embedding_bag", dy, T => self.multiplied::<T>(dy, table)));
        }
        let rows = table.index_select(0, &self.lookup.index);
        self.shown(dy.index_select(0, &self.bag) * &rows).sum_dim(&[1], false)
    }

    /// The products of rows of `dy` and of the table, in torch's order.
    fn multiplied<T: Float>(&self, dy: &Tensor, table: &Tensor) -> Tensor {
        let (dy, table) = (dy.contiguous(), table.contiguous());
        let mut products = tensor::zeros_dtype(self.lookup.index.numel(), dy.dtype());
        let steps = self.counted().map(|(place, row, bag)| (place, bag, row));
        let (dy, table, width) = (dy.as_slice::<T>(), table.as_slice::<T>(), dy.size(1));
        dots(steps, dy, table, products.make_mut::<T>(), width);
        products
    }

    /// Rows for all places, zeros for padding.
    fn shown<V: Differentiable>(&self, rows: V) -> V {
        match self.lookup.hidden() {
            Some(hidden) => rows.masked_fill(&hidden, 0.0),
            None => rows,
        }
    }

    /// The largest of a table's numbers in each column of a bag, and their rows; −1 where there is none.
    fn largest<T: Float>(&self, table: &Tensor) -> (Tensor, Tensor) {
        let width = table.size(1);
        let mut y = tensor::zeros_dtype([self.count, width], table.dtype());
        let mut rows = tensor::full_dtype([self.count, width], -1, DType::I64);
        let table = table.contiguous();
        let (out, from, table) = (y.make_mut::<T>(), rows.make_mut::<i64>(), table.as_slice::<T>());
        let steps = self.counted().map(|(_, row, bag)| (row, bag));
        take_larger(steps, table, (out, from), width);
        (y, rows)
    }

    /// The gradient of the table: each number of `dy` where the largest came from, one after the other.
    fn returned<T: Float>(&self, dy: &Tensor, rows: &Tensor) -> Tensor {
        let width = dy.size(1);
        let mut dx = tensor::zeros_dtype([self.lookup.rows, width], dy.dtype());
        let (out, dy) = (dx.make_mut::<T>(), dy.contiguous());
        for (place, (&row, &d)) in rows.as_slice::<i64>().iter().zip(dy.as_slice::<T>()).enumerate() {
            if row >= 0 {
                out[row as usize * width + place % width] += d;
            }
        }
        dx
    }
}

/// The sum of a bag's rows, each times its weight where there is a second input, or their mean.
pub(super) struct SumBags(pub(super) Bags);

impl Op for SumBags {
    fn name(&self) -> &'static str {
        NAME
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.attributes(if self.0.sizes.is_some() { "mean" } else { "sum" })
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let weighed = x.len() == 2;
        save.input_if(weighed && save.needs[1], 0);
        save.input_if(weighed && save.needs[0], 1);
        save.spent();
        by_float!("embedding_bag", &x[0], T => self.0.summed::<T>(&x[0], x.get(1))).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, weighed) = (dy.single(), needs.len() == 2);
        let table = needs[0].then(|| {
            let weights = weighed.then(|| &saved[1]);
            match dy.plain() {
                Some(d) => {
                    let weights = weights.map(V::value);
                    V::constant(by_float!("embedding_bag", d, T => self.0.added::<T>(d, weights.as_deref())))
                }
                None => self.0.spread(&dy, weights),
            }
        });
        if !weighed {
            return [table].into();
        }
        [table, needs[1].then(|| self.0.common(&dy, &saved[0]))].into()
    }
}

/// The largest of a bag's numbers in each column.
pub(super) struct MaxBags(pub(super) Bags);

impl Op for MaxBags {
    fn name(&self) -> &'static str {
        NAME
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.attributes("max")
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let (y, rows) = by_float!("embedding_bag", &x[0], T => self.0.largest::<T>(&x[0]));
        save.constant(|| rows);
        y.into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, rows) = (dy.single(), saved[0].value());
        if let Some(dy) = dy.plain() {
            return V::constant(by_float!("embedding_bag", dy, T => self.0.returned::<T>(dy, &rows))).into();
        }
        let empty = rows.eq(-1);
        let dy = dy.masked_fill(&empty, 0.0);
        let zeros = tensor::zeros_dtype([self.0.lookup.rows, rows.size(1)], dy.value().dtype());
        V::constant(zeros).scatter_add(0, &rows.masked_fill(&empty, 0), &dy).into()
    }
}

const NAME: &str = "EmbeddingBagBackward0";

impl Bags {
    fn attributes(&self, mode: &str) -> Vec<(&'static str, Value)> {
        let Lookup { index, padding_idx, .. } = &self.lookup;
        vec![
            ("indices", index.to_value()),
            ("bags", self.bag.to_value()),
            ("mode", mode.into()),
            ("padding_idx", padding_idx.to_value()),
        ]
    }
}
