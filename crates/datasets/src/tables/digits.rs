use super::Bunch;

/// Handwritten digits of 8 × 8 pixels from 0 to 16, 1,797 of them (Alpaydin and Kaynak, 1998), as
/// `sklearn.datasets.load_digits()`.
///
/// From the [UCI repository](https://doi.org/10.24432/C50P49), CC BY 4.0.
///
/// ```
/// let digits = datasets::load_digits();
/// assert_eq!(digits.data.shape(), [1797, 64]);
/// let images = digits.data.reshape([-1, 8, 8]); // digits.images
/// assert_eq!(images.select(0, 0).select(0, 0).to_vec::<f64>()[2..6], [5.0, 13.0, 9.0, 1.0]);
/// ```
pub fn load_digits() -> Bunch {
    let names: Vec<String> = (0..64).map(|i| format!("pixel_{}_{}", i / 8, i % 8)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    Bunch::of_classes(include_bytes!("../../data/digits.csv.gz"), &names, &digits)
}
