use crate::Error;

/// How much memory a file may still make the reader allocate.
///
/// An honest file is about as large as what it holds. A bomb is small and holds much: DEFLATE
/// packs up to 1,032 bytes into one, and a pickle can name one object a thousand times. Whatever
/// is created from a file is first charged here, so what a file can cost is known from its size.
pub struct Budget {
    left: u64,
}

/// DEFLATE cannot shrink by more than this: no byte of it holds more bytes.
pub const DEFLATE_RATIO: u64 = 1032;

/// Files up to this size have the flat allowance, so that 1 kB never costs 1 MB.
const SMALL_FILE: u64 = 1536;
const SMALL_ALLOWANCE: u64 = 400 * 1024;

impl Budget {
    /// For a file of these bytes.
    pub fn for_file(bytes: &[u8]) -> Self {
        let len = bytes.len() as u64;
        // A record at DEFLATE's limit is held twice while it becomes a tensor.
        let left = if len <= SMALL_FILE { SMALL_ALLOWANCE } else { len.saturating_mul(2 * DEFLATE_RATIO) };
        Budget { left }
    }

    /// Of so many bytes.
    pub fn of(left: u64) -> Self {
        Budget { left }
    }

    /// For the objects of a pickle of `len` bytes. No instruction makes more than 160 bytes of
    /// values from one of its own; the rest is for objects that stand in several places.
    pub fn for_objects(len: usize) -> Self {
        Budget { left: 128 * 1024 + (len as u64).saturating_mul(256) }
    }

    /// For elements that strides of 0 repeat. They cost nothing here, but whoever copies the tensor pays:
    /// an honest `expand` passes, a tensor that no memory could hold does not.
    pub fn for_repeats() -> Self {
        Budget { left: 256 << 20 }
    }

    /// For a pickle that was packed: the objects it makes are then out of proportion to the file.
    ///
    /// # Errors
    /// If not as much is left as they may take.
    pub fn charge_unpacked_pickle(&mut self, len: usize) -> Result<(), Error> {
        const BYTES_PER_INSTRUCTION: u64 = 300;
        self.charge(len as u64 * BYTES_PER_INSTRUCTION, || "the packed pickle's objects".into())
    }

    /// Takes `needed` bytes off what is left; `what` names what they are for.
    ///
    /// # Errors
    /// If not as much is left.
    pub fn charge(&mut self, needed: u64, what: impl FnOnce() -> String) -> Result<(), Error> {
        match self.left.checked_sub(needed) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::TooLarge { what: what(), needed, limit: self.left }),
        }
    }
}

/// The number of elements of a shape; `None` where it, or any product of some of its sizes, is beyond what
/// memory can hold of elements of up to 16 bytes. A size of 0 does not hide the others: kernels multiply
/// them in any order.
pub fn numel(shape: &[usize]) -> Option<usize> {
    let product = shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size.max(1)))?;
    if product > isize::MAX as usize / 16 {
        return None;
    }
    Some(if shape.contains(&0) { 0 } else { product })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kilobyte_may_not_ask_for_a_megabyte() {
        let mut budget = Budget::for_file(&[0; 1000]);
        assert!(budget.charge(300 * 1024, || "a tensor".into()).is_ok());
        let error = budget.charge(400 * 1024, || "a tensor".into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a tensor would need 409600 bytes, more than the 102400 a file of this size may still take"
        );
    }

    #[test]
    fn sizes_that_overflow_are_refused_even_beside_a_zero() {
        assert_eq!(numel(&[2, 3]), Some(6));
        assert_eq!(numel(&[]), Some(1));
        assert_eq!(numel(&[3, 0]), Some(0));
        assert_eq!(numel(&[usize::MAX, 2]), None);
        assert_eq!(numel(&[0, 1 << 40, 1 << 40]), None);
    }
}
