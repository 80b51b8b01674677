"""How many floating-point operations the nodes of a graph take, as TensorFlow's profiler counts them."""

import math


def _elements(shape):
    if not shape.is_fully_defined():
        raise ValueError('Shape %s is not fully defined' % shape)
    return shape.num_elements()


def _input(op, index):
    return op.inputs[index].get_shape()


def _output(op):
    return op.outputs[0].get_shape()


def _of_input(factor):
    return lambda op: _elements(_input(op, 0)) * factor


def _of_output(factor):
    return lambda op: _elements(_output(op)) * factor


def _reduction(finalize):
    """One for each number that is added to another, and `finalize` for each result."""
    return lambda op: _elements(_input(op, 0)) + _elements(_output(op)) * (finalize - 1)


def _check_format(op):
    if op.get_attr('data_format') != b'NHWC':
        raise ValueError('Only NHWC format is supported in flops computations')


def _window(op):
    _check_format(op)
    return math.prod(op.get_attr('ksize'))


def _convolution(dims):
    """Two for each number of the filter that an output takes, `dims` being the filter's dimensions that count."""
    def flops(op):
        _elements(_input(op, 0))
        _elements(_input(op, 1))
        return _elements(_output(op)) * math.prod(_input(op, 1).as_list()[:dims]) * 2
    return flops


def _matmul(first, last):
    def flops(op):
        a = _input(op, 0)
        _elements(a)
        is_transposed = op.get_attr('transpose_a' if op.type == 'MatMul' else 'adj_x')
        return a.as_list()[first if is_transposed else last] * _elements(_output(op)) * 2
    return flops


def _backprop(image, kernel):
    """Of both gradients of Conv2D: where the image and the filter of the convolution have their shapes."""
    def flops(op):
        _check_format(op)
        strides = op.get_attr('strides')
        shape = image(op)
        return 2 * _elements(shape) * _elements(kernel(op)) // (shape.as_list()[-1] * strides[1] * strides[2])
    return flops


_FLOPS = {
    **dict.fromkeys(('Reciprocal', 'Square', 'Log', 'Neg', 'AssignSub', 'AssignAdd', 'BiasAdd'), _of_input(1)),
    'Rsqrt': _of_input(2), 'Softmax': _of_input(5),
    'L2Loss': lambda op: _elements(_input(op, 0)) * 3 - 1,
    **dict.fromkeys(('Add', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'Pow', 'GreaterEqual', 'Greater', 'LessEqual', 'Less',
                     'Equal', 'NotEqual'), _of_output(1)),
    'SquaredDifference': _of_output(2), 'RsqrtGrad': _of_output(4),
    'Mean': _reduction(1), **dict.fromkeys(('Sum', 'ArgMax', 'ArgMin', 'BiasAddGrad'), _reduction(0)),
    **dict.fromkeys(('AvgPool', 'MaxPool'), lambda op: _window(op) * _elements(_output(op))),
    'AvgPoolGrad': lambda op: _window(op) * _elements(_input(op, 1)) * 2,
    'MaxPoolGrad': lambda op: (_window(op) + 1) * _elements(_input(op, 1)),
    'Conv2D': _convolution(3), 'Conv3D': _convolution(4),
    **dict.fromkeys(('DepthwiseConv2dNative', 'Dilation2D'), _convolution(2)),
    'Conv2DBackpropInput': _backprop(_output, lambda op: _input(op, 1)),
    'Conv2DBackpropFilter': _backprop(lambda op: _input(op, 0), _output),
    'MatMul': _matmul(0, 1), 'BatchMatMul': _matmul(-2, -1),
    'AddN': lambda op: _elements(_input(op, 0)) * (len(op.inputs) - 1),
}


def of_op(op):
    """The number of an operation; 0 where none are counted. ValueError: its shapes aren't known."""
    function = _FLOPS.get(op.type)
    return 0 if function is None else int(function(op))
