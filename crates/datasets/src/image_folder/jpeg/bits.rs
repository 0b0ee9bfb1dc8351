//! The bits of a scan, and Huffman codes in them.

use formats::Error;

use super::malformed;

/// Reads bits up to the next marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to take in.
    at: usize,
    /// Bits taken in and not yet read, the next one on top.
    ahead: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Bits { bytes, at: 0, ahead: 0, count: 0 }
    }

    /// Takes in what there is room for. Behind a 0xff byte of the data stands a 0; anything else is a marker.
    fn fill(&mut self) {
        while self.count <= 56 {
            let byte = match self.bytes[self.at..] {
                [0xff, 0, ..] => 0xff,
                [0xff, ..] | [] => return,
                [byte, ..] => byte,
            };
            self.at += if byte == 0xff { 2 } else { 1 };
            self.ahead |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next 16 bits, with zeros behind the end.
    fn peek(&mut self) -> u16 {
        if self.count < 16 {
            self.fill();
        }
        (self.ahead >> 48) as u16
    }

    fn skip(&mut self, n: u32) -> Result<(), Error> {
        if n > self.count {
            return Err(malformed("cut short: the data of a scan end too early"));
        }
        self.ahead <<= n;
        self.count -= n;
        Ok(())
    }

    /// The next `n` bits as a number, at most 15.
    pub(super) fn take(&mut self, n: u32) -> Result<i32, Error> {
        let bits = u32::from(self.peek()) >> (16 - n);
        self.skip(n)?;
        Ok(bits as i32)
    }

    /// A number of `n` bits with its sign: those that begin with 0 are negative.
    pub(super) fn signed(&mut self, n: u32) -> Result<i32, Error> {
        let x = self.take(n)?;
        Ok(if n > 0 && x < 1 << (n - 1) { x + 1 - (1 << n) } else { x })
    }

    /// Drops the bits up to the next whole byte, and goes on behind the restart marker that has to follow.
    pub(super) fn restart(&mut self, number: u8) -> Result<(), Error> {
        self.fill();
        let begin = self.at;
        while self.bytes.get(self.at) == Some(&0xff) && self.bytes.get(self.at + 1) == Some(&0xff) {
            self.at += 1;
        }
        if self.count >= 8 || self.bytes[self.at..].get(..2) != Some(&[0xff, 0xd0 + number]) {
            return Err(malformed(format!("restart marker {number} is missing {begin} bytes into a scan")));
        }
        *self = Bits { at: self.at + 2, ..Bits::new(self.bytes) };
        Ok(())
    }

    /// How many bytes are behind; there may be some that were not read.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

/// Huffman codes of up to 16 bits.
#[derive(Clone)]
pub(super) struct Codes {
    /// For each beginning of 8 bits the length and symbol of its code; length 0 if it is longer.
    short: [(u8, u8); 256],
    /// The last code of each length, if there is one.
    last: [Option<u16>; 17],
    /// What is to be added to a code of each length for the place of its symbol.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Codes {
    /// From the number of codes of each length from 1 to 16, and their symbols.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, Error> {
        let mut codes =
            Codes { short: [(0, 0); 256], last: [None; 17], offset: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut place) = (0_u32, 0);
        for (length, &count) in (1..).zip(counts) {
            codes.offset[length] = place as i32 - code as i32;
            for _ in 0..count {
                if code >= 1 << length {
                    return Err(malformed("more Huffman codes than there are"));
                }
                if length <= 8 {
                    let first = (code << (8 - length)) as usize;
                    codes.short[first..first + (1 << (8 - length))].fill((length as u8, symbols[place]));
                }
                codes.last[length] = Some(code as u16);
                code += 1;
                place += 1;
            }
            code <<= 1;
        }
        Ok(codes)
    }

    /// Reads a symbol of two numbers: its upper and lower half.
    pub(super) fn halves(&self, bits: &mut Bits<'_>) -> Result<(u8, u8), Error> {
        let symbol = self.read(bits)?;
        Ok((symbol >> 4, symbol & 15))
    }

    /// Reads a symbol.
    pub(super) fn read(&self, bits: &mut Bits<'_>) -> Result<u8, Error> {
        let next = bits.peek();
        let (length, symbol) = self.short[usize::from(next >> 8)];
        if length > 0 {
            bits.skip(length.into())?;
            return Ok(symbol);
        }
        for length in 9..=16 {
            let code = next >> (16 - length);
            if self.last[length].is_some_and(|last| code <= last) {
                bits.skip(length as u32)?;
                return Ok(self.symbols[(i32::from(code) + self.offset[length]) as usize]);
            }
        }
        Err(malformed("bits that are no Huffman code"))
    }
}
