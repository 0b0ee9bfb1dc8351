"""Writes the tables that scikit-learn brings along as rows of numbers, the target last, and packs them.

    python tables.py            needs the package `scikit-learn`
"""
import gzip
from importlib.resources import files
from pathlib import Path

folder = files("sklearn.datasets.data")


def table(name, text):
    packed = gzip.compress("\n".join([*text, ""]).encode(), 9, mtime=0)
    Path(__file__).with_name(f"{name}.csv.gz").write_bytes(packed)


def lines(name):
    content = (folder / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode().split("\n")[:-1]


for name, file in [("iris", "iris.csv"), ("wine", "wine_data.csv"), ("breast_cancer", "breast_cancer.csv")]:
    table(name, lines(file)[1:])  # the first line has the names
table("digits", lines("digits.csv.gz"))
inputs, targets = lines("diabetes_data_raw.csv.gz"), lines("diabetes_target.csv.gz")
table("diabetes", [f"{x.replace(' ', ',')},{float(y):g}" for x, y in zip(inputs, targets)])
