"""The base class of layers: variables, losses and updates, made when inputs are first seen."""

import functools
import inspect
import re
import weakref

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.keras import backend_session
from reflow.keras import constraints
from reflow.keras import initializers
from reflow.keras import regularizers
from reflow.keras.engine import call_context
from reflow.keras.engine import input_spec
from reflow.keras.engine import layer_ops
from reflow.keras.engine import node as node_module
from reflow.keras.engine.input_spec import InputSpec  # noqa: F401
from reflow.ops import variables as tf_variables
from reflow.training.tracking import data_structures, tracking
from reflow.util import nest

_ALLOWED_KEYWORDS = {'input_shape', 'batch_input_shape', 'batch_size', 'weights', 'activity_regularizer', 'input_dim',
                     'experimental_autocast'}

# Graph -> {base name: how many layers have it}.
_names_in_graph = weakref.WeakKeyDictionary()


def to_snake_case(name):
    """'Conv2D' as 'conv2d', 'BasicLSTMCell' as 'basic_lstm_cell'."""
    insecure = re.sub('([a-z])([A-Z])', r'\1_\2', re.sub('(.)([A-Z][a-z0-9]+)', r'\1_\2', name)).lower()
    # Names that begin with an underscore cannot open a name scope.
    return insecure if insecure[0] != '_' else 'private' + insecure


def unique_object_name(name, name_uid_map=None, avoid_names=None, namespace='', zero_based=False):
    """`name` with a number that no other layer of the default graph has."""
    if name_uid_map is None:
        name_uid_map = _names_in_graph.setdefault(ops.get_default_graph(), {})
    key = (namespace, name)
    while True:
        number = name_uid_map.get(key, 0)
        name_uid_map[key] = number + 1
        proposed = name if zero_based and number == 0 else '%s_%d' % (name, number if zero_based else number + 1)
        if proposed not in (avoid_names or ()):
            return proposed


