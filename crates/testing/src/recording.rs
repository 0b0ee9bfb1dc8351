use tensor::Tensor;
use tensor::kernels::simd::Isa;

use crate::case::Case;
use crate::numbers::Numbers;

/// The numbers that torch gave for the cases of a test: `NAME.txt`, to be read and compared by people, and
/// `NAME.safetensors.gz`, which has the tensors' numbers.
///
/// `cargo xtask record` writes both by a script in `crates/testing/record`. A line of the text is a
/// case, its name and then its fields:
///
/// ```text
/// Softplus beta=2.0 x=f32[2,3]:9f3a61c2 y=f32[2,3]:07b1d4e0 repr=|2
/// |what is long, or has more than a line,
/// |stands below
/// ```
///
/// - A tensor is its dtype, its sizes and the CRC-32 of its bytes. The numbers of each dtype
///   stand in the second file in one row, in the order in which the text first names them;
///   the same bytes stand there once.
/// - A field of text that is long says how many lines below the case are its own; each begins with `|`.
/// - Everything else is JSON, as is a name with spaces. JSON lacks infinities and NaN: they are strings.
/// - A line that begins with `#` is a comment.
#[derive(Debug)]
pub struct Recording {
    cases: Vec<Case>,
}

/// The recording of this name in the folder `tests/fixtures` of the package.
#[macro_export]
macro_rules! recording {
    ($name:literal) => {
        $crate::Recording::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/", $name))
    };
}

/// The recording of this name with this machine's vectors, `NAME_avx512` or `NAME_avx2`. There is none for
/// others, which torch's are not.
#[macro_export]
macro_rules! recording_of_isa {
    ($name:literal) => {
        $crate::Recording::of_isa(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/", $name))
    };
}

impl Recording {
    /// Reads `path.txt` and `path.safetensors.gz`; [`recording!`](crate::recording) knows the folder.
    ///
    /// # Panics
    ///
    /// If a file cannot be read, or if the two do not belong together.
    #[track_caller]
    pub fn read(path: &str) -> Recording {
        let file = |ending| {
            let path = format!("{path}.{ending}");
            std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let text = String::from_utf8(file("txt")).expect("the text is UTF-8");
        Recording::parse(&text, &file("safetensors.gz")).unwrap_or_else(|error| panic!("{path}.txt:{error}"))
    }

    /// Reads `path_avx512` or `path_avx2`, as [`recording_of_isa!`](crate::recording_of_isa) has it.
    ///
    /// # Panics
    ///
    /// As [`Recording::read`].
    #[track_caller]
    pub fn of_isa(path: &str) -> Option<Recording> {
        match Isa::current() {
            isa @ (Isa::Avx512 | Isa::Avx2) => Some(Recording::read(&format!("{path}_{}", isa.name()))),
            Isa::Portable | Isa::Neon => None,
        }
    }

    fn parse(text: &str, packed: &[u8]) -> Result<Recording, String> {
        let mut numbers = Numbers::unpack(packed).map_err(|why| format!(" the numbers: {why}"))?;
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#'));
        let mut cases = Vec::new();
        while let Some((at, line)) = lines.next() {
            let below = lines.by_ref().map(|(_, line)| line);
            cases.push(Case::parse(at, line, below, &mut numbers).map_err(|why| format!("{at}: {why}"))?);
        }
        match numbers.left() {
            Some((dtype, bytes)) => Err(format!(" {bytes} bytes of {dtype} belong to no case")),
            None => Ok(Recording { cases }),
        }
    }

    /// Every case, in order.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The cases of this name.
    pub fn named(&self, name: &str) -> Vec<&Case> {
        self.cases.iter().filter(|case| case.name() == name).collect()
    }

    /// The cases with their parts, whose names begin with a small letter.
    #[track_caller]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group> = Vec::new();
        for case in &self.cases {
            if case.name().starts_with(char::is_lowercase) {
                groups.last_mut().expect("a case stands before its parts").parts.push(case);
            } else {
                groups.push(Group { case, parts: Vec::new() });
            }
        }
        groups
    }

    /// The only case of this name.
    #[track_caller]
    pub fn case(&self, name: &str) -> &Case {
        match self.named(name)[..] {
            [case] => case,
            ref cases => panic!("{} cases are named {name:?}, not one", cases.len()),
        }
    }
}

/// A case, and the lines behind it that hold more of what torch gave for it.
#[derive(Debug)]
pub struct Group<'a> {
    /// The case.
    pub case: &'a Case,
    parts: Vec<&'a Case>,
}

