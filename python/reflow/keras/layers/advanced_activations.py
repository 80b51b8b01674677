"""Activations that are layers of their own."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.ops import math_ops
from reflow.ops import nn


class _Activation(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape


class LeakyReLU(_Activation):
    """x, or alpha * x where that is negative."""

    def __init__(self, alpha=0.3, **kwargs):
        super().__init__(**kwargs)
        self.alpha = K.cast_to_floatx(alpha)

    def call(self, inputs):
        """The outputs."""
        return K.relu(inputs, alpha=self.alpha)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(alpha=float(self.alpha))


class PReLU(_Activation):
    """x, or alpha * x where that is negative, alpha being a weight."""

    def __init__(self, alpha_initializer='zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        arguments.keep(self, alpha_initializer=alpha_initializer, alpha_regularizer=alpha_regularizer,
                       alpha_constraint=alpha_constraint)
        self.shared_axes = shared_axes if shared_axes is None or isinstance(shared_axes, (list, tuple)) else [shared_axes]

    def build(self, input_shape):
        """Makes alpha."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        param_shape = sizes[1:]
        for axis in self.shared_axes or ():
            param_shape[axis - 1] = 1
        self.alpha = self.add_weight(shape=param_shape, name='alpha', initializer=self.alpha_initializer,
                                     regularizer=self.alpha_regularizer, constraint=self.alpha_constraint)
        axes = {i: sizes[i] for i in range(1, len(sizes)) if i not in (self.shared_axes or ())}
        self.input_spec = InputSpec(ndim=len(sizes), axes=axes)
        self.built = True

    def call(self, inputs):
        """The outputs."""
        positive = nn.relu(inputs)
        return positive + -self.alpha * nn.relu(-inputs)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(*arguments.of_weights('alpha'), 'shared_axes')


class ELU(_Activation):
    """x, or alpha * (exp(x) - 1) where that is negative."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = K.cast_to_floatx(alpha)

    def call(self, inputs):
        """The outputs."""
        return K.elu(inputs, self.alpha)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(alpha=float(self.alpha))


class ThresholdedReLU(_Activation):
    """x where that is larger than theta, else 0."""

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = K.cast_to_floatx(theta)

    def call(self, inputs):
        """The outputs."""
        return inputs * math_ops.cast(math_ops.greater(inputs, self.theta), K.floatx())

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(theta=float(self.theta))


class Softmax(_Activation):
    """exp(x) / sum(exp(x)) along a dimension."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        """The outputs."""
        return K.softmax(inputs, axis=self.axis)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('axis')


class ReLU(_Activation):
    """max(x, 0), with a slope below a threshold and a limit."""

    def __init__(self, max_value=None, negative_slope=0, threshold=0, **kwargs):
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0.:
            raise ValueError('max_value of Relu layer cannot be negative value: ' + str(max_value))
        if negative_slope < 0.:
            raise ValueError('negative_slope of Relu layer cannot be negative value: ' + str(negative_slope))
        self.max_value = max_value if max_value is None else K.cast_to_floatx(max_value)
        self.negative_slope = K.cast_to_floatx(negative_slope)
        self.threshold = K.cast_to_floatx(threshold)

    def call(self, inputs):
        """The outputs."""
        return K.relu(inputs, alpha=self.negative_slope, max_value=self.max_value, threshold=self.threshold)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('max_value', 'negative_slope', 'threshold')


for _class in (LeakyReLU, PReLU, ELU, ThresholdedReLU, Softmax, ReLU):
    _class.__module__ = 'tensorflow.python.keras.layers.advanced_activations'
