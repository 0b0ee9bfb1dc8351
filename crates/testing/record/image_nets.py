"""Nets for images and their trainings, as their authors write them; `examples/src/image_runs.rs` is the other side."""
import torch
import torch.nn.functional as F
from torch import nn, optim


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))))


class MnistNet(nn.Module):
    """github.com/pytorch/examples/mnist."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = torch.flatten(self.dropout1(F.max_pool2d(x, 2)), 1)
        return F.log_softmax(self.fc2(self.dropout2(F.relu(self.fc1(x)))), dim=1)


def conv_norm(inputs, outputs, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))


def bn_net():
    return nn.Sequential(
        *conv_norm(1, 8), nn.ReLU(), nn.MaxPool2d(2), *conv_norm(8, 16), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))


class CifarBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(inputs, outputs, stride)
        self.conv2, self.bn2 = conv_norm(outputs, outputs)
        self.pad = outputs // 4 if inputs != outputs else 0

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad)) if self.pad else x))


class ResNet20(nn.Module):
    """As github.com/akamaster/pytorch_resnet_cifar10, whose weights start with kaiming_normal_."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(3, 16)
        sizes = [(16, 16, 1), (16, 32, 2), (32, 64, 2)]
        blocks = [[CifarBlock(a, b, s), CifarBlock(b, b, 1), CifarBlock(b, b, 1)] for a, b, s in sizes]
        self.layers = nn.Sequential(*(block for layer in blocks for block in layer))
        self.linear = nn.Linear(64, 10)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        x = self.layers(F.relu(self.bn1(self.conv1(x))))
        return self.linear(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Vae(nn.Module):
    """github.com/pytorch/examples/vae."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x):
        h = F.relu(self.fc1(x.view(-1, 784)))
        mu, logvar = self.fc21(h), self.fc22(h)
        std = torch.exp(0.5 * logvar)
        z = mu + torch.randn_like(std) * std
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def vae_loss(recon, x, mu, logvar):
    bce = F.binary_cross_entropy(recon, x.view(-1, 784), reduction="sum")
    return bce + -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def generator(size, nz, ngf, nc):
    """github.com/pytorch/examples/dcgan, for images of any power of two."""
    layers, inputs, outputs, where = [], nz, ngf * size // 8, (1, 0)
    while outputs >= ngf:
        layers += [nn.ConvTranspose2d(inputs, outputs, 4, *where, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)]
        inputs, outputs, where = outputs, outputs // 2, (2, 1)
    return nn.Sequential(*layers, nn.ConvTranspose2d(inputs, nc, 4, 2, 1, bias=False), nn.Tanh())


def discriminator(size, ndf, nc):
    layers, width = [nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)], ndf
    while width < ndf * size // 8:
        layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2, inplace=True)]
        width *= 2
    return nn.Sequential(*layers, nn.Conv2d(width, 1, 4, 1, 0, bias=False), nn.Sigmoid(), nn.Flatten(0))


def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif isinstance(m, nn.BatchNorm2d):
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


def classify(net, optimizer, criterion):
    optimizer = optimizer(net.parameters())

    def step(x, y):
        loss = criterion(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.item()]
    return step


def vae():
    net = Vae()
    optimizer = optim.Adam(net.parameters(), 1e-3)

    def step(x, _):
        optimizer.zero_grad()
        recon, mu, logvar = net(x)
        loss = vae_loss(recon, x, mu, logvar)
        loss.backward()
        optimizer.step()
        return [loss.item()]
    return step


def dcgan():
    net_g = generator(32, 100, 16, 1)
    net_g.apply(weights_init)
    net_d = discriminator(32, 16, 1)
    net_d.apply(weights_init)
    criterion, real, fake = nn.BCELoss(), torch.ones(64), torch.zeros(64)
    optimizer_d = optim.Adam(net_d.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_g = optim.Adam(net_g.parameters(), lr=2e-4, betas=(0.5, 0.999))

    def step(x, _):
        net_d.zero_grad()
        real_loss = criterion(net_d(F.pad(x, (2, 2, 2, 2), value=-1.0)), real)
        real_loss.backward()
        images = net_g(torch.randn(64, 100, 1, 1))
        fake_loss = criterion(net_d(images.detach()), fake)
        fake_loss.backward()
        optimizer_d.step()

        net_g.zero_grad()
        loss = criterion(net_d(images), real)
        loss.backward()
        optimizer_g.step()
        return [(real_loss + fake_loss).item(), loss.item()]
    return step


MNIST = (0.1307, 0.3081)
RUNS = {  # name -> mean and standard deviation of the images (0: made ones), and what makes the step
    "LeNet5": (MNIST, lambda: classify(LeNet5(), lambda p: optim.Adam(p, 1e-3), F.cross_entropy)),
    "MnistNet": (MNIST, lambda: classify(MnistNet(), lambda p: optim.Adadelta(p, 1.0), F.nll_loss)),
    "BnNet": (MNIST, lambda: classify(bn_net(), lambda p: optim.SGD(p, 0.1, momentum=0.9), F.cross_entropy)),
    "ResNet20": (0, lambda: classify(ResNet20(), lambda p: optim.SGD(p, 0.1, momentum=0.9), F.cross_entropy)),
    "Vae": (None, vae),
    "Dcgan": ((0.5, 0.5), dcgan),
}


def losses(name, images, labels, steps):
    """The losses of a training on the first digits, bytes `[n, 28, 28]`, in their order: seed 1, batches of 64."""
    normalize, make = RUNS[name]
    x = images[:64 * steps].unsqueeze(1).float() / 255
    if normalize:
        x = (x - normalize[0]) / normalize[1]
    torch.manual_seed(1)
    step = make()
    if normalize == 0:
        x = torch.rand(64 * steps, 3, 32, 32) - 0.5
    return [loss for x, y in zip(x.split(64), labels.split(64)) for loss in step(x, y)]
