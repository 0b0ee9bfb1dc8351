//! Programs of other versions that want to be a rank.

use std::fmt;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use distributed::TcpOptions;

use crate::Result;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Stranger {
    /// The version of the library.
    Version,
    /// The version of what the processes say to each other.
    Protocol,
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("none is skipped").get_name())
    }
}

impl Stranger {
    /// Introduces itself to rank 0, in the form that every version understands, and gives the answer as an
    /// error.
    pub(super) fn meet(self, options: &TcpOptions) -> Result<()> {
        let (protocol, version) = match self {
            Stranger::Version => (1u32, "0.0.0"),
            Stranger::Protocol => (2, env!("CARGO_PKG_VERSION")),
        };
        let mut body = Vec::new();
        body.extend((options.rank as u32).to_le_bytes());
        body.extend((options.world_size as u32).to_le_bytes());
        body.push(cfg!(target_endian = "little").into());
        body.extend(0u64.to_le_bytes()); // the session
        for text in [version, "127.0.0.1:1"] {
            body.extend((text.len() as u16).to_le_bytes());
            body.extend(text.bytes());
        }
        let mut letter = b"RUSHRANK".to_vec();
        letter.extend(protocol.to_le_bytes());
        letter.extend((body.len() as u32).to_le_bytes());
        letter.extend(body);
        let begin = Instant::now();
        let mut stream = loop {
            match TcpStream::connect((&options.master_addr[..], options.master_port)) {
                Ok(stream) => break stream,
                Err(error) if begin.elapsed() > options.timeout => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        stream.write_all(&letter)?;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer); // a connection that is reset has said what it had to say
        let words: String = String::from_utf8_lossy(&answer).chars().filter(|c| !c.is_control()).collect();
        Err(words.into())
    }
}
