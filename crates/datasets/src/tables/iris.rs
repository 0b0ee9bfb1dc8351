use super::Bunch;

/// Fisher's irises (1936): 150 flowers of three kinds with two lengths and two widths, as
/// `sklearn.datasets.load_iris()`.
///
/// From the [UCI repository](https://doi.org/10.24432/C56C76), CC BY 4.0.
///
/// ```
/// let iris = datasets::load_iris();
/// assert_eq!(iris.data.shape(), [150, 4]);
/// assert_eq!(iris.data.select(0, 0).to_vec::<f64>(), [5.1, 3.5, 1.4, 0.2]);
/// ```
pub fn load_iris() -> Bunch {
    Bunch::of_classes(
        include_bytes!("../../data/iris.csv.gz"),
        &["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
        &["setosa", "versicolor", "virginica"],
    )
}
