"""Layers that models make themselves: of an operation, of a loss and of a metric that is added to a model."""

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.framework import protos
from reflow.keras import backend_session
from reflow.keras.engine.base_layer import Layer
from reflow.util import nest

_PREFIX = 'tf_op_layer_'


class TensorFlowOpLayer(Layer):
    """An operation: called on other inputs, it makes another one like it."""

    def __init__(self, node_def, name, constants=None, trainable=True, dtype=None):
        super().__init__(name=_PREFIX + name, trainable=trainable, dtype=dtype)
        if isinstance(node_def, dict):
            from google.protobuf import json_format
            node_def = json_format.ParseDict(node_def, protos.message('tensorflow.NodeDef')())
        self.node_def = node_def
        self._self_constants = {int(index): value for index, value in (constants or {}).items()}
        self.built = True

    def call(self, inputs):
        """The outputs of an operation like this one."""
        inputs = list(nest.flatten(inputs))
        graph = ops.get_default_graph()
        for index, value in sorted(self._self_constants.items()):
            if not isinstance(value, ops.Tensor):
                value = constant_op.constant(value, name=self.node_def.input[index])
            inputs.insert(index, value)
        attrs = {key: value for key, value in self.node_def.attr.items() if not key.startswith('_')}
        op = graph.create_op(self.node_def.op, inputs, name=self.node_def.name, attrs=attrs)
        return op.outputs[0] if len(op.outputs) == 1 else list(op.outputs)

    def get_config(self):
        """The operation, with the values of its constant inputs."""
        from google.protobuf import json_format
        config = super(TensorFlowOpLayer, self)._base_config()
        config.update({'name': config['name'][len(_PREFIX):], 'node_def': json_format.MessageToDict(self.node_def),
                       'constants': {index: backend_session.get_value(value)
                                     for index, value in self._self_constants.items()}})
        return config


class AddLoss(Layer):
    """Adds its inputs to the losses."""

    def __init__(self, unconditional, **kwargs):
        super().__init__(**kwargs)
        self.unconditional = unconditional

    def call(self, inputs):
        """The inputs."""
        self.add_loss(inputs, inputs=None if self.unconditional else inputs)
        return inputs

    def get_config(self):
        """The arguments of the constructor."""
        return dict(self._base_config(), unconditional=self.unconditional)


class AddMetric(Layer):
    """Adds its inputs to the metrics."""

    def __init__(self, aggregation=None, metric_name=None, **kwargs):
        super().__init__(**kwargs)
        self.aggregation = aggregation
        self.metric_name = metric_name

    def call(self, inputs):
        """The inputs."""
        self.add_metric(inputs, self.aggregation, self.metric_name)
        return inputs

    def get_config(self):
        """The arguments of the constructor."""
        return dict(self._base_config(), aggregation=self.aggregation, metric_name=self.metric_name)


TensorFlowOpLayer.__module__ = 'tensorflow.python.keras.engine.base_layer'
