"""Losses of torch's trainings with nets for images on the embedded digits, on one thread."""
from image_nets import losses
from trainings import record

record(__file__, losses, {"LeNet5": 60, "MnistNet": 12, "BnNet": 30, "ResNet20": 5, "Vae": 60, "Dcgan": 8})
