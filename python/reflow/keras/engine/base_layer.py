"""The base class of layers: variables, losses and updates, made when inputs are first seen."""

import inspect

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_spec
from reflow.framework import tensor_util
from reflow.keras import backend_session
from reflow.keras.engine import arguments
from reflow.keras.engine import call_context
from reflow.keras.engine import converted_call
from reflow.keras.engine import input_spec
from reflow.keras.engine import layer_ops
from reflow.keras.engine import node as node_module
from reflow.keras.engine import saved_layer
from reflow.keras.engine.input_spec import InputSpec  # noqa: F401
from reflow.keras.engine.layer_losses import LayerLosses
from reflow.keras.engine.layer_names import to_snake_case, unique_object_name
from reflow.keras.engine.layer_weights import LayerWeights
from reflow.module import module
from reflow.util import nest

_ALLOWED_KEYWORDS = {'input_shape', 'batch_input_shape', 'batch_size', 'weights', 'activity_regularizer', 'input_dim',
                     'autocast', 'experimental_autocast'}


class Layer(LayerWeights, LayerLosses, node_module.Connections, saved_layer.SavedLayer, module.Module):
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
        self._own(True), self._own(False)  # lists that derived classes append to
        self._updates = []
        self._losses = []
        self._callable_losses = []
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._dynamic = dynamic
        self._autocast = kwargs.get('autocast', False)
        self._initial_weights = kwargs.get('weights')
        self._inbound_nodes = []
        self._outbound_nodes = []
        self._metrics = []
        if 'batch_input_shape' in kwargs or 'input_shape' in kwargs:
            shape = kwargs.get('batch_input_shape')
            self._batch_input_shape = tuple(shape) if shape else (kwargs.get('batch_size'),) + tuple(kwargs['input_shape'])

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
            if not isinstance(self.name, str):
                raise ValueError('name for name_scope must be a string.')
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
            outputs = converted_call.call(self, inputs, args, kwargs)
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

    def apply(self, inputs, *args, **kwargs):
        """Deprecated: calls the layer."""
        return self.__call__(inputs, *args, **kwargs)

    def _maybe_build_for_symbols(self, inputs):
        with ops.name_scope(self._name_scope()):
            self._maybe_build(inputs)

    def _take_dtype_of(self, inputs):
        """The type of the first input becomes the layer's, where that wasn't given."""
        flat = nest.flatten(inputs)
        if flat and self._dtype is None and hasattr(flat[0], 'dtype'):
            self._dtype = flat[0].dtype.base_dtype.name

    def _maybe_build(self, inputs):
        if self.built:
            return
        self._take_dtype_of(inputs)
        shapes = None
        if all(hasattr(x, 'shape') for x in nest.flatten(inputs)):
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

    def compute_output_shape(self, input_shape):
        """The shape of what the layer makes of inputs of a shape."""
        raise NotImplementedError

    def compute_output_signature(self, input_signature):
        """The TensorSpec of what the layer makes of inputs of a TensorSpec."""
        def shape_of(spec):
            if not isinstance(spec, tensor_spec.TensorSpec):
                raise TypeError('Only TensorSpec signature types are supported, but saw signature signature entry: {}.'.format(
                    spec))
            return spec.shape

        output_shape = self.compute_output_shape(nest.map_structure(shape_of, input_signature))
        dtype = self.dtype or nest.flatten(input_signature)[0].dtype
        return nest.map_structure(lambda shape: tensor_spec.TensorSpec(dtype=dtype, shape=shape), output_shape)

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
        known = {'self', 'trainable', 'name', 'dtype', 'dynamic', 'batch_input_shape'}
        if hasattr(self.get_config, '_is_default') and set(inspect.getfullargspec(self.__init__).args) - known:
            raise NotImplementedError('Layers with arguments in `__init__` must override `get_config`.')
        return self._base_config()

    get_config._is_default = True

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
        return dict(self._base_config(), **arguments.written(self, names), **values)

    @classmethod
    def from_config(cls, config):
        """The layer with the arguments of get_config."""
        return cls(**config)

Layer.__module__ = 'tensorflow.python.keras.engine.base_layer'


def _as_tensor(value):
    import numpy as np
    return ops.convert_to_tensor(value) if isinstance(value, (np.ndarray, np.generic, float, int)) else value


def __getattr__(name):
    if name == 'TensorFlowOpLayer':  # a layer in a file of its own, which derives from Layer
        from reflow.keras.engine import op_layer
        return op_layer.TensorFlowOpLayer
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
