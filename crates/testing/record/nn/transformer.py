"""Transformer encoders: texts, first draws, outputs and gradients of torch's."""
import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
CAUSAL = nn.Transformer.generate_square_subsequent_mask

# sizes, options, number of layers, whether a norm follows, shape, whether it is causal, whether keys are hidden
ENCODERS = [
    ((8, 2), {"dim_feedforward": 6}, 2, True, (5, 3, 8), False, False),
    ((8, 4), {"dim_feedforward": 6, "batch_first": True, "activation": "gelu", "dropout": 0.25}, 1, False, (3, 5, 8), True, False),
    ((6, 3), {"dim_feedforward": 5, "norm_first": True, "dropout": 0.0, "layer_norm_eps": 0.001}, 2, True, (4, 2, 6), False, True),
    ((6, 1), {"dim_feedforward": 5, "bias": False, "batch_first": True, "dropout": 0.5}, 2, False, (4, 6), True, False),
]

recording = Recording(__file__)


def parts(part, fields):
    fields = list(fields.items())
    for i in range(0, len(fields), 6):
        recording.case(part, **dict(fields[i:i + 6]))


for sizes, options, num_layers, norm, shape, causal, hidden in ENCODERS:
    torch.manual_seed(3)
    layer = nn.TransformerEncoderLayer(*sizes, **options)
    encoder = nn.TransformerEncoder(layer, num_layers, nn.LayerNorm(sizes[0]) if norm else None)
    start = {name: p.detach().clone() for name, p in encoder.named_parameters()}
    with torch.no_grad():  # copies that differ, as a trained encoder's
        for p in encoder.parameters():
            p.copy_(rounded(p + 0.1 * torch.randn_like(p)))
    state = encoder.state_dict()
    x = rounded(torch.randn(shape)).requires_grad_()
    batch_first = options.get("batch_first", False)
    length = shape[0] if len(shape) == 2 or not batch_first else shape[1]
    masks = {"src_mask": CAUSAL(length)} if causal else {}
    if hidden:
        padding = torch.zeros(shape[0 if batch_first else 1], length, dtype=torch.bool)
        padding[0, -1] = True
        masks["src_key_padding_mask"] = padding
    text = {"sizes": list(sizes), "options": repr(options), "num_layers": num_layers, "norm": norm}
    recording.case("TransformerEncoder", **text, repr=repr(encoder), x=x, **masks)
    parts("start", start)
    parts("state", state)
    call = {"mask": masks.get("src_mask"), "src_key_padding_mask": masks.get("src_key_padding_mask")}
    torch.manual_seed(5)
    y = encoder(x, **call)
    y.backward(ramp(y))
    parts("results", {"y": y, "dx": x.grad, **{"d" + name: p.grad for name, p in encoder.named_parameters()}})
recording.write()
