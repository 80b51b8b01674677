"""Ops that make features of strings."""
from reflow.contrib.tensor_forest.python.ops.gen_tensor_forest_ops import reinterpret_string_to_float  # noqa: F401
