"""Attention layers: texts, first draws, outputs, weights and gradients of torch's."""
import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)

BOOL = {"key_padding_mask": "bool", "attn_mask": "bool"}
FLOAT = {"key_padding_mask": "float", "attn_mask": "float"}

# sizes, options, options of the call, shapes of query, key and value; one shape if they are the same
HEADS = [
    ((8, 2), {}, {}, [(5, 3, 8)]),
    ((8, 2), {}, {"need_weights": False}, [(5, 3, 8)]),
    ((8, 4), {"batch_first": True, "dropout": 0.5}, {"average_attn_weights": False}, [(3, 5, 8)]),
    ((8, 4), {"batch_first": True, "dropout": 0.5}, {"need_weights": False}, [(3, 5, 8)]),
    ((6, 3), {"bias": False}, {**BOOL}, [(4, 2, 6), (5, 2, 6), (5, 2, 6)]),
    ((6, 3), {"batch_first": True}, {**FLOAT, "need_weights": False}, [(2, 4, 6), (2, 5, 6), (2, 5, 6)]),
    ((6, 2), {"kdim": 5, "vdim": 3}, {"attn_mask": "bool 3"}, [(4, 2, 6), (3, 2, 5), (3, 2, 3)]),
    ((6, 2), {"vdim": 3, "bias": False}, {"need_weights": False}, [(4, 6), (3, 6), (3, 3)]),
    ((6, 1), {"add_bias_kv": True}, {**FLOAT}, [(4, 2, 6)]),
    ((6, 3), {"add_zero_attn": True, "dropout": 0.25}, {**BOOL, "need_weights": False}, [(4, 2, 6)]),
    ((6, 3), {"add_bias_kv": True, "add_zero_attn": True, "kdim": 4}, {**BOOL}, [(4, 6), (5, 4), (5, 6)]),
    ((8, 2), {}, {"attn_mask": "causal", "is_causal": True, "need_weights": False}, [(5, 3, 8)]),
    ((8, 2), {}, {"attn_mask": "causal", "is_causal": True}, [(5, 8)]),
    ((6, 2), {"batch_first": True}, {"average_attn_weights": False, "attn_mask": "float 3"}, [(4, 6)]),
]


def masks(sizes, options, call, query, key):
    """Masks that hide something, but no query's all."""
    lengths = [x.shape[0] if x.dim() == 2 or not options.get("batch_first") else x.shape[1] for x in (query, key)]
    batch = 1 if query.dim() == 2 else query.shape[0 if options.get("batch_first") else 1]
    made = {}
    kind = call.get("key_padding_mask")
    if kind:
        shape = (batch, lengths[1]) if query.dim() == 3 else (lengths[1],)
        mask = torch.zeros(shape, dtype=torch.bool)
        mask[..., -1] = True
        made["key_padding_mask"] = mask if kind == "bool" else rounded(torch.randn(shape, dtype=query.dtype))
    kind = call.get("attn_mask")
    if kind:
        shape = (batch * sizes[1], *lengths) if kind.endswith("3") else tuple(lengths)
        mask = torch.ones(shape, dtype=torch.bool).triu(1)
        if kind.startswith("float"):
            mask = rounded(torch.randn(shape, dtype=query.dtype))
        if kind == "causal":
            mask = nn.Transformer.generate_square_subsequent_mask(lengths[0], dtype=query.dtype)
        made["attn_mask"] = mask
    return made


def attended(layer, inputs, call):
    inputs = [x.detach().requires_grad_() for x in inputs]
    torch.manual_seed(5)
    y, weights = layer(*(inputs if len(inputs) == 3 else inputs * 3), **call)
    loss = (y * ramp(y)).sum()
    if weights is not None:
        loss = loss + (weights * ramp(weights)).sum()
    loss.backward()
    fields = {"y": y, "weights": weights} | {"d" + name: x.grad for name, x in zip(("query", "key", "value"), inputs)}
    return fields | {"d" + name: p.grad for name, p in layer.named_parameters()}


recording = Recording(__file__)


def parts(part, fields):
    fields = [(name, t) for name, t in fields.items() if t is not None]
    for i in range(0, len(fields), 8):
        recording.case(part, **dict(fields[i:i + 8]))


for dtype in (torch.float32, torch.float64):
    for sizes, options, call, shapes in HEADS:
        torch.manual_seed(3)
        layer = nn.MultiheadAttention(*sizes, **options)
        parameters = {name: p.detach().clone() for name, p in layer.named_parameters()}
        layer.to(dtype)
        inputs = [rounded(torch.randn(shape, dtype=dtype)) for shape in shapes]
        made = masks(sizes, options, call, inputs[0], inputs[-1])
        text = {"sizes": list(sizes), "options": repr(options), "repr": repr(layer)}
        settings = {name: value for name, value in call.items() if "mask" not in name}
        recording.case("MultiheadAttention", **text, **settings, **made, **dict(zip(("query", "key", "value"), inputs)))
        if dtype == torch.float32:
            parts("start", parameters)
        parts("results", attended(layer, inputs, {**call, **made}))
recording.write()