impl Group<'_> {
    /// The tensors of the parts of this name, in order.
    pub fn tensors(&self, part: &str) -> Vec<(String, Tensor)> {
        let parts = self.parts.iter().filter(|case| case.name() == part);
        parts
            .flat_map(|case| case.tensors().into_iter().map(|name| (name.to_owned(), case.tensor(name))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use safetensors::tensor::{Dtype, TensorView};

    /// The numbers 1, 2, 3 of F32, and a 1 of Bool.
    fn packed() -> Vec<u8> {
        let floats: Vec<u8> = [1.0f32, 2.0, 3.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let rows = [
            ("f32", TensorView::new(Dtype::F32, vec![3], &floats).expect("it fits")),
            ("bool", TensorView::new(Dtype::BOOL, vec![1], &[1]).expect("it fits")),
        ];
        let mut file = GzEncoder::new(Vec::new(), Compression::fast());
        file.write_all(&safetensors::serialize(rows, None).expect("they are written")).expect("into memory");
        file.finish().expect("into memory")
    }

    const TEXT: &str = "# torch
\"a b\" x=f32[2,1]:2e3fa576 n=3 y=f32[]:a7e1d189 inf=\"-inf\" list=[\"a b\",\"c=d\"] text=|2 last=true
|one
|  two
again x=f32[2]:2e3fa576 b=bool[]:a505df1b
";

    #[test]
    fn fields_are_tensors_json_or_lines_below() {
        let sum = |bytes: &[u8]| format!("{:08x}", crc32fast::hash(bytes));
        let floats = [1.0f32.to_le_bytes(), 2.0f32.to_le_bytes()].concat();
        assert_eq!(
            [sum(&floats), sum(&3.0f32.to_le_bytes()), sum(&[1])],
            ["2e3fa576", "a7e1d189", "a505df1b"]
        );
        let recording = Recording::parse(TEXT, &packed()).expect("it is right");
        let case = recording.case("a b");
        assert_eq!(
            (case.tensor("x").shape(), case.tensor("x").to_vec::<f32>()),
            (&[2, 1][..], vec![1.0, 2.0])
        );
        assert_eq!((case.tensor("y").shape(), case.tensor("y").item()), (&[][..], 3.0));
        assert_eq!(
            (case.number("n"), case.number("inf"), case.get_number("z")),
            (3.0, f64::NEG_INFINITY, None)
        );
        assert_eq!((case.text("text"), case.texts("list")), ("one\n  two", vec!["a b", "c=d"]));
        assert_eq!(case["last"], true);
        let again = recording.case("again");
        assert_eq!((again.tensor("x").shape(), again.tensor("b").to_vec::<bool>()), (&[2][..], vec![true]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong =
            |from: &str, to: &str| Recording::parse(&TEXT.replace(from, to), &packed()).expect_err(to);
        assert_eq!(
            wrong("again", "again x"),
            "5: expected ` key=value`, found \" x x=f32[2]:2e3fa576 b=bool[]:a505df1b\""
        );
        assert_eq!(
            wrong("a7e1d189", "a7e1d188"),
            "2: y: f32[]:a7e1d188: the numbers in the file are others; record both files again"
        );
        assert_eq!(
            wrong("x=f32[2]:2e", "x=f32[2]:3e"),
            "5: x: f32[2]:3e3fa576: the file has no more numbers of f32"
        );
        assert_eq!(wrong("f32[]", "f32[x]"), "2: y: \"f32[x]:a7e1d189\" is no tensor");
        assert_eq!(wrong(" b=bool[]:a505df1b", ""), " 1 bytes of bool belong to no case");
        assert_eq!(wrong("text=|2", "text=|3"), "2: text: fewer than 3 lines that begin with `|`");
        assert!(wrong("n=3", "n=x").starts_with("2: n: expected value"));
    }
}
