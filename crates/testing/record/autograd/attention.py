"""What torch's flash attention gives, and its gradients, as checksums: for each instruction set of torch's in a recording
of its own, as it sums in as many lanes. A processor records the one that it has; ATEN_CPU_CAPABILITY=avx2 and
MKL_ENABLE_INSTRUCTIONS=AVX2 record the other.
"""
import torch
from torch.nn import functional as F

from recording import Recording, checksum

torch.set_num_threads(1)

# batch, heads, heads of keys, queries, keys, width; and what else there is
CASES = [
    ((2, 2, 2, 40, 40, 16), {}), ((2, 2, 2, 40, 40, 16), {"is_causal": True}), ((1, 2, 2, 64, 64, 32), {"is_causal": True, "packed": True}),
    ((2, 4, 4, 64, 64, 32), {"packed": True}), ((1, 2, 2, 100, 100, 64), {"is_causal": True}), ((1, 1, 1, 191, 191, 32), {"is_causal": True}),
    ((1, 1, 1, 192, 192, 32), {"is_causal": True, "scale": 0.3}), ((1, 2, 2, 260, 260, 64), {"is_causal": True, "packed": True}),
    ((1, 1, 1, 512, 512, 64), {"is_causal": True}), ((1, 1, 1, 520, 520, 64), {"is_causal": True}), ((1, 1, 1, 520, 520, 64), {}),
    ((1, 1, 1, 768, 768, 32), {"is_causal": True}), ((1, 1, 1, 800, 800, 16), {}), ((1, 2, 2, 36, 700, 24), {}),
    ((1, 2, 2, 700, 36, 24), {"is_causal": True}), ((1, 2, 2, 36, 700, 24), {"is_causal": True}), ((1, 4, 2, 40, 56, 16), {}),
    ((2, 6, 2, 70, 70, 32), {"is_causal": True}), ((1, 4, 1, 36, 36, 16), {}), ((2, 2, 2, 36, 44, 16), {"mask": "seen"}),
    ((2, 2, 2, 36, 44, 16), {"mask": "keys"}), ((2, 2, 2, 36, 44, 16), {"mask": "added", "scale": -0.5}), ((1, 1, 1, 200, 530, 32), {"mask": "added"}),
    ((1, 1, 1, 200, 530, 32), {"mask": "nothing"}), ((1, 2, 2, 44, 44, 80), {"is_causal": True}), ((1, 1, 1, 45, 47, 13), {}),
    ((1, 2, 2, 49, 51, 20), {"is_causal": True}),
]


def masks(kind, batch, heads, queries, keys):
    if kind == "seen":
        return torch.rand(queries, keys) > 0.3
    if kind == "keys":
        return torch.randn(batch, 1, 1, keys)
    if kind == "nothing":
        return torch.arange(queries)[:, None] > torch.arange(keys)
    return torch.randn(batch, heads, queries, keys)


recording = Recording(__file__, f"_{torch.backends.cpu.get_cpu_capability().lower()}")
for (batch, heads, key_heads, queries, keys, width), options in CASES:
    torch.manual_seed(7)
    if options.get("packed"):
        qkv = list(torch.randn(batch, queries, 3, heads, width).permute(2, 0, 3, 1, 4))
    else:
        shapes = [(heads, queries), (key_heads, keys), (key_heads, keys)]
        qkv = [torch.randn(batch, *shape, width) for shape in shapes]
    qkv = [x.detach().requires_grad_() for x in qkv]
    kind = options.get("mask")
    mask = masks(kind, batch, heads, queries, keys) if kind else None
    y = F.scaled_dot_product_attention(*qkv, mask, 0.0, options.get("is_causal", False), scale=options.get("scale"),
                                       enable_gqa=heads != key_heads)
    y.backward(torch.randn(batch, heads, queries, width))
    results = {name: checksum(t) for name, t in zip(("y", "dq", "dk", "dv"), (y, *(x.grad for x in qkv)))}
    recording.case("attention", sizes=[batch, heads, key_heads, queries, keys, width], **options, **results)
recording.write()
