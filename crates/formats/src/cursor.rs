use crate::Error;
use byteorder::{ByteOrder, LittleEndian};

/// A reader over bytes that cannot run past their end: every overrun is an error naming the
/// format, the place and how much was missing.
#[derive(Clone)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    format: &'static str,
}

impl<'a> Cursor<'a> {
    /// A reader from the first byte on; `format` is what messages call these bytes.
    pub fn new(bytes: &'a [u8], format: &'static str) -> Self {
        Cursor { bytes, at: 0, format }
    }

    /// A reader that starts `at` bytes in.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn starting(bytes: &'a [u8], at: u64, format: &'static str) -> Result<Self, Error> {
        match usize::try_from(at) {
            Ok(at) if at <= bytes.len() => Ok(Cursor { bytes, at, format }),
            _ => Err(Error::malformed(format, format!("offset {at} lies past the end at {}", bytes.len()))),
        }
    }

    /// How many bytes are behind.
    pub fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are ahead.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The error that these bytes are no valid file of their format.
    pub fn malformed(&self, what: impl Into<String>) -> Error {
        Error::malformed(self.format, what)
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// If there are fewer, as of everything below.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Error> {
        if n > self.left() {
            return Err(self.malformed(format!(
                "cut short: expected {n} bytes at offset {}, found {}",
                self.at,
                self.left()
            )));
        }
        let taken = &self.bytes[self.at..self.at + n];
        self.at += n;
        Ok(taken)
    }

    /// Up to and including the next newline, which is not returned.
    pub fn line(&mut self) -> Result<&'a [u8], Error> {
        let rest = &self.bytes[self.at..];
        let Some(n) = rest.iter().position(|&byte| byte == b'\n') else {
            return Err(self.malformed(format!("cut short: a line at offset {} has no end", self.at)));
        };
        self.at += n + 1;
        Ok(&rest[..n])
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, Error> {
        Ok(self.take(1)?[0])
    }

    /// A little-endian integer of 2 bytes.
    pub fn u16(&mut self) -> Result<u16, Error> {
        Ok(LittleEndian::read_u16(self.take(2)?))
    }

    /// Of 4 bytes.
    pub fn u32(&mut self) -> Result<u32, Error> {
        Ok(LittleEndian::read_u32(self.take(4)?))
    }

    /// Of 8 bytes.
    pub fn u64(&mut self) -> Result<u64, Error> {
        Ok(LittleEndian::read_u64(self.take(8)?))
    }

    /// As many bytes as a 64-bit length read from the file says.
    pub fn take_u64(&mut self, n: u64) -> Result<&'a [u8], Error> {
        self.take(usize::try_from(n).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overrun_says_where_and_how_much() {
        let mut cursor = Cursor::new(&[1, 0, 0, 0, 9], "test");
        assert_eq!(cursor.u32().unwrap(), 1);
        let error = cursor.u16().unwrap_err().to_string();
        assert_eq!(error, "not a valid test: cut short: expected 2 bytes at offset 4, found 1");
        assert!(cursor.take_u64(u64::MAX).is_err());
    }
}
