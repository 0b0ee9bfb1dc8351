use super::Bunch;

/// The chemistry of 178 wines from three growers (Aeberhard and Forina, 1991), 13 features, as
/// `sklearn.datasets.load_wine()`.
///
/// From the [UCI repository](https://doi.org/10.24432/C5PC7J), CC BY 4.0.
///
/// ```
/// let wine = datasets::load_wine();
/// assert_eq!(wine.data.shape(), [178, 13]);
/// assert_eq!(wine.feature_names[0], "alcohol");
/// ```
pub fn load_wine() -> Bunch {
    Bunch::of_classes(
        include_bytes!("../../data/wine.csv.gz"),
        &[
            "alcohol",
            "malic_acid",
            "ash",
            "alcalinity_of_ash",
            "magnesium",
            "total_phenols",
            "flavanoids",
            "nonflavanoid_phenols",
            "proanthocyanins",
            "color_intensity",
            "hue",
            "od280/od315_of_diluted_wines",
            "proline",
        ],
        &["class_0", "class_1", "class_2"],
    )
}
