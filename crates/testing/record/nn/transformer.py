"""Transformers and their halves: texts, first draws, outputs and gradients of torch's."""
import warnings

import torch
from torch import nn

from recording import Recording, ramp, rounded

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
CAUSAL = nn.Transformer.generate_square_subsequent_mask

GELU = {"activation": "gelu", "dropout": 0.25}
NORM_FIRST = {"norm_first": True, "dropout": 0.0, "layer_norm_eps": 0.001}

# sizes, options, number of layers, whether a norm follows, shape, masks
ENCODERS = [
    ((8, 2), {"dim_feedforward": 6}, 2, True, (5, 3, 8), {}),
    ((8, 4), {"dim_feedforward": 6, "batch_first": True, **GELU}, 1, False, (3, 5, 8), {"src_mask": "causal"}),
    ((6, 3), {"dim_feedforward": 5, **NORM_FIRST}, 2, True, (4, 2, 6), {"src_key_padding_mask": "last"}),
    ((6, 1), {"dim_feedforward": 5, "bias": False, "batch_first": True, "dropout": 0.5}, 2, False, (4, 6), {"src_mask": "causal"}),
]

# and the shape of the memory
DECODERS = [
    ((6, 2), {"dim_feedforward": 4}, 2, True, (4, 2, 6), (3, 2, 6), {"tgt_mask": "causal"}),
    ((4, 2), {"dim_feedforward": 3, "batch_first": True, **GELU}, 1, False, (2, 3, 4), (2, 4, 4),
     {"tgt_mask": "bool", "memory_mask": "float", "tgt_key_padding_mask": "first", "memory_key_padding_mask": "last"}),
    ((6, 3), {"dim_feedforward": 5, **NORM_FIRST}, 2, True, (3, 2, 6), (4, 2, 6), {"memory_key_padding_mask": "last"}),
    ((4, 1), {"dim_feedforward": 5, "bias": False, "dropout": 0.5}, 1, True, (4, 4), (3, 4), {"memory_mask": "bool"}),
]

# sizes, options, numbers of layers, shapes of src and tgt, masks
TRANSFORMERS = [
    ((4, 2), {"dim_feedforward": 3}, (1, 2), (3, 2, 4), (4, 2, 4), {"tgt_mask": "causal"}),
    ((4, 2), {"dim_feedforward": 3, "batch_first": True, "norm_first": True, **GELU}, (2, 1), (2, 3, 4), (2, 2, 4),
     {"src_mask": "bool", "tgt_mask": "bool", "memory_mask": "bool", "src_key_padding_mask": "first",
      "tgt_key_padding_mask": "first", "memory_key_padding_mask": "first"}),
    ((4, 1), {"dim_feedforward": 3, "bias": False, "dropout": 0.0}, (1, 1), (3, 4), (2, 4), {"src_mask": "causal", "memory_mask": "float"}),
]

recording = Recording(__file__)


def parts(part, fields):
    fields = list(fields.items())
    for i in range(0, len(fields), 6):
        recording.case(part, **dict(fields[i:i + 6]))


def made(kind, shape):
    """A mask of elements, or of whole keys; none hides all from a query."""
    if kind == "causal":
        return CAUSAL(shape[0])
    if kind == "float":
        return rounded(torch.randn(shape))
    hidden = torch.zeros(shape, dtype=torch.bool)
    if kind == "bool":
        hidden = torch.ones(shape, dtype=torch.bool).triu(1)
    elif kind == "last":
        hidden[0, -1] = True
    elif kind == "first":
        hidden[1, -1] = True
    return hidden


def lengths(inputs, batch_first):
    return [x.shape[1 if batch_first and x.dim() == 3 else 0] for x in inputs]


def record(net, inputs, names, options, wanted, **text):
    """What a net makes of inputs under masks; each mask's queries and keys are inputs by number."""
    start = {name: p.detach().clone() for name, p in net.named_parameters()}
    with torch.no_grad():  # copies that differ, as a trained net's
        for p in net.parameters():
            p.copy_(rounded(p + 0.1 * torch.randn_like(p)))
    inputs = [rounded(torch.randn(shape)).requires_grad_() for shape in inputs]
    batch_first = options.get("batch_first", False)
    of = dict(zip(names, lengths(inputs, batch_first)))
    batch = inputs[0].shape[0 if batch_first else 1]
    masks = {}
    for name, kind in wanted.items():
        which = name.split("_")[0]
        keys = of.get(which, of.get("src"))
        queries = of["tgt"] if which == "memory" else keys
        masks[name] = made(kind, (batch, keys) if "padding" in name else (queries, keys))
    recording.case(type(net).__name__, options=repr(options), repr=repr(net), **text, **dict(zip(names, inputs)))
    parts("masks", masks)
    parts("start", start)
    parts("state", net.state_dict())
    if type(net) is nn.TransformerEncoder and "src_mask" in masks:
        masks["mask"] = masks.pop("src_mask")
    torch.manual_seed(5)
    y = net(*inputs, **masks)
    y.backward(ramp(y))
    gradients = {"d" + name: x.grad for name, x in (*zip(names, inputs), *net.named_parameters())}
    parts("results", {"y": y, **gradients})


for sizes, options, num_layers, norm, shape, masks in ENCODERS:
    torch.manual_seed(3)
    layer = nn.TransformerEncoderLayer(*sizes, **options)
    net = nn.TransformerEncoder(layer, num_layers, nn.LayerNorm(sizes[0]) if norm else None)
    record(net, [shape], ["src"], options, masks, sizes=list(sizes), num_layers=num_layers, norm=norm)
for sizes, options, num_layers, norm, shape, memory, masks in DECODERS:
    torch.manual_seed(3)
    layer = nn.TransformerDecoderLayer(*sizes, **options)
    net = nn.TransformerDecoder(layer, num_layers, nn.LayerNorm(sizes[0]) if norm else None)
    record(net, [shape, memory], ["tgt", "memory"], options, masks, sizes=list(sizes), num_layers=num_layers, norm=norm)
for sizes, options, layers, src, tgt, masks in TRANSFORMERS:
    torch.manual_seed(3)
    net = nn.Transformer(*sizes, *layers, **options)
    record(net, [src, tgt], ["src", "tgt"], options, masks, sizes=[*sizes, *layers])
recording.write()
