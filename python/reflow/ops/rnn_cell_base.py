"""The base class of recurrent cells, and states of zeros."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.layers import base as base_layer
from reflow.ops import array_ops
from reflow.ops import variable_scope as vs
from reflow.ops import variables as tf_variables
from reflow.util import nest


def assert_like_rnncell(cell_name, cell):
    """Raises TypeError where `cell` lacks what a recurrent cell has."""
    conditions = [_has(cell, 'output_size'), _has(cell, 'state_size'),
                  _has(cell, 'get_initial_state') or _has(cell, 'zero_state'), callable(cell)]
    errors = ["'output_size' property is missing", "'state_size' property is missing",
              "either 'zero_state' or 'get_initial_state' method is required", 'is not callable']
    if not all(conditions):
        missing = [error for error, fine in zip(errors, conditions) if not fine]
        raise TypeError('The argument {!r} ({}) is not an RNNCell: {}.'.format(cell_name, cell, ', '.join(missing)))


def _has(cell, name):
    try:
        getattr(cell, name)
    except AttributeError:
        return False
    except (NotImplementedError, ValueError):
        pass
    return True


def _dims(value, kind):
    """(tensor or None, static sizes or None) of the prefix or suffix of a shape."""
    if isinstance(value, ops.Tensor):
        static = tensor_util.constant_value(value)
        if value.shape.ndims == 0:
            return array_ops.expand_dims(value, 0), static
        if value.shape.ndims != 1:
            raise ValueError('%s tensor must be either a scalar or vector, but saw tensor: %s' % (kind, value))
        return value, static
    shape = tensor_shape.as_shape(value)
    known = shape.is_fully_defined()
    return (constant_op.constant(shape.as_list(), dtype=dtypes.int32) if known else None,
            shape.as_list() if shape.ndims is not None else None)


def _concat(prefix, suffix, static=False):
    """The shape that begins with `prefix` and ends with `suffix`: a tensor, or a list where `static` says so."""
    p, p_static = _dims(prefix, 'prefix')
    s, s_static = _dims(suffix, 'suffix')
    if static:
        shape = tensor_shape.as_shape(p_static).concatenate(s_static)
        return shape.as_list() if shape.ndims is not None else None
    if p is None or s is None:
        raise ValueError('Provided a prefix or suffix of None: %s and %s' % (prefix, suffix))
    return array_ops.concat((p, s), 0)


def _zero_state_tensors(state_size, batch_size, dtype):
    """Zeros in the structure of `state_size`."""
    def zeros(size):
        tensor = array_ops.zeros(_concat(batch_size, size), dtype=dtype)
        tensor.set_shape(_concat(batch_size, size, static=True))
        return tensor
    return nest.map_structure(zeros, state_size)


class RNNCell(base_layer.Layer):
    """What computes an output and a new state from an input and a state.

    Subclasses define `state_size`, `output_size` and `call(inputs, state)`, which may use get_variable.
    """

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs, state, scope=None):
        """(output, new state). The variables are in `scope`, or else in the scope of the first call."""
        if scope is not None:
            with vs.variable_scope(scope, custom_getter=self._rnn_get_variable) as scope:
                return super().__call__(inputs, state, scope=scope)
        if self.__dict__.get('rnncell_scope') is None:
            self.__dict__['rnncell_scope'] = vs.variable_scope(vs.get_variable_scope(),
                                                               custom_getter=self._rnn_get_variable)
        with self.rnncell_scope:
            return super().__call__(inputs, state)

    def _rnn_get_variable(self, getter, *args, **kwargs):
        variable = getter(*args, **kwargs)
        if isinstance(variable, tf_variables.Variable):
            self._track_variable(variable, variable in set(tf_variables.trainable_variables()))
        return variable

    @property
    def state_size(self):
        """The sizes of the state: an int, a shape, or a nest of them."""
        raise NotImplementedError('Abstract method')

    @property
    def output_size(self):
        """The size of the output: an int or a shape."""
        raise NotImplementedError('Abstract method')

    def build(self, _):
        """Variables may be made in `call`."""

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """zero_state, whose batch size and type may be those of `inputs`."""
        if inputs is not None:
            inputs = ops.convert_to_tensor(inputs, name='inputs')
            if batch_size is not None:
                static = tensor_util.constant_value(batch_size) if isinstance(batch_size, ops.Tensor) else batch_size
                if inputs.shape.dims[0].value != static:
                    raise ValueError('batch size from input tensor is different from the input param. Input tensor '
                                     'batch: {}, batch_size: {}'.format(inputs.shape.dims[0].value, batch_size))
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError('dtype from input tensor is different from the input param. Input tensor dtype: {}, '
                                 'dtype: {}'.format(inputs.dtype, dtype))
            batch_size = inputs.shape.dims[0].value or array_ops.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError('batch_size and dtype cannot be None while constructing initial state: batch_size={}, '
                             'dtype={}'.format(batch_size, dtype))
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size, dtype):
        """A state of zeros."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            return _zero_state_tensors(self.state_size, batch_size, dtype)

    def get_config(self):
        """The arguments of the constructor."""
        return {'name': self.name, 'trainable': self.trainable, 'dtype': self.dtype}

    @property
    def _use_input_spec_as_call_signature(self):
        return False


class LayerRNNCell(RNNCell):
    """A cell whose variables are made in `build`: it behaves as layers do."""

    def __call__(self, inputs, state, scope=None, *args, **kwargs):
        """(output, new state)."""
        return base_layer.Layer.__call__(self, inputs, state, scope=scope, *args, **kwargs)


for _class in (RNNCell, LayerRNNCell):
    _class.__module__ = 'tensorflow.python.ops.rnn_cell_impl'
