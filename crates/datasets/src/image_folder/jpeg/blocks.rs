//! The coefficients of one block: all of them, or in a progressive picture a band of them, or one more bit
//! of each.

use formats::Error;

use super::bits::{Bits, Codes};
use super::file::ORDER;
use super::malformed;

/// Which coefficients a scan has, and which of their bits.
#[derive(Clone, Copy)]
pub(super) struct Band {
    kind: Kind,
    first: usize,
    last: usize,
    /// How many lower bits are left for later scans.
    shift: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sequential,
    DcFirst,
    DcRefined,
    AcFirst,
    AcRefined,
}

impl Band {
    /// From a scan's header: the first and last coefficient, the bits that are there and that are left.
    pub(super) fn new(
        progressive: bool,
        [first, last]: [u8; 2],
        [there, left]: [u8; 2],
    ) -> Result<Self, Error> {
        if !progressive {
            return Ok(Band { kind: Kind::Sequential, first: 0, last: 63, shift: 0 });
        }
        let is_band = if first == 0 { last == 0 } else { first <= last && last <= 63 };
        if !is_band || left > 13 || there != 0 && there != left + 1 {
            return Err(malformed(format!(
                "a scan of coefficients {first} to {last}, bits {there} to {left}"
            )));
        }
        let kind = match (first, there) {
            (0, 0) => Kind::DcFirst,
            (0, _) => Kind::DcRefined,
            (_, 0) => Kind::AcFirst,
            _ => Kind::AcRefined,
        };
        Ok(Band { kind, first: first.into(), last: last.into(), shift: left })
    }

    pub(super) fn is_of_one_component(self) -> bool {
        matches!(self.kind, Kind::AcFirst | Kind::AcRefined)
    }
}

/// What reading a block leaves for the next.
#[derive(Default)]
pub(super) struct Block {
    /// How many blocks to come have nothing new.
    empty: i32,
}

impl Block {
    /// Reads a block. `before` is the coefficient of frequency 0 of the component's block before.
    pub(super) fn read(
        &mut self,
        block: &mut [i16; 64],
        band: Band,
        bits: &mut Bits<'_>,
        [dc, ac]: [Option<&Codes>; 2],
        before: &mut i32,
    ) -> Result<(), Error> {
        let needed = |codes: Option<_>| codes.ok_or_else(|| malformed("a Huffman table is missing"));
        match band.kind {
            Kind::DcRefined => block[0] |= (bits.take(1)? << band.shift) as i16,
            Kind::AcFirst => return self.first(block, band, bits, needed(ac)?),
            Kind::AcRefined => return self.refined(block, band, bits, needed(ac)?),
            Kind::DcFirst | Kind::Sequential => {
                let size = needed(dc)?.read(bits)?;
                if size > 15 {
                    return Err(malformed(format!("a difference of {size} bits")));
                }
                *before = before.wrapping_add(bits.signed(size.into())?);
                block[0] = (*before << band.shift) as i16;
            }
        }
        match band.kind {
            Kind::Sequential => self.first(block, Band { first: 1, ..band }, bits, needed(ac)?),
            _ => Ok(()),
        }
    }

    /// Coefficients that are new: how many zeros come before each, and the number.
    fn first(
        &mut self,
        block: &mut [i16; 64],
        band: Band,
        bits: &mut Bits<'_>,
        codes: &Codes,
    ) -> Result<(), Error> {
        if self.empty > 0 {
            self.empty -= 1;
            return Ok(());
        }
        let mut k = band.first;
        while k <= band.last {
            let (zeros, size) = codes.halves(bits)?;
            match (zeros, size) {
                (15, 0) => k += 16,
                (_, 0) if band.kind == Kind::Sequential => break,
                (_, 0) => {
                    self.empty = (1 << zeros) - 1 + bits.take(zeros.into())?;
                    break;
                }
                _ => {
                    k += usize::from(zeros);
                    let value = bits.signed(size.into())? << band.shift;
                    *at(block, k, band)? = value as i16;
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// One more bit of the coefficients that are there, and those that begin with this bit.
    fn refined(
        &mut self,
        block: &mut [i16; 64],
        band: Band,
        bits: &mut Bits<'_>,
        codes: &Codes,
    ) -> Result<(), Error> {
        let bit = 1_i16 << band.shift;
        let mut k = band.first;
        while self.empty == 0 && k <= band.last {
            let (zeros, size) = codes.halves(bits)?;
            let value = match (zeros, size) {
                (15, 0) => None,
                (_, 0) => {
                    self.empty = (1 << zeros) + bits.take(zeros.into())?;
                    break;
                }
                (_, 1) => Some(if bits.take(1)? == 1 { bit } else { -bit }),
                _ => return Err(malformed(format!("a refinement of {size} bits"))),
            };
            k = refine(block, k, band, bits, Some(zeros))?;
            if let Some(value) = value {
                *at(block, k, band)? = value;
            }
            k += 1;
        }
        if self.empty > 0 {
            refine(block, k, band, bits, None)?;
            self.empty -= 1;
        }
        Ok(())
    }
}

/// Gives the coefficients from `k` on that are not zero their next bit, up to the zero behind so many
/// zeros; returns its place.
fn refine(
    block: &mut [i16; 64],
    mut k: usize,
    band: Band,
    bits: &mut Bits<'_>,
    mut zeros: Option<u8>,
) -> Result<usize, Error> {
    let bit = 1_i16 << band.shift;
    while k <= band.last {
        let x = at(block, k, band)?;
        match (*x, &mut zeros) {
            (0, Some(0)) => break,
            (0, Some(zeros)) => *zeros -= 1,
            (0, None) => {}
            _ => {
                if bits.take(1)? == 1 && *x & bit == 0 {
                    *x = if *x > 0 { x.wrapping_add(bit) } else { x.wrapping_sub(bit) };
                }
            }
        }
        k += 1;
    }
    Ok(k)
}

fn at(block: &mut [i16; 64], k: usize, band: Band) -> Result<&mut i16, Error> {
    match k <= band.last {
        true => Ok(&mut block[usize::from(ORDER[k])]),
        false => Err(malformed("coefficients behind the last")),
    }
}
