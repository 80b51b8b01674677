"""The base of metrics: variables that add up what batches say, and a result that is computed of them."""

import types

from reflow import _core
from reflow.eager import def_function
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras.engine.base_layer import Layer
from reflow.keras.utils import losses_utils
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import variables as tf_variables


class Metric(Layer):
    """A value of many batches. Subclasses have update_state and result."""

    _object_identifier = '_tf_keras_metric'
    _tracking_metadata = ''

    def __init__(self, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.stateful = True
        self.built = True
        self._dtype = backend_session.floatx() if dtype is None else dtypes.as_dtype(dtype).name

    def __new__(cls, *args, **kwargs):
        """An object whose update_state gives one operation, whose result is a tensor of its own."""
        metric = super().__new__(cls)
        update, result = metric.update_state, metric.result
        if not _core.executing_eagerly() and cls.__module__.partition('.')[0] not in ('reflow', 'tensorflow'):
            update = def_function.function(update)  # a program's need not return its operations

        def update_state(self, *args, **kwargs):
            update_op = update(*args, **kwargs)
            if update_op is None and not _core.executing_eagerly():
                update_op = control_flow_ops.no_op()
            if update_op is not None and not _core.executing_eagerly():
                self._updates.append(backend_session.operation_of(update_op))
            return update_op

        def result_tensor(self, *args):
            tensor = array_ops.identity(result(*args))
            tensor._metric_obj = self
            return tensor

        metric.__dict__['update_state'] = types.MethodType(update_state, metric)
        metric.__dict__['result'] = types.MethodType(result_tensor, metric)
        return metric

    def __call__(self, *args, **kwargs):
        """Adds values, and gives the result with them."""
        update_op = self.update_state(*args, **kwargs)
        if _core.executing_eagerly():
            return self.result()
        with ops.control_dependencies([backend_session.operation_of(update_op)]):
            result = self.result()
        self.__dict__['_call_result'] = result
        return result

    def _list_extra_dependencies_for_serialization(self, serialization_cache):
        return {}

    def _list_functions_for_serialization(self, serialization_cache):
        return {}

    def add_weight(self, name, shape=(), aggregation=tf_variables.VariableAggregation.SUM,
                   synchronization=tf_variables.VariableSynchronization.ON_READ, initializer=None, dtype=None):
        """Makes a variable of the metric."""
        with ops.init_scope():
            return super().add_weight(name=name, shape=shape, dtype=dtype or self._dtype, trainable=False,
                                      initializer=initializer, collections=[], synchronization=synchronization,
                                      aggregation=aggregation)

    def reset_states(self):
        """Sets the variables to 0."""
        for variable in self.variables:
            backend_session.set_value(variable, 0)

    def update_state(self, *args, **kwargs):
        """Adds values."""
        raise NotImplementedError('Must be implemented in subclasses.')

    def result(self):
        """The value of all that was added."""
        raise NotImplementedError('Must be implemented in subclasses.')

    def get_config(self):
        """The arguments of the constructor."""
        return {'name': self.name, 'dtype': self.dtype}


def _after(update):
    """Within it operations come after an update; eagerly all is done in its order."""
    return ops.control_dependencies([] if _core.executing_eagerly() else [backend_session.operation_of(update)])


class Reduce(Metric):
    """A sum, or a mean, of all values."""

    def __init__(self, reduction, name, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.reduction = reduction
        self.total = self.add_weight('total', initializer=init_ops.Zeros())
        if reduction in ('sum_over_batch_size', 'weighted_mean'):
            self.count = self.add_weight('count', initializer=init_ops.Zeros())

    def update_state(self, values, sample_weight=None):
        """Adds values."""
        values = math_ops.cast(values, self._dtype)
        if sample_weight is not None:
            sample_weight = math_ops.cast(sample_weight, self._dtype)
            values, _, sample_weight = losses_utils.squeeze_or_expand_dimensions(values, sample_weight=sample_weight)
            try:
                from reflow.ops import weights_broadcast_ops
                sample_weight = weights_broadcast_ops.broadcast_weights(sample_weight, values)
            except ValueError:
                axes = list(range(sample_weight.shape.ndims, values.shape.ndims))
                reduce = math_ops.reduce_sum if self.reduction == 'sum' else math_ops.reduce_mean
                values = reduce(values, axis=axes)
            values = math_ops.multiply(values, sample_weight)
        value_sum = math_ops.reduce_sum(values)
        with ops.control_dependencies([value_sum]):
            update_total_op = self.total.assign_add(value_sum)
        if self.reduction == 'sum':
            return update_total_op
        if self.reduction == 'weighted_mean' and sample_weight is not None:
            number = math_ops.reduce_sum(sample_weight)
        else:
            number = math_ops.cast(array_ops.size(values), self._dtype)
        with _after(update_total_op):
            return self.count.assign_add(number)

    def result(self):
        """The sum or mean."""
        if self.reduction == 'sum':
            return array_ops.identity(self.total)
        return math_ops.div_no_nan(self.total, self.count)


Metric.__module__ = Reduce.__module__ = 'tensorflow.python.keras.metrics'
