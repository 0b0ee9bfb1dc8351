//! Transforms of images give torchvision's bytes and floats, and draw as much as it does.

use datasets::SharedGenerator;
use datasets::random::python_generator;
use datasets::transforms;
use datasets::transforms::{
    Borders, CenterCrop, Channels, ColorJitter, Grayscale, InterpolationMode, Pad, PaddingMode, RandomAffine,
    RandomApply, RandomChoice, RandomCrop, RandomErasing, RandomGrayscale, RandomHorizontalFlip, RandomOrder,
    RandomResizedCrop, RandomRotation, RandomVerticalFlip, Range, Resize, Transform,
};
use tensor::{DType, Generator, PerAxis, Tensor, manual_seed, rand, use_generator, zeros, zeros_dtype};
use testing::{Case, assert_bits, recording, refusal};

/// A number, or the numbers of a list.
fn numbers(case: &Case, key: &str) -> Option<Vec<f64>> {
    match &case[key] {
        list if list.is_array() => {
            Some(list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect())
        }
        number => number.as_f64().map(|x| vec![x]),
    }
}

/// The first argument that has no name.
fn argument(case: &Case) -> Vec<f64> {
    match &case["arguments"][0] {
        list if list.is_array() => list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect(),
        number => number.as_f64().into_iter().collect(),
    }
}

fn size(case: &Case) -> PerAxis<2> {
    match argument(case)[..] {
        [size] => (size as usize).into(),
        [height, width] => [height as usize, width as usize].into(),
        ref size => panic!("{size:?} is no size"),
    }
}

fn borders(padding: &[f64]) -> Borders {
    match padding.iter().map(|&x| x as isize).collect::<Vec<_>>()[..] {
        [all] => all.into(),
        [x, y] => [x, y].into(),
        [left, top, right, bottom] => [left, top, right, bottom].into(),
        ref padding => panic!("{padding:?} are no borders"),
    }
}

fn padding_mode(case: &Case) -> PaddingMode {
    match case["padding_mode"].as_str() {
        None | Some("constant") => PaddingMode::Constant,
        Some("edge") => PaddingMode::Edge,
        Some("reflect") => PaddingMode::Reflect,
        Some("symmetric") => PaddingMode::Symmetric,
        Some(name) => panic!("no mode is called {name}"),
    }
}

fn interpolation(case: &Case) -> InterpolationMode {
    match case["interpolation"].as_str() {
        None | Some("bilinear") => InterpolationMode::Bilinear,
        Some("nearest") => InterpolationMode::Nearest,
        Some("nearest-exact") => InterpolationMode::NearestExact,
        Some("bicubic") => InterpolationMode::Bicubic,
        Some("box") => InterpolationMode::Box,
        Some("hamming") => InterpolationMode::Hamming,
        Some("lanczos") => InterpolationMode::Lanczos,
        Some(name) => panic!("no interpolation is called {name}"),
    }
}

fn fill(case: &Case) -> Channels {
    numbers(case, "fill").unwrap_or(vec![0.0]).into()
}

/// A setting as a range, if the case has it.
fn range(case: &Case, key: &str) -> Option<Range> {
    numbers(case, key).map(|ends| match ends[..] {
        [around] => around.into(),
        [low, high] => [low, high].into(),
        _ => panic!("{ends:?} is no range"),
    })
}

/// The ends of a range that always has two.
fn ends(case: &Case, key: &str) -> Option<(f64, f64)> {
    numbers(case, key).map(|ends| (ends[0], ends[1]))
}

fn jitter(case: &Case) -> ColorJitter {
    let mut jitter = ColorJitter::default();
    jitter = range(case, "brightness").map_or(jitter, |range| jitter.brightness(range));
    jitter = range(case, "contrast").map_or(jitter, |range| jitter.contrast(range));
    jitter = range(case, "saturation").map_or(jitter, |range| jitter.saturation(range));
    range(case, "hue").map_or(jitter, |range| jitter.hue(range))
}

