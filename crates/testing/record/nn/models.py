"""State dicts, texts and scores of torchvision's models (`pip install --no-deps torchvision pillow`) from a seed."""
import torch
import torchvision

from recording import Recording

torch.set_num_threads(1)

recording = Recording(__file__)
for name in ("resnet18", "resnet34", "resnet50"):
    torch.manual_seed(0)
    net = getattr(torchvision.models, name)(num_classes=10).eval()
    x = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        y = net(x)
    state = "\n".join(f"{key} {list(value.shape)}" for key, value in net.state_dict().items())
    recording.case(name, parameters=sum(p.numel() for p in net.parameters()), state=state, y=y)
recording.write()
