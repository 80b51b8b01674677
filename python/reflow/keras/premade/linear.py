"""LinearModel: a weighted sum of inputs."""

from reflow.keras.engine import arguments
from reflow.keras.engine import training
from reflow.keras.layers.core import Dense
from reflow.ops import nn_ops


class LinearModel(training.Model):
    """The weighted sum of one input, or of several in a list, each with a kernel of its own; one bias, one activation."""

    def __init__(self, units=1, activation=None, use_bias=True, kernel_initializer='glorot_uniform',
                 bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        arguments.keep(self, units=units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
                       bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                       bias_regularizer=bias_regularizer)

    def build(self, input_shape):
        """Makes a layer for each input, and the bias."""
        self.dense_layers = [
            Dense(units=self.units, use_bias=False, kernel_initializer=self.kernel_initializer,
                  kernel_regularizer=self.kernel_regularizer, input_shape=tuple(shape))
            for shape in (input_shape if isinstance(input_shape, list) else [input_shape])]
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight('bias', shape=(self.units,), initializer=self.bias_initializer,
                                        regularizer=self.bias_regularizer, dtype=self.dtype, trainable=True)
        self.built = True

    def call(self, inputs):
        """The sum."""
        inputs = inputs if isinstance(inputs, (tuple, list)) else [inputs]
        if len(inputs) != len(self.dense_layers):
            raise ValueError('Expected {} inputs, but got {} inputs'.format(len(self.dense_layers), len(inputs)))
        result = None
        for each, layer in zip(inputs, self.dense_layers):
            output = layer(each)
            result = output if result is None else result + output
        if self.use_bias:
            result = nn_ops.bias_add(result, self.bias)
        return result if self.activation is None else self.activation(result)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('units', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer',
                            'kernel_regularizer', 'bias_regularizer')

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The model with the arguments of get_config."""
        return cls(**config)


LinearModel.__module__ = 'tensorflow.python.keras.premade.linear'
