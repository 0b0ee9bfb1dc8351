use super::Bunch;

/// Measures of cell nuclei in 569 pictures of breast tissue, malignant or benign (Wolberg and others, 1995),
/// 30 features, as `sklearn.datasets.load_breast_cancer()`.
///
/// From the [UCI repository](https://doi.org/10.24432/C5DW2B), CC BY 4.0.
///
/// ```
/// let cancer = datasets::load_breast_cancer();
/// assert_eq!(cancer.data.shape(), [569, 30]);
/// assert_eq!(cancer.target_names, ["malignant", "benign"]);
/// ```
pub fn load_breast_cancer() -> Bunch {
    const MEASURES: [&str; 10] = [
        "radius",
        "texture",
        "perimeter",
        "area",
        "smoothness",
        "compactness",
        "concavity",
        "concave points",
        "symmetry",
        "fractal dimension",
    ];
    let names: Vec<String> = [("mean ", ""), ("", " error"), ("worst ", "")]
        .into_iter()
        .flat_map(|(before, behind)| MEASURES.map(|measure| format!("{before}{measure}{behind}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Bunch::of_classes(include_bytes!("../../data/breast_cancer.csv.gz"), &names, &["malignant", "benign"])
}
