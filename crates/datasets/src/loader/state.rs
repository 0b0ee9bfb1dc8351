use tensor::{DType, Tensor, Value};

use crate::{Error, Result};

/// Where an epoch stands: what [`Iter::state`](super::Iter::state) gives and
/// [`DataLoader::resume`](super::DataLoader::resume) takes.
///
/// It goes into a checkpoint as a dict of tensors:
///
/// ```
/// use datasets::{DataLoader, LoaderState};
///
/// let data: Vec<i64> = (0..10).collect();
/// let loader = DataLoader::new(&data).batch_size(3).shuffle(true);
/// let mut batches = loader.iter();
/// batches.next();
/// let state = batches.state();
///
/// let saved = tensor::Value::from(state);
/// let resumed = loader.resume(&LoaderState::try_from(&saved)?)?;
/// assert!(resumed.map(|x| x.to_vec::<i64>()).eq(batches.map(|x| x.to_vec::<i64>())));
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LoaderState {
    pub(super) base_seed: u64,
    pub(super) next_batch: usize,
    pub(super) next_sample: usize,
    pub(super) remaining: Vec<Vec<usize>>,
    pub(super) generator: Option<Tensor>,
}

impl LoaderState {
    /// How many batches of the epoch have been delivered.
    pub fn next_batch(&self) -> usize {
        self.next_batch
    }

    /// The state as named tensors: `base_seed`, `next_batch`, `next_sample` and `batch_sizes`, `indices` of
    /// the batches that remain, all `I64`; and `generator`, if the loader has one.
    pub fn to_tensors(&self) -> Vec<(String, Tensor)> {
        let number = |x: usize| Tensor::from(x as i64);
        let list = |x: &mut dyn Iterator<Item = usize>| Tensor::from(x.map(|x| x as i64).collect::<Vec<_>>());
        let tensors = [
            ("base_seed", Tensor::from(self.base_seed as i64)),
            ("next_batch", number(self.next_batch)),
            ("next_sample", number(self.next_sample)),
            ("batch_sizes", list(&mut self.remaining.iter().map(Vec::len))),
            ("indices", list(&mut self.remaining.iter().flatten().copied())),
        ];
        let generator = self.generator.clone().map(|state| ("generator", state));
        tensors.into_iter().chain(generator).map(|(name, x)| (name.to_string(), x)).collect()
    }

    /// From what [`LoaderState::to_tensors`] gave, in any order.
    ///
    /// # Errors
    /// If a tensor is missing, or is not of the form that it was given in.
    pub fn from_tensors(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Result<Self> {
        let tensors: Vec<(String, Tensor)> = tensors.into_iter().collect();
        let find = |name: &str| tensors.iter().find(|(known, _)| known == name).map(|(_, x)| x);
        let wrong = |name: &str, what: &str| Error::LoaderState(format!("`{name}` {what}"));
        let list = |name: &str| {
            let x = find(name).ok_or_else(|| wrong(name, "is missing"))?;
            if x.dtype() != DType::I64 || x.ndim() > 1 {
                return Err(wrong(name, &format!("is {} of shape {:?}", x.dtype(), x.shape())));
            }
            let numbers = x.to_vec::<i64>().into_iter().map(usize::try_from);
            numbers.collect::<Result<Vec<_>, _>>().map_err(|_| wrong(name, "holds a negative number"))
        };
        let number = |name: &str| match list(name)?.as_slice() {
            &[x] => Ok(x),
            xs => Err(wrong(name, &format!("holds {} numbers", xs.len()))),
        };
        let mut indices = list("indices")?.into_iter();
        let sizes = list("batch_sizes")?;
        let total = sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(n));
        if total != Some(indices.len()) || sizes.contains(&0) {
            return Err(wrong("batch_sizes", &format!("does not fit {} indices", indices.len())));
        }
        Ok(Self {
            base_seed: number("base_seed")? as u64,
            next_batch: number("next_batch")?,
            next_sample: number("next_sample")?,
            remaining: sizes.into_iter().map(|n| indices.by_ref().take(n).collect()).collect(),
            generator: find("generator").cloned(),
        })
    }
}

/// The tensors of [`LoaderState::to_tensors`] as a dict, for a checkpoint.
impl From<LoaderState> for Value {
    fn from(state: LoaderState) -> Value {
        Value::dict(state.to_tensors().into_iter().map(|(name, x)| (name, x.into())))
    }
}

impl TryFrom<&Value> for LoaderState {
    type Error = Error;

    /// # Errors
    /// As [`LoaderState::from_tensors`]; if the value is not a dict of tensors.
    fn try_from(value: &Value) -> Result<Self> {
        let wrong = |what: String| Error::LoaderState(what);
        let entries = value.as_dict();
        let entries =
            entries.ok_or_else(|| wrong(format!("{} instead of a dict of tensors", value.type_name())))?;
        let tensor = |(name, x): &(Value, Value)| match (name, x) {
            (Value::Str(name), Value::Tensor(x)) => Ok((name.clone(), x.clone())),
            _ => Err(wrong(format!("{name} is {} instead of a tensor", x.type_name()))),
        };
        Self::from_tensors(entries.iter().map(tensor).collect::<Result<Vec<_>>>()?)
    }
}
