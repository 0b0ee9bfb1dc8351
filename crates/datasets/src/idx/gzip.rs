use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;

/// Unpacks a gzip file of one or several members. As Python's `gzip` does, it takes zeros behind the last
/// member for padding and refuses anything else there.
pub(super) struct Unpacked<R> {
    /// None at the end.
    member: Option<GzDecoder<R>>,
    /// Whether a member has ended.
    later: bool,
}

impl<R: BufRead> Unpacked<R> {
    pub(super) fn new(packed: R) -> Self {
        Unpacked { member: Some(GzDecoder::new(packed)), later: false }
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            match member.read(buffer) {
                Ok(0) if !buffer.is_empty() => {}
                // Only a header makes it a member.
                Err(error) if self.later && member.header().is_none() && !is_cut(&error) => {
                    return Err(rubbish());
                }
                done => return done,
            }
            let mut packed = self.member.take().expect("matched above").into_inner();
            self.later = true;
            match skip_zeros(&mut packed)? {
                None => {}
                Some(0x1f) => self.member = Some(GzDecoder::new(packed)),
                Some(_) => return Err(rubbish()),
            }
        }
        Ok(0)
    }
}

/// The first byte that is not zero, which stays there to be read.
fn skip_zeros(packed: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let chunk = packed.fill_buf()?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let zeros = chunk.iter().take_while(|&&byte| byte == 0).count();
        let next = chunk.get(zeros).copied();
        packed.consume(zeros);
        if next.is_some() {
            return Ok(next);
        }
    }
}

/// Whether the packed data end too early.
pub(super) fn is_cut(error: &io::Error) -> bool {
    error.kind() == ErrorKind::UnexpectedEof
}

fn rubbish() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "bytes that are not gzip follow the gzip data")
}
