"""Recurrent cells that change another cell: dropout, residual connections, devices."""

import hashlib
import numbers

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops import tensor_array_ops
from reflow.ops.rnn_cell_base import RNNCell, assert_like_rnncell
from reflow.training.tracking import base as trackable
from reflow.util import nest
from reflow.util.shown_attributes import shown


class _RNNCellWrapperV1(RNNCell):
    """Calls the cell that it was given; it opens no scope of its own."""

    def __init__(self, cell, **kwargs):
        super().__init__(**kwargs)
        assert_like_rnncell('cell', cell)
        self.cell = cell
        if isinstance(cell, trackable.Trackable):
            self._track_trackable(cell, name='cell')

    def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
        raise NotImplementedError

    def __call__(self, inputs, state, scope=None):
        """(output, new state)."""
        return self._call_wrapped_cell(inputs, state, cell_call_fn=self.cell.__call__, scope=scope)

    wrapped_cell = shown('cell', 'The cell that is changed.')
    state_size = shown('cell.state_size', 'That of the cell.')

    output_size = shown('cell.output_size', 'That of the cell.')

    def build(self, _):
        """The cell makes its own variables."""
        self.built = True

    def get_config(self):
        """The arguments of the constructor; of the cell its class's name and its config."""
        return dict(super().get_config(), cell={'class_name': type(self.cell).__name__, 'config': self.cell.get_config()})

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The wrapper with the arguments of get_config, around a cell of tf.nn.rnn_cell or of `custom_objects`."""
        from reflow.ops import rnn_cell_impl
        config = dict(config)
        cell = config.pop('cell')
        made = (custom_objects or {}).get(cell['class_name']) or getattr(rnn_cell_impl, cell['class_name'], None)
        if made is None:
            raise ValueError('Unknown layer: ' + cell['class_name'])
        return cls(made.from_config(cell['config']), **config)

    def zero_state(self, batch_size, dtype):
        """The cell's state of zeros."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)


def _enumerated_map_structure_up_to(shallow_structure, map_fn, *args, **kwargs):
    """nest.map_structure_up_to, where map_fn is first given the number of the element."""
    index = [-1]

    def call(*inner_args, **inner_kwargs):
        index[0] += 1
        return map_fn(index[0], *inner_args, **inner_kwargs)
    return nest.map_structure_up_to(shallow_structure, call, *args, **kwargs)


def _default_dropout_state_filter_visitor(substate):
    from reflow.ops.rnn_cell_impl import LSTMStateTuple
    if isinstance(substate, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)  # memories are kept
    return not isinstance(substate, tensor_array_ops.TensorArray)


