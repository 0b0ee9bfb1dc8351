"""Writes a recording: NAME.txt, a readable line for each case, and NAME.safetensors.gz, which has the tensors' numbers.

`crates/testing/src/recording.rs` reads both and describes them.
"""
import gzip
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[3]
DTYPES = {
    torch.float64: "f64", torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16", torch.int64: "i64",
    torch.int32: "i32", torch.int16: "i16", torch.int8: "i8", torch.uint64: "u64", torch.uint32: "u32",
    torch.uint16: "u16", torch.uint8: "u8", torch.bool: "bool",
}
LONG = 100  # a longer text, or one of several lines, stands below its case


def fixtures(script):
    """The folder and name of what `record/CRATE/NAME.py` records."""
    script = Path(script).resolve()
    crate = ROOT / "crates" / script.parent.name
    return (crate if crate.is_dir() else ROOT / script.parent.name) / "tests/fixtures" / script.stem


def raw(t):
    """The bytes of a tensor, every NaN as the same one."""
    t = t.detach().contiguous()
    if t.is_floating_point():
        t = torch.where(t.isnan(), torch.full_like(t, float("nan")), t)
    return bytes(t.reshape(-1).view(torch.uint8).numpy()) if t.numel() else b""


class Recording:
    def __init__(self, script, suffix=""):
        """Of the script at this path; with a suffix, one of several."""
        path = fixtures(script)
        self.path = path.with_name(path.name + suffix)
        torch_version = torch.__version__.split("+")[0]
        self.lines = [f"# torch {torch_version}: cargo xtask record {Path(script).parent.name}/{path.name}"]
        self.numbers = {}  # dtype -> the bytes of its tensors
        self.seen = {}  # dtype, number of elements and checksum -> bytes

    def tensor(self, t):
        dtype, data = DTYPES[t.dtype], raw(t)
        crc = f"{zlib.crc32(data):08x}"
        known = self.seen.setdefault((dtype, t.numel(), crc), data)
        if known is data:
            self.numbers.setdefault(dtype, bytearray()).extend(data)
        assert known == data, f"{dtype} {crc}: two tensors have this checksum; change one of them"
        return f"{dtype}[{','.join(map(str, t.shape))}]:{crc}"

    def case(self, name, /, **fields):
        """Adds a case; a field is a tensor or what JSON can hold, and left out if it is None."""
        words, below = [name if name.isprintable() and not set(name) & set(' "') else json.dumps(name)], []
        for key, value in fields.items():
            if isinstance(value, torch.Tensor):
                words.append(f"{key}={self.tensor(value)}")
            elif isinstance(value, str) and ("\n" in value or len(value) > LONG):
                lines = value.split("\n")
                words.append(f"{key}=|{len(lines)}")
                below += [f"|{line}" for line in lines]
            elif value is not None:
                text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
                words.append(f"{key}={text}")
        self.lines += [" ".join(words), *below]

    def file(self, folder, path, content):
        """Writes a file below a folder, and adds it as the case `file`."""
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        self.case("file", path=path, content=torch.tensor(bytearray(content), dtype=torch.uint8))

    def write(self):
        long = [line for line in self.lines if len(line) > 400]
        assert not long, f"{len(long)} lines have more than 400 characters: {long[0]}"
        self.path.with_suffix(".txt").write_text("\n".join(self.lines) + "\n")
        header, at = {}, 0
        for dtype, name in DTYPES.items():
            if data := self.numbers.get(name):
                end = at + len(data)
                header[name] = {"dtype": name.upper(), "shape": [len(data) // dtype.itemsize], "data_offsets": [at, end]}
                at = end
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        numbers = b"".join([struct.pack("<Q", len(text)), text, *(self.numbers[name] for name in header)])
        self.path.with_suffix(".safetensors.gz").write_bytes(gzip.compress(numbers, 9, mtime=0))
        sizes = [self.path.with_suffix(s).stat().st_size for s in (".txt", ".safetensors.gz")]
        cases = sum(not line.startswith(("|", "#")) for line in self.lines)
        print(f"{self.path.relative_to(ROOT)}: {cases} cases, {sizes[0]} + {sizes[1]} bytes")


def ramp(y):
    """A gradient to send back that treats neighbours differently: 1/2, 9/16, 10/16 … 23/16, 1/2 …"""
    return (0.5 + (torch.arange(y.numel()) % 16) / 16).to(y.dtype).reshape(y.shape)


def rounded(t):
    """To three decimals, which are easy to look at."""
    return (t.double() * 1000).round().div(1000).to(t.dtype)


def checksum(t):
    """The sum of a tensor's bits, 32 at a time, times 1, 3, 5 …, which `testing::checksum` computes as well."""
    bits = t.detach().contiguous().numpy().reshape(-1).view(np.uint32).astype(np.uint64)
    return f"{int((bits * (2 * np.arange(bits.size, dtype=np.uint64) + 1)).sum(dtype=np.uint64)):016x}"