def to_list(value):
    """`value` as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


class Layer(node_module.Connections, tracking.AutoTrackable):
    """Computes outputs from inputs with variables of its own.

    Subclasses make the variables in `build`, by add_weight, and compute in `call`.
    """

    _names_from_zero = True  # the first Dense is called dense, not dense_1

    def __init__(self, trainable=True, name=None, dtype=None, dynamic=False, **kwargs):
        for keyword in kwargs:
            if keyword not in _ALLOWED_KEYWORDS:
                raise TypeError('Keyword argument not understood:', keyword)
        if 'input_dim' in kwargs and 'input_shape' not in kwargs:
            kwargs['input_shape'] = (kwargs['input_dim'],)
        self._trainable = trainable
        self.stateful = False
        self.built = False
        self.supports_masking = False
        self._input_spec = None
        self._init_set_name(name)
        self._activity_regularizer = kwargs.pop('activity_regularizer', None)
        self._updates = []
        self._losses = []
        self._callable_losses = []
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._dynamic = dynamic
        self._initial_weights = kwargs.get('weights')
        self._inbound_nodes = []
        self._outbound_nodes = []
        self._metrics = []
        if 'batch_input_shape' in kwargs or 'input_shape' in kwargs:
            shape = kwargs.get('batch_input_shape')
            self._batch_input_shape = tuple(shape) if shape else (kwargs.get('batch_size'),) + tuple(kwargs['input_shape'])

    def __setattr__(self, name, value):
        """Keeps account of the variables and the layers that are given to attributes."""
        value = self._with_dependency(name, value)
        object.__setattr__(self, name, value)
        if value is None or isinstance(value, (str, int, float)) or name in _OWN_ATTRIBUTES:
            return
        if not self.__dict__.get('_self_setattr_tracking', True):
            return
        if isinstance(value, data_structures.TrackableDataStructure):
            self._add_sublayer(value)
            return
        for each in nest.flatten(value) if nest.is_sequence(value) else [value]:
            if isinstance(each, Layer):
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

    def _with_dependency(self, name, value):
        """What the attribute gets for `value`: checkpoints of the layer have it, if it can be saved."""
        if value is None or isinstance(value, (str, int, float)) or name in _OWN_ATTRIBUTES or name.startswith('_self_'):
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

    _inputs_of_call = ()  # while the layer is being called
    _computes_masks_itself = False

    def build(self, input_shape):
        """Makes the variables for inputs of this shape."""
        self.built = True

    build._is_default = True

    def call(self, inputs, **kwargs):
        """The outputs for `inputs`."""
        return inputs

    _takes_tuples = False

    def _shape_to_build_for(self, x):
        return backend_session.int_shape(x) if self._takes_tuples else x.shape

    def _init_set_name(self, name, zero_based=None):
        if not name:
            zero_based = self._names_from_zero if zero_based is None else zero_based
            name = unique_object_name(to_snake_case(type(self).__name__), zero_based=zero_based)
        self._name = name

    def _name_scope(self):
        return self.name

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
        initializer = initializers.get(initializer)
        regularizer = regularizers.get(regularizer)
        constraint = constraints.get(constraint)
        if synchronization == tf_variables.VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError('Synchronization value can be set to VariableSynchronization.ON_READ only for '
                                 'non-trainable variables. You have specified trainable=True and '
                                 'synchronization=VariableSynchronization.ON_READ.')
            trainable = False
        elif trainable is None:
            trainable = True
        if initializer is None:
            initializer = self._default_initializer(name, dtype)
        variable = self._add_variable_with_custom_getter(
            name, getter=kwargs.get('getter') or _make_variable, overwrite=True,
            shape=shape, initializer=initializer, dtype=dtype, constraint=constraint,
            trainable=trainable and self.trainable, partitioner=partitioner, use_resource=use_resource,
            collections=kwargs.get('collections'), synchronization=synchronization, aggregation=aggregation)
        if regularizer is not None:
            self._handle_weight_regularization(name, variable, regularizer)
        for part in _parts(variable):
            backend_session.track_variable(part)
            self._own(trainable).append(part)
        return variable

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
        for part in _parts(variable):
            self.add_loss(functools.partial(loss_of, part))

    def _handle_activity_regularization(self, inputs, outputs):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        if not self._activity_regularizer:
            return
        with ops.name_scope('ActivityRegularizer'):
            for output in nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                batch_size = math_ops.cast(array_ops.shape(output)[0], loss.dtype)
                self.add_loss(loss / batch_size, inputs=inputs)

    def add_loss(self, losses, inputs=None):
        """Adds tensors, or functions that make them, to the layer's losses.

        What depends on `inputs` is a loss of a call on these inputs; None: of the layer.
        """
        for loss in nest.flatten(losses):
            if callable(loss):
                self._callable_losses.append(loss)
            elif loss is not None:
                if not isinstance(loss, ops.Tensor):
                    loss = ops.convert_to_tensor(loss)
                loss._unconditional_loss = inputs is None
                self._losses.append(loss)

    def add_update(self, updates, inputs=None):
        """Adds operations to be run beside each training step."""
        for update in to_list(updates):
            while callable(update):
                update = update()
            if _core.executing_eagerly():
                continue  # it is done
            if not isinstance(update, ops.Operation):
                update = backend_session.operation_of(update) if hasattr(update, 'op') else ops.convert_to_tensor(update)
            update._unconditional_update = not _depends(update, self._inputs_of_call or nest.flatten(inputs or []))
            self._updates.append(update)

    def get_updates_for(self, inputs):
        """The updates that depend on these inputs; None: those of the layer."""
        return self._conditional(self.updates, '_unconditional_update', inputs)

    def get_losses_for(self, inputs):
        """The losses that depend on these inputs; None: those of the layer."""
        return self._conditional(self.losses, '_unconditional_loss', inputs)

    @staticmethod
    def _conditional(values, mark, inputs):
        if inputs is None:
            return [value for value in values if getattr(value, mark, True)]
        wanted = [value for value in values if not getattr(value, mark, True)]
        return [value for value in wanted if _depends(value, nest.flatten(inputs))]

    def __call__(self, inputs, *args, **kwargs):
        is_symbolic = all(tensor_util.is_tensor(x) and not getattr(x, '_is_eager', False) and not hasattr(x, 'numpy')
                          for x in nest.flatten(inputs))
        if is_symbolic and _core.executing_eagerly():
            from reflow.keras.engine import eager_symbols
            return eager_symbols.call(self, inputs, args, kwargs)
        inputs = nest.map_structure(_as_tensor, inputs)
        masks = self._masks_of_inputs(inputs, args, kwargs)
        passed = set()
        if self._expects('mask') and masks is not None and not self._was_passed('mask', args, kwargs):
            kwargs['mask'] = masks
            passed.add('mask')
        training = self._training_of_call(args, kwargs, passed)
        if is_symbolic and not call_context.in_call() and layer_ops.needs_history(inputs):
            layer_ops.create_history(inputs)
        if not is_symbolic and not call_context.in_call():
            self._clear_losses()
        with call_context.entered(self, training):
            if is_symbolic:
                input_spec.assert_input_compatibility(self.input_spec, inputs, self.name)
            with ops.name_scope(self._name_scope()):
                if not is_symbolic:
                    input_spec.assert_input_compatibility(self.input_spec, inputs, self.name)
                self._maybe_build(inputs)
                outputs = self._called(inputs, args, kwargs)
                if is_symbolic and node_module.all_have_history(inputs):
                    arguments = {key: value for key, value in kwargs.items() if key not in passed}
                    inputs, outputs = self._connect(inputs, outputs, args, arguments)
                self._handle_activity_regularization(inputs, outputs)
                self._set_masks(inputs, outputs, masks)
                if is_symbolic and hasattr(self, '_set_inputs') and not self.inputs:
                    self._set_inputs(inputs, outputs)
        return outputs

    def _called(self, inputs, args, kwargs):
        outer_inputs, self._inputs_of_call = self._inputs_of_call, nest.flatten(inputs)
        try:
            outputs = self.call(inputs, *args, **kwargs)
        finally:
            self._inputs_of_call = outer_inputs
        if outputs is None:
            raise ValueError("A layer's `call` method should return a Tensor or a list of Tensors, not None "
                             '(layer: ' + self.name + ').')
        return outputs

    @property
    def _call_arguments(self):
        """The names of the arguments of `call`, without self; and whether it takes others by name."""
        known = self.__dict__.get('_arguments_of_call')
        if known is None or known[0] != getattr(self.call, '__func__', self.call):
            spec = inspect.getfullargspec(self.call)
            names = [name for name in spec.args + spec.kwonlyargs if name != 'self']
            known = getattr(self.call, '__func__', self.call), names, spec.varkw is not None
            self.__dict__['_arguments_of_call'] = known
        return known[1], known[2]

    def _expects(self, name):
        names, takes_others = self._call_arguments
        return name in names or (takes_others and name == 'training')

    _expects_training_arg = property(lambda self: self._expects('training'))
    _expects_mask_arg = property(lambda self: self._expects('mask'))

    def _was_passed(self, name, args, kwargs):
        names, _ = self._call_arguments
        return name in kwargs or name in dict(zip(names[1:], args))

    def _training_of_call(self, args, kwargs, passed):
        """What `training` is for this call, and for the layers called within it; None: nobody has said."""
        if self._was_passed('training', args, kwargs):
            value = kwargs.get('training', dict(zip(self._call_arguments[0][1:], args)).get('training'))
            if not self._expects('training'):
                kwargs.pop('training')
            return value
        value = call_context.training()
        if value is None and backend_session.learning_phase_is_set():
            value = backend_session.learning_phase()
        if value is not None and self._expects('training'):
            kwargs['training'] = value if tensor_util.is_tensor(value) else bool(value)
            passed.add('training')
        return value

    def _masks_of_inputs(self, inputs, args, kwargs):
        if self._was_passed('mask', args, kwargs):
            return kwargs.get('mask', dict(zip(self._call_arguments[0][1:], args)).get('mask'))
        masks = [getattr(x, '_keras_mask', None) for x in nest.flatten(inputs)]
        if all(each is None for each in masks):
            return None
        return masks[0] if not nest.is_sequence(inputs) else nest.pack_sequence_as(inputs, masks)

    def _set_masks(self, inputs, outputs, masks):
        flat = nest.flatten(outputs)
        if self._computes_masks_itself or all(getattr(x, '_keras_mask', None) is not None for x in flat):
            return
        output_masks = None
        if self.supports_masking or not hasattr(self.compute_mask, '_is_default'):
            output_masks = self.compute_mask(inputs, masks)
        if output_masks is None:
            output_masks = [None] * len(flat)
        for tensor, mask in zip(flat, nest.flatten(output_masks)):
            try:
                tensor._keras_mask = mask
            except AttributeError:
                pass  # what is no tensor has none
            if mask is not None:
                mask._keras_history_checked = True

    def _connect(self, inputs, outputs, args, kwargs):
        """Makes the node of a call; outputs that are inputs too become other tensors."""
        input_ids = {id(x) for x in nest.flatten(inputs)}

        def renewed(x):
            if id(x) not in input_ids:
                return x
            from reflow.ops import array_ops
            with ops.name_scope(self.name):
                return array_ops.identity(x)

        outputs = nest.map_structure(renewed, outputs)
        arguments = dict(zip(self._call_arguments[0][1:], args))
        arguments.update(kwargs)
        arguments.pop('mask', None)
        node_module.Node(self, inputs, outputs, arguments=arguments)
        for i, tensor in enumerate(nest.flatten(outputs)):
            tensor._keras_history = node_module.KerasHistory(self, len(self._inbound_nodes) - 1, i)
        return inputs, outputs

    def _clear_losses(self):
        self._losses = [loss for loss in self._losses if not hasattr(loss, 'numpy')]
        for layer in self._sublayers():
            layer._clear_losses()

    def add_metric(self, value, aggregation=None, name=None):
        """Adds a metric of the layer: `value` is one, or a tensor of which `aggregation`, 'mean', is taken."""
        from reflow.keras import metrics
        if aggregation is not None and aggregation != 'mean':
            raise ValueError('We currently support only `mean` sample-wise metric aggregation. You provided aggregation='
                             '`%s`' % aggregation)
        from_metric = hasattr(value, '_metric_obj')
        if name is None and not from_metric:
            raise ValueError("Please provide a name for your metric like `self.add_metric(tf.reduce_sum(inputs), "
                             "name='mean_activation', aggregation='mean')`")
        if from_metric:
            metric = value._metric_obj
            if all(metric is not each for each in self._metrics):
                self._metrics.append(metric)
            return
        match = [each for each in self._metrics if each.name == name]
        if match:
            if _core.executing_eagerly():
                match[0](value)
                return
            raise ValueError('Please provide different names for the metrics you have added. We found {} metrics with the '
                             'name: "{}"'.format(len(match) + 1, name))
        if aggregation is None and not _core.executing_eagerly():
            raise ValueError('Using the result of calling a `Metric` object when calling `add_metric` without aggregation '
                             "is needed: `aggregation='mean'`")
        metric = metrics.Mean(name=name, dtype=value.dtype.base_dtype)
        self._metrics.append(metric)
        metric(value)

    @property
    def metrics(self):
        """The metrics of the layer and of those within it."""
        return self._metrics + self._gather('metrics')

    def apply(self, inputs, *args, **kwargs):
        """Deprecated: calls the layer."""
        return self.__call__(inputs, *args, **kwargs)

    def _maybe_build_for_symbols(self, inputs):
        with ops.name_scope(self._name_scope()):
            self._maybe_build(inputs)

    def _maybe_build(self, inputs):
        if self.built:
            return
        flat = nest.flatten(inputs)
        if flat and self._dtype is None and hasattr(flat[0], 'dtype'):
            self._dtype = flat[0].dtype.base_dtype.name
        shapes = None
        if all(hasattr(x, 'shape') for x in flat):
            shapes = nest.map_structure(lambda x: self._shape_to_build_for(x), inputs)
        if not hasattr(self.build, '_is_default'):
            self.build(shapes)
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    @property
    def name(self):
        """The layer's name."""
        return self._name

    @property
    def dtype(self):
        """The type of the layer's variables."""
        return self._dtype

    @property
    def dynamic(self):
        """Whether the layer can only run without a graph."""
        return self._dynamic

    @property
    def input_spec(self):
        """What the inputs have to be."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value):
        for spec in nest.flatten(value):
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError('Layer input_spec must be an instance of InputSpec. Got: {}'.format(spec))
        self._input_spec = value

    @property
    def activity_regularizer(self):
        """A function of outputs that gives a loss."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer):
        self._activity_regularizer = regularizer

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
        return _unique(self._own(True) + self._gather('trainable_weights')) if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The other variables."""
        if self.trainable:
            return _unique(self._own(False) + self._gather('non_trainable_weights'))
        return _unique(self._own(True) + self._own(False) + self._gather('weights'))

    @property
    def weights(self):
        """All variables."""
        return _unique(self.trainable_weights + self.non_trainable_weights)

    variables = property(lambda self: self.weights, doc='All variables.')
    trainable_variables = property(lambda self: self.trainable_weights, doc='The variables that optimizers train.')
    non_trainable_variables = property(lambda self: self.non_trainable_weights, doc='The other variables.')

    @property
    def updates(self):
        """The operations to be run beside each training step."""
        if not self.trainable and not self.stateful:
            return []
        return self._updates + self._gather('updates')

    @property
    def losses(self):
        """The layer's losses; those of weights are made anew by each look."""
        losses = list(self._losses)
        losses += [loss for loss in (function() for function in self._callable_losses) if loss is not None]
        return losses + self._gather('losses')

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

    def compute_output_shape(self, input_shape):
        """The shape of what the layer makes of inputs of a shape."""
        raise NotImplementedError

    def compute_mask(self, inputs, mask=None):
        """The mask of the outputs."""
        if not self.supports_masking:
            if any(each is not None for each in nest.flatten(mask)):
                raise TypeError('Layer ' + self.name + ' does not support masking, but was passed an input_mask: ' +
                                str(mask))
            return None
        return mask

    compute_mask._is_default = True

    def get_config(self):
        """The arguments of the constructor."""
        arguments = set(inspect.getfullargspec(self.__init__).args) - {'self', 'trainable', 'name', 'dtype', 'dynamic'}
        if arguments and type(self).get_config is Layer.get_config:
            raise NotImplementedError('Layers with arguments in `__init__` must override `get_config`.')
        return self._base_config()

    def _base_config(self):
        config = {'name': self.name, 'trainable': self.trainable}
        if hasattr(self, '_batch_input_shape'):
            config['batch_input_shape'] = self._batch_input_shape
        config['dtype'] = self.dtype
        if self.dynamic:
            config['dynamic'] = True
        return config

    def _config(self, *names, **values):
        """The arguments of every layer, of `names` what the attributes of these names say, and `values`."""
        config = self._base_config()
        config.update((name, getattr(self, name)) for name in names)
        config.update(values)
        return config

    @classmethod
    def from_config(cls, config):
        """The layer with the arguments of get_config."""
        return cls(**config)


