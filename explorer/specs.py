"""The networks that the app offers by name, with what is known of them before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """What is known of a network before it is loaded."""

    title: str
    year: int
    parameters: float  #: millions
    download: float = 0.0  #: megabytes to fetch on first use; 0 when the weights come with the app


NETWORKS: dict[str, Spec] = {
    "efficientnet_lite0": Spec("EfficientNet-Lite0", 2020, 4.7),
    "efficientnet_lite1": Spec("EfficientNet-Lite1", 2020, 5.4),
    "efficientnet_lite2": Spec("EfficientNet-Lite2", 2020, 6.1),
    "torchvision/alexnet": Spec("AlexNet", 2012, 61.1, 233.1),
    "torchvision/vgg11": Spec("VGG-11", 2014, 132.9, 506.8),
    "torchvision/vgg16": Spec("VGG-16", 2014, 138.4, 527.8),
    "torchvision/googlenet": Spec("GoogLeNet", 2014, 6.6, 49.7),
    "torchvision/resnet18": Spec("ResNet-18", 2015, 11.7, 44.7),
    "torchvision/resnet50": Spec("ResNet-50", 2015, 25.6, 97.8),
    "torchvision/squeezenet1_1": Spec("SqueezeNet 1.1", 2016, 1.2, 4.7),
    "torchvision/densenet121": Spec("DenseNet-121", 2016, 8.0, 30.8),
    "torchvision/mobilenet_v2": Spec("MobileNetV2", 2018, 3.5, 13.6),
    "torchvision/convnext_tiny": Spec("ConvNeXt-Tiny", 2022, 28.6, 109.1),
}
EMBEDDED = {"efficientnet_lite0": 224, "efficientnet_lite1": 240, "efficientnet_lite2": 260}
