"""TensorInfos, under the name that programs import."""
from reflow.saved_model.utils_impl import (  # noqa: F401
    build_tensor_info, build_tensor_info_from_op, get_tensor_from_tensor_info)
