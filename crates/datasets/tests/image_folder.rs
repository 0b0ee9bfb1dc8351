//! `ImageFolder` lists what torchvision lists, and reads it as PIL does.
#![cfg(feature = "images")]

use std::fs;
use std::path::{Path, PathBuf};

use datasets::transforms::ToTensor;
use datasets::{DataLoader, Dataset, ImageFolder, load_image};
use tempfile::TempDir;
use testing::{Recording, assert_bits, recording, refusal};

/// A folder with the recorded files.
fn root(recording: &Recording) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for case in recording.named("file") {
        let path = root.path().join(case.text("path"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, case.tensor("content").to_vec::<u8>()).unwrap();
    }
    root
}

#[test]
fn classes_and_samples_have_torchvisions_order() {
    let recording = recording!("image_folder");
    let root = root(&recording);
    let folder = ImageFolder::new(&root, ()).unwrap();
    assert_eq!(folder.classes(), recording.case("classes").texts("classes"));
    let expected = recording.named("sample");
    let expected: Vec<_> = expected
        .iter()
        .map(|case| (root.path().join(case.text("path")), case.number("label") as i64))
        .collect();
    assert_eq!(folder.samples(), expected);
    let labels: Vec<_> = expected.iter().map(|(_, label)| *label).collect();
    assert_eq!(folder.targets().to_vec::<i64>(), labels);
    folder.verify().unwrap();
}

#[test]
fn pictures_of_every_kind_have_pils_bytes() {
    let recording = recording!("image_folder");
    let root = root(&recording);
    for case in recording.named("sample") {
        let (name, expected) = (case.text("path"), case.tensor("image"));
        let found = load_image(root.path().join(name)).unwrap();
        assert_bits(name, &found, &expected);
    }
}

#[test]
fn a_loader_makes_batches_of_pictures_of_one_size() {
    let root = tempfile::tempdir().unwrap();
    let pixel = include_bytes!("fixtures/pixel.png");
    for (class, n) in [("b", 2), ("a", 3)] {
        fs::create_dir(root.path().join(class)).unwrap();
        (0..n).for_each(|i| fs::write(root.path().join(class).join(format!("{i}.png")), pixel).unwrap());
    }
    let folder = ImageFolder::new(&root, ToTensor).unwrap();
    for workers in [0, 2] {
        let (x, y) = DataLoader::new(&folder).batch_size(5).num_workers(workers).iter().next().unwrap();
        assert_eq!((x.shape(), y.to_vec::<i64>()), (&[5, 3, 1, 1][..], vec![0, 0, 0, 1, 1]));
        assert_eq!(x.to_vec::<f32>()[..3], [10.0 / 255.0, 20.0 / 255.0, 30.0 / 255.0]);
    }
}

#[test]
fn folders_without_classes_or_pictures_are_refused_in_torchvisions_words() {
    let recording = recording!("image_folder");
    let root = tempfile::tempdir().unwrap();
    let error = |root: &Path| ImageFolder::new(root, ()).unwrap_err().to_string();
    let name = root.path().display().to_string();
    assert_eq!(error(root.path()), recording.case("no_classes").text("error").replace("ROOT", &name));
    for class in ["a", "b"] {
        fs::create_dir(root.path().join(class)).unwrap();
    }
    // Torchvision lists more kinds than are read here.
    let expected = recording.case("empty_classes").text("error");
    let (expected, others) = expected.split_at(expected.find(", .ppm").unwrap());
    assert_eq!(error(root.path()), expected);
    assert_eq!(others, ", .ppm, .bmp, .pgm, .tif, .tiff, .webp");
    let missing = root.path().join("nothing");
    assert!(error(&missing).contains(missing.to_str().unwrap()));
    fs::write(root.path().join("a/picture.BMP"), b"BM").unwrap();
    assert!(error(root.path()).contains("a/picture.BMP: a picture that is neither PNG nor JPEG"));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_followed_unless_it_is_a_circle() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("class/real")).unwrap();
    fs::write(root.path().join("class/real/1.png"), include_bytes!("fixtures/pixel.png")).unwrap();
    std::os::unix::fs::symlink(root.path().join("class/real"), root.path().join("class/link")).unwrap();
    let samples =
        |folder: ImageFolder| folder.samples().iter().map(|(path, _)| path.clone()).collect::<Vec<PathBuf>>();
    let expected = ["class/link/1.png", "class/real/1.png"].map(|path| root.path().join(path));
    assert_eq!(samples(ImageFolder::new(&root, ()).unwrap()), expected);
    std::os::unix::fs::symlink(root.path().join("class"), root.path().join("class/real/circle")).unwrap();
    let error = ImageFolder::new(&root, ()).unwrap_err().to_string();
    assert!(error.contains("circle") && error.contains("a folder that it lies in"), "{error}");
}

