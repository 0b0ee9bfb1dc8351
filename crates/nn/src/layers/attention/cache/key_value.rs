use autograd::Variable;
use tensor::dispatch::by_float;
use tensor::{Float, Tensor};

/// The keys and values of elements that an attention has met, so that each is computed once.
///
/// A [`MultiheadAttention`](crate::MultiheadAttention) fills and reads it; it holds numbers without history.
#[derive(Clone, Debug, Default)]
pub struct KeyValueCache {
    /// Keys and values, `[N, heads, capacity, length of a head]`, of which the first `length` are filled.
    pair: Option<[Tensor; 2]>,
    length: usize,
    /// What is added to the products with these keys, `[N, 1, 1, length]`.
    pub(super) mask: Option<Variable>,
}

impl KeyValueCache {
    /// Of no elements.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of all elements at once: keys and values by head, `[N, heads, length, length of a head]`.
    pub(super) fn of(pair: [Tensor; 2], mask: Option<Variable>) -> Self {
        Self { length: pair[0].size(2), pair: Some(pair), mask }
    }

    /// How many elements it holds of each sequence.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Takes the sequences of these places for its own, in that order, as beams need it: `I64` along one axis.
    ///
    /// # Panics
    /// If there is no sequence at a place.
    #[track_caller]
    pub fn reorder(&mut self, sequences: &Tensor) {
        for x in self.pair.iter_mut().flatten() {
            *x = x.index_select(0, sequences);
        }
        self.mask = self.mask.take().map(|mask| Variable::new(mask.data().index_select(0, sequences)));
    }

    /// The keys and values of all elements, by head.
    pub(super) fn all(&self) -> Option<[Variable; 2]> {
        let all = |x: &Tensor| Variable::new(x.narrow(2, 0, self.length));
        self.pair.as_ref().map(|pair| pair.each_ref().map(all))
    }

    /// Adds the keys and values that follow the queries in rows `[N, length, 3·heads·width]`.
    #[track_caller]
    pub(super) fn append(&mut self, rows: &Tensor, heads: usize) {
        let [batch, new, width] = [rows.size(0), rows.size(1), rows.size(2) / 3 / heads];
        self.reserve(new, [batch, heads, width], rows);
        let (rows, length) = (rows.contiguous(), self.length);
        by_float!("MultiheadAttention", &rows, T => {
            for (which, x) in self.pair.iter_mut().flatten().enumerate() {
                let from = rows.as_slice::<T>().chunks_exact((heads * width).max(1)).skip(1 + which).step_by(3);
                scatter(from, x, [new, heads, width], length);
            }
        });
        self.length += new;
    }

    /// Makes room for so many elements more, at least twice as many as there were.
    #[track_caller]
    fn reserve(&mut self, new: usize, [batch, heads, width]: [usize; 3], rows: &Tensor) {
        let room = |n: usize| tensor::zeros_dtype([batch, heads, n, width], rows.dtype());
        let Some(pair) = &mut self.pair else {
            self.pair = Some([room(new), room(new)]);
            return;
        };
        let found = (pair[0].shape(), pair[0].dtype());
        let expected = [batch, heads, pair[0].size(2), width];
        assert!(
            found == (&expected, rows.dtype()),
            "MultiheadAttention: the cache has keys {:?} of {}, these are {expected:?} of {}",
            found.0,
            found.1,
            rows.dtype()
        );
        let capacity = pair[0].size(2);
        if self.length + new > capacity {
            let more = room(new.max(capacity));
            pair.iter_mut().for_each(|x| *x = tensor::cat(&[x.clone(), more.clone()], 2));
        }
    }
}

/// Writes rows of all heads behind the first `length` elements of each head.
fn scatter<'a, T: Float>(
    from: impl Iterator<Item = &'a [T]>,
    x: &mut Tensor,
    [new, heads, width]: [usize; 3],
    length: usize,
) {
    let capacity = x.size(2);
    let x = x.make_mut::<T>();
    for (row, from) in from.enumerate() {
        let (sequence, element) = (row / new, length + row % new);
        for (head, from) in from.chunks_exact(width).enumerate() {
            let at = ((sequence * heads + head) * capacity + element) * width;
            x[at..at + width].copy_from_slice(from);
        }
    }
}
