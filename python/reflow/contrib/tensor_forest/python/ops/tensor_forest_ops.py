"""Features of strings, and sums."""
from reflow.contrib.tensor_forest.python.ops.gen_tensor_forest_ops import reinterpret_string_to_float  # noqa: F401
from reflow.contrib.tensor_forest.python.ops.gen_tensor_forest_ops import scatter_add_ndim  # noqa: F401
