use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use safetensors::SafeTensors;
use tensor::{DType, Tensor};

/// The numbers of every dtype, and how many of the bytes were named by now.
pub(crate) struct Numbers {
    rows: BTreeMap<String, (Vec<u8>, usize)>,
    seen: BTreeMap<(String, usize, u32), Tensor>,
}

impl Numbers {
    /// Reads a safetensors file, compressed by gzip, with a row of numbers for each dtype.
    pub(crate) fn unpack(packed: &[u8]) -> Result<Numbers, String> {
        let mut bytes = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        let file = SafeTensors::deserialize(&bytes).map_err(|e| e.to_string())?;
        let rows = file.tensors().into_iter().map(|(name, row)| (name, (row.data().to_vec(), 0)));
        Ok(Numbers { rows: rows.collect(), seen: BTreeMap::new() })
    }

    /// A dtype of which no case has named all numbers, and how many bytes are left.
    pub(crate) fn left(&self) -> Option<(&str, usize)> {
        let mut rows = self.rows.iter().map(|(dtype, (row, at))| (dtype.as_str(), row.len() - at));
        rows.find(|(_, left)| *left > 0)
    }

    /// The tensor that a text like `f32[2,3]:9f3a61c2` names.
    pub(crate) fn tensor(&mut self, dtype: DType, text: &str) -> Result<Tensor, String> {
        let parsed = text.split_once('[').and_then(|(name, text)| {
            let (sizes, sum) = text.split_once("]:")?;
            let sizes = sizes.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().ok());
            Some((name, sizes.collect::<Option<Vec<usize>>>()?, u32::from_str_radix(sum, 16).ok()?))
        });
        let (name, shape, sum) = parsed.ok_or_else(|| format!("{text:?} is no tensor"))?;
        let numel: usize = shape.iter().product();
        let key = (name.to_owned(), numel, sum);
        if let Some(seen) = self.seen.get(&key) {
            return Ok(seen.reshape(&shape[..]));
        }
        let (row, at) = self.rows.entry(name.to_owned()).or_default();
        let end = *at + numel * dtype.size_in_bytes();
        let bytes =
            row.get(*at..end).ok_or_else(|| format!("{text}: the file has no more numbers of {name}"))?;
        if crc32fast::hash(bytes) != sum {
            return Err(format!("{text}: the numbers in the file are others; record both files again"));
        }
        let made = Tensor::from_bytes(dtype, &shape[..], bytes);
        *at = end;
        self.seen.insert(key, made.clone());
        Ok(made)
    }
}

/// The dtype that safetensors names so, in small letters.
pub(crate) fn dtype(name: &str) -> Option<DType> {
    DType::ALL.into_iter().find(|dtype| format!("{dtype:?}").to_lowercase() == name)
}