/// Reads these bytes as a picture; an error has to name the file.
fn read(bytes: &[u8]) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    load_image(file.path()).map(drop).map_err(|error| {
        let text = error.to_string();
        assert!(text.starts_with(file.path().to_str().unwrap()), "{text}");
        text
    })
}

#[test]
fn cut_and_damaged_pictures_are_errors_by_name_or_other_pixels() {
    for case in recording!("image_folder").named("file") {
        let whole = case.tensor("content").to_vec::<u8>();
        if whole.len() < 20 {
            continue;
        }
        let step = whole.len() / 30 + 1;
        for len in (0..whole.len()).step_by(step) {
            let cut = read(&whole[..len]);
            assert!(cut.is_err() || len > whole.len() * 9 / 10 - 20, "{case:?} cut after {len}");
        }
        for at in (0..whole.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xa5;
            let _ = read(&damaged); // no panic, and the name is checked
        }
    }
}

/// PIL reads the last of these; without any bytes behind the scan it calls the whole picture cut.
#[test]
fn a_whole_sequential_jpeg_may_end_in_anything() {
    for name in ["jpeg/grey_q90.jpg", "jpeg/rgb420_q90.jpeg"] {
        let recording = recording!("image_folder");
        let file = recording.named("file").into_iter().find(|case| case.text("path") == name).unwrap();
        let bytes = file.tensor("content").to_vec::<u8>();
        let whole = bytes.strip_suffix(&[0xff, 0xd9]).expect("the mark of the end");
        for end in [&[][..], &[0xff], &[0xff, 0xe1, 0xff, 0xff]] {
            assert_eq!(read(&[whole, end].concat()), Ok(()), "{name} with {end:?}");
        }
    }
}

/// The PNG or JPEG of this name with other sizes in its header; a PNG has the checksum that goes with them.
fn lying(name: &str, width: u32, height: u32) -> Vec<u8> {
    let recording = recording!("image_folder");
    let file = recording.named("file").into_iter().find(|case| case.text("path") == name).unwrap();
    let mut bytes = file.tensor("content").to_vec::<u8>();
    match name.ends_with("png") {
        true => {
            bytes[16..20].copy_from_slice(&width.to_be_bytes());
            bytes[20..24].copy_from_slice(&height.to_be_bytes());
            let sum = crc32(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        }
        false => {
            let head =
                bytes.windows(2).position(|code| [[0xff, 0xc0], [0xff, 0xc2]].contains(&[code[0], code[1]]));
            let at = head.unwrap() + 5;
            bytes[at..at + 2].copy_from_slice(&(height as u16).to_be_bytes());
            bytes[at + 2..at + 4].copy_from_slice(&(width as u16).to_be_bytes());
        }
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
}

#[test]
fn pictures_that_promise_more_than_they_hold_are_refused_before_anything_is_allocated() {
    for (name, width, height, expected) in [
        ("colour/rgb8.png", 60_000, 60_000, "a picture of 60000 × 60000, more than 178956970 pixels"),
        ("colour/rgb8.png", 10_000, 10_000, "a picture of 10000 × 10000 would need 300010000 bytes"),
        ("jpeg/rgb420_q90.jpeg", 60_000, 60_000, "a picture of 60000 × 60000, more than 178956970 pixels"),
        ("jpeg/rgb420_q90p.jpeg", 10_000, 10_000, "a picture of 10000 × 10000 would need 100000000"),
        ("colour/rgb8.png", 0, 3, "not a valid PNG"),
        ("jpeg/grey_q90.jpg", 0, 3, "not a valid JPEG"),
    ] {
        let text = read(&lying(name, width, height)).unwrap_err();
        assert!(text.contains(expected), "{text}");
    }
    assert!(read(b"GIF89a").unwrap_err().contains("not a valid PNG or JPEG picture: found a GIF picture"));
}

#[test]
fn a_sample_that_cannot_be_read_names_its_file() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("a")).unwrap();
    let whole = include_bytes!("fixtures/pixel.png");
    fs::write(root.path().join("a/good.png"), whole).unwrap();
    fs::write(root.path().join("a/half.png"), &whole[..45]).unwrap();
    let folder = ImageFolder::new(&root, ()).unwrap();
    assert!(folder.verify().unwrap_err().to_string().contains("a/half.png: not a valid PNG picture"));
    assert!(refusal(|| folder.get(1)).contains("a/half.png: not a valid PNG picture"));
}
