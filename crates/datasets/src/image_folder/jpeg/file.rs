//! The segments of a file, one after the other.

use formats::{Cursor, Error};

use super::bits::Codes;
use super::colour::Colours;
use super::scan::Scan;
use super::{FORMAT, malformed};
use crate::image_folder::load::check_size;

/// A block of 8 × 8 pixels takes a bit at least, so this is how many a byte can hold.
const PIXELS_OF_A_BYTE: u64 = 8 * 64;

/// A few bytes can be a scan of a large picture's every block; programs write about ten scans.
const MOST_SCANS: usize = 500;

/// A picture whose scans have been read.
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) progressive: bool,
    /// The largest sampling factors, across and down.
    pub(super) most: [usize; 2],
    pub(super) components: Vec<Component>,
    pub(super) colours: Colours,
}

/// One of the colours.
pub(super) struct Component {
    pub(super) id: u8,
    /// Samples for each of the frame's `most`, across and down.
    pub(super) sampling: [usize; 2],
    table: u8,
    /// What its coefficients are multiplied by, as it was before its first scan.
    pub(super) quantisation: Option<[u16; 64]>,
    /// Blocks, across and down, with those that only complete a group.
    pub(super) blocks: [usize; 2],
    pub(super) coefficients: Vec<[i16; 64]>,
}

impl Frame {
    /// The samples of a component, across and down.
    pub(super) fn samples(&self, part: &Component) -> [usize; 2] {
        let all = [self.width, self.height];
        [0, 1].map(|axis| (all[axis] * part.sampling[axis]).div_ceil(self.most[axis]))
    }

    /// Groups of as many blocks of each component as its factors say, across and down.
    pub(super) fn groups(&self) -> [usize; 2] {
        [self.width.div_ceil(8 * self.most[0]), self.height.div_ceil(8 * self.most[1])]
    }
}

/// What segments before a scan have set.
pub(super) struct Settings {
    quantisations: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Codes>; 4],
    pub(super) ac: [Option<Codes>; 4],
    /// Groups from one restart marker to the next; 0 without.
    pub(super) restart: usize,
    has_jfif: bool,
    adobe: Option<u8>,
}

/// Where the coefficients, which come from low to high frequencies, lie in a block.
pub(super) const ORDER: [u8; 64] = order();

/// A diagonal up, the next one down.
const fn order() -> [u8; 64] {
    let (mut order, mut k, mut x, mut y) = ([0; 64], 0, 0_u8, 0_u8);
    while k < 64 {
        order[k] = 8 * y + x;
        match (x + y) % 2 == 0 {
            true if x == 7 => y += 1,
            true if y == 0 => x += 1,
            true => (x, y) = (x + 1, y - 1),
            false if y == 7 => x += 1,
            false if x == 0 => y += 1,
            false => (x, y) = (x - 1, y + 1),
        }
        k += 1;
    }
    order
}

