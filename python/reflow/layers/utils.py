"""Arguments and sizes of layers (tensorflow.python.layers.utils)."""
from reflow.framework import smart_cond as smart_module
from reflow.keras.utils.conv_utils import (  # noqa: F401
    conv_output_length, convert_data_format, normalize_data_format, normalize_padding, normalize_tuple)
from reflow.ops import variables


def conv_input_length(output_length, filter_size, padding, stride):
    """The size before a convolution that gives `output_length`; None: it isn't known."""
    if output_length is None:
        return None
    pad = {'same': filter_size // 2, 'valid': 0, 'full': filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(input_length, filter_size, padding, stride):
    """The size after a transposed convolution; None: it isn't known."""
    if input_length is None:
        return None
    extra = {'valid': max(filter_size - stride, 0), 'full': 2 - stride - filter_size}.get(padding, 0)
    return input_length * stride + extra


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """The result of one of the functions, without a cond where it is known which."""
    return smart_module.smart_cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def constant_value(pred):
    """The bool that `pred` is known to be; None: it isn't known."""
    return None if isinstance(pred, variables.Variable) else smart_module.smart_constant_value(pred)


def static_shape(x):
    """The sizes of a tensor as a tuple; None: its rank isn't known."""
    shape = None if x is None else x.get_shape()
    return None if shape is None or shape.ndims is None else tuple(shape.as_list())
