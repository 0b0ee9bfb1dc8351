//! One image of CIFAR's size through the transforms that its nets are trained with: `cargo bench -p datasets
//! --bench transforms`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use datasets::transforms;
use datasets::transforms::{
    ColorJitter, InterpolationMode, Normalize, RandomCrop, RandomHorizontalFlip, RandomRotation, Resize,
    ToTensor, Transform,
};
use tensor::Tensor;

fn transforms(c: &mut Criterion) {
    let bytes = (0..32 * 32 * 3).map(|i| (i * 37 % 251) as u8).collect::<Vec<_>>();
    let image = Tensor::from_vec(bytes, [32, 32, 3]);
    let normalize = Normalize::new([0.4914, 0.4822, 0.4465], [0.247, 0.243, 0.261]);
    let (crop, flip) = (RandomCrop::new(32).padding(4), RandomHorizontalFlip::default());
    let jitter = ColorJitter::default().brightness(0.4).contrast(0.4).saturation(0.4).hue(0.1);
    let turn = RandomRotation::new(15.0).interpolation(InterpolationMode::Bilinear);
    let chain = transforms![crop.clone(), flip, ToTensor, normalize];
    let mut group = c.benchmark_group("an image of 32 x 32");
    let all: [(&str, &dyn Transform); 7] = [
        ("RandomCrop, RandomHorizontalFlip, ToTensor, Normalize", &chain),
        ("RandomCrop", &crop),
        ("RandomHorizontalFlip", &flip),
        ("ToTensor", &ToTensor),
        ("ColorJitter", &jitter),
        ("RandomRotation, bilinear", &turn),
        ("Resize to 40 x 40", &Resize::new(40)),
    ];
    for (name, transform) in all {
        group.bench_function(name, |b| b.iter(|| black_box(transform.apply(image.clone()))));
    }
    group.finish();
}

criterion_group!(benches, transforms);
criterion_main!(benches);
