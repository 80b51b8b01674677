"""keras.applications.resnet_v2, with the package's layers."""

from reflow.keras_package.applications import package_functions

__getattr__ = package_functions('resnet_v2')
