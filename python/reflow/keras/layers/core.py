"""Layers of units that are all connected, dropout, flattening."""

import math

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import smart_cond
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.keras import backend_session
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.utils import conv_utils
from reflow.ops import array_ops
from reflow.ops import gen_math_ops
from reflow.ops import math_ops
from reflow.ops import nn


def training_phase(training):
    """Whether a layer is called to train: None is the learning phase."""
    return backend_session.learning_phase() if training is None else training


class Dense(Layer):
    """activation(inputs * kernel + bias)."""

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer='glorot_uniform',
                 bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        if 'input_shape' not in kwargs and 'input_dim' in kwargs:
            kwargs['input_shape'] = (kwargs.pop('input_dim'),)
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        arguments.keep(self, units=int(units), activation=activation, use_bias=use_bias,
                       kernel_initializer=kernel_initializer, bias_initializer=bias_initializer,
                       kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
                       kernel_constraint=kernel_constraint, bias_constraint=bias_constraint)
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape):
        """Makes kernel and bias."""
        dtype = dtypes.as_dtype(self.dtype or 'float32')
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError('Unable to build `Dense` layer with non-floating point dtype %s' % (dtype,))
        last_dim = tensor_shape.dimension_value(tensor_shape.TensorShape(input_shape)[-1])
        if last_dim is None:
            raise ValueError('The last dimension of the inputs to `Dense` should be defined. Found `None`.')
        self.input_spec = InputSpec(min_ndim=2, axes={-1: last_dim})
        self.kernel = self.add_weight('kernel', shape=[last_dim, self.units], initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
                                      dtype=self.dtype, trainable=True)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight('bias', shape=[self.units], initializer=self.bias_initializer,
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint,
                                        dtype=self.dtype, trainable=True)
        self.built = True

    def call(self, inputs):
        """The outputs."""
        rank = len(inputs.shape)
        if rank > 2:
            outputs = math_ops.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape(inputs.shape.as_list()[:-1] + [self.units])
        elif isinstance(inputs, sparse_tensor.SparseTensor):
            from reflow.ops import sparse_ops
            outputs = sparse_ops.sparse_tensor_dense_matmul(inputs, self.kernel)
        else:
            outputs = gen_math_ops.mat_mul(math_ops.cast(inputs, self.dtype), self.kernel)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias)
        return self.activation(outputs) if self.activation is not None else outputs

    def compute_output_shape(self, input_shape):
        """The shape with `units` in the last dimension."""
        input_shape = tensor_shape.TensorShape(input_shape).with_rank_at_least(2)
        if tensor_shape.dimension_value(input_shape[-1]) is None:
            raise ValueError('The innermost dimension of input_shape must be defined, but saw: %s' % input_shape)
        return input_shape[:-1].concatenate(self.units)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('units', 'activation', 'use_bias', *arguments.of_weights('kernel', 'bias', activity=True))


class Dropout(Layer):
    """Drops inputs at random while training."""

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True

    def _get_noise_shape(self, inputs):
        if self.noise_shape is None:
            return None
        shape = array_ops.shape(inputs)
        return ops.convert_to_tensor([shape[i] if size is None else size for i, size in enumerate(self.noise_shape)])

    def call(self, inputs, training=None):
        """The outputs."""
        return smart_cond.smart_cond(
            training_phase(training),
            lambda: nn.dropout(inputs, noise_shape=self._get_noise_shape(inputs), seed=self.seed, rate=self.rate),
            lambda: array_ops.identity(inputs))

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('rate', 'noise_shape', 'seed')


class Flatten(Layer):
    """All dimensions but the batch as one."""

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs):
        """The outputs."""
        rank = inputs.shape.rank
        if self.data_format == 'channels_first' and rank is not None and rank > 1:
            inputs = array_ops.transpose(inputs, perm=[0, *range(2, rank), 1])
        batch = tensor_shape.dimension_value(inputs.shape[0]) or array_ops.shape(inputs)[0]
        outputs = array_ops.reshape(inputs, (batch, -1))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape):
        """[batch, product of the other sizes]."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        return tensor_shape.TensorShape([sizes[0], math.prod(sizes[1:]) if all(sizes[1:]) else None])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('data_format')


for _class in (Dense, Dropout, Flatten):
    _class.__module__ = 'tensorflow.python.keras.layers.core'

from reflow.keras.layers.reshaping import (Activation, ActivityRegularization, Lambda, Masking, Permute,  # noqa: E402,F401
                                           RepeatVector, Reshape, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D)
