"""The variables of a layer, and the layers that it consists of: whatever is given to attributes is accounted for."""

import contextlib
import functools

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras import constraints
from reflow.keras import initializers
from reflow.keras import regularizers
from reflow.ops import variables as tf_variables
from reflow.training.tracking import data_structures
from reflow.util import nest
from reflow.util.shown_attributes import shown

# What is no part of a layer, or is accounted for otherwise.
OWN_ATTRIBUTES = {'_layers', '_trainable_weights', '_non_trainable_weights', '_losses', '_updates', '_callable_losses',
                  '_initial_weights', '_inputs_of_call', '_inbound_nodes', '_outbound_nodes', '_metrics', '_arguments_of_call',
                  'states'}


def trainable_state(layer):
    """Whether `layer` and the layers within it are trainable: {layer: whether}."""
    state, waiting = {}, [layer]
    while waiting:
        each = waiting.pop()
        if each not in state and '_trainable' in getattr(each, '__dict__', ()):
            state[each] = each._trainable
            waiting += each._sublayers()
    return state


@contextlib.contextmanager
def trainable_as(state):
    """Within the context layers are trainable as `state`, of trainable_state, says."""
    now = {layer: layer._trainable for layer in state}
    try:
        for layer, trainable in state.items():
            layer.__dict__['_trainable'] = trainable
        yield
    finally:
        for layer, trainable in now.items():
            layer.__dict__['_trainable'] = trainable


def is_trainable(given, synchronization):
    """Whether a variable is trained, by what its layer was told. ValueError: it is, and is one that replicas add up."""
    if synchronization != tf_variables.VariableSynchronization.ON_READ:
        return True if given is None else given
    if given:
        raise ValueError('Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable '
                         'variables. You have specified trainable=True and synchronization=VariableSynchronization.ON_READ.')
    return False


