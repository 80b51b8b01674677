"""Metrics as objects: a call takes in a batch, `result` gives what all batches came to."""

import re

from reflow.eager import context
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import smart_cond
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import summary_ops_v2
from reflow.ops import variable_scope
from reflow.training.tracking import base as trackable
from reflow.util import nest

_UPDATES = ('AssignVariableOp', 'AssignAddVariableOp', 'AssignSubVariableOp')


class Metric(trackable.Trackable):
    """What metrics derive from: `build` makes variables with `add_variable`, `call` updates them, `result` reads them.

    In graph mode a call gives tensors whose evaluation updates the variables.
    """

    def __init__(self, name=None, use_global_variables=False):
        self._built = False
        self._vars = []
        self._initial_values = {}
        self._use_global_variables = use_global_variables
        name = name or type(self).__name__
        scope_name = re.sub('[^A-Za-z0-9.]', '_', name)
        with variable_scope.variable_scope(scope_name, use_resource=True, reuse=False) as scope:
            unique = scope.name[scope.name.rfind(scope_name) + len(scope_name):]
            self._name = name + unique
            self._scope = scope
        self._graph = None if context.executing_eagerly() else ops.get_default_graph()
        self._build = self.build
        self.build = self._build_once  # whoever calls it: the variables are there then

    def _build_once(self, *args, **kwargs):
        self._build(*args, **kwargs)
        self._built = True

    def __call__(self, *args, **kwargs):
        """Takes in a batch; the arguments are those of `call`."""
        if not self._built:
            where = context.eager_mode() if self._graph is None else self._graph.as_default()
            with variable_scope.variable_scope(self._scope), where:
                self.build(*args, **kwargs)
        if self._graph is None:
            return self.call(*args, **kwargs)
        return self._call_in_graph(*args, **kwargs)

    def _call_in_graph(self, *args, **kwargs):
        num_before = len(self._graph.get_operations())
        with ops.name_scope(self._scope.original_name_scope):
            results = self.call(*args, **kwargs)
            updates = [op for op in self._graph.get_operations()[num_before:] if op.type in _UPDATES]
            with ops.control_dependencies(updates):
                if results is None:
                    return control_flow_ops.no_op()
                return nest.map_structure(lambda each: array_ops.identity(ops.convert_to_tensor(each)), results)

    @property
    def name(self):
        """The name, made unique."""
        return self._name

    @property
    def variables(self):
        """The variables, in the order in which `build` made them."""
        return self._vars

    def init_variables(self):
        """Sets the variables to their initial values: at once, or when the operation that is returned runs."""
        if not context.executing_eagerly():
            return control_flow_ops.group([variable.initializer for variable in self._vars])
        for variable in self._vars:
            variable.assign(self._initial_values[id(variable)])
        return None

    def build(self, *args, **kwargs):
        """Makes the variables, given the arguments of the first call."""
        raise NotImplementedError('Metrics must define a build() member function')

    def call(self, *args, **kwargs):
        """Updates the variables."""
        raise NotImplementedError('Metrics must define a call() member function')

    def result(self):
        """The value, from the variables."""
        raise NotImplementedError('Metrics must define a result() member function')

    def value(self):
        """The tensor of the result; eagerly the function that gives it."""
        return self.result if context.executing_eagerly() else self.result()

    def aggregate(self, metrics):
        """Adds the variables of other metrics of the same type."""
        for metric in metrics:
            if type(self) is not type(metric):
                raise TypeError("All metrics must be the same type, '%s' != '%s'." % (type(self), type(metric)))
        for i, variable in enumerate(self._vars):
            if any(metric.variables[i].name != variable.name for metric in metrics):
                raise ValueError('All metrics must have variables in the same order.')
            variable.assign_add(math_ops.add_n([metric.variables[i] for metric in metrics]))

    def add_variable(self, name, shape=None, dtype=None, initializer=None):
        """Makes a variable; for `build` only."""
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        collections = None
        if not context.executing_eagerly():
            collections = [ops.GraphKeys.GLOBAL_VARIABLES if self._use_global_variables else ops.GraphKeys.LOCAL_VARIABLES,
                           ops.GraphKeys.METRIC_VARIABLES]
        variable = self._add_variable_with_custom_getter(
            name=name, shape=shape, dtype=dtype, initializer=initializer, trainable=False, collections=collections,
            use_resource=True, getter=variable_scope.get_variable, overwrite=True)
        self._vars.append(variable)
        if context.executing_eagerly():
            self._initial_values[id(variable)] = variable.value()
        return variable


