//! From the components to red, green and blue.

use formats::Error;

/// What the components are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colours {
    Grey,
    Rgb,
    /// Brightness, and how much blue and red differ from it.
    YCbCr,
    Cmyk,
    /// The complements of cyan, magenta and yellow as YCbCr, and black.
    Ycck,
}

impl Colours {
    /// By libjpeg's rules, from the components' numbers and the marks of JFIF and Adobe.
    pub(super) fn of(ids: &[u8], has_jfif: bool, adobe: Option<u8>) -> Result<Self, Error> {
        Ok(match (ids.len(), adobe) {
            (1, _) => Colours::Grey,
            (3, _) if has_jfif => Colours::YCbCr,
            (3, Some(0)) => Colours::Rgb,
            (3, None) if ids == b"RGB" => Colours::Rgb,
            (3, _) => Colours::YCbCr,
            (4, None | Some(0)) => Colours::Cmyk,
            (4, _) => Colours::Ycck,
            (n, _) => return Err(Error::unsupported(format!("a JPEG picture of {n} components"))),
        })
    }
}

/// The pixels of a picture, from a plane for each component.
pub(super) fn pixels(colours: Colours, planes: &[Vec<u8>]) -> impl Iterator<Item = [u8; 3]> {
    (0..planes[0].len()).map(move |i| {
        let part = |k: usize| planes[k][i];
        match colours {
            Colours::Grey => [part(0); 3],
            Colours::Rgb => [part(0), part(1), part(2)],
            Colours::YCbCr => from_ycbcr([part(0), part(1), part(2)]),
            Colours::Cmyk => from_cmyk([part(0), part(1), part(2)], part(3)),
            Colours::Ycck => from_cmyk(from_ycbcr([part(0), part(1), part(2)]).map(|x| 255 - x), part(3)),
        }
    })
}

/// In libjpeg's numbers of 16 fractional bits.
fn from_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    const fn fix(x: f64) -> i32 {
        (x * 65536.0 + 0.5) as i32
    }
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let red = y + ((fix(1.402) * cr + HALF) >> 16);
    let green = y + ((-fix(0.34414) * cb - fix(0.71414) * cr + HALF) >> 16);
    let blue = y + ((fix(1.772) * cb + HALF) >> 16);
    [red, green, blue].map(|x| x.clamp(0, 255) as u8)
}

/// PIL's: it takes the numbers of every file for complements, as Adobe writes them, and each ink for less
/// by what black covers.
fn from_cmyk(complements: [u8; 3], paper: u8) -> [u8; 3] {
    complements.map(|complement| {
        let product = u32::from(255 - complement) * u32::from(paper) + 128;
        let covered = ((product >> 8) + product) >> 8; // divided by 255, rounded
        paper.saturating_sub(covered as u8)
    })
}