fn erasing(case: &Case) -> RandomErasing {
    let mut erasing = RandomErasing::default();
    erasing = case.get_number("p").map_or(erasing.clone(), |p| erasing.p(p));
    erasing = ends(case, "scale").map_or(erasing.clone(), |(low, high)| erasing.scale(low, high));
    erasing = ends(case, "ratio").map_or(erasing.clone(), |(low, high)| erasing.ratio(low, high));
    match case["value"].as_str() {
        Some("random") => erasing.random_value(),
        _ => numbers(case, "value").map_or(erasing.clone(), |value| erasing.value(value)),
    }
}

fn resized_crop(case: &Case) -> RandomResizedCrop {
    let mut crop = RandomResizedCrop::new(size(case)).interpolation(interpolation(case));
    crop = ends(case, "scale").map_or(crop, |(low, high)| crop.scale(low, high));
    ends(case, "ratio").map_or(crop, |(low, high)| crop.ratio(low, high))
}

fn degrees(case: &Case) -> Range {
    match argument(case)[..] {
        [around] => around.into(),
        ref ends => [ends[0], ends[1]].into(),
    }
}

fn center(case: &Case) -> Option<[f64; 2]> {
    numbers(case, "center").map(|center| [center[0], center[1]])
}

fn rotation(case: &Case) -> RandomRotation {
    let rotation = RandomRotation::new(degrees(case)).fill(fill(case)).expand(case["expand"] == true);
    let rotation = match case["interpolation"].is_null() {
        true => rotation,
        false => rotation.interpolation(interpolation(case)),
    };
    center(case).map_or(rotation.clone(), |center| rotation.center(center))
}

fn affine(case: &Case) -> RandomAffine {
    let mut affine = RandomAffine::new(degrees(case)).fill(fill(case));
    if !case["interpolation"].is_null() {
        affine = affine.interpolation(interpolation(case));
    }
    affine = ends(case, "translate").map_or(affine.clone(), |(x, y)| affine.translate(x, y));
    affine = ends(case, "scale").map_or(affine.clone(), |(low, high)| affine.scale(low, high));
    affine = match numbers(case, "shear").as_deref() {
        None => affine,
        Some(&[around]) => affine.shear(around),
        Some(ends) => affine.shear([ends[0], ends[1]]).shear_y([ends[2], ends[3]]),
    };
    center(case).map_or(affine.clone(), |center| affine.center(center))
}

/// The parts of the transforms of several.
fn parts() -> transforms::Compose {
    let crop = RandomCrop::new(4).padding(1);
    transforms![RandomHorizontalFlip::default(), crop, ColorJitter::default().brightness(0.5)]
}

/// The transform that a case is of; `seed` is that of Python's generator.
fn transform(case: &Case, seed: u64) -> Box<dyn Transform> {
    let p = case["p"].as_f64();
    match case.name() {
        "RandomHorizontalFlip" => Box::new(p.map_or_else(Default::default, RandomHorizontalFlip::new)),
        "RandomVerticalFlip" => Box::new(p.map_or_else(Default::default, RandomVerticalFlip::new)),
        "RandomGrayscale" => Box::new(p.map_or_else(Default::default, RandomGrayscale::new)),
        "Grayscale" => {
            let channels = argument(case).first().map(|&n| n as usize);
            Box::new(channels.map_or_else(Default::default, Grayscale::new))
        }
        "CenterCrop" => Box::new(CenterCrop::new(size(case))),
        "Pad" => {
            let pad = Pad::new(borders(&argument(case))).fill(fill(case));
            Box::new(pad.padding_mode(padding_mode(case)))
        }
        "RandomCrop" => {
            let crop = RandomCrop::new(size(case)).fill(fill(case)).padding_mode(padding_mode(case));
            let crop = crop.padding(numbers(case, "padding").map_or(0.into(), |padding| borders(&padding)));
            Box::new(crop.pad_if_needed(case["pad_if_needed"] == true))
        }
        "Resize" => {
            let resize = Resize::new(size(case)).interpolation(interpolation(case));
            let max_size = case.get_number("max_size").map(|n| n as usize);
            Box::new(max_size.map_or(resize, |n| resize.max_size(n)))
        }
        "RandomResizedCrop" => Box::new(resized_crop(case)),
        "RandomRotation" => Box::new(rotation(case)),
        "RandomAffine" => Box::new(affine(case)),
        "ColorJitter" => Box::new(jitter(case)),
        "RandomErasing" => Box::new(erasing(case)),
        "RandomApply" => Box::new(RandomApply::new(parts()).p(p.unwrap_or(0.5))),
        "RandomChoice" => {
            let choice = RandomChoice::new(parts()).generator(python_generator(seed));
            Box::new(numbers(case, "p").map_or(choice.clone(), |p| choice.p(p)))
        }
        "RandomOrder" => Box::new(RandomOrder::new(parts()).generator(python_generator(seed))),
        name => panic!("no transform is called {name}"),
    }
}