_OWN_ATTRIBUTES = {'_layers', '_trainable_weights', '_non_trainable_weights', '_losses', '_updates', '_callable_losses',
                   '_initial_weights', '_inputs_of_call', '_inbound_nodes', '_outbound_nodes', '_metrics', '_arguments_of_call'}
Layer.__module__ = 'tensorflow.python.keras.engine.base_layer'


def _parts(variable):
    """The variables that a partitioned variable is made of, or the variable itself."""
    return list(variable) if hasattr(variable, '_get_partitions') else [variable]


def _make_variable(name, shape, initializer, dtype, constraint, trainable, partitioner, use_resource, collections,
                   synchronization, aggregation):
    initial_value = functools.partial(initializer, shape, dtype=dtype) if callable(initializer) else initializer
    return tf_variables.VariableV1(initial_value=initial_value, name=name, trainable=trainable, dtype=dtype,
                                   constraint=constraint, use_resource=True if use_resource is None else use_resource,
                                   collections=collections, synchronization=synchronization, aggregation=aggregation)


def _as_tensor(value):
    import numpy as np
    return ops.convert_to_tensor(value) if isinstance(value, (np.ndarray, np.generic, float, int)) else value


def _unique(values):
    return list({id(value): value for value in values}.values())


def _depends(value, inputs):
    """Whether `value` is computed from one of `inputs`."""
    wanted = {tensor.op for tensor in inputs if isinstance(tensor, ops.Tensor)}
    waiting, seen = [value if isinstance(value, ops.Operation) else value.op], set()
    while waiting:
        op = waiting.pop()
        if op in wanted:
            return True
        if op not in seen:
            seen.add(op)
            waiting += [tensor.op for tensor in op.inputs]
    return False
