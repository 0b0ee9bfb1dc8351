"""Fills corpus/ from the fixtures of the test suites: python seed.py"""

import os
import pathlib
import zipfile

here = pathlib.Path(__file__).parent
fixtures = here.parent / "crates/serialize/tests/fixtures"


def seed(target, name, data):
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


for file in sorted(fixtures.iterdir()):
    data = file.read_bytes()
    if file.suffix == ".safetensors":
        seed("safetensors", file.name, data[8:])
    if file.suffix == ".pth" and data[:2] == b"PK":
        seed("zip", file.name, data[4:])
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                # Some have no checksums, which `zipfile` insists on.
                if name.endswith("data.pkl") and archive.getinfo(name).CRC:
                    seed("pickle", file.name, archive.read(name))
    elif file.suffix == ".pth":
        # What follows the three pickles that every legacy file begins with.
        seed("pickle", file.name, data[data.index(b"}q\x00(X\x10\x00\x00\x00protocol_version") :].partition(b".")[2])
    if file.suffix == ".model":
        length = int.from_bytes(data[16:24], "little")
        body = data[64:]
        split = -(-length * 255 // len(body))
        seed("container", file.name, bytes([min(split, 255)]) + body)
for kind in range(8, 15):
    seed("idx", str(kind), bytes([0, 0, kind, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(48))
