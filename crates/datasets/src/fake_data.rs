use std::sync::Arc;

use tensor::{DType, Generator, Tensor};

use crate::Dataset;
use crate::dataset::out_of_range;
use crate::transforms::Transform;

/// Random images with random labels, the same for the same number, as `torchvision.datasets.FakeData`: for a
/// program that is to run before its data are there.
///
/// An image is `randn` by torch's generator, seeded with its number, times 255 as bytes: `U8` of shape
/// `[height, width, channels]`, or `[height, width]` for one channel. Bytes and labels are torchvision's.
///
/// ```
/// use datasets::transforms::ToTensor;
/// use datasets::{Dataset, FakeData, FakeDataOptions};
///
/// let options = FakeDataOptions { size: 10, image_size: [3, 8, 8], ..Default::default() };
/// let data = FakeData::new(options, ToTensor);
/// let (image, label) = data.get(0);
/// assert_eq!((image.shape(), label), (&[3, 8, 8][..], 6));
/// ```
#[derive(Clone)]
pub struct FakeData {
    options: FakeDataOptions,
    transform: Arc<dyn Transform>,
}

/// The settings of [`FakeData`], with torchvision's defaults.
#[derive(Clone, Copy, Debug)]
pub struct FakeDataOptions {
    /// The number of samples. Default: 1000.
    pub size: usize,
    /// Channels, height and width. Default: `[3, 224, 224]`.
    pub image_size: [usize; 3],
    /// Labels are below this. Default: 10.
    pub num_classes: usize,
    /// Added to a sample's number for its seed. Default: 0.
    pub random_offset: u64,
}

impl Default for FakeDataOptions {
    fn default() -> Self {
        Self { size: 1000, image_size: [3, 224, 224], num_classes: 10, random_offset: 0 }
    }
}

impl FakeData {
    /// With these settings.
    ///
    /// # Panics
    /// If there are no classes, or not one to four channels.
    #[track_caller]
    pub fn new(options: FakeDataOptions, transform: impl Transform + 'static) -> Self {
        let channels = options.image_size[0];
        assert!(
            (1..=4).contains(&channels),
            "FakeData: pic should not have > 4 channels, or none. Got {channels} channels."
        );
        assert!(options.num_classes > 0, "FakeData: there has to be a class");
        Self { options, transform: Arc::new(transform) }
    }
}

impl Dataset for FakeData {
    /// The transformed image and its label.
    type Sample = (Tensor, i64);

    fn len(&self) -> usize {
        self.options.size
    }

    fn get(&self, index: usize) -> (Tensor, i64) {
        if index >= self.len() {
            out_of_range(index, self.len());
        }
        let mut generator = Generator::new((index as u64).wrapping_add(self.options.random_offset));
        let [channels, height, width] = self.options.image_size;
        let noise = generator.randn([channels, height, width], DType::F32);
        let label = generator.randint(0, self.options.num_classes as i64);
        let noise = noise.permute([1, 2, 0]).contiguous();
        // As NumPy casts: what is no byte wraps around.
        let bytes: Vec<u8> = noise.as_slice::<f32>().iter().map(|x| (x * 255.0) as i32 as u8).collect();
        let image = match channels {
            1 => Tensor::from_vec(bytes, [height, width]),
            _ => Tensor::from_vec(bytes, [height, width, channels]),
        };
        (self.transform.apply(image), label)
    }
}

impl std::fmt::Debug for FakeData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FakeData({} images of {:?})", self.options.size, self.options.image_size)
    }
}
