"""Models that are a row of layers."""

from reflow.keras.engine import input_layer
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.training import Model
from reflow.platform import tf_logging as logging
from reflow.util import nest


class Sequential(Model):
    """A row of layers, each with one input and one output."""

    _object_identifier = '_tf_keras_sequential'

    def __init__(self, layers=None, name=None):
        super(Model, self)._base_init(name=name)
        self._init_training()
        self.supports_masking = True
        self._build_input_shape = None
        self.__dict__['_is_set_up'] = True
        self.__dict__['_self_setattr_tracking'] = True
        for layer in layers or ():
            self.add(layer)

    @property
    def layers(self):
        """The layers, without the input."""
        layers = super().layers
        return layers[1:] if layers and isinstance(layers[0], input_layer.InputLayer) else layers[:]

    _input = staticmethod(lambda shape, dtype, name: input_layer.Input(batch_shape=shape, dtype=dtype, name=name))

    def add(self, layer):
        """Adds a layer at the end."""
        if hasattr(layer, '_keras_history'):
            origin = layer._keras_history[0]
            if isinstance(origin, input_layer.InputLayer):
                layer = origin
        if not isinstance(layer, Layer):
            raise TypeError('The added layer must be an instance of class Layer. Found: ' + str(layer))
        self.built = False
        made_outputs = False
        if not self._layers:
            made_outputs = self._begin_with(layer)
        elif self.outputs:
            output = layer(self.outputs[0])
            if isinstance(output, list):
                raise TypeError('All layers in a Sequential model should have a single output tensor. For multi-output '
                                'layers, use the functional API.')
            self.__dict__['outputs'] = [output]
            made_outputs = True
        if made_outputs or self._is_graph_network:
            self._append(layer)
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        else:
            self._append(layer)
            if self._layers:
                self._track_layers(self._layers)

    def _append(self, layer):
        if all(layer is not each for each in self._layers):
            self._layers.append(layer)

    def _begin_with(self, layer):
        """Makes the inputs, if the first layer says their shape."""
        if not isinstance(layer, input_layer.InputLayer):
            first = layer
            while isinstance(first, Model) and first.layers:
                first = first.layers[0] if not getattr(first, '_layers', None) else first._layers[0]
            shape = getattr(first, '_batch_input_shape', None)
            if shape is None:
                return False
            x = self._input(shape, first.dtype, layer.name + '_input')
            layer(x)
        nodes = layer._inbound_nodes
        outputs = nest.flatten(nodes[-1].output_tensors)
        if len(outputs) != 1:
            raise ValueError('All layers in a Sequential model should have a single output tensor. For multi-output layers, '
                             'use the functional API.')
        self.__dict__['outputs'] = outputs
        self.__dict__['inputs'] = _sources_of(outputs[0])
        for tensor in self.inputs:
            self._append(tensor._keras_history.layer)
        return True

    def pop(self):
        """Takes the last layer away."""
        if not self.layers:
            raise TypeError('There are no layers in the model.')
        layer = self._layers.pop()
        self._self_unconditional_dependency_names.pop('layer-%d' % len(self._layers), None)
        if not self.layers:
            self.__dict__['outputs'] = self.__dict__['inputs'] = None
            self.built = False
        elif self._is_graph_network:
            layer._outbound_nodes = []
            self.layers[-1]._outbound_nodes = []
            self.__dict__['outputs'] = nest.flatten(self.layers[-1].output)
            self._init_graph_network(self.inputs, self.outputs, name=self.name)

    def build(self, input_shape=None):
        """Makes the variables for inputs of this shape."""
        if self._is_graph_network:
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        else:
            if input_shape is None:
                raise ValueError('You must provide an `input_shape` argument.')
            input_shape = tuple(input_shape)
            self._build_input_shape = input_shape
            super().build(input_shape)

    def call(self, inputs, training=None, mask=None):
        """The outputs."""
        if self._is_graph_network:
            if not self.built:
                self._init_graph_network(self.inputs, self.outputs, name=self.name)
            return super().call(inputs, training=training, mask=mask)
        outputs = inputs
        for layer in self.layers:
            kwargs = {}
            names = layer._call_arguments[0]
            if 'mask' in names:
                kwargs['mask'] = mask
            if 'training' in names:
                kwargs['training'] = training
            outputs = layer(inputs, **kwargs)
            inputs = outputs
            mask = getattr(outputs, '_keras_mask', None)
        return outputs

    def compute_output_shape(self, input_shape):
        """The shape of the outputs for inputs of a shape."""
        shape = input_shape
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def predict_proba(self, x, batch_size=32, verbose=0):
        """The outputs for arrays, which ought to be probabilities."""
        predictions = self.predict(x, batch_size, verbose)
        if predictions.min() < 0. or predictions.max() > 1.:
            logging.warning('Network returning invalid probability values. The last layer might not normalize predictions '
                            'into probabilities (like softmax or sigmoid would).')
        return predictions

    def predict_classes(self, x, batch_size=32, verbose=0):
        """The classes that the outputs for arrays say."""
        probabilities = self.predict(x, batch_size=batch_size, verbose=verbose)
        if probabilities.shape[-1] > 1:
            return probabilities.argmax(axis=-1)
        return (probabilities > 0.5).astype('int32')

    def get_config(self):
        """The layers' configurations."""
        layers = [{'class_name': type(layer).__name__, 'config': layer.get_config()} for layer in self.layers]
        if self._is_graph_network and layers and isinstance(self._layers[0], input_layer.InputLayer):
            # The shape that an InputLayer of the program says is known to no other layer.
            layers[0]['config'].setdefault('batch_input_shape', self._layers[0]._batch_input_shape)
        config = {'name': self.name, 'layers': layers}
        if not self._is_graph_network and self._build_input_shape is not None:
            config['build_input_shape'] = self._build_input_shape
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The model of what get_config gives."""
        if isinstance(config, dict):
            name, shape, layers = config.get('name'), config.get('build_input_shape'), config['layers']
        else:
            name, shape, layers = None, None, config
        model = cls(name=name)
        for layer in layers:
            model.add(cls._deserialize_layer(layer, custom_objects=custom_objects))
        if not model.inputs and shape:
            model.build(shape)
        return model

    @property
    def input_spec(self):
        """What the inputs have to be."""
        return self.layers[0].input_spec if self.layers and hasattr(self.layers[0], 'input_spec') else None

    @input_spec.setter
    def input_spec(self, value):
        self._input_spec = value


def _sources_of(tensor):
    """The inputs that a tensor is computed of."""
    layer, node_index, _ = tensor._keras_history
    node = layer._inbound_nodes[node_index]
    if not node.inbound():
        return nest.flatten(node.input_tensors)
    found = []
    for x in nest.flatten(node.input_tensors):
        found += [each for each in _sources_of(x) if all(each is not known for known in found)]
    return found


Sequential.__module__ = 'tensorflow.python.keras.engine.sequential'
