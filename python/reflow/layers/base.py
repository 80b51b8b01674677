"""The base class of tf.layers: layers whose variables are those of get_variable."""

import copy

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras.engine import arguments
from reflow.keras.engine import base_layer
from reflow.keras.engine import layer_weights
from reflow.keras.engine.base_layer import InputSpec  # noqa: F401
from reflow.ops import variable_scope as vs
from reflow.ops import variables as tf_variables
from reflow.util import nest

_keras_style = False


class keras_style_scope:
    """Within it, layers of tf.layers don't reuse variables by name: each makes its own."""

    def __enter__(self):
        global _keras_style
        self._outer, _keras_style = _keras_style, True

    def __exit__(self, *unused_exception):
        global _keras_style
        _keras_style = self._outer


def set_keras_style():
    """From now on layers don't reuse variables by name."""
    global _keras_style
    _keras_style = True


def applied(layer_class, given, **call):
    """What a new layer makes of inputs; `given`: the arguments of the function that stands for it, its locals()."""
    layer = layer_class(**arguments.passed_on(given, 'inputs', 'reuse', *call), _reuse=given['reuse'], _scope=given['name'])
    return layer.apply(given['inputs'], **call)


class Layer(base_layer.Layer):
    """A layer whose variables are made by get_variable, in a variable scope of the layer's name."""

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        scope = kwargs.pop('_scope', None)
        self._reuse = kwargs.pop('_reuse', None)
        self._use_resource_variables = False
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._keras_style = _keras_style
        if self._keras_style:
            if scope is not None or self._reuse is not None:
                raise ValueError('Neither scope nor reuse can be passed to a layer in keras style.')
            self._use_resource_variables = True
        self._call_has_scope_arg = self._takes_scope()
        self._scope = None
        if scope:
            with vs.variable_scope(scope) as captured_scope:
                self._scope = captured_scope
        self._current_scope = None

    def __setattr__(self, name, value):
        """Keeps no account: layers of tf.layers know the variables that they have made, and no others."""
        object.__setattr__(self, name, value)

    def _takes_scope(self):
        from reflow.util import function_utils
        return 'scope' in function_utils.fn_args(self.call)

    def _init_set_name(self, name, zero_based=True):
        self._base_name = name if name else base_layer.to_snake_case(type(self).__name__)
        self._name = name if name else base_layer.unique_object_name(self._base_name)

    @property
    def graph(self):
        """The graph of the layer's variables; None: it has none yet."""
        weights = self.weights
        return weights[0].graph if weights else None

    @property
    def scope_name(self):
        """The name of the variables' scope."""
        if not self._scope:
            raise ValueError('No name available for layer scope because the layer "' + self._name + '" has not been used '
                             'yet. The scope name  is determined the first time the layer instance is called. You must '
                             'therefore call the layer before querying `scope_name`.')
        return self._scope.name

    def add_loss(self, losses, inputs=None):
        """Adds losses, also to the collection REGULARIZATION_LOSSES."""
        known, known_functions = len(self._losses), len(self._callable_losses)
        super().add_loss(losses, inputs=inputs)
        made = self._losses[known:]
        made += [loss for loss in (function() for function in self._callable_losses[known_functions:]) if loss is not None]
        _add_to_collection(made, ops.GraphKeys.REGULARIZATION_LOSSES)

    def _name_scope(self):
        if self._keras_style:
            return super()._name_scope()
        return self._current_scope.original_name_scope

    def _set_scope(self, scope=None):
        if self._scope is not None:
            return
        if self._reuse:
            context = vs.variable_scope(scope if scope is not None else self._base_name)
        else:
            context = vs.variable_scope(scope, default_name=self._base_name)
        with context as captured_scope:
            self._scope = captured_scope

    def add_weight(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=None, constraint=None,
                   use_resource=None, synchronization=tf_variables.VariableSynchronization.AUTO,
                   aggregation=tf_variables.VariableAggregation.NONE, partitioner=None, **kwargs):
        """Makes a variable of this layer, or finds it where variables are reused."""
        for keyword in kwargs:
            if keyword != 'experimental_autocast':
                raise TypeError('Unknown keyword argument:', keyword)
        if self._keras_style:
            return super().add_weight(name=name, shape=shape, dtype=dtype, initializer=initializer,
                                      regularizer=regularizer, trainable=trainable and self.trainable,
                                      constraint=constraint, use_resource=use_resource)
        trainable = layer_weights.is_trainable(trainable, synchronization)
        existing = set(tf_variables.global_variables())
        self._set_scope(None)
        with vs.variable_scope(self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            with ops.name_scope(self._name_scope()):
                known = len(self._own(True))
                variable = super().add_weight(
                    name, shape, dtype=dtypes.as_dtype(dtype or self.dtype or dtypes.float32),
                    initializer=initializer or scope.initializer or _glorot(dtype or self.dtype),
                    trainable=trainable and self.trainable, constraint=constraint, partitioner=partitioner,
                    use_resource=use_resource or self._use_resource_variables or scope.use_resource,
                    synchronization=synchronization, aggregation=aggregation, getter=vs.get_variable)
                if regularizer and not any(part in existing for part in layer_weights.parts_of(variable)):
                    self._handle_weight_regularization(name, variable, regularizer)
                if trainable and self.trainable and not self._is_trained(variable):
                    # A getter of the scope has made it one that isn't trained.
                    extra = self._own(True)[known:]
                    del self._own(True)[known:]
                    self._own(False).extend(extra)
        return variable

    @staticmethod
    def _is_trained(variable):
        if _core.executing_eagerly():
            return True
        trained = set(tf_variables.trainable_variables())
        return all(part in trained for part in layer_weights.parts_of(variable))

    def __call__(self, inputs, *args, **kwargs):
        """The outputs for `inputs`; the variables are made in the first call."""
        scope = kwargs.pop('scope', None)
        if self._keras_style:
            if scope is not None:
                raise ValueError('scope argument not allowed when keras style layers are enabled, but saw: {}'.format(scope))
            return super().__call__(inputs, *args, **kwargs)
        self._set_scope(scope)
        reuse = True if self.built else self._reuse
        with vs.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            if self._call_has_scope_arg:
                kwargs['scope'] = scope
            outputs = super().__call__(inputs, *args, **kwargs)
        _add_to_collection(self.updates, ops.GraphKeys.UPDATE_OPS)
        return outputs

    def __deepcopy__(self, memo):
        shared = {'_graph', '_metrics_tensors'}
        result = type(self).__new__(type(self))
        memo[id(self)] = result
        for key, value in self.__dict__.items():
            result.__dict__[key] = copy.copy(value) if key in shared else copy.deepcopy(value, memo)
        return result


Layer.__module__ = 'tensorflow.python.layers.base'


def _glorot(dtype):
    """What get_variable takes where nothing is said: it also knows types of its own."""
    from reflow.ops import init_ops
    dtype = dtypes.as_dtype(dtype or dtypes.float32)
    return init_ops.glorot_uniform_initializer() if dtype.is_floating else None


def _add_to_collection(elements, key):
    """Adds what isn't there yet."""
    collection = ops.get_collection_ref(key)
    known = set(collection)
    for element in nest.flatten(elements):
        if element not in known:
            known.add(element)
            collection.append(element)