class _DropoutWrapperBase(_RNNCellWrapperV1):
    """Drops inputs, outputs and states of a cell at random.

    With `variational_recurrent` the same units are dropped at each step. Gal and Ghahramani, arXiv 1512.05287.
    """

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0, variational_recurrent=False,
                 input_size=None, dtype=None, seed=None, dropout_state_filter_visitor=None, **kwargs):
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError('dropout_state_filter_visitor must be callable')
        self._dropout_state_filter = dropout_state_filter_visitor or _default_dropout_state_filter_visitor
        with ops.name_scope('DropoutWrapperInit'):
            for probability, name in ((input_keep_prob, 'input_keep_prob'), (state_keep_prob, 'state_keep_prob'),
                                      (output_keep_prob, 'output_keep_prob')):
                setattr(self, '_' + name, self._checked(probability, name))
        self._variational_recurrent = variational_recurrent
        self._input_size = input_size
        self._seed = seed
        self._recurrent_input_noise = self._recurrent_state_noise = self._recurrent_output_noise = None
        if variational_recurrent:
            if dtype is None:
                raise ValueError('When variational_recurrent=True, dtype must be provided')
            self._make_noise(cell, dtype)

    @staticmethod
    def _checked(probability, name):
        tensor = ops.convert_to_tensor(probability)
        value = tensor_util.constant_value(tensor)
        if value is None:
            return tensor
        if value < 0 or value > 1:
            raise ValueError('Parameter %s must be between 0 and 1: %d' % (name, value))
        return float(value)

    def _make_noise(self, cell, dtype):
        def noise(size, seed):
            shape = array_ops.concat(([1], tensor_shape.TensorShape(size).as_list()), 0)
            return random_ops.random_uniform(shape, seed=seed, dtype=dtype)

        def noise_like(sizes, prefix):
            return _enumerated_map_structure_up_to(sizes, lambda i, s: noise(s, self._gen_seed(prefix, i)), sizes)

        if not isinstance(self._input_keep_prob, numbers.Real) or self._input_keep_prob < 1.0:
            if self._input_size is None:
                raise ValueError('When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size '
                                 'must be provided')
            self._recurrent_input_noise = noise_like(self._input_size, 'input')
        self._recurrent_state_noise = noise_like(cell.state_size, 'state')
        self._recurrent_output_noise = noise_like(cell.output_size, 'output')

    def _gen_seed(self, salt_prefix, index):
        if self._seed is None:
            return None
        text = (str(self._seed) + '%s_%d' % (salt_prefix, index)).encode('utf-8')
        return int(hashlib.md5(text).hexdigest()[:8], 16) & 0x7FFFFFFF

    @staticmethod
    def _dropped_by_noise(value, noise, keep_prob):
        binary = math_ops.floor(keep_prob + noise)
        result = math_ops.div(value, keep_prob) * binary
        result.set_shape(value.get_shape())
        return result

    def _dropout(self, values, salt_prefix, recurrent_noise, keep_prob, shallow_filtered_substructure=None):
        if shallow_filtered_substructure is None:
            shallow_filtered_substructure = values

        def dropout(i, do_dropout, value, noise=None):
            if isinstance(do_dropout, bool) and not do_dropout:
                return value
            if noise is not None:
                return self._dropped_by_noise(value, noise, keep_prob)
            return nn_ops.dropout_v2(value, rate=1. - keep_prob, seed=self._gen_seed(salt_prefix, i))

        structures = [shallow_filtered_substructure, values]
        if self._variational_recurrent:
            structures.append(recurrent_noise)
        return _enumerated_map_structure_up_to(shallow_filtered_substructure, dropout, *structures)

    def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
        def drops(keep_prob):
            return not isinstance(keep_prob, float) or keep_prob < 1

        if drops(self._input_keep_prob):
            inputs = self._dropout(inputs, 'input', self._recurrent_input_noise, self._input_keep_prob)
        output, new_state = cell_call_fn(inputs, state, **kwargs)
        if drops(self._state_keep_prob):
            filtered = nest.get_traverse_shallow_structure(self._dropout_state_filter, new_state)
            new_state = self._dropout(new_state, 'state', self._recurrent_state_noise, self._state_keep_prob, filtered)
        if drops(self._output_keep_prob):
            output = self._dropout(output, 'output', self._recurrent_output_noise, self._output_keep_prob)
        return output, new_state

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), variational_recurrent=self._variational_recurrent, seed=self._seed,
                    input_size=self._input_size, **{
                        name: tensor_util.constant_value(ops.convert_to_tensor(getattr(self, '_' + name))).item()
                        for name in ('input_keep_prob', 'output_keep_prob', 'state_keep_prob')})


class _ResidualWrapperBase(_RNNCellWrapperV1):
    """Adds a cell's inputs to its outputs."""

    def __init__(self, cell, residual_fn=None, **kwargs):
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
        outputs, new_state = cell_call_fn(inputs, state, **kwargs)

        def add(inputs, outputs):
            nest.assert_same_structure(inputs, outputs)
            nest.map_structure(lambda x, y: x.get_shape().assert_is_compatible_with(y.get_shape()), inputs, outputs)
            return nest.map_structure(lambda x, y: x + y, inputs, outputs)
        return (self._residual_fn or add)(inputs, outputs), new_state


class _DeviceWrapperBase(_RNNCellWrapperV1):
    """Places a cell on a device."""

    def __init__(self, cell, device, **kwargs):
        super().__init__(cell, **kwargs)
        self._device = device

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), device=self._device)

    def zero_state(self, batch_size, dtype):
        """The cell's state of zeros, on the device."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            with ops.device(self._device):
                return self.cell.zero_state(batch_size, dtype)

    def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
        with ops.device(self._device):
            return cell_call_fn(inputs, state, **kwargs)


class DropoutWrapper(_DropoutWrapperBase):
    __doc__ = _DropoutWrapperBase.__doc__

    def __init__(self, *args, **kwargs):
        """The arguments are those above."""
        super().__init__(*args, **kwargs)


class ResidualWrapper(_ResidualWrapperBase):
    __doc__ = _ResidualWrapperBase.__doc__

    def __init__(self, *args, **kwargs):
        """The arguments are those above."""
        super().__init__(*args, **kwargs)


class DeviceWrapper(_DeviceWrapperBase):
    __doc__ = _DeviceWrapperBase.__doc__

    def __init__(self, *args, **kwargs):
        """The arguments are those above."""
        super().__init__(*args, **kwargs)


for _class in (DropoutWrapper, ResidualWrapper, DeviceWrapper):
    _class.__module__ = 'tensorflow.python.ops.rnn_cell_impl'
