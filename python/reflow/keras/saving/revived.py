"""Models and layers made of the functions of a SavedModel, where their classes or configurations aren't there."""

import json

from reflow import _core
from reflow.keras import backend_session
from reflow.keras.engine import base_layer, input_spec, network, sequential, training
from reflow.keras.utils import tf_utils
from reflow.saved_model import load, loader_impl

# What SavedModels have of a layer that isn't an attribute of it.
_SERVED = frozenset([
    'keras_api', '__call__', 'call_and_return_conditional_losses', 'call_and_return_all_conditional_losses',
    '_default_save_signature', 'activity_regularizer_fn', 'variables', 'trainable_variables', 'non_trainable_variables',
    'layers', 'metrics', 'regularization_losses', 'layer_regularization_losses', 'signatures', 'optimizer'])


class _Revived:
    """A layer whose `call` is a function of the SavedModel. Each has a class of its own."""

    keras_api = property(lambda self: self._served.get('keras_api'), doc='Functions and lists of the layer.')

    def get_config(self):
        """The configuration of the layer that was saved."""
        if self._saved_config is None:
            raise NotImplementedError
        return self._saved_config

    def _take(self, name, child):
        if name in _SERVED:
            self._served[name] = child
        else:
            setattr(self, name, child)

    def _of_api(self, name):
        return getattr(self.keras_api, name, None)

    def _outputs(self, inputs, *args, **kwargs):
        outputs, losses = self._of_api('call_and_return_conditional_losses')(inputs, *args, **kwargs)
        return outputs, list(losses)

    def _finish(self):
        """Makes `call`, when all that it needs is there."""
        function = self._of_api('call_and_return_conditional_losses')
        if function is not None and not isinstance(self, sequential.Sequential):
            type(self).call = _call_with_training if 'training' in function._arg_spec.args else _call
        for loss in self._of_api('layer_regularization_losses') or ():
            self.add_loss(loss)


def _call(self, inputs):
    outputs, losses = self._outputs(inputs)
    self.add_loss(losses, inputs)
    return outputs


def _call_with_training(self, inputs, training=None):
    if training is None:
        training = backend_session.learning_phase()
    outputs, losses = tf_utils.smart_cond(
        training, lambda: self._outputs(inputs, training=True), lambda: self._outputs(inputs, training=False))
    self.add_loss(losses, inputs)
    return outputs


_KINDS = {'_tf_keras_layer': base_layer.Layer, '_tf_keras_network': network.Network, '_tf_keras_model': training.Model,
          '_tf_keras_sequential': sequential.Sequential}


def _made_of(metadata, kind):
    """The layer or model, without what it consists of."""
    arguments = {'name': metadata['name']}
    if kind is base_layer.Layer:
        if metadata.get('batch_input_shape') is not None:
            arguments['batch_input_shape'] = metadata['batch_input_shape']
        if metadata.get('dtype') is not None:
            arguments['dtype'] = metadata['dtype']
    made = type(str(metadata['class_name']), (_Revived, kind), {})(**arguments)
    made.__dict__.update(_served={}, _saved_config=metadata.get('config'))
    made.trainable = metadata['trainable']
    if kind is base_layer.Layer:
        made.built = True
        made.input_spec = _spec_of(metadata.get('input_spec'))
    return made


def _spec_of(saved):
    if isinstance(saved, list):
        return [_spec_of(each) for each in saved]
    return saved and input_spec.InputSpec.from_config(saved['config'])


class _Loader(load.Loader):
    """Makes layers and models where others make objects of no class."""

    def __init__(self, meta_graph, export_dir):
        super().__init__(meta_graph, export_dir)
        revived = [each for each in self._nodes if isinstance(each, _Revived)]
        for each in revived:
            each._finish()
        for each in revived:
            if isinstance(each, training.Model):
                _give_inputs(each)

    def _recreate_user_object(self, node_id, message):
        kind = _KINDS.get(message.identifier)
        if kind is None or not message.metadata:
            return super()._recreate_user_object(node_id, message)
        return _made_of(json.loads(message.metadata), kind)

    def _set_child(self, node, name, child):
        if isinstance(node, _Revived):
            node._take(name, child)
        else:
            super()._set_child(node, name, child)


def _give_inputs(model):
    """Adds the layers of a Sequential; gives a model of a graph the inputs that it was saved with."""
    if isinstance(model, sequential.Sequential):
        model.__dict__['_layers'] = []
        for layer in model._of_api('layers'):
            model.add(layer)
    model.built = True
    function = model._of_api('call_and_return_conditional_losses')
    if function is not None and not model.inputs and not _core.executing_eagerly():
        model._set_inputs(_input_specs(function))


def _input_specs(function):
    """What the function takes: the first argument of its first trace."""
    if function.input_signature is not None:
        return function.input_signature[0]
    args, _ = function.concrete_functions[0].structured_input_signature
    return args[0]


def is_in(folder):
    """Whether a SavedModel has the functions of a model of Keras."""
    return _has_functions(loader_impl.parse_saved_model(folder).meta_graphs[0])


def _has_functions(meta_graph):
    nodes = meta_graph.object_graph_def.nodes
    return bool(nodes) and any(child.local_name == 'keras_api' for child in nodes[0].children)


def load_model(folder):
    """(the model, how it is trained or None). NotImplementedError: the SavedModel has no functions of a model of Keras."""
    meta_graph = loader_impl.parse_saved_model(folder).meta_graphs[0]
    if not _has_functions(meta_graph):
        raise NotImplementedError('The SavedModel %s has neither the configuration nor the functions of a model of Keras: '
                                  'tf.saved_model.loader.load gives the graph' % folder)
    model = _Loader(meta_graph, folder).root
    for each in model.weights:
        backend_session.track_variable(each)
    return model, json.loads(meta_graph.object_graph_def.nodes[0].user_object.metadata).get('training_config')
