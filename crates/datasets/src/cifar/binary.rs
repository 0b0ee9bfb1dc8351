//! The binary version: for each image its labels, a byte each, and its three planes.

use formats::Error;
use tensor::{DType, Tensor};

use super::{FORMAT, Labels, NUMEL, interleaved};

/// Images and labels of a file.
pub(super) fn batch(bytes: &[u8], labels: Labels) -> Result<(Tensor, Tensor), Error> {
    let record = labels.of + NUMEL;
    if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
        let what = format!("{} bytes are no number of records of {record}", bytes.len());
        return Err(Error::malformed(FORMAT, what));
    }
    let all = Tensor::from_bytes(DType::U8, [bytes.len() / record, record], bytes);
    let planes = all.narrow(1, labels.of as isize, NUMEL).contiguous();
    Ok((interleaved(&planes), all.select(1, labels.at as isize).contiguous()))
}