class Mean(Metric):
    """The mean of values, which may have weights."""

    def __init__(self, name=None, dtype=dtypes.float64, use_global_variables=False):
        super().__init__(name=name, use_global_variables=use_global_variables)
        self.dtype = dtype

    def build(self, *args, **kwargs):
        self.numer, self.denom = [
            self.add_variable(name, shape=(), dtype=self.dtype, initializer=init_ops.zeros_initializer)
            for name in ('numer', 'denom')]

    def call(self, values, weights=None):
        """Takes in values; returns the arguments."""
        if weights is None:
            self.denom.assign_add(math_ops.cast(array_ops.identity(array_ops.size(values)), self.dtype))
            values = math_ops.reduce_sum(values)
            self.numer.assign_add(math_ops.cast(values, self.dtype))
            return values
        weights = math_ops.cast(weights, self.dtype)
        self.denom.assign_add(math_ops.reduce_sum(weights))
        values = math_ops.cast(values, self.dtype) * weights
        self.numer.assign_add(math_ops.reduce_sum(values))
        return values, weights

    def result(self, write_summary=True):
        """The mean; with write_summary a summary of tf.contrib.summary too."""
        if not isinstance(write_summary, ops.Tensor):
            write_summary = ops.convert_to_tensor(write_summary)
        mean = self.numer / self.denom

        def write():
            summary_ops_v2.scalar(name=self.name, tensor=mean)
            return mean

        smart_cond.smart_cond(write_summary, write, lambda: mean, name='')
        return mean


class _MeanOfMatches(Mean):
    """How often predictions are right."""

    def __init__(self, name=None, dtype=dtypes.float64):
        super().__init__(name=name, dtype=dtype)

    def _take_in(self, labels, predictions, weights):
        matches = math_ops.cast(math_ops.equal(labels, predictions), self.dtype)
        Mean.call(self, matches, weights=weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


def _check_same_shape(labels, predictions):
    check_ops.assert_equal(array_ops.shape(labels), array_ops.shape(predictions),
                           message='Shapes of labels and predictions are unequal')


class Accuracy(_MeanOfMatches):
    """How often `predictions` are `labels`."""

    def call(self, labels, predictions, weights=None):
        """Takes in labels and predictions of one shape and type."""
        _check_same_shape(labels, predictions)
        return self._take_in(labels, predictions, weights)


class CategoricalAccuracy(_MeanOfMatches):
    """How often the greatest of `predictions`, logits or probabilities, is where the greatest of `labels` is."""

    def call(self, labels, predictions, weights=None):
        """Takes in labels and predictions of one shape; the last dimension is that of the classes."""
        _check_same_shape(labels, predictions)
        labels = math_ops.argmax(labels, axis=-1)
        predictions = math_ops.argmax(predictions, axis=-1)
        return self._take_in(labels, predictions, weights)


class BinaryAccuracy(_MeanOfMatches):
    """How often `predictions` are above a threshold where `labels` are 1, and only there."""

    def __init__(self, threshold, name=None, dtype=dtypes.float64):
        super().__init__(name=name, dtype=dtype)
        self.threshold = threshold

    def call(self, labels, predictions, weights=None):
        """Takes in labels, which are 0 or 1, and predictions of the same shape."""
        _check_same_shape(labels, predictions)
        predictions = ops.convert_to_tensor(predictions)
        predictions = predictions > self.threshold
        labels = math_ops.cast(labels, dtypes.bool)
        return self._take_in(labels, predictions, weights)


class SparseAccuracy(_MeanOfMatches):
    """How often the greatest of `predictions`, [batch, classes], is that of the class number in `labels`, [batch]."""

    def call(self, labels, predictions, weights=None):
        """Takes in numbers of classes, and logits or probabilities of them."""
        check_ops.assert_equal(array_ops.shape(labels), array_ops.shape(predictions)[0],
                               message='First axis of labels and predictions is unequal')
        predictions = math_ops.argmax(predictions, axis=-1)
        labels = math_ops.cast(labels, dtypes.int64)
        return self._take_in(labels, predictions, weights)
