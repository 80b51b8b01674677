"""Layers of several inputs."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine.base_layer import Layer
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn


class _Merge(Layer):
    """Combines inputs element by element; shapes are broadcast."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge_function(self, inputs):
        raise NotImplementedError

    def _broadcast_shape(self, shape1, shape2):
        """The shape of an operation on two inputs; None: it isn't known."""
        if None in (shape1, shape2):
            return None
        if len(shape1) < len(shape2):
            return self._broadcast_shape(shape2, shape1)
        if not shape2:
            return shape1
        output = list(shape1[:-len(shape2)])
        for i, j in zip(shape1[-len(shape2):], shape2):
            if i is None or j is None:
                output.append(None)
            elif i == 1:
                output.append(j)
            elif j == 1 or i == j:
                output.append(i)
            else:
                raise ValueError('Operands could not be broadcast together with shapes ' + str(shape1) + ' ' + str(shape2))
        return tuple(output)

    def build(self, input_shape):
        """Looks at the inputs' shapes."""
        if not isinstance(input_shape, list):
            raise ValueError('A merge layer should be called on a list of inputs.')
        shapes = [tuple(tensor_shape.TensorShape(each).as_list()) for each in input_shape]
        if len(shapes) < 2:
            raise ValueError('A merge layer should be called on a list of at least 2 inputs. Got ' + str(len(shapes)) +
                             ' inputs.')
        batch_sizes = {shape[0] for shape in shapes if shape} - {None}
        if len(batch_sizes) > 1:
            raise ValueError('Can not merge tensors with different batch sizes. Got tensors with shapes : ' + str(shapes))
        output_shape = shapes[0][1:]
        for shape in shapes[1:]:
            output_shape = self._broadcast_shape(output_shape, shape[1:])
        self._reshape_required = not (None not in map(tuple, shapes) and len({len(shape) for shape in shapes}) == 1)

    def call(self, inputs):
        """The outputs."""
        if not isinstance(inputs, list):
            raise ValueError('A merge layer should be called on a list of inputs.')
        if not self._reshape_required:
            return self._merge_function(inputs)
        rank = max(K.ndim(x) for x in inputs)
        expanded = []
        for x in inputs:
            for _ in range(rank - K.ndim(x)):
                x = array_ops.expand_dims(x, axis=1)
            expanded.append(x)
        return self._merge_function(expanded)

    def compute_output_shape(self, input_shape):
        """The broadcast shape."""
        shapes = [tuple(tensor_shape.TensorShape(each).as_list()) for each in input_shape]
        output_shape = shapes[0][1:]
        for shape in shapes[1:]:
            output_shape = self._broadcast_shape(output_shape, shape[1:])
        batch_sizes = {shape[0] for shape in shapes} - {None}
        batch = batch_sizes.pop() if len(batch_sizes) == 1 else None
        return tensor_shape.TensorShape((batch,) + output_shape)

    def compute_mask(self, inputs, mask=None):
        """Where all masks are true."""
        if mask is None:
            return None
        if not isinstance(mask, list):
            raise ValueError('`mask` should be a list.')
        if not isinstance(inputs, list):
            raise ValueError('`inputs` should be a list.')
        if len(mask) != len(inputs):
            raise ValueError('The lists `inputs` and `mask` should have the same length.')
        if all(each is None for each in mask):
            return None
        masks = [array_ops.expand_dims(each, axis=0) for each in mask if each is not None]
        return K.all(K.concatenate(masks, axis=0), axis=0, keepdims=False)

    def get_config(self):
        """The arguments of the constructor."""
        return self._base_config()


class Add(_Merge):
    """The sum."""

    def _merge_function(self, inputs):
        output = inputs[0]
        for each in inputs[1:]:
            output += each
        return output


