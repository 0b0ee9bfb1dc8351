"""State dicts, texts and scores of torchvision's models (`pip install --no-deps torchvision pillow`) and of the
residual nets for CIFAR, from a seed."""
import warnings

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from recording import Recording

torch.set_num_threads(1)
warnings.simplefilter("ignore", FutureWarning)  # GoogLeNet's first weights may be others one day


class CifarBlock(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.more = planes - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.more:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return F.relu(y + x)


class CifarResNet(nn.Module):
    """With the names and first weights of github.com/akamaster/pytorch_resnet_cifar10."""

    def __init__(self, blocks, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 32, 64]
        for i in (1, 2, 3):
            first = CifarBlock(widths[i - 1], widths[i], 1 if i == 1 else 2)
            rest = [CifarBlock(widths[i], widths[i], 1) for _ in range(blocks - 1)]
            setattr(self, f"layer{i}", nn.Sequential(first, *rest))
        self.linear = nn.Linear(64, num_classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


# The nets and the sides of their images; of those in the first list all names and the text are recorded.
WHOLE = {"alexnet": 64, "vgg11_bn": 32, "resnet18": 64, "resnet20": 32, "resnet50": 64, "densenet121": 64, "googlenet": 64,
         "mobilenet_v2": 64, "squeezenet1_1": 64}
SCORES = {"vgg13": 32, "vgg16_bn": 32, "vgg19": 32, "resnet32": 32, "resnet34": 64, "resnet44": 32, "resnet56": 32,
          "densenet169": 64, "densenet201": 64, "squeezenet1_0": 64}
CIFAR = {"resnet20": 3, "resnet32": 5, "resnet44": 7, "resnet56": 9}


def make(name, **options):
    torch.manual_seed(0)
    return CifarResNet(CIFAR[name], 10) if name in CIFAR else getattr(torchvision.models, name)(num_classes=10, **options)


recording = Recording(__file__)
for name, side in (WHOLE | SCORES).items():
    net = make(name).eval()
    x = torch.rand(2, 3, side, side)
    with torch.no_grad():
        y = net(x)
    state = "\n".join(f"{key} {list(value.shape)}" for key, value in net.state_dict().items())
    whole = {"state": state, "repr": str(net).replace("inplace=True", "")} if name in WHOLE else {}
    recording.case(name, parameters=sum(p.numel() for p in net.parameters()), size=side, y=y, **whole)

for options in ({}, {"aux_logits": False}, {"transform_input": True}):
    net = make("googlenet", **options)
    x = torch.rand(4, 3, 96, 96)
    with torch.no_grad():
        y = net.eval()(x)
        trained = net.train()(x)
    logits, aux_logits2, aux_logits1 = trained if isinstance(trained, tuple) else (trained, None, None)
    recording.case("options", **options, y=y, logits=logits, aux_logits2=aux_logits2, aux_logits1=aux_logits1)
recording.write()
