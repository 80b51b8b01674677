"""Inputs: where models begin."""

from reflow.framework import tensor_shape
from reflow.keras import backend_session
from reflow.keras import backend_config
from reflow.keras.engine import node as node_module
from reflow.keras.engine.base_layer import Layer


class InputLayer(Layer):
    """A placeholder, or a tensor that is there already, as the first layer of a model."""

    def __init__(self, input_shape=None, batch_size=None, dtype=None, input_tensor=None, sparse=False, name=None,
                 ragged=False, **kwargs):
        if ragged:
            raise NotImplementedError('Inputs of ragged tensors are not there yet')
        if 'batch_input_shape' in kwargs:
            batch_input_shape = kwargs.pop('batch_input_shape')
            if input_shape and batch_input_shape:
                raise ValueError('Only provide the input_shape OR batch_input_shape argument to InputLayer, not both at '
                                 'the same time.')
            batch_size, input_shape = batch_input_shape[0], batch_input_shape[1:]
        if kwargs:
            raise ValueError('Unrecognized keyword arguments:', kwargs.keys())
        if not name:
            name = 'input_' + str(backend_session.get_uid('input'))
        if not dtype:
            dtype = backend_config.floatx() if input_tensor is None else backend_session.dtype(input_tensor)
        elif input_tensor is not None and input_tensor.dtype != dtype:
            raise ValueError('`input_tensor.dtype` differs from `dtype`: %s vs. %s' % (input_tensor.dtype, dtype))
        super().__init__(dtype=dtype, name=name)
        self.built = True
        self.sparse = sparse
        self.ragged = ragged
        self.batch_size = batch_size
        self.supports_masking = True
        self.is_placeholder = input_tensor is None
        if isinstance(input_shape, tensor_shape.TensorShape):
            input_shape = tuple(input_shape.as_list())
        elif isinstance(input_shape, int):
            input_shape = (input_shape,)
        if input_tensor is None:
            self._batch_input_shape = None if input_shape is None else (batch_size,) + tuple(input_shape)
            input_tensor = backend_session.placeholder(shape=self._batch_input_shape, dtype=dtype, name=self.name,
                                                       sparse=sparse)
        else:
            self._batch_input_shape = tuple(input_tensor.shape.as_list())
        input_tensor._keras_mask = None
        node_module.Node(self, [input_tensor], [input_tensor], is_input=True)
        input_tensor._keras_history = node_module.KerasHistory(self, 0, 0)

    def get_config(self):
        """The arguments of the constructor."""
        return {'batch_input_shape': self._batch_input_shape, 'dtype': self.dtype, 'sparse': self.sparse,
                'ragged': self.ragged, 'name': self.name}


def Input(shape=None, batch_size=None, name=None, dtype=None, sparse=False, tensor=None, ragged=False, **kwargs):
    """The tensor that a model begins with; `shape` is without the batch."""
    if sparse and ragged:
        raise ValueError('Cannot set both sparse and ragged to True in a Keras input.')
    config = {'name': name, 'dtype': dtype, 'sparse': sparse, 'ragged': ragged, 'input_tensor': tensor}
    batch_input_shape = kwargs.pop('batch_input_shape', kwargs.pop('batch_shape', None))
    if shape and batch_input_shape:
        raise ValueError('Only provide the `shape` OR `batch_input_shape` argument to Input, not both at the same time.')
    if batch_input_shape:
        shape = batch_input_shape[1:]
        config['batch_input_shape'] = batch_input_shape
    else:
        config.update(batch_size=batch_size, input_shape=shape)
    if kwargs:
        raise ValueError('Unrecognized keyword arguments:', kwargs.keys())
    if shape is None and tensor is None:
        raise ValueError('Please provide to Input either a `shape` or a `tensor` argument. Note that `shape` does not '
                         'include the batch dimension.')
    return InputLayer(**config)._inbound_nodes[0].output_tensors[0]


InputLayer.__module__ = 'tensorflow.python.keras.engine.input_layer'
