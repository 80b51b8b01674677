"""Arguments and sizes of convolutions."""


def convert_data_format(data_format, ndim):
    """'NHWC' and the like for 'channels_last' or 'channels_first' of a rank."""
    formats = {'channels_last': {3: 'NWC', 4: 'NHWC', 5: 'NDHWC'}, 'channels_first': {3: 'NCW', 4: 'NCHW', 5: 'NCDHW'}}
    if data_format not in formats:
        raise ValueError('Invalid data_format:', data_format)
    if ndim not in formats[data_format]:
        raise ValueError('Input rank not supported:', ndim)
    return formats[data_format][ndim]


def normalize_tuple(value, n, name):
    """`value` as a tuple of n integers: one stands for all."""
    if isinstance(value, int):
        return (value,) * n
    message = 'The `' + name + '` argument must be a tuple of ' + str(n) + ' integers. Received: ' + str(value)
    try:
        values = tuple(value)
    except TypeError:
        raise ValueError(message) from None
    if len(values) != n:
        raise ValueError(message)
    for each in values:
        try:
            int(each)
        except (ValueError, TypeError):
            raise ValueError(message + ' including element ' + str(each) + ' of type ' + str(type(each))) from None
    return values


def normalize_data_format(value):
    """'channels_last', which None is too, or 'channels_first'."""
    if value is None:
        from reflow.keras import backend_config
        value = backend_config.image_data_format()
    data_format = value.lower()
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('The `data_format` argument must be one of "channels_first", "channels_last". Received: ' +
                         str(value))
    return data_format


def normalize_padding(value):
    """A list of paddings, or the name of one in lower case."""
    if isinstance(value, (list, tuple)):
        return value
    padding = value.lower()
    if padding not in {'valid', 'same', 'causal'}:
        raise ValueError('The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", only for '
                         '`Conv1D). Received: ' + str(padding))
    return padding


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """The size after a convolution; None: it isn't known."""
    if input_length is None:
        return None
    dilated = filter_size + (filter_size - 1) * (dilation - 1)
    length = {'same': input_length, 'causal': input_length, 'valid': input_length - dilated + 1,
              'full': input_length + dilated - 1}[padding]
    return (length + stride - 1) // stride


def deconv_output_length(input_length, filter_size, padding, output_padding=None, stride=0, dilation=1):
    """The size after a transposed convolution, a number or a tensor; None: it isn't known."""
    if input_length is None:
        return None
    filter_size = filter_size + (filter_size - 1) * (dilation - 1)
    if output_padding is None:
        if padding == 'valid':
            return input_length * stride + max(filter_size - stride, 0)
        if padding == 'full':
            return input_length * stride - (stride + filter_size - 2)
        return input_length * stride
    pad = {'same': filter_size // 2, 'valid': 0, 'full': filter_size - 1}[padding]
    return (input_length - 1) * stride + filter_size - 2 * pad + output_padding


def convert_kernel(kernel):
    """A kernel turned by half a turn in its space."""
    import numpy as np
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError('Invalid kernel shape:', kernel.shape)
    slices = [slice(None, None, -1)] * (kernel.ndim - 2) + [slice(None)] * 2
    return np.copy(kernel[tuple(slices)])
