"""The gradient functions of operations of mathematics, which programs call from gradient functions of their own."""

from reflow.framework import gradient_registry

__getattr__ = gradient_registry.named_functions(__name__)