/// Reads all segments up to the end.
pub(super) fn read(bytes: &[u8]) -> Result<Frame, Error> {
    let mut file = Cursor::new(bytes, FORMAT);
    let mut settings = Settings {
        quantisations: [None; 4],
        dc: [const { None }; 4],
        ac: [const { None }; 4],
        restart: 0,
        has_jfif: false,
        adobe: None,
    };
    let (mut frame, mut scans): (Option<Frame>, usize) = (None, 0);
    file.take(2)?;
    loop {
        let marker = marker(&mut file)?;
        match marker {
            0xd9 => break,
            0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let len = big_endian(&mut file)?
            .checked_sub(2)
            .ok_or_else(|| malformed("a segment is shorter than its length"))?;
        let mut segment = Cursor::new(file.take(len)?, FORMAT);
        match marker {
            0xc0..=0xc2 => {
                if frame.is_some() {
                    return Err(malformed("it has two frames"));
                }
                frame = Some(header(&mut segment, marker == 0xc2, bytes.len(), &settings)?);
            }
            0xc4 => settings.codes(&mut segment)?,
            0xdb => settings.quantisation(&mut segment)?,
            0xdd => settings.restart = big_endian(&mut segment)?,
            // Shorter ones are none, as for libjpeg.
            0xe0 => settings.has_jfif |= segment.take(14).is_ok_and(|mark| mark.starts_with(b"JFIF\0")),
            0xee => {
                let mark = segment.take(12).ok().filter(|mark| mark.starts_with(b"Adobe"));
                settings.adobe = mark.map(|mark| mark[11]).or(settings.adobe);
            }
            0xda => {
                let Some(frame) = &mut frame else { return Err(malformed("a scan before the frame")) };
                if scans == 0 {
                    // Marks may stand between the frame and its first scan, too.
                    frame.colours = settings.colours(&frame.components)?;
                }
                scans += 1;
                if scans > MOST_SCANS {
                    return Err(malformed(format!("it has more than {MOST_SCANS} scans")));
                }
                let scan = Scan::new(&mut segment, frame, &settings)?;
                let read = scan.read(frame, &bytes[file.at()..])?;
                file.take(read)?;
                // A sequential picture is whole now, whatever follows.
                if !frame.progressive && frame.components.iter().all(|part| part.quantisation.is_some()) {
                    break;
                }
            }
            0xc3 | 0xc5..=0xcf => {
                return Err(Error::unsupported(
                    "a lossless, hierarchical or arithmetically coded JPEG picture",
                ));
            }
            _ => {} // comments, programs' own segments
        }
    }
    let Some(frame) = frame else { return Err(malformed("it has no frame")) };
    if frame.components.iter().any(|part| part.quantisation.is_none()) {
        return Err(malformed("a colour has no scan"));
    }
    Ok(frame)
}

/// The next marker, behind whatever stands before it.
fn marker(file: &mut Cursor<'_>) -> Result<u8, Error> {
    loop {
        if file.u8()? == 0xff {
            let mut marker = file.u8()?;
            while marker == 0xff {
                marker = file.u8()?;
            }
            if marker != 0 {
                return Ok(marker);
            }
        }
    }
}

fn big_endian(from: &mut Cursor<'_>) -> Result<usize, Error> {
    Ok(from.u16()?.swap_bytes().into())
}

/// Sizes and components; the memory of the coefficients.
fn header(
    segment: &mut Cursor<'_>,
    progressive: bool,
    len: usize,
    settings: &Settings,
) -> Result<Frame, Error> {
    let depth = segment.u8()?;
    if depth != 8 {
        return Err(Error::unsupported(format!("a JPEG picture of {depth} bits")));
    }
    let (height, width, count) = (big_endian(segment)?, big_endian(segment)?, segment.u8()?);
    if width == 0 || height == 0 {
        return Err(malformed(format!("it is {width} × {height}")));
    }
    check_size([width as u64, height as u64], (width * height) as u64, len as u64 * PIXELS_OF_A_BYTE)?;
    let mut components: Vec<Component> = Vec::new();
    for _ in 0..count {
        let (id, factors, table) = (segment.u8()?, segment.u8()?, segment.u8()?);
        let sampling = [factors >> 4, factors & 15].map(usize::from);
        if !sampling.iter().all(|n| (1..=4).contains(n))
            || table > 3
            || components.iter().any(|part| part.id == id)
        {
            return Err(malformed(format!("component {id} has sampling {factors:02x} and table {table}")));
        }
        let (quantisation, coefficients) = (None, Vec::new());
        components.push(Component { id, sampling, table, quantisation, blocks: [0; 2], coefficients });
    }
    let most = [0, 1].map(|axis| components.iter().map(|part| part.sampling[axis]).max().unwrap_or(1));
    if components.iter().any(|part| (0..2).any(|axis| !most[axis].is_multiple_of(part.sampling[axis]))) {
        return Err(Error::unsupported("a JPEG picture with fractional sampling"));
    }
    let colours = settings.colours(&components)?;
    let mut frame = Frame { width, height, progressive, most, components, colours };
    let groups = frame.groups();
    for part in &mut frame.components {
        part.blocks = [groups[0] * part.sampling[0], groups[1] * part.sampling[1]];
        part.coefficients = vec![[0; 64]; part.blocks[0] * part.blocks[1]];
    }
    Ok(frame)
}

impl Settings {
    /// What the components are, by the marks so far.
    fn colours(&self, components: &[Component]) -> Result<Colours, Error> {
        let ids: Vec<u8> = components.iter().map(|part| part.id).collect();
        Colours::of(&ids, self.has_jfif, self.adobe)
    }

    fn codes(&mut self, segment: &mut Cursor<'_>) -> Result<(), Error> {
        while segment.left() > 0 {
            let (place, counts) = (segment.u8()?, segment.take(16)?);
            let symbols = segment.take(counts.iter().map(|&n| usize::from(n)).sum())?;
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            match tables.get_mut(usize::from(place & 15)) {
                Some(table) if place >> 4 <= 1 => *table = Some(Codes::new(counts, symbols)?),
                _ => return Err(malformed(format!("Huffman table {place:02x}"))),
            }
        }
        Ok(())
    }

    fn quantisation(&mut self, segment: &mut Cursor<'_>) -> Result<(), Error> {
        while segment.left() > 0 {
            let place = segment.u8()?;
            let Some(slot) = self.quantisations.get_mut(usize::from(place & 15)) else {
                return Err(malformed(format!("quantisation table {place:02x}")));
            };
            let mut table = [0; 64];
            for at in ORDER {
                table[usize::from(at)] = match place >> 4 {
                    0 => segment.u8()?.into(),
                    _ => segment.u16()?.swap_bytes(),
                };
            }
            *slot = Some(table);
        }
        Ok(())
    }

    /// The table of a component that has its first scan now.
    pub(super) fn quantisation_of(&self, part: &Component) -> Result<[u16; 64], Error> {
        self.quantisations[usize::from(part.table)]
            .ok_or_else(|| malformed("a quantisation table is missing"))
    }
}
