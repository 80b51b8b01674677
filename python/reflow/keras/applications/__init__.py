"""Image classifiers that are known by name, with the names of layers and variables that their weight files have.

A module is an architecture. `weights` is None, the path of a weights file, or 'imagenet': the file that Keras publishes, from
~/.keras/models or, where it isn't there, from the network.
"""

import importlib

_MODULES = {
    'densenet': 'DenseNet121 DenseNet169 DenseNet201',
    'imagenet_utils': 'decode_predictions preprocess_input',
    'inception_resnet_v2': 'InceptionResNetV2',
    'inception_v3': 'InceptionV3',
    'mobilenet': 'MobileNet',
    'mobilenet_v2': 'MobileNetV2',
    'nasnet': 'NASNetLarge NASNetMobile',
    'resnet': 'ResNet101 ResNet152 ResNet50',
    'resnet_v2': 'ResNet101V2 ResNet152V2 ResNet50V2',
    'vgg16': 'VGG16',
    'vgg19': 'VGG19',
    'xception': 'Xception',
}
MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}


__all__ = list(MODULE_OF)


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError("module 'keras.applications' has no attribute '%s'" % name)
    if name in MODULE_OF:
        return getattr(importlib.import_module('%s.%s' % (__spec__.name, MODULE_OF[name])), name)
    full_name = '%s.%s' % (__spec__.name, name)
    try:
        return importlib.import_module(full_name)
    except ModuleNotFoundError as error:
        if error.name != full_name:
            raise
    raise AttributeError("module 'keras.applications' has no attribute '%s'" % name)