class LayerWeights:
    """What a layer does with variables and with layers within."""

    def __setattr__(self, name, value):
        """Keeps account of the variables and the layers that are given to attributes."""
        value = self._with_dependency(name, value)
        object.__setattr__(self, name, value)
        if value is None or isinstance(value, (str, int, float)) or name in OWN_ATTRIBUTES:
            return
        if not self.__dict__.get('_self_setattr_tracking', True):
            return
        if isinstance(value, data_structures.TrackableDataStructure):
            self._add_sublayer(value)
            return
        for each in nest.flatten(value) if nest.is_sequence(value) else [value]:
            if isinstance(each, LayerWeights):
                if type(each).__name__ != 'Metric' and not hasattr(each, 'update_state'):
                    self._add_sublayer(each)
                elif all(each is not metric for metric in self.__dict__.setdefault('_metrics', [])):
                    self._metrics.append(each)
            elif isinstance(each, tf_variables.Variable):
                self._track_variable(each, each.trainable)

    def _add_sublayer(self, layer):
        known = self.__dict__.setdefault('_layers', [])
        if layer is not self and all(layer is not each for each in known):
            known.append(layer)
            if hasattr(layer, '_use_resource_variables'):
                layer._use_resource_variables = True  # a layer of tf.layers: the optimizers of Keras need handles

    def _with_dependency(self, name, value):
        """What the attribute gets for `value`: checkpoints of the layer have it, if it can be saved."""
        if value is None or isinstance(value, (str, int, float)) or name in OWN_ATTRIBUTES or name.startswith('_self_'):
            return value
        if not self.__dict__.get('_self_setattr_tracking', True):
            return value
        return data_structures.sticky_attribute_assignment(trackable=self, name=name, value=value)

    def _sublayers(self):
        """The layers within this one, those in lists and dictionaries too."""
        found = []
        for each in self.__dict__.get('_layers', ()):
            found += each.layers if isinstance(each, data_structures.TrackableDataStructure) else [each]
        return found

    def _own(self, trainable):
        return self.__dict__.setdefault('_trainable_weights' if trainable else '_non_trainable_weights', [])

    def _track_variable(self, variable, trainable):
        if all(variable is not known for known in self._own(True) + self._own(False)):
            self._own(trainable).append(variable)

    def add_weight(self, name=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None,
                   constraint=None, partitioner=None, use_resource=None,
                   synchronization=tf_variables.VariableSynchronization.AUTO,
                   aggregation=tf_variables.VariableAggregation.NONE, **kwargs):
        """Makes a variable of this layer."""
        for keyword in kwargs:
            if keyword not in ('getter', 'collections', 'experimental_autocast'):
                raise TypeError('Unknown keyword argument:', keyword)
        shape = tuple(() if shape is None else shape)
        dtype = dtypes.as_dtype(self._dtype or 'float32' if dtype is None else dtype)
        if self._dtype is None:
            self._dtype = dtype.base_dtype.name
        initializer = self._initializer_of(initializer)
        regularizer = regularizers.get(regularizer)
        constraint = constraints.get(constraint)
        trainable = is_trainable(trainable, synchronization)
        if initializer is None:
            initializer = self._default_initializer(name, dtype)
        variable = self._add_variable_with_custom_getter(
            name, getter=kwargs.get('getter') or _make_variable, overwrite=True,
            shape=shape, initializer=initializer, dtype=dtype, constraint=constraint,
            trainable=trainable and self.trainable, partitioner=partitioner, use_resource=use_resource,
            collections=kwargs.get('collections'), synchronization=synchronization, aggregation=aggregation)
        if regularizer is not None:
            self._handle_weight_regularization(variable.name.partition(':')[0], variable, regularizer)
        for part in parts_of(variable):
            backend_session.track_variable(part)
            self._own(trainable).append(part)
        return variable

    @staticmethod
    def _initializer_of(identifier):
        return initializers.get(identifier)

    @staticmethod
    def _default_initializer(name, dtype):
        if dtype.is_floating:
            return initializers.get('glorot_uniform')
        if dtype.is_integer or dtype.is_bool:
            return initializers.get('zeros')
        raise ValueError('An initializer for variable %s of type %s is required for layer %s' % (
            name, dtype.base_dtype, name))

    def add_variable(self, *args, **kwargs):
        """Deprecated: add_weight."""
        return self.add_weight(*args, **kwargs)

    def _handle_weight_regularization(self, name, variable, regularizer):
        def loss_of(part):
            with ops.name_scope(name + '/Regularizer'):
                return regularizer(part)
        for part in parts_of(variable):
            self.add_loss(functools.partial(loss_of, part))

    @property
    def trainable(self):
        """Whether optimizers train the variables."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = value
        for layer in self._sublayers():
            layer.trainable = value

    def _gather(self, attribute):
        entries = self.__dict__.get('_layers', ()) if attribute.endswith('weights') else self._sublayers()
        return [each for layer in entries for each in getattr(layer, attribute)]

    @property
    def trainable_weights(self):
        """The variables that optimizers train."""
        return unique(self._own(True) + self._gather('trainable_weights')) if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The other variables."""
        if self.trainable:
            return unique(self._own(False) + self._gather('non_trainable_weights'))
        return unique(self._own(True) + self._own(False) + self._gather('weights'))

    @property
    def weights(self):
        """All variables."""
        return unique(self.trainable_weights + self.non_trainable_weights)

    variables = shown('weights', 'All variables.')
    trainable_variables = shown('trainable_weights', 'The variables that optimizers train.')
    non_trainable_variables = shown('non_trainable_weights', 'The other variables.')

    @property
    def submodules(self):
        """The layers within this one."""
        return tuple(self._sublayers()) + tuple(each for layer in self._sublayers() for each in layer.submodules)

    def get_weights(self):
        """The values of the variables as arrays."""
        return backend_session.batch_get_value(self.weights)

    def set_weights(self, weights):
        """Gives the variables these values."""
        params = self.weights
        if len(params) != len(weights):
            raise ValueError('You called `set_weights(weights)` on layer "' + self.name + '" with a  weight list of length ' +
                             str(len(weights)) + ', but the layer was expecting ' + str(len(params)) +
                             ' weights. Provided weights: ' + str(weights)[:50] + '...')
        for variable, value in zip(params, weights):
            if tuple(variable.shape.as_list()) != tuple(value.shape):
                raise ValueError('Layer weight shape ' + str(tuple(variable.shape.as_list())) +
                                 ' not compatible with provided weight shape ' + str(value.shape))
        backend_session.batch_set_value(list(zip(params, weights)))

    def count_params(self):
        """The number of elements of all variables."""
        if not self.built:
            raise ValueError('You tried to call `count_params` on ' + self.name + ", but the layer isn't built. You can "
                             'build it manually via: `' + self.name + '.build(batch_input_shape)`.')
        return sum(variable.shape.num_elements() for variable in self.weights)


def parts_of(variable):
    """The variables that a partitioned variable is made of, or the variable itself."""
    return list(variable) if hasattr(variable, '_get_partitions') else [variable]


def _make_variable(name, shape, initializer, dtype, constraint, trainable, partitioner, use_resource, collections,
                   synchronization, aggregation):
    initial_value = functools.partial(initializer, shape, dtype=dtype) if callable(initializer) else initializer
    return tf_variables.VariableV1(initial_value=initial_value, name=name, trainable=trainable, dtype=dtype,
                                   constraint=constraint, use_resource=True if use_resource is None else use_resource,
                                   collections=collections, synchronization=synchronization, aggregation=aggregation)


def unique(values):
    return list({id(value): value for value in values}.values())
