//! Grids have torchvision's numbers, and pictures its pixels.
#![cfg(feature = "images")]

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use datasets::Error;
use datasets::utils::{MakeGridOptions, make_grid, save_image};
use tensor::{Tensor, ones, rand, zeros};
use testing::{Case, assert_bits, recording, refusal};

fn options(case: &Case) -> MakeGridOptions {
    let defaults = MakeGridOptions::default();
    let range = case["value_range"].as_array();
    MakeGridOptions {
        nrow: case.get_number("nrow").map_or(defaults.nrow, |n| n as usize),
        padding: case.get_number("padding").map_or(defaults.padding, |n| n as usize),
        normalize: case["normalize"].as_bool().unwrap_or(defaults.normalize),
        value_range: range.map(|ends| (ends[0].as_f64().unwrap(), ends[1].as_f64().unwrap())),
        scale_each: case["scale_each"].as_bool().unwrap_or(defaults.scale_each),
        pad_value: case.get_number("pad_value").unwrap_or(defaults.pad_value),
    }
}

/// The pixels of a file, `[height, width, channels]`.
fn pixels(path: &Path) -> Tensor {
    let file = BufReader::new(File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    Tensor::from_vec(bytes, [info.height as usize, info.width as usize, info.color_type.samples()])
}

#[test]
fn grids_are_torchvisions_to_the_bit() {
    let recording = recording!("utils");
    assert_eq!(recording.named("make_grid").len(), 24);
    for case in recording.named("make_grid") {
        assert_bits(format!("{case:?}"), &make_grid(&case.tensor("x"), options(case)), &case.tensor("y"));
    }
}

#[test]
fn pictures_have_torchvisions_pixels() {
    let (recording, folder) = (recording!("utils"), tempfile::tempdir().unwrap());
    assert_eq!(recording.named("save_image").len(), 7);
    let path = folder.path().join("grid.PNG");
    for case in recording.named("save_image") {
        save_image(&case.tensor("x"), &path, options(case)).unwrap();
        assert_bits(format!("{case:?}"), &pixels(&path), &case.tensor("y"));
    }
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str| save_image(&ones([3, 2, 2]), folder.path().join(name), Default::default());
    for name in ["grid.jpg", "png", ""] {
        assert!(matches!(save(name), Err(Error::NotPng { .. })), "{name}");
    }
    let text = save("no/grid.png").unwrap_err().to_string();
    assert!(text.contains("no/grid.png: cannot create a temporary file in its folder"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn mistakes_are_refused() {
    let refused = |x: &Tensor, options| refusal(|| make_grid(x, options));
    let nrow = |nrow| MakeGridOptions { nrow, ..Default::default() };
    let normalize = MakeGridOptions { normalize: true, ..Default::default() };
    assert!(refused(&rand([5]), nrow(8)).contains("2, 3 or 4 axes, got [5]"));
    assert!(refused(&zeros([0, 3, 2, 2]), nrow(8)).contains("at least one image, got [0, 3, 2, 2]"));
    assert!(refused(&rand([5, 3, 2, 2]), nrow(0)).contains("nrow is to be positive"));
    assert!(refused(&Tensor::from([[1u8]]), normalize).contains("normalize takes floats, got"));
    let saved = |x: &Tensor| refusal(|| save_image(x, "never.png", Default::default()));
    assert!(saved(&rand([5, 5, 2, 2])).contains("5 channels are no picture: [5, 5, 2, 2]"));
    assert!(saved(&zeros([3, 0, 2])).contains("there are no pixels in [3, 0, 2]"));
    assert!(saved(&Tensor::from([[1u8]])).contains("expected floats from 0 to 1, got"));
}
