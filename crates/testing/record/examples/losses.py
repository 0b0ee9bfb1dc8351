"""The first losses of the tutorial's runs in torch, on the embedded sample of MNIST, recorded on an x86 processor with a C
compiler. The runs themselves are those of `cargo xtask fidelity`.

Three recordings, each of which any machine with the instruction set can repeat: all runs on MKL's path for Intel's
processors, with torch's square root replaced by the correctly rounded one (MKL's begins with an estimate that differs
between processors), and those without roots on MKL's path for all others, with AVX-512 and with AVX2. A processor
without AVX-512 records the last one anew and leaves the others.
"""
import gzip
import os
import subprocess
import sys
from pathlib import Path

from recording import ROOT, Recording

sys.path.insert(0, str(ROOT / "xtask/src/fidelity"))

STEPS = 200  # more than the 157 of an epoch: the second shuffle is among them

NETS = [[784, 200, 10], [784, 400, 200, 100, 10]]
WITHOUT_ROOTS = [("sgd", 0.01), ("sgd", 0.1), ("momentum", 0.01)]
WITH_ROOTS = [("adagrad", 0.01), ("rmsprop", 1e-3), ("adadelta", 1.0), ("adam", 1e-3)]


PATHS = [("nearest", "avx512"), ("amd", "avx512"), ("amd", "avx2")]
ONLY_AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


def record(rounding, isa):
    import mkl_path
    mkl_path.take("amd" if rounding == "amd" else "intel")
    import numpy as np
    import torch
    from runs import Digits, losses

    def read(name, header):
        data = gzip.decompress((ROOT / "crates/datasets/data" / name).read_bytes())
        return np.frombuffer(data[header:], dtype=np.uint8)

    torch.set_num_threads(1)
    torch.Tensor.sqrt = lambda x: torch.from_numpy(np.sqrt(x.numpy()))
    torch.Tensor.sqrt_ = lambda x: x.copy_(x.sqrt())
    images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    digits = Digits(images, read("train-labels-idx1-ubyte.gz", 8))
    recording = Recording(__file__, f"_{rounding}_{isa}")
    for sizes in NETS:
        for optimizer, lr in WITHOUT_ROOTS + (WITH_ROOTS if rounding == "nearest" else []):
            steps = [loss for epoch in losses(digits, sizes, optimizer, lr, 2) for loss in epoch][:STEPS]
            recording.case(optimizer, lr=lr, sizes=sizes, losses=torch.tensor(steps))
    recording.write()


if len(sys.argv) > 1:
    record(*sys.argv[1:])
else:
    for rounding, isa in PATHS:
        if isa == "avx512" and " avx512f " not in Path("/proc/cpuinfo").read_text():
            print(f"left as they are: the losses of {rounding} {isa}, which this processor lacks")
            continue
        env = os.environ | (ONLY_AVX2 if isa == "avx2" else {})
        subprocess.run([sys.executable, __file__, rounding, isa], check=True, env=env)
