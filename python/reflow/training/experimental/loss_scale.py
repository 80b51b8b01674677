"""Scales of losses, so that small gradients of half precision don't become 0."""

import abc

from reflow.eager import context
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import variable_scope
from reflow.training.tracking import base as trackable
from reflow.util import nest
from reflow.util.shown_attributes import shown


class LossScale(trackable.Trackable, metaclass=abc.ABCMeta):
    """A number that losses are multiplied by; `update` may change it after each step."""

    def __init__(self):
        self._weights = {}

    @abc.abstractmethod
    def __call__(self):
        """The scale, a tensor."""

    @abc.abstractmethod
    def update(self, grads):
        """(an op that changes the scale, whether the gradients are to be applied)."""

    @abc.abstractmethod
    def get_config(self):
        """The arguments of the constructor."""

    @classmethod
    def from_config(cls, config):
        """A scale of what `get_config` gave."""
        return cls(**config)

    @staticmethod
    def _graph_key():
        return None if context.executing_eagerly() else id(ops.get_default_graph())

    def _add_weight(self, name, initial_value, dtype=None):
        variable = variable_scope.variable(initial_value=initial_value, name=name, dtype=dtype, trainable=False,
                                           use_resource=True)
        key = (name, self._graph_key())
        if self._weights.get(key, None) is not None:
            raise RuntimeError('Duplicate variables detected. {}'.format(key))
        self._weights[key] = variable
        self._handle_deferred_dependencies(name=name, trackable=variable)
        return variable

    @property
    def _checkpoint_dependencies(self):
        graph_key = self._graph_key()
        weights = [trackable.TrackableReference(name=name, ref=variable)
                   for (name, key), variable in sorted(self._weights.items(), key=lambda item: item[0][0])
                   if key == graph_key]
        return super()._checkpoint_dependencies + weights

    def _lookup_dependency(self, name):
        found = super()._lookup_dependency(name)
        return self._weights.get((name, self._graph_key())) if found is None else found


class FixedLossScale(LossScale):
    """A scale that stays."""

    def __init__(self, loss_scale_value):
        super().__init__()
        if not isinstance(loss_scale_value, (int, float)):
            raise ValueError('loss_scale_value must be a Python int or float.')
        if loss_scale_value < 1:
            raise ValueError('loss_scale_value must be at least 1.')
        self._loss_scale_value = float(loss_scale_value)

    def __call__(self):
        return ops.convert_to_tensor(self._loss_scale_value)

    def update(self, grads):
        """(an op that does nothing, True)."""
        return control_flow_ops.no_op(), True

    def __repr__(self):
        return 'FixedLossScale(%s)' % self._loss_scale_value

    def get_config(self):
        """The arguments of the constructor."""
        return {'loss_scale_value': self._loss_scale_value}


def _op_in_graph_mode(tensor):
    return tensor if context.executing_eagerly() else tensor.op


class DynamicLossScale(LossScale):
    """A scale that grows after `increment_period` steps of finite gradients, and falls after each other step."""

    def __init__(self, initial_loss_scale=2 ** 15, increment_period=2000, multiplier=2.):
        super().__init__()
        self._initial_loss_scale, self._multiplier = float(initial_loss_scale), float(multiplier)
        self._increment_period = int(increment_period)
        self._current_loss_scale = self._add_weight('current_loss_scale', self._initial_loss_scale, dtypes.float32)
        self._num_good_steps = self._add_weight('good_steps', 0, dtypes.int64)

    initial_loss_scale = shown('_initial_loss_scale', 'The scale at first.')
    increment_period = shown('_increment_period', 'How many good steps there are before it grows.')
    multiplier = shown('_multiplier', 'By what it grows and falls.')

    def __call__(self):
        return ops.convert_to_tensor(self._current_loss_scale)

    def update(self, grads):
        """(an op that changes the scale, whether all gradients are finite)."""
        finite = [math_ops.reduce_all(math_ops.is_finite(grad)) for grad in nest.flatten(grads) if grad is not None]
        is_finite = math_ops.reduce_all(finite)

        def grow():
            scale = self._current_loss_scale * self._multiplier
            grown = control_flow_ops.cond(
                math_ops.is_finite(scale), lambda: _op_in_graph_mode(self._current_loss_scale.assign(scale)),
                control_flow_ops.no_op)
            return control_flow_ops.group(grown, self._num_good_steps.assign(0))

        def after_good_step():
            update = control_flow_ops.cond(self._num_good_steps + 1 >= self._increment_period, grow,
                                           lambda: _op_in_graph_mode(self._num_good_steps.assign_add(1)))
            return update if update is None else _op_in_graph_mode(update)

        def after_bad_step():
            scale = math_ops.maximum(self._current_loss_scale / self._multiplier, 1)
            return control_flow_ops.group(self._num_good_steps.assign(0), self._current_loss_scale.assign(scale))

        return control_flow_ops.cond(is_finite, after_good_step, after_bad_step), is_finite

    def __repr__(self):
        text = 'initial_loss_scale=%s, increment_period=%s, multiplier=%s)' % (
            self.initial_loss_scale, self.increment_period, self.multiplier)
        if not context.executing_eagerly():
            return 'DynamicLossScale(' + text
        return 'DynamicLossScale(current_loss_scale=%s, num_good_steps=%s, %s' % (
            self._current_loss_scale.numpy(), self._num_good_steps.numpy(), text)

    def get_config(self):
        """The arguments of the constructor."""
        return {'initial_loss_scale': self.initial_loss_scale, 'increment_period': self.increment_period,
                'multiplier': self.multiplier}


def get(identifier):
    """A scale of a number, of 'dynamic', or as it is."""
    if isinstance(identifier, (int, float)):
        return FixedLossScale(identifier)
    if identifier == 'dynamic':
        return DynamicLossScale()
    if identifier is None or isinstance(identifier, LossScale):
        return identifier
    raise ValueError('Could not interpret loss scale identifier: %s' % identifier)
