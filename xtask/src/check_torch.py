"""The other half of `cargo xtask check-torch`: python check_torch.py FOLDER OPTIMIZER…

Loads every file the Rust half wrote, trains one step where it stopped, and saves what torch makes of it.
"""

import glob
import os
import sys
import warnings
import zipfile

os.environ["TORCH_SERIALIZATION_DEBUG"] = "1"  # torch checks that records lie where it expects them

import numpy as np
import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load_file
from torch.utils.serialization import config

os.chdir(sys.argv[1])
torch.set_num_threads(1)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def load(name):
    """Every way torch has of loading a file gives the same."""
    plain = torch.load(name, weights_only=True)
    mapped = torch.load(name, weights_only=True, mmap=True)
    config.load.calculate_storage_offsets = True
    offsets = torch.load(name, weights_only=True, mmap=True)
    config.load.calculate_storage_offsets = False
    unrestricted = torch.load(name, weights_only=False)
    for other in (mapped, offsets, unrestricted):
        assert str(plain) == str(other), name
    with zipfile.ZipFile(name) as archive:
        assert archive.testzip() is None
    return plain


def check_dtypes(tensors, where, expected=15):
    assert len(tensors) == expected, where
    for name, tensor in tensors.items():
        if name in ("scalar", "empty"):
            expected = torch.tensor(2.5) if name == "scalar" else torch.zeros(3, 0, 2)
        else:
            expected = torch.arange(6).to(getattr(torch, name)).reshape(2, 3)
        assert same(tensor, expected), (where, name, tensor)
    print(f"  {where}: {len(tensors)} tensors as expected")


check_dtypes(load("dtypes.pth"), "dtypes.pth")
check_dtypes(load_file("dtypes.safetensors"), "dtypes.safetensors")
with np.load("dtypes.npz") as arrays:  # NumPy has no bfloat16
    check_dtypes({name: torch.from_numpy(array) for name, array in arrays.items()}, "dtypes.npz", 14)
with safe_open("dtypes.safetensors", "pt") as file:
    assert file.metadata() == {"format": "pt", "author": "naïve ✓"}, file.metadata()

value = load("values.pth")
expected = {
    "none": None,
    "flags": [True, False],
    "numbers": (0, 255, 256, 65535, 65536, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)),
    "floats": [0.1, float("inf"), -0.0, 5e-324],
    "text": "naïve ✓ \0 \U0001f600",
    "": {},
    7: [[], (), {"deep": [({"er": ()},)]}],
}
assert repr(value) == repr(expected), value
print("  values.pth: nested values as expected")

model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
print("  model.pth:", model.load_state_dict(load("model.pth")["state_dict"]))

tied = load("tied.pth")
pointers = {name: tensor.untyped_storage().data_ptr() for name, tensor in tied.items()}
assert pointers["0.weight"] == pointers["1.weight"] and len(set(pointers.values())) == 3, pointers
print("  tied.pth: one weight under two names")

for name in sys.argv[2:]:
    run = load(f"{name}.pth")
    model.load_state_dict(run["model"])
    params = [p for p in model.parameters() if name != "Muon" or p.ndim == 2]
    optimizer = getattr(torch.optim, name)(params, lr=1.0)
    optimizer.load_state_dict(run["optimizer"])
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(run["x"]), run["y"]).backward()
    if name == "SparseAdam":
        for p in params:
            p.grad = p.grad.to_sparse()
    optimizer.step()
    apart = max((model.state_dict()[k] - v).abs().max().item() for k, v in run["after"].items())
    assert apart < 1e-6, (name, apart)
    print(f"  {name}: torch's next step is {apart:.1e} from Rushlight's")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, f"{name}_back.pth")

warnings.simplefilter("ignore", FutureWarning)  # GoogLeNet's first weights may be others one day
for path in sorted(glob.glob("torchvision_*.pth")):
    name = path.removeprefix("torchvision_").removesuffix(".pth")
    run = torch.load(path, weights_only=True)
    net = getattr(torchvision.models, name)(num_classes=10)
    net.load_state_dict(run["state"])
    with torch.no_grad():
        apart = (net.eval()(run["x"]) - run["y"]).abs().max().item()
        assert apart < 1e-5, (name, apart)
        print(f"  {name}: torch's scores are {apart:.1e} from Rushlight's")
        torch.manual_seed(7)
        net = getattr(torchvision.models, name)(num_classes=10)
        net(run["x"])  # the norms' running statistics
        y = net.eval()(run["x"])
    torch.save({"state": net.state_dict(), "x": run["x"], "y": y}, f"back_{name}.pth")

for path in sorted(glob.glob("sequence_*.pth")):
    run = load(path)
    make = lambda: eval(run["torch"], {"nn": torch.nn, "torch": torch}).eval()

    def first_output(net):
        with torch.no_grad():
            out = net(*run["inputs"])
        return out[0] if isinstance(out, tuple) else out

    net = make()
    net.load_state_dict(run["state"])
    apart = (first_output(net) - run["y"]).abs().max().item()
    assert apart < 1e-5, (path, apart)
    print(f"  {type(net).__name__}: torch's output is {apart:.1e} from Rushlight's")
    torch.manual_seed(7)
    net = make()
    torch.save({"state": net.state_dict(), "y": first_output(net)}, f"back_{path}")
