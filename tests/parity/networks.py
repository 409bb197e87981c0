"""The program's models as PyTorch networks with the same parameter names, at any width and number of classes.

    import networks
    net = networks.build("resnet50", width=0.25, classes=10)

Blocks are torchvision's; where torchvision's constructors cannot be scaled (the stem of a ResNet, EfficientNet's
table) they are put together here. MobileNetV1, which torchvision lacks, is written out with timm's names. No
dropout and no stochastic depth: what is compared must not be random.
"""

import math
from functools import partial

from torch import nn
from torchvision.models import efficientnet, mobilenet_v2
from torchvision.models.resnet import BasicBlock, Bottleneck


def divisible(channels):
    return efficientnet._make_divisible(channels, 8)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_dw = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv_pw = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.act = nn.ReLU6()

    def forward(self, x):
        return self.act(self.bn2(self.conv_pw(self.act(self.bn1(self.conv_dw(x))))))


class MobileNetV1(nn.Module):
    """Howard et al. 2017, with the names of timm's mobilenetv1."""

    def __init__(self, width, classes):
        super().__init__()
        channels = divisible(32 * width)
        self.conv_stem = nn.Conv2d(3, channels, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.act = nn.ReLU6()
        stages = []
        for outputs, repeats, stride in ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2)):
            blocks = []
            for r in range(repeats):
                blocks.append(Separable(channels, divisible(outputs * width), stride if r == 0 else 1))
                channels = divisible(outputs * width)
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.blocks(self.act(self.bn1(self.conv_stem(x))))
        return self.classifier(x.mean((2, 3)))


class ResNet(nn.Module):
    """torchvision's blocks and names; torchvision itself cannot scale the stem and the outputs."""

    def __init__(self, block, repeats, width, classes):
        super().__init__()
        channels = divisible(64 * width)
        self.conv1 = nn.Conv2d(3, channels, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for i, planes in enumerate((64, 128, 256, 512)):
            planes = divisible(planes * width)
            blocks = []
            for r in range(repeats[i]):
                step = 2 if r == 0 and i > 0 else 1
                skip = None
                if step != 1 or channels != block.expansion * planes:
                    skip = nn.Sequential(
                        nn.Conv2d(channels, block.expansion * planes, 1, step, bias=False),
                        nn.BatchNorm2d(block.expansion * planes))
                blocks.append(block(channels, planes, step, skip))
                channels = block.expansion * planes
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


# The authors' width, depth and pixels; torchvision's batch norm.
EFFICIENTNETS = {
    "b0": (1.0, 1.0, 224), "b1": (1.0, 1.1, 240), "b2": (1.1, 1.2, 260), "b3": (1.2, 1.4, 300),
    "b4": (1.4, 1.8, 380), "b5": (1.6, 2.2, 456), "b6": (1.8, 2.6, 528), "b7": (2.0, 3.1, 600)}
TABLE_1 = (  # expansion, kernel, stride, channels, repeats
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1))


def build_efficientnet(member, width, classes):
    own_width, depth, _ = EFFICIENTNETS[member]

    def scaled(channels):
        return divisible(divisible(channels * own_width) * width)

    inputs, rows = scaled(32), []
    for expand, kernel, stride, channels, repeats in TABLE_1:
        rows.append(efficientnet.MBConvConfig(
            expand, kernel, stride, inputs, scaled(channels), math.ceil(repeats * depth)))
        inputs = scaled(channels)
    norm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01) if member >= "b5" else nn.BatchNorm2d
    return efficientnet.EfficientNet(
        rows, dropout=0.0, stochastic_depth_prob=0.0, num_classes=classes, norm_layer=norm,
        last_channel=scaled(1280))


RESNETS = {
    "resnet18": (BasicBlock, (2, 2, 2, 2)), "resnet34": (BasicBlock, (3, 4, 6, 3)),
    "resnet50": (Bottleneck, (3, 4, 6, 3)), "resnet101": (Bottleneck, (3, 4, 23, 3)),
    "resnet152": (Bottleneck, (3, 8, 36, 3))}

NAMES = ["mobilenet_v1", "mobilenet_v2", *RESNETS, *("efficientnet_" + member for member in EFFICIENTNETS)]


def build(name, width=1.0, classes=1000):
    if name == "mobilenet_v1":
        return MobileNetV1(width, classes)
    if name == "mobilenet_v2":
        return mobilenet_v2(width_mult=width, num_classes=classes, dropout=0.0)
    if name in RESNETS:
        return ResNet(*RESNETS[name], width, classes)
    return build_efficientnet(name.split("_")[1], width, classes)


def initialise(net):
    """First weights of convolutions as torchvision's networks have them."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
    return net


def pixels(name):
    """The input size that the model has of its own."""
    return EFFICIENTNETS[name.split("_")[1]][2] if name.startswith("efficientnet") else 224
