"""Cuts the embedded sample out of the full MNIST files and packs it as small as gzip allows.

    python sample.py DIR        DIR holds the four unpacked files; needs the package `zopfli`
"""
import struct
import sys
from pathlib import Path

import zopfli.gzip

for part, count in (("train", 10_000), ("t10k", 2_000)):
    for name, header, size in (("images-idx3-ubyte", 16, 28 * 28), ("labels-idx1-ubyte", 8, 1)):
        whole = (Path(sys.argv[1]) / f"{part}-{name}").read_bytes()
        sample = whole[:4] + struct.pack(">I", count) + whole[8:header + count * size]
        packed = zopfli.gzip.compress(sample, numiterations=15)
        Path(__file__).with_name(f"{part}-{name}.gz").write_bytes(packed)
