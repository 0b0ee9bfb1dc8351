"""scikit-learn's tables, and the points that it makes up."""
import numpy as np
import torch
from sklearn import datasets

from recording import Recording, checksum

recording = Recording(__file__)

for name in ["iris", "wine", "breast_cancer", "digits", "diabetes"]:
    table = getattr(datasets, f"load_{name}")()
    data, target = torch.from_numpy(table.data.copy()), torch.from_numpy(table.target)
    names = [str(n) for n in table.get("target_names", [])]
    # The largest by their checksum, and their first rows.
    small = data if data.numel() < 5000 else data[:5]
    recording.case(name, shape=list(data.shape), data=small, checksum=checksum(data.float()), target=target,
                   feature_names="\n".join(table.feature_names), target_names="\n".join(names) + "\n")


def made(name, *arguments, centers=None, **settings):
    given = settings if centers is None else settings | {"centers": centers}
    more = {"make_blobs": {"return_centers": True}, "make_regression": {"coef": True}}.get(name, {})
    x, y, *third = getattr(datasets, name)(*arguments, **given, **more)
    tensors = {key: torch.from_numpy(np.asarray(t)) for key, t in zip(["x", "y", "third"], [x, y, *third])}
    if isinstance(centers, np.ndarray):
        centers, tensors["at"] = None, torch.from_numpy(centers)
    recording.case(name, arguments=list(arguments), centers=centers, **settings, **tensors)


for seed, n in [(0, 7), (42, 100), (3, 1), (5, 2)]:
    made("make_moons", n, random_state=seed)
    made("make_moons", n, random_state=seed, noise=0.1)
    made("make_circles", n, random_state=seed, noise=0.05, factor=0.5)
    made("make_circles", n, random_state=seed)
    made("make_blobs", n, random_state=seed)
    made("make_blobs", n, 3, random_state=seed, centers=5, cluster_std=0.5, center_box=(-1.0, 2.0))
made("make_moons", 10, shuffle=False, random_state=1, noise=0.3)
made("make_circles", 11, shuffle=False, random_state=1, noise=0.3, factor=0.0)
made("make_blobs", 10, shuffle=False, random_state=1)
made("make_blobs", 12, random_state=1, centers=np.array([[0.0, 1.0, 2.0], [-3.0, 4.5, 0.25]]), cluster_std=[0.1, 2.0])
for seed in [0, 42]:
    made("make_regression", 20, 15, random_state=seed)
    made("make_regression", 9, 4, random_state=seed, n_informative=2, n_targets=3, bias=1.5, noise=10.0)
    made("make_regression", 6, 1, random_state=seed, noise=0.5, shuffle=False)
recording.write()
