"""Generalised divisive normalisation. Ballé and others, arXiv 1511.06281."""

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras.engine import input_spec
from reflow.layers import base
from reflow.ops import array_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops import nn

__all__ = ['GDN', 'gdn']


@ops.RegisterGradient('GDNLowerBound')
def _lower_bound_grad(op, grad):
    """Lets gradients through that lead away from the bound, too."""
    x, bound = op.inputs
    passes = math_ops.logical_or(x >= bound, grad < 0)
    return [math_ops.cast(passes, grad.dtype) * grad, None]


def _lower_bound(inputs, bound, name=None):
    with ops.name_scope(name, 'GDNLowerBound', [inputs, bound]) as scope:
        both = [ops.convert_to_tensor(value, name=argument) for argument, value in (('inputs', inputs), ('bound', bound))]
        with ops.get_default_graph().gradient_override_map({'Maximum': 'GDNLowerBound'}):
            return math_ops.maximum(*both, name=scope)


class GDN(base.Layer):
    """x[i] / sqrt(beta[i] + sum over j of gamma[j, i] * x[j]**2), or with `inverse` the product."""

    def __init__(self, inverse=False, beta_min=1e-6, gamma_init=.1, reparam_offset=2**-18, data_format='channels_last',
                 activity_regularizer=None, trainable=True, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        if data_format not in ('channels_first', 'channels_last'):
            raise ValueError('Unsupported `data_format` for GDN layer: {}.'.format(data_format))
        self.inverse = inverse
        self._beta_min = beta_min
        self._gamma_init = gamma_init
        self._reparam_offset = reparam_offset
        self.data_format = data_format
        self.input_spec = input_spec.InputSpec(min_ndim=3, max_ndim=5)

    @property
    def _channel_axis(self):
        return 1 if self.data_format == 'channels_first' else -1

    def _pedestal(self):
        return constant_op.constant(self._reparam_offset**2, dtype=self.dtype)

    def _parameter(self, name, shape, initializer, bound):
        variable = self.add_variable(name, shape=shape, initializer=initializer, dtype=self.dtype, trainable=True)
        return math_ops.square(_lower_bound(variable, bound))

    def build(self, input_shape):
        """Makes beta and gamma, each the square of a variable."""
        shape = tensor_shape.TensorShape(input_shape)
        channels = shape.dims[self._channel_axis].value
        if channels is None:
            raise ValueError('The channel dimension of the inputs to `GDN` must be defined.')
        self._input_rank = shape.ndims
        self.input_spec = input_spec.InputSpec(ndim=shape.ndims, axes={self._channel_axis: channels})
        pedestal = self._pedestal()
        beta_bound = constant_op.constant((self._beta_min + self._reparam_offset**2)**.5, dtype=self.dtype)
        gamma_bound = constant_op.constant(self._reparam_offset, dtype=self.dtype)

        def initial_beta(shape, dtype=None, partition_info=None):
            pedestal = self._pedestal()
            return math_ops.sqrt(array_ops.ones(shape, dtype=dtype) + pedestal)

        def initial_gamma(shape, dtype=None, partition_info=None):
            eye = linalg_ops.eye(shape[0], dtype=dtype)
            pedestal = self._pedestal()
            return math_ops.sqrt(self._gamma_init * eye + pedestal)

        self.beta = self._parameter('reparam_beta', [channels], initial_beta, beta_bound) - pedestal
        self.gamma = self._parameter('reparam_gamma', [channels, channels], initial_gamma, gamma_bound) - pedestal
        self.built = True

    def _biased(self, pool):
        if self.data_format == 'channels_last':
            return nn.bias_add(pool, self.beta, data_format='NHWC')
        if self._input_rank == 4:
            return nn.bias_add(pool, self.beta, data_format='NCHW')
        if self._input_rank == 3:
            pool = nn.bias_add(array_ops.expand_dims(pool, 2), self.beta, data_format='NCHW')
            return array_ops.squeeze(pool, [2])
        shape = array_ops.shape(pool)
        pool = array_ops.reshape(pool, array_ops.concat([shape[:3], [-1]], 0))
        return array_ops.reshape(nn.bias_add(pool, self.beta, data_format='NCHW'), shape)

    def call(self, inputs):
        """The normalised inputs."""
        inputs = ops.convert_to_tensor(inputs, dtype=self.dtype)
        n = self._input_rank - 2
        gamma = array_ops.reshape(self.gamma, n * [1] + self.gamma.get_shape().as_list())
        data_format = 'NC' + 'DHW'[-n:] if self.data_format == 'channels_first' else None
        pool = nn.convolution(math_ops.square(inputs), gamma, 'VALID', data_format=data_format)
        norm = math_ops.sqrt(self._biased(pool))
        outputs = inputs * norm if self.inverse else inputs / norm
        outputs.set_shape(inputs.get_shape())
        return outputs

    def compute_output_shape(self, input_shape):
        """The same."""
        shape = tensor_shape.TensorShape(input_shape)
        if not 3 <= shape.ndims <= 5:
            raise ValueError('`input_shape` must be of rank 3 to 5, inclusive.')
        if shape.dims[self._channel_axis].value is None:
            raise ValueError('The channel dimension of `input_shape` must be defined.')
        return shape


def gdn(inputs, inverse=False, beta_min=1e-6, gamma_init=.1, reparam_offset=2**-18, data_format='channels_last',
        activity_regularizer=None, trainable=True, name=None, reuse=None):
    """Generalised divisive normalisation of the channels."""
    layer = GDN(inverse=inverse, beta_min=beta_min, gamma_init=gamma_init, reparam_offset=reparam_offset,
                data_format=data_format, activity_regularizer=activity_regularizer, trainable=trainable, name=name,
                dtype=inputs.dtype.base_dtype, _scope=name, _reuse=reuse)
    return layer.apply(inputs)
