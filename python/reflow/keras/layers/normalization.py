"""Batch normalisation as a layer."""

from reflow import _core
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import smart_cond as smart
from reflow.framework import tensor_shape
from reflow.keras import backend_session
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers import batch_renorm
from reflow.keras.layers.core import training_phase
from reflow.ops import array_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import state_ops
from reflow.ops import variables as tf_variables


class BatchNormalization(Layer):
    """Normalises inputs with the statistics of the batch or, not training, with their moving averages.

    Ioffe and Szegedy, arXiv 1502.03167; with renorm, Ioffe, arXiv 1702.03275.
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True, beta_initializer='zeros',
                 gamma_initializer='ones', moving_mean_initializer='zeros', moving_variance_initializer='ones',
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, trainable=True,
                 virtual_batch_size=None, adjustment=None, name=None, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        if not isinstance(axis, (int, list)):
            raise TypeError('axis must be int or list, type given: %s' % type(axis))
        self.axis = axis[:] if isinstance(axis, list) else axis
        arguments.keep(
            self, momentum=momentum, epsilon=epsilon, center=center, scale=scale, beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer, moving_mean_initializer=moving_mean_initializer,
            moving_variance_initializer=moving_variance_initializer, beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer, beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
            renorm=renorm, virtual_batch_size=virtual_batch_size, adjustment=adjustment)
        self.fused = True if fused is None else fused
        self.supports_masking = True
        if renorm:
            renorm_clipping = renorm_clipping or {}
            keys = ['rmax', 'rmin', 'dmax']
            if set(renorm_clipping) - set(keys):
                raise ValueError('renorm_clipping %s contains keys not in %s' % (renorm_clipping, keys))
            self.renorm_clipping = renorm_clipping
            self.renorm_momentum = renorm_momentum

    def _fused_can_be_used(self):
        axis = [self.axis] if isinstance(self.axis, int) else self.axis
        return (not self.renorm and len(axis) == 1 and axis[0] in (-3, -1, 1, 3) and self.virtual_batch_size is None and
                self.adjustment is None)

    @property
    def _param_dtype(self):
        dtype = dtypes.as_dtype(self.dtype or dtypes.float32)
        return dtypes.float32 if dtype in (dtypes.float16, dtypes.bfloat16) else dtype

    def _checked_axes(self, ndims):
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        axes = [ndims + axis if axis < 0 else axis for axis in axes]
        for axis in axes:
            if axis < 0 or axis >= ndims:
                raise ValueError('Invalid axis: %d' % axis)
        if len(axes) != len(set(axes)):
            raise ValueError('Duplicate axis: %s' % axes)
        return axes

    def _check_virtual_batch(self):
        if self.virtual_batch_size is None:
            return
        if self.virtual_batch_size <= 0:
            raise ValueError('virtual_batch_size must be a positive integer that divides the true batch size of the '
                             'input Tensor')
        if 0 in self.axis:
            raise ValueError('When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot include 0')
        if self.adjustment is not None:
            raise ValueError('When using virtual_batch_size, adjustment cannot be specified')

    def build(self, input_shape):
        """Makes gamma, beta and the moving statistics."""
        input_shape = tensor_shape.TensorShape(input_shape)
        if not input_shape.ndims:
            raise ValueError('Input has undefined rank:', input_shape)
        ndims = len(input_shape)
        self.axis = self._checked_axes(ndims)
        self._check_virtual_batch()
        if self.fused:
            self.fused = ndims == 4 and self._fused_can_be_used()
        if self.fused:
            if self.axis not in ([1], [3]):
                raise ValueError('Unsupported axis, fused batch norm only supports axis == [1] or axis == [3]')
            self._data_format = 'NCHW' if self.axis == [1] else 'NHWC'
        sizes = {axis: input_shape.dims[axis].value for axis in self.axis}
        if None in sizes.values():
            raise ValueError('Input has undefined `axis` dimension. Input shape: ', input_shape)
        self.input_spec = InputSpec(ndim=ndims, axes=sizes)
        if len(sizes) == 1 and self.virtual_batch_size is None:
            param_shape = (sizes[self.axis[0]],)
        else:
            param_shape = [sizes.get(i, 1) for i in range(ndims)]
            if self.virtual_batch_size is not None:
                param_shape.insert(1, 1)
                self.axis = [axis + 1 for axis in self.axis]
        self.gamma = self._parameter('gamma', param_shape) if self.scale else None
        if not self.scale and self.fused:
            self._gamma_const = constant_op.constant(1.0, dtype=self._param_dtype, shape=param_shape)
        self.beta = self._parameter('beta', param_shape) if self.center else None
        if not self.center and self.fused:
            self._beta_const = constant_op.constant(0.0, dtype=self._param_dtype, shape=param_shape)
        self._add_statistics(param_shape)
        self.built = True

    def _parameter(self, name, shape):
        return self.add_weight(name=name, shape=shape, dtype=self._param_dtype,
                               initializer=getattr(self, name + '_initializer'),
                               regularizer=getattr(self, name + '_regularizer'),
                               constraint=getattr(self, name + '_constraint'), trainable=True,
                               experimental_autocast=False)

    def _statistic(self, name, shape, initializer):
        return self.add_weight(name=name, shape=shape, dtype=self._param_dtype, initializer=initializer,
                               synchronization=tf_variables.VariableSynchronization.ON_READ, trainable=False,
                               aggregation=tf_variables.VariableAggregation.MEAN, experimental_autocast=False)

    def _add_statistics(self, shape):
        scope = getattr(self, '_scope', None)
        partitioner = scope.partitioner if scope else None
        if partitioner:
            scope.set_partitioner(None)
        try:
            self.moving_mean = self._statistic('moving_mean', shape, self.moving_mean_initializer)
            self.moving_variance = self._statistic('moving_variance', shape, self.moving_variance_initializer)
            if self.renorm:
                batch_renorm.add_statistics(self, shape)
        finally:
            if partitioner:
                scope.set_partitioner(partitioner)

    def _assign_moving_average(self, variable, value, momentum):
        with ops.name_scope('AssignMovingAvg') as scope:
            with ops.colocate_with(variable):
                decay = ops.convert_to_tensor(1.0 - momentum, name='decay')
                if decay.dtype != variable.dtype.base_dtype:
                    decay = math_ops.cast(decay, variable.dtype.base_dtype)
                delta = (variable - math_ops.cast(value, variable.dtype.base_dtype)) * decay
                return state_ops.assign_sub(variable, delta, name=scope)

    def _assign_new_value(self, variable, value):
        with ops.name_scope('AssignNewValue') as scope:
            with ops.colocate_with(variable):
                return state_ops.assign(variable, value, name=scope)

    def _fused_batch_norm(self, inputs, training):
        beta = self.beta if self.center else self._beta_const
        gamma = self.gamma if self.scale else self._gamma_const

        def train():
            return nn.fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=self._data_format)

        def infer():
            return nn.fused_batch_norm(inputs, gamma, beta, mean=self.moving_mean, variance=self.moving_variance,
                                       epsilon=self.epsilon, is_training=False, data_format=self._data_format)

        output, mean, variance = smart.smart_cond(training, train, infer)
        value = _constant(training)
        if value is None:
            momentum = smart.smart_cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = ops.convert_to_tensor(self.momentum)
        if value is not False:
            self.add_update(lambda: self._assign_moving_average(self.moving_mean, mean, momentum))
            self.add_update(lambda: self._assign_moving_average(self.moving_variance, variance, momentum))
        return output

    def call(self, inputs, training=None):
        """The normalised inputs."""
        training = training_phase(training)
        original_shape = None
        if self.virtual_batch_size is not None:
            original_shape = [-1] + inputs.shape.as_list()[1:]
            inputs = array_ops.reshape(inputs, [self.virtual_batch_size, -1] + original_shape[1:])
        if self.fused:
            return self._fused_batch_norm(inputs, training)
        outputs = self._normalized(inputs, training)
        return outputs if original_shape is None else array_ops.reshape(outputs, original_shape)

    def _normalized(self, inputs, training):
        shape = inputs.shape
        ndims = len(shape)
        reduction_axes = [i for i in range(ndims) if i not in self.axis]
        if self.virtual_batch_size is not None:
            del reduction_axes[1]

        def broadcast(value):
            if value is None or len(value.shape) == ndims or reduction_axes == list(range(ndims - 1)):
                return value
            sizes = [1] * ndims
            sizes[self.axis[0]] = shape.dims[self.axis[0]].value
            return array_ops.reshape(value, sizes)

        scale, offset = broadcast(self.gamma), broadcast(self.beta)
        if _constant(training) is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            if self.adjustment:
                scale, offset = _compose(*self._adjusted(inputs, training), scale, offset)
            mean, variance, scale, offset = self._batch_statistics(inputs, training, reduction_axes, scale, offset,
                                                                   broadcast)
        mean, variance, offset, scale = [None if value is None else math_ops.cast(value, inputs.dtype)
                                         for value in (mean, variance, offset, scale)]
        outputs = nn.batch_normalization(inputs, broadcast(mean), broadcast(variance), offset, scale, self.epsilon)
        outputs.set_shape(shape)
        return outputs

    def _adjusted(self, inputs, training):
        scale, bias = self.adjustment(array_ops.shape(inputs))
        scale = smart.smart_cond(training, lambda: scale, lambda: array_ops.ones_like(scale))
        bias = smart.smart_cond(training, lambda: bias, lambda: array_ops.zeros_like(bias))
        return scale, bias

    def _batch_statistics(self, inputs, training, reduction_axes, scale, offset, broadcast):
        keep_dims = self.virtual_batch_size is not None or len(self.axis) > 1
        batch_mean, batch_variance = nn.moments(math_ops.cast(inputs, self._param_dtype), reduction_axes,
                                                keep_dims=keep_dims)
        mean = smart.smart_cond(training, lambda: batch_mean, lambda: ops.convert_to_tensor(self.moving_mean))
        variance = smart.smart_cond(training, lambda: batch_variance,
                                    lambda: ops.convert_to_tensor(self.moving_variance))
        new_mean, new_variance = mean, variance
        if self.virtual_batch_size is not None:
            new_mean = math_ops.reduce_mean(mean, axis=1, keepdims=True)
            new_variance = math_ops.reduce_mean(variance, axis=1, keepdims=True)
        if self.renorm:
            r, d, new_mean, new_variance = batch_renorm.correction_and_moments(self, new_mean, new_variance, training)
            r = broadcast(array_ops.stop_gradient(r, name='renorm_r'))
            d = broadcast(array_ops.stop_gradient(d, name='renorm_d'))
            scale, offset = _compose(r, d, scale, offset)

        def update_variance():
            if self.renorm:
                return batch_renorm.update_variance(self, new_variance)
            return self._assign_moving_average(self.moving_variance, new_variance, self.momentum)

        def update_mean():
            return self._assign_moving_average(self.moving_mean, new_mean, self.momentum)

        self.add_update(lambda: _updated_if(training, update_mean, self.moving_mean))
        self.add_update(lambda: _updated_if(training, update_variance, self.moving_variance))
        return mean, variance, scale, offset

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        names = ['axis', 'momentum', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer',
                 'moving_mean_initializer', 'moving_variance_initializer', 'beta_regularizer', 'gamma_regularizer',
                 'beta_constraint', 'gamma_constraint']
        if self.renorm:
            names += ['renorm', 'renorm_clipping', 'renorm_momentum']
        if self.virtual_batch_size is not None:
            names.append('virtual_batch_size')
        return self._config(*names)


BatchNormalization.__module__ = 'tensorflow.python.keras.layers.normalization'


def _constant(training):
    """True, False, or None where it isn't known while the graph is built."""
    from reflow.ops import variables
    return None if isinstance(training, variables.Variable) else smart.smart_constant_value(training)


def _updated_if(training, update, variable):
    """The variable's value, after an update where layers train: a branch reads it once more than the update does."""
    def read_again():
        value = update()
        if _core.executing_eagerly() or isinstance(training, (bool, int)) or value.op.type != 'ReadVariableOp':
            return value
        with ops.control_dependencies([backend_session.operation_of(value)]):
            return gen_resource_variable_ops.read_variable_op(value.op.inputs[0], dtype=value.dtype)

    return smart.smart_cond(training, read_again, lambda: variable)


def _compose(scale, offset, then_scale, then_offset):
    """(scale, offset) of one linear function after the other."""
    if then_scale is not None:
        scale *= then_scale
        offset *= then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset

from reflow.keras.layers.layer_normalization import LayerNormalization  # noqa: E402,F401
