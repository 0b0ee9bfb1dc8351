use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;

/// Unpacks a gzip file of one or several members. As Python's `gzip` does, it takes zeros behind the last
/// member for padding and refuses anything else there.
pub struct Unpacked<R> {
    /// None at the end.
    member: Option<GzDecoder<R>>,
    /// Whether a member has ended.
    later: bool,
}

impl<R: BufRead> Unpacked<R> {
    /// From the first byte of the file on.
    pub fn new(packed: R) -> Self {
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
                Some(true) => self.member = Some(GzDecoder::new(packed)),
                Some(false) => return Err(rubbish()),
            }
        }
        Ok(0)
    }
}

/// Whether a member seems to begin behind the zeros; `None` at the end.
fn skip_zeros(packed: &mut impl BufRead) -> io::Result<Option<bool>> {
    loop {
        let chunk = packed.fill_buf()?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let zeros = chunk.iter().take_while(|&&byte| byte == 0).count();
        // The second byte may be behind the end of the buffer.
        let next =
            chunk.get(zeros).map(|&first| first == 0x1f && matches!(chunk.get(zeros + 1), None | Some(0x8b)));
        packed.consume(zeros);
        if next.is_some() {
            return Ok(next);
        }
    }
}

/// Whether the packed data end too early.
pub fn is_cut(error: &io::Error) -> bool {
    error.kind() == ErrorKind::UnexpectedEof
}

fn rubbish() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "bytes that are not gzip follow the gzip data")
}
