"""Networks: layers between inputs and outputs, or layers that a subclass calls."""

import inspect

from reflow import _core
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.keras import backend_session
from reflow.keras.engine import graph_of_layers
from reflow.keras.engine import layer_ops
from reflow.keras.engine import layer_weights
from reflow.keras.engine import network_config
from reflow.keras.engine import node as node_module
from reflow.keras.engine import op_layer
from reflow.keras.engine.base_layer import Layer
from reflow.keras.saving import weight_files
from reflow.platform import tf_logging as logging
from reflow.util import nest


class Network(weight_files.WeightFiles, Layer):
    """A layer that is made of layers."""

    _object_identifier = '_tf_keras_network'

    def __init__(self, *args, **kwargs):
        if len(args) == 2 or len(args) == 1 and 'outputs' in kwargs or 'inputs' in kwargs and 'outputs' in kwargs:
            self._init_graph_network(*args, **kwargs)
        else:
            self._init_subclassed_network(*args, **kwargs)

    def _base_init(self, name=None, trainable=True, dtype=None):
        self.__dict__['_self_setattr_tracking'] = False
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self._is_compiled = False
        self._is_graph_network = False
        self.inputs = None
        self.outputs = None
        self.optimizer = None
        self.__dict__.setdefault('_layers', [])

    def _init_subclassed_network(self, name=None, **kwargs):
        for keyword in kwargs:
            if keyword not in ('trainable', 'dtype', 'dynamic', 'autocast'):
                raise TypeError('Keyword argument not understood:', keyword)
        self._base_init(name=name, trainable=kwargs.get('trainable', True), dtype=kwargs.get('dtype'))
        self._dynamic = kwargs.get('dynamic', False)
        self.__dict__['_self_setattr_tracking'] = True

    def _init_graph_network(self, inputs, outputs, name=None, **kwargs):
        for keyword in kwargs:
            if keyword not in ('trainable',):
                raise TypeError('Keyword argument not understood:', keyword)
        if not self.__dict__.get('_is_set_up'):
            self._base_init(name=name, **kwargs)
        self.__dict__['_self_setattr_tracking'] = False
        self._is_graph_network = True
        if isinstance(inputs, list) and len(nest.flatten(inputs)) == 1:
            inputs = inputs[0]
        if isinstance(outputs, list) and len(nest.flatten(outputs)) == 1:
            outputs = outputs[0]
        self._nested_inputs = inputs
        self._nested_outputs = outputs
        self.inputs = nest.flatten(inputs)
        self.outputs = nest.flatten(outputs)
        if any(not hasattr(x, '_keras_history') for x in self.outputs) and layer_ops.uses_history(self.outputs):
            layer_ops.create_history(self.outputs)
        self._check_inputs_and_outputs()
        self.built = True
        self.supports_masking = True
        graph = graph_of_layers.map_graph(self.inputs, self.outputs)
        self._network_nodes, self._nodes_by_depth = graph.node_keys, graph.nodes_by_depth
        self.__dict__['_layers'] = graph.layers
        self._layers_by_depth = graph.layers_by_depth
        self._input_coordinates = [tuple(x._keras_history) for x in self.inputs]
        self._output_coordinates = [tuple(x._keras_history) for x in self.outputs]
        self._input_layers = [layer for layer, _, _ in self._input_coordinates]
        self._output_layers = [layer for layer, _, _ in self._output_coordinates]
        self.input_names = [layer.name for layer in self._input_layers]
        self.output_names = _numbered([layer.name for layer in self._output_layers])
        self._feed_input_names, self._feed_inputs, self._feed_input_shapes = [], [], []
        for layer, tensor in zip(self._input_layers, self.inputs):
            if getattr(layer, 'is_placeholder', False):
                self._feed_input_names.append(layer.name)
                self._feed_inputs.append(tensor)
                self._feed_input_shapes.append(backend_session.int_shape(tensor))
        self._track_layers(self._layers)
        self._inbound_nodes = []
        node_module.Node(self, self._nested_inputs, self._nested_outputs, is_input=True)
        self.__dict__['_self_setattr_tracking'] = True

    def _check_inputs_and_outputs(self):
        if len({id(x) for x in self.inputs}) != len(self.inputs):
            raise ValueError('The list of inputs passed to the model is redundant. All inputs should only appear once. '
                             'Found: ' + str(self.inputs))
        kind = type(self).__name__
        for x in self.inputs:
            if not hasattr(x, '_keras_history'):
                raise ValueError('Input tensors to a ' + kind + ' must come from `tf.keras.Input`. Received: ' + str(x) +
                                 ' (missing previous layer metadata).')
            layer = x._keras_history.layer
            if len(layer._inbound_nodes) > 1 or layer._inbound_nodes and layer._inbound_nodes[0].inbound():
                logging.warning(kind + ' inputs must come from `tf.keras.Input` (thus holding past layer metadata), they '
                                'cannot be the output of a previous non-Input layer. Here, a tensor specified as input to "'
                                + self.name + '" was not an Input tensor, it was generated by layer ' + layer.name +
                                '.\nNote that input tensors are instantiated via `tensor = tf.keras.Input(shape)`.\n'
                                'The tensor that caused the issue was: ' + str(x.name))
        sizes = [tensor_shape.dimension_value(shape[0]) if shape else None for shape in
                 (getattr(x._keras_history.layer, '_batch_input_shape', None) for x in self.inputs)]
        if len({size for size in sizes if size is not None}) > 1:
            raise ValueError('The specified batch sizes of the Input Layers are incompatible. Found batch sizes: {}'.format(
                sizes))
        for x in self.outputs:
            if not hasattr(x, '_keras_history'):
                raise ValueError('Output tensors to a ' + kind + ' must be the output of a TensorFlow `Layer` (thus holding '
                                 'past layer metadata). Found: ' + str(x))

    def _track_layers(self, layers):
        with_weights = 0
        for number, layer in enumerate(layers):
            try:
                if layer.weights:
                    self._track_trackable(layer, name='layer_with_weights-%d' % with_weights, overwrite=True)
                    with_weights += 1
            except ValueError:
                pass  # its weights are not there yet
            self._track_trackable(layer, name='layer-%d' % number, overwrite=True)

    def __setattr__(self, name, value):
        if '_self_setattr_tracking' not in self.__dict__ and isinstance(value, Layer):
            raise RuntimeError('It looks like you are subclassing `Model` and you forgot to call `super(YourClass, '
                               'self).__init__()`. Always start with this line.')
        super().__setattr__(name, value)

    @property
    def layers(self):
        """The layers."""
        return [each for each in self._sublayers()]

    def get_layer(self, name=None, index=None):
        """A layer by its name or its number."""
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError('Was asked to retrieve layer at index ' + str(index) + ' but model only has ' +
                                 str(len(self.layers)) + ' layers.')
            return self.layers[index]
        if not name:
            raise ValueError('Provide either a layer name or layer index.')
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError('No such layer: ' + name)

    @property
    def stateful(self):
        """Whether a layer keeps its state from batch to batch."""
        return any(getattr(layer, 'stateful', False) for layer in self.layers)

    @stateful.setter
    def stateful(self, value):
        pass

    def reset_states(self):
        """Forgets the states of recurrent layers."""
        for layer in self.layers:
            if hasattr(layer, 'reset_states') and getattr(layer, 'stateful', False):
                layer.reset_states()

    @property
    def state_updates(self):
        """The updates of layers that keep their state."""
        found = []
        for layer in self.layers:
            if getattr(layer, 'stateful', False):
                found += getattr(layer, 'state_updates', None) or layer.updates
        return found

    @property
    def weights(self):
        """The variables, layer by layer."""
        self._assert_weights_created()
        entries = [weight for layer in self._sublayers() for weight in layer.weights]
        entries += [weight for each in self.__dict__.get('_layers', ()) if not isinstance(each, Layer)
                    for weight in each.weights]
        return layer_weights.unique(entries + self._own(True) + self._own(False))

    @property
    def trainable_weights(self):
        """The variables that optimizers train."""
        self._assert_weights_created()
        if not self.trainable:
            return []
        return layer_weights.unique(self._gather('trainable_weights') + self._own(True))

    @property
    def non_trainable_weights(self):
        """The other variables."""
        self._assert_weights_created()
        if not self.trainable:
            return layer_weights.unique(self._gather('weights') + self._own(True) + self._own(False))
        return layer_weights.unique(self._gather('non_trainable_weights') + self._own(False))

    def _assert_weights_created(self):
        if not self.built and not self._is_graph_network and type(self).__name__ == 'Sequential':
            raise ValueError('Weights for model %s have not yet been created. Weights are created when the Model is first '
                             'called on inputs or `build()` is called with an `input_shape`.' % self.name)

    @property
    def updates(self):
        """The operations to be run beside each training step."""
        if not self.trainable and not self.stateful:
            return []
        return layer_weights.unique(self._updates + self._gather('updates'))

    @property
    def input_spec(self):
        """What the inputs have to be."""
        if not self._is_graph_network:
            return self._input_spec
        specs = []
        for layer in self._input_layers:
            if layer.input_spec is None:
                specs.append(None)
            elif isinstance(layer.input_spec, list):
                specs += layer.input_spec
            else:
                specs.append(layer.input_spec)
        return specs[0] if len(specs) == 1 else specs

    @input_spec.setter
    def input_spec(self, value):
        self._input_spec = value

    def build(self, input_shape):
        """Makes the variables for inputs of this shape."""
        if self._is_graph_network:
            self.built = True
            return
        if input_shape is None:
            raise ValueError('Input shape must be defined when calling build on a model subclass network.')
        if not isinstance(input_shape, (tuple, list, tensor_shape.TensorShape)):
            raise ValueError('Specified input shape is not one of the valid types. Please specify a batch input shape of '
                             'type tuple or list of input shapes. User provided input type: {}'.format(type(input_shape)))
        if not self.inputs and not getattr(self, '_is_being_called', False):
            self._build_by_call(input_shape)
        self.built = True

    def _build_by_call(self, input_shape):
        from reflow.ops import array_ops
        required = [name for name, parameter in inspect.signature(self.call).parameters.items()
                    if parameter.default is inspect.Parameter.empty and
                    parameter.kind is not inspect.Parameter.VAR_KEYWORD][1:]
        if any(name != 'training' for name in required):
            raise ValueError('Currently, you cannot build your model if it has positional or keyword arguments that are not '
                             'inputs to the model, but are required for its `call` method. Instead, in order to instantiate '
                             'and build your model, `call` your model on real tensor data with all expected call arguments.')
        kwargs = {'training': False} if 'training' in required else {}
        if _core.executing_eagerly():
            self.call(_zeros_of(input_shape), **kwargs)
            return
        shapes = input_shape if isinstance(input_shape, list) and any(
            isinstance(each, (tuple, list, tensor_shape.TensorShape)) for each in input_shape) else tuple(input_shape)
        dtype = self.dtype or 'float32'
        if isinstance(shapes, list):
            self.call([array_ops.placeholder(dtype, shape=each) for each in shapes], **kwargs)
        else:
            self.call(array_ops.placeholder(dtype, shape=shapes), **kwargs)

    def _maybe_build(self, inputs):
        if not self._is_graph_network and not self.built:
            self.__dict__['_is_being_called'] = True
            self._take_dtype_of(inputs)
            if type(self).build is not Network.build and type(self).build is not _sequential_build():
                super()._maybe_build(inputs)
            self.__dict__['_is_being_called'] = False
        self.built = True

    def call(self, inputs, training=None, mask=None):
        """The outputs."""
        if not self._is_graph_network:
            raise NotImplementedError('When subclassing the `Model` class, you should implement a `call` method.')
        return self._run_internal_graph(inputs, training=training, mask=mask)

    def _run_internal_graph(self, inputs, training=None, mask=None):
        inputs = nest.flatten(inputs)
        masks = [None] * len(inputs) if mask is None else nest.flatten(mask)
        for tensor, each in zip(inputs, masks):
            tensor._keras_mask = each
        values = {id(x): y for x, y in zip(self.inputs, inputs)}
        for depth in sorted(self._nodes_by_depth, reverse=True):
            for node in self._nodes_by_depth[depth]:
                if node.inbound() and all(id(x) in values for x in nest.flatten(node.input_tensors)):
                    self._call_node(node, values, training)
        outputs = []
        for x in self.outputs:
            assert id(x) in values, 'Could not compute output ' + str(x)
            outputs.append(values[id(x)])
        return nest.pack_sequence_as(self._nested_outputs, outputs) if nest.is_sequence(
            self._nested_outputs) else outputs[0]

    @staticmethod
    def _call_node(node, values, training):
        layer = node.outbound_layer
        kwargs = dict(node.arguments)
        if 'training' in layer._call_arguments[0]:
            kwargs.setdefault('training', training)
            if any(kwargs['training'] is phase for phase in backend_session._learning_phases.values()):
                kwargs['training'] = training
        kwargs = {key: nest.map_structure(lambda x: values.get(id(x), x) if isinstance(x, ops.Tensor) else x, value)
                  for key, value in kwargs.items()}
        outputs = layer(nest.map_structure(lambda x: values[id(x)], node.input_tensors), **kwargs)
        for x, y in zip(nest.flatten(node.output_tensors), nest.flatten(outputs)):
            values[id(x)] = y

    def compute_mask(self, inputs, mask):
        """The masks of the outputs."""
        if not self._is_graph_network:
            return None
        outputs = self._run_internal_graph(inputs, mask=mask)
        return nest.map_structure(lambda x: getattr(x, '_keras_mask', None), outputs)

    def _set_masks(self, inputs, outputs, masks):
        """The layers within have given the outputs their masks."""

    def compute_output_shape(self, input_shape):
        """The shape of the outputs for inputs of a shape."""
        if not self._is_graph_network:
            return super().compute_output_shape(input_shape)
        single = not isinstance(input_shape, list)
        shapes = [input_shape] if single else input_shape
        if len(shapes) != len(self._input_layers):
            raise ValueError('Invalid input_shape argument ' + str(input_shape) + ': model has ' +
                             str(len(self._input_layers)) + ' tensor inputs.')
        known = {id(x): tensor_shape.TensorShape(shape) for x, shape in zip(self.inputs, shapes)}
        for depth in sorted(self._nodes_by_depth, reverse=True):
            for node in self._nodes_by_depth[depth]:
                if node.inbound():
                    of_inputs = nest.map_structure(lambda x: known[id(x)], node.input_tensors)
                    of_outputs = node.outbound_layer.compute_output_shape(of_inputs)
                    flat = list(of_outputs) if isinstance(of_outputs, list) else [of_outputs]
                    for x, shape in zip(nest.flatten(node.output_tensors), flat):
                        known[id(x)] = tensor_shape.TensorShape(shape)
        outputs = [known[id(x)] for x in self.outputs]
        return outputs[0] if len(outputs) == 1 else outputs

    def add_loss(self, losses, inputs=None):
        """Adds losses; those that are computed of the model's inputs become layers of it."""
        if not self._is_graph_network or self._inputs_of_call or callable(losses):
            super().add_loss(losses, inputs=inputs)
            return
        for loss in nest.flatten(losses):
            if tensor_util.is_tensor(loss) and layer_ops.uses_history(loss):
                layer = op_layer.AddLoss(unconditional=inputs is None)
                layer(loss)
                self._insert_layer(layer)
            else:
                super().add_loss(loss, inputs=inputs)

    def add_metric(self, value, aggregation=None, name=None):
        """Adds a metric; one that is computed of the model's inputs becomes a layer of it."""
        if not self._is_graph_network or self._inputs_of_call or hasattr(value, '_metric_obj'):
            super().add_metric(value, aggregation=aggregation, name=name)
            return
        layer = op_layer.AddMetric(aggregation, name)
        layer(value)
        self._insert_layer(layer)

    def _insert_layer(self, layer):
        """Adds a layer that no output needs, with the layers that it needs."""
        ends = self.__dict__.setdefault('_ends_of_inserted', [])
        ends += nest.flatten(layer._inbound_nodes[-1].output_tensors)
        graph = graph_of_layers.map_graph(self.inputs, self.outputs + ends)
        known = set(map(id, self._layers))
        self.__dict__.update(
            _network_nodes=graph.node_keys, _nodes_by_depth=graph.nodes_by_depth, _layers_by_depth=graph.layers_by_depth,
            _layers=self._layers + [each for each in graph.layers if id(each) not in known])

    def get_config(self):
        """The layers and how they are connected."""
        if not self._is_graph_network:
            raise NotImplementedError
        return network_config.config_of(self)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The network of what get_config gives."""
        inputs, outputs, layers = network_config.reconstruct(config, custom_objects, cls._deserialize_layer)
        model = cls._of_tensors(inputs, outputs, config.get('name'))
        for layer in layers:
            if isinstance(layer, (op_layer.AddLoss, op_layer.AddMetric)) and layer not in model.layers:
                model._insert_layer(layer)
        return model

    @classmethod
    def _of_tensors(cls, inputs, outputs, name):
        return cls(inputs=inputs, outputs=outputs, name=name)

    @staticmethod
    def _deserialize_layer(config, custom_objects=None):
        from reflow.keras.layers import serialization
        return serialization.deserialize(config, custom_objects=custom_objects)

    def _config_for_files(self):
        return self.get_config()

    def _updated_config(self):
        return {'class_name': type(self).__name__, 'config': self._config_for_files(),
                'keras_version': self._updated_version(), 'backend': 'tensorflow'}

    @staticmethod
    def _updated_version():
        return '2.2.4-tf'

    def to_json(self, **kwargs):
        """The architecture as JSON."""
        return network_config.to_json(self._updated_config(), **kwargs)

    def to_yaml(self, **kwargs):
        """The architecture as YAML."""
        try:
            import yaml
        except ImportError:
            raise ImportError('Requires yaml module installed (`pip install pyyaml`).') from None
        return yaml.dump(self._updated_config(), **kwargs)

    def summary(self, line_length=None, positions=None, print_fn=None):
        """Prints the layers, their shapes and numbers of parameters."""
        if not self.built:
            raise ValueError('This model has not yet been built. Build the model first by calling `build()` or calling '
                             '`fit()` with some data, or specify an `input_shape` argument in the first layer(s) for '
                             'automatic build.')
        from reflow.keras.utils import model_summary
        model_summary.print_summary(self, line_length=line_length, positions=positions, print_fn=print_fn)


def _sequential_build():
    from reflow.keras.engine import sequential
    return sequential.Sequential.build


def _zeros_of(shapes):
    from reflow.ops import array_ops
    if isinstance(shapes, list) and any(isinstance(each, (tuple, list, tensor_shape.TensorShape)) for each in shapes):
        return [_zeros_of(tuple(each)) for each in shapes]
    return array_ops.zeros([1 if size is None else size for size in tensor_shape.TensorShape(shapes).as_list()])


def _numbered(names):
    """`names`, later ones of the same name with a number."""
    result, counts = [], {}
    for name in names:
        proposed = name
        while proposed in result:
            counts[name] = counts.get(name, 1) + 1
            proposed = '{}_{}'.format(name, counts[name] - 1)
        result.append(proposed)
    return result


Network.__module__ = 'tensorflow.python.keras.engine.network'
