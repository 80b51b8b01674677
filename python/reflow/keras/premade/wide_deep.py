"""WideDeepModel: the mean of a linear model and a network, each with an optimizer of its own."""

from reflow.framework import ops
from reflow.keras import activations
from reflow.keras.engine import training
from reflow.keras.engine.base_layer import Layer
from reflow.keras.utils import generic_utils


class WideDeepModel(training.Model):
    """The mean of what two models give for two inputs, or both for one; compile takes one optimizer, or two in a list."""

    def __init__(self, linear_model, dnn_model, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.linear_model = linear_model
        self.dnn_model = dnn_model
        self.activation = activations.get(activation)

    def call(self, inputs):
        """The mean."""
        of_linear = of_dnn = inputs
        if isinstance(inputs, (tuple, list)) and len(inputs) == 2:
            of_linear, of_dnn = inputs
        output = 0.5 * (self.linear_model(of_linear) + self.dnn_model(of_dnn))
        return self.activation(output) if self.activation else output

    @staticmethod
    def _optimizer_of(identifier):
        if isinstance(identifier, (list, tuple)):
            return [training.Model._optimizer_of(each) for each in identifier]
        return training.Model._optimizer_of(identifier)

    def _training_updates(self):
        optimizers = self.optimizer if isinstance(self.optimizer, (list, tuple)) else [self.optimizer] * 2
        updates = []
        with ops.name_scope('training'):
            for optimizer, model in zip(optimizers, (self.linear_model, self.dnn_model)):
                updates += optimizer.get_updates(params=model.trainable_weights, loss=self.total_loss)
            return updates + self.get_updates_for(None) + self.get_updates_for(self.inputs)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(Layer._base_config(self), linear_model=generic_utils.serialize_keras_object(self.linear_model),
                    dnn_model=generic_utils.serialize_keras_object(self.dnn_model),
                    activation=activations.serialize(self.activation))

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The model with the arguments of get_config."""
        from reflow.keras.layers import serialization
        config = dict(config)
        models = [serialization.deserialize(config.pop(name), custom_objects=custom_objects)
                  for name in ('linear_model', 'dnn_model')]
        activation = activations.deserialize(config.pop('activation', None), custom_objects=custom_objects)
        return cls(*models, activation=activation, **config)


WideDeepModel.__module__ = 'tensorflow.python.keras.premade.wide_deep'