#[test]
fn transforms_are_torchvisions_to_the_bit_and_draw_as_much() {
    let recording = recording!("image_transforms");
    for case in recording.cases() {
        let (x, after) = (case.tensor("x"), case["after"].as_array().unwrap());
        for (seed, after) in after.iter().enumerate() {
            let transform = transform(case, seed as u64);
            // The tests beside this one draw from the default generator.
            let mut generator = Generator::new(seed as u64);
            let y = use_generator(&mut generator, || transform.apply(x.clone()));
            let next = generator.uniform_f32();
            assert_bits(format!("{case:?}, seed {seed}"), &y, &case.tensor(&format!("y{seed}")));
            assert_eq!(f64::from(next), after.as_f64().unwrap(), "{case:?}, seed {seed}: other draws");
        }
    }
}

/// Images that lie with gaps, as a dataset's views of one large tensor may, are the same images.
#[test]
fn the_layout_in_memory_does_not_matter() {
    let wide =
        Tensor::from_vec((0..5 * 14 * 3).map(|i| (i * 37 % 256) as u8).collect::<Vec<_>>(), [5, 14, 3]);
    let planes = wide.permute([2, 0, 1]).contiguous();
    let crop = RandomCrop::new([4, 5]).padding([2, 1]).padding_mode(PaddingMode::Reflect);
    let ways: [Box<dyn Transform>; 6] = [
        Box::new(RandomHorizontalFlip::new(1.0)),
        Box::new(RandomVerticalFlip::new(1.0)),
        Box::new(crop),
        Box::new(Resize::new([7, 3])),
        Box::new(ColorJitter::default().brightness(0.5).contrast(0.5).saturation(0.5).hue(0.5)),
        Box::new(Grayscale::new(3)),
    ];
    for (i, way) in ways.iter().enumerate() {
        let of = |x: Tensor| {
            manual_seed(1);
            way.apply(x)
        };
        let expected = of(wide.narrow(1, 3, 8).contiguous());
        for image in [wide.narrow(1, 3, 8), planes.permute([1, 2, 0]).narrow(1, 3, 8)] {
            assert!(!image.is_contiguous());
            assert_bits(format!("way {i}"), &of(image), &expected);
        }
    }
}

#[test]
fn every_dtype_is_moved() {
    let x = Tensor::from([[[1i64, 0, 1], [0, 0, 1]]]);
    let moves: [&dyn Transform; 3] =
        [&RandomHorizontalFlip::new(1.0), &Pad::new([-1, 2]), &CenterCrop::new([3, 1])];
    for way in moves {
        let expected = way.apply(x.clone()).to_vec::<i64>();
        // An image of bytes is another one: its channels come last.
        for dtype in DType::ALL.into_iter().filter(|&dtype| dtype != DType::U8) {
            let y = way.apply(x.to_dtype(dtype));
            assert_eq!((y.dtype(), y.to_dtype(DType::I64).to_vec::<i64>()), (dtype, expected.clone()));
        }
    }
}