class Subtract(_Merge):
    """The first minus the second."""

    def build(self, input_shape):
        """Looks at the inputs' shapes."""
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError('A `Subtract` layer should be called on exactly 2 inputs')

    def _merge_function(self, inputs):
        if len(inputs) != 2:
            raise ValueError('A `Subtract` layer should be called on exactly 2 inputs')
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product."""

    def _merge_function(self, inputs):
        output = inputs[0]
        for each in inputs[1:]:
            output = output * each
        return output


class Average(_Merge):
    """The mean."""

    def _merge_function(self, inputs):
        output = inputs[0]
        for each in inputs[1:]:
            output += each
        return output / len(inputs)


class Maximum(_Merge):
    """The largest."""

    def _merge_function(self, inputs):
        output = inputs[0]
        for each in inputs[1:]:
            output = math_ops.maximum(output, each)
        return output


class Minimum(_Merge):
    """The smallest."""

    def _merge_function(self, inputs):
        output = inputs[0]
        for each in inputs[1:]:
            output = math_ops.minimum(output, each)
        return output


class Concatenate(_Merge):
    """One after the other along a dimension."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape):
        """Looks at the inputs' shapes."""
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError('A `Concatenate` layer should be called on a list of at least 2 inputs')
        shapes = [tuple(tensor_shape.TensorShape(each).as_list()) for each in input_shape]
        reduced = [list(shape) for shape in shapes]
        different = set()
        for shape in reduced:
            del shape[self.axis]
            different.add(tuple(shape))
        if len(different) > 1:
            raise ValueError('A `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got '
                             'inputs shapes: %s' % [tuple(shape) for shape in shapes])

    def call(self, inputs):
        """The outputs."""
        if not isinstance(inputs, list):
            raise ValueError('A merge layer should be called on a list of inputs.')
        return self._merge_function(inputs)

    def _merge_function(self, inputs):
        return K.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape):
        """The shape with the sum of the sizes."""
        if not isinstance(input_shape, list):
            raise ValueError('A `Concatenate` layer should be called on a list of inputs.')
        output = tensor_shape.TensorShape(input_shape[0]).as_list()
        for each in input_shape[1:]:
            size = tensor_shape.TensorShape(each).as_list()[self.axis]
            if output[self.axis] is None or size is None:
                output[self.axis] = None
                break
            output[self.axis] += size
        return tensor_shape.TensorShape(output)

    def compute_mask(self, inputs, mask=None):
        """The masks, one after the other."""
        if mask is None or all(each is None for each in mask):
            return None
        masks = []
        for x, each in zip(inputs, mask):
            if each is None:
                masks.append(array_ops.ones_like(x, dtype='bool'))
            elif K.ndim(each) < K.ndim(x):
                masks.append(array_ops.expand_dims(each, axis=-1))
            else:
                masks.append(each)
        return K.all(array_ops.concat(masks, axis=self.axis), axis=-1, keepdims=False)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('axis')


class Dot(_Merge):
    """The product of a dimension of each of two inputs."""

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError('Invalid type for `axes` - should be a list or an int.')
            if len(axes) != 2:
                raise ValueError('Invalid format for `axes` - should contain two elements.')
            if not isinstance(axes[0], int) or not isinstance(axes[1], int):
                raise ValueError('Invalid format for `axes` - list elements should be "int".')
        self.axes = axes
        self.normalize = normalize

    _product = staticmethod(K.batch_dot)

    def _axes(self, shapes):
        if isinstance(self.axes, int):
            return [self.axes % len(shape) if self.axes < 0 else self.axes for shape in shapes]
        return [axis % len(shape) if axis < 0 else axis for axis, shape in zip(self.axes, shapes)]

    def build(self, input_shape):
        """Looks at the inputs' shapes."""
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ValueError('A `Dot` layer should be called on a list of 2 inputs.')
        shapes = [tuple(tensor_shape.TensorShape(each).as_list()) for each in input_shape]
        axes = self._axes(shapes)
        if shapes[0][axes[0]] != shapes[1][axes[1]]:
            raise ValueError('Dimension incompatibility %s != %s. Layer shapes: %s, %s' % ((shapes[0][axes[0]], shapes[1][axes[1]], *shapes)))

    def call(self, inputs):
        """The outputs."""
        return self._merge_function(inputs)

    def _merge_function(self, inputs):
        if len(inputs) != 2:
            raise ValueError('A `Dot` layer should be called on exactly 2 inputs')
        x1, x2 = inputs
        axes = self._axes([K.int_shape(x1), K.int_shape(x2)])
        if self.normalize:
            x1, x2 = nn.l2_normalize(x1, axis=axes[0]), nn.l2_normalize(x2, axis=axes[1])
        return self._product(x1, x2, axes)

    def compute_output_shape(self, input_shape):
        """The shape without the dimensions of the product."""
        shapes = [tensor_shape.TensorShape(each).as_list() for each in input_shape]
        axes = self._axes(shapes)
        shape1, shape2 = shapes
        shape1.pop(axes[0])
        shape2.pop(axes[1])
        shape2.pop(0)
        output = shape1 + shape2
        return tensor_shape.TensorShape(output + [1] if len(output) == 1 else output)

    def compute_mask(self, inputs, mask=None):
        """There is none."""
        return None

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('axes', 'normalize')


def _function(layer, name, doc):
    """The layer as a function of its inputs."""
    def function(inputs, **kwargs):
        return layer(**kwargs)(inputs)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


add = _function(Add, 'add', 'The sum.')
subtract = _function(Subtract, 'subtract', 'The first minus the second.')
multiply = _function(Multiply, 'multiply', 'The product.')
average = _function(Average, 'average', 'The mean.')
maximum = _function(Maximum, 'maximum', 'The largest.')
minimum = _function(Minimum, 'minimum', 'The smallest.')


def concatenate(inputs, axis=-1, **kwargs):
    """One after the other along a dimension."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes, normalize=False, **kwargs):
    """The product of a dimension of each of two inputs."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)


for _class in (_Merge, Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot):
    _class.__module__ = 'tensorflow.python.keras.layers.merge'