#[test]
fn a_transform_does_not_write_into_its_argument() {
    let (bytes, floats) = (Tensor::from([[[10u8, 20, 30], [40, 50, 60]]]), Tensor::from([[[0.25f32, 0.5]]]));
    let jitter = ColorJitter::default().brightness([2.0, 2.0]).contrast([2.0, 2.0]);
    let jitter = jitter.saturation([2.0, 2.0]).hue([0.25, 0.25]);
    let erasing = RandomErasing::default().p(1.0).scale(0.5, 0.5).ratio(1.0, 1.0).value(9.0);
    for (transform, x) in [
        (Box::new(jitter) as Box<dyn Transform>, &bytes),
        (Box::new(jitter), &floats),
        (Box::new(RandomHorizontalFlip::new(1.0)), &bytes),
        (Box::new(erasing), &zeros([3, 8, 8])),
    ] {
        let before = x.bytes().to_vec();
        let y = transform.apply(x.clone());
        assert_ne!(y.bytes(), before);
        assert_eq!(x.bytes(), before);
    }
}

#[test]
fn without_a_generator_of_their_own_choice_and_order_draw_from_the_samples() {
    let ways: [Box<dyn Transform>; 2] = [
        Box::new(RandomChoice::new(transforms![|x: Tensor| x * 2.0, |x: Tensor| x * 3.0])),
        Box::new(RandomOrder::new(transforms![|x: Tensor| x * 2.0, |x: Tensor| x + 3.0])),
    ];
    for way in ways {
        let of = |seed| {
            manual_seed(seed);
            (0..20).map(|_| way.apply(Tensor::from(1.0f32)).item()).collect::<Vec<_>>()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
    let g = SharedGenerator::from(python_generator(0));
    let choice = RandomChoice::new(transforms![|x: Tensor| x * 2.0, |x: Tensor| x * 3.0]).generator(g);
    let drawn: Vec<f64> = (0..6).map(|_| choice.apply(Tensor::from(1.0f32)).item()).collect();
    // random.seed(0); [random.choices([2.0, 3.0])[0] for _ in range(6)]
    assert_eq!(drawn, [3.0, 3.0, 2.0, 2.0, 3.0, 2.0]);
}

#[test]
fn mistakes_are_refused_in_torchvisions_words() {
    let bytes = || zeros_dtype([4, 5, 3], DType::U8);
    let applied = |transform: &dyn Transform, x: Tensor| refusal(|| transform.apply(x));
    for (found, expected) in [
        (
            applied(&RandomCrop::new(5), bytes()),
            "RandomCrop: Required crop size (5, 5) is larger than input image size (4, 5)",
        ),
        (
            refusal(|| transforms::functional::adjust_brightness(&zeros_dtype([3, 4, 5], DType::I32), 1.5)),
            "adjust_brightness: expected bytes or floats, got torch.int32",
        ),
        (applied(&RandomHorizontalFlip::new(1.0), rand([3])), "hflip: Tensor is not a torch image: [3]"),
        (
            applied(&RandomHorizontalFlip::new(1.0), zeros_dtype([1, 3, 4, 5], DType::U8)),
            "hflip: an image of bytes is [height, width] or [height, width, channels], got [1, 3, 4, 5]",
        ),
        (
            applied(&Grayscale::default(), zeros_dtype([4, 5, 4], DType::U8)),
            "permitted channel values are [1, 3], but found 4 in [4, 5, 4]",
        ),
        (applied(&Grayscale::default(), rand([4, 5])), "should have at least 3 dimensions, but found [4, 5]"),
        (
            applied(&Grayscale::new(2), bytes()),
            "rgb_to_grayscale: num_output_channels should be either 1 or 3, got 2",
        ),
        (
            applied(&Pad::new(1).fill([1.0, 2.0]), bytes()),
            "pad: The number of elements in 'fill' does not match the number of channels of the image (2 != 3)",
        ),
        (
            applied(&Pad::new(1).padding_mode(PaddingMode::Edge), rand([3, 0, 5])),
            "pad: there is nothing to repeat on an empty side of the image",
        ),
        (
            applied(&Resize::new(5).max_size(5), bytes()),
            "resize: max_size = 5 must be strictly greater than the requested size for the smaller edge size = 5",
        ),
        (applied(&Resize::new([5, 5]).max_size(7), bytes()), "max_size should only be passed if size"),
        (
            applied(&Resize::new(5).interpolation(InterpolationMode::Box), rand([3, 4, 5])),
            "resize: Box takes an image of bytes, got torch.float32; resize before ToTensor",
        ),
        (applied(&Resize::new([0, 5]), bytes()), "resize: height and width must be > 0, got [0, 5]"),
        (applied(&Resize::new(5), zeros_dtype([0, 5], DType::U8)), "resize: there are no pixels in [0, 5]"),
        (
            applied(&RandomErasing::default(), bytes()),
            "RandomErasing: img should be Tensor Image, [..., channels, height, width] as ToTensor makes it; got \
             [4, 5, 3] of",
        ),
        (
            applied(&RandomErasing::default().p(1.0).value([1.0, 2.0]), rand([3, 4, 5])),
            "it should have either a single value or 3 (number of input channels), got 2",
        ),
        (
            refusal(|| RandomErasing::default().p(1.5)),
            "RandomErasing: Random erasing probability should be between 0 and 1, got 1.5",
        ),
        (refusal(|| RandomErasing::default().scale(0.5, 1.5)), "Scale should be between 0 and 1"),
        (
            refusal(|| ColorJitter::default().brightness(-1.0)),
            "ColorJitter: If brightness is a single number, it must be non negative, got -1",
        ),
        (
            refusal(|| ColorJitter::default().contrast([1.5, 0.5])),
            "ColorJitter: contrast values should be between (0, inf), but got [1.5, 0.5].",
        ),
        (
            refusal(|| ColorJitter::default().hue(0.6)),
            "ColorJitter: hue values should be between (-0.5, 0.5), but got [-0.6, 0.6].",
        ),
        (
            applied(&RandomRotation::new(10.0), zeros_dtype([3, 4, 5], DType::I64)),
            "rotate: expected an image of bytes, F32 or F64, got torch.int64",
        ),
        (
            applied(&RandomAffine::new(10.0).fill([0.5, 1.0]), zeros([3, 4, 5])),
            "affine: The number of elements in 'fill' cannot broadcast to match the number of channels of the \
             image (2 != 3)",
        ),
        (
            applied(
                &RandomAffine::new(10.0).interpolation(InterpolationMode::NearestExact),
                zeros([3, 4, 5]),
            ),
            "affine: Interpolation mode NearestExact is unsupported, use Nearest or Bilinear",
        ),
        (
            applied(&RandomRotation::new(10.0).interpolation(InterpolationMode::Box), bytes()),
            "rotate: Interpolation mode Box is unsupported, use Nearest or Bilinear",
        ),
        (
            refusal(|| RandomRotation::new(-1.0)),
            "RandomRotation: If degrees is a single number, it must be non negative, got -1",
        ),
        (
            refusal(|| RandomAffine::new(0.0).translate(1.5, 0.0)),
            "RandomAffine: translation values should be between 0 and 1, got 1.5 and 0",
        ),
        (
            refusal(|| RandomAffine::new(0.0).scale(0.0, 1.0)),
            "RandomAffine: scale values should be positive, got 0 and 1",
        ),
        (refusal(|| RandomChoice::new(transforms![])), "RandomChoice: there is nothing to choose from"),
        (
            refusal(|| RandomChoice::new(parts()).p([1.0])),
            "RandomChoice: The number of weights does not match the population: 1 for 3",
        ),
        (
            refusal(|| RandomChoice::new(parts()).p([0.0; 3])),
            "RandomChoice: Total of weights must be greater than zero, got 0",
        ),
    ] {
        assert!(found.contains(expected), "{found:?} is not {expected:?}");
    }
}
