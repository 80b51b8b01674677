"""Networks of layers by `track_layer`, which programs wrote before tf.keras.Model could do as much."""
import weakref

from reflow import _core
from reflow.keras.engine import base_layer
from reflow.layers import base
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging as logging
from reflow.util import deprecation
from reflow.util import function_utils
from reflow.util.shown_attributes import shown

_INSTEAD = ('Derive from tf.keras.Model, which tracks the layers that are attributes of it: what track_layer gives can '
            'simply be assigned.')


class Network(base.Layer):
    """A layer that consists of the layers it tracks, with their variables in a scope of its own name.

    Subclasses track layers in `__init__` and compute with them in `call`. A network without a name gets one when another
    tracks it or when it is first called.
    """

    @deprecation.deprecated(None, _INSTEAD)
    def __init__(self, name=None):
        if _core.executing_eagerly():
            logging.warning('** tfe.Network is deprecated and will be removed in a future version.\n\n%s', _INSTEAD)
        if isinstance(name, vs.VariableScope):
            raise ValueError('VariableScopes are not valid Network names.')
        if name is not None and '/' in name:
            raise ValueError("Forward slashes ('/') are not allowed in Network names.")
        super().__init__(name=name)
        self._layers = []
        self._first_parent = None  # a weak reference; False: it was called before another network tracked it
        self._unscoped_layers = []  # those that are no networks and have no scope yet
        self._owned_layers = {}
        self._sublayer_numbers = {}
        self._outer_scope = vs.get_variable_scope()

    def _init_set_name(self, name, zero_based=True):
        self._name, self._base_name = name, None

    def _gather_saveables_for_checkpoint(self):
        raise NotImplementedError('tfe.Network does not support object-based checkpointing.\n\n' + _INSTEAD)

    @property
    def name(self):
        """The name; ValueError: it has none yet."""
        if self._name is None:
            raise ValueError('The network does not yet have a final name, but a name was requested for it. Networks get a '
                             'name when they are added to another Network via track_layer, or when they are first '
                             'called/built.')
        return self._name

    def track_layer(self, layer):
        """Counts `layer` and its variables to the network; gives `layer`."""
        if '_layers' not in self.__dict__:
            raise RuntimeError('Need to call Network.__init__ before adding layers')
        if not isinstance(layer, base.Layer):
            raise TypeError('Network.track_layer() passed type %s, not a tf.layers.Layer' % (type(layer),))
        layer._use_resource_variables = True
        if isinstance(layer, Network):
            layer._become_part_of(self)
        elif not layer.built:
            if _parent_of(layer) is None:
                if layer._name != layer._base_name:  # its number is one among all layers of the graph
                    layer._base_name = base_layer.to_snake_case(type(layer).__name__)
                    layer._name = self._numbered(layer._base_name)
                layer._first_parent = weakref.ref(self)
            self._unscoped_layers.append(layer)
        if not layer.built and _parent_of(layer) is self:
            if self._owned_layers.get(layer.name) is layer:
                return layer
            if layer.name in self._owned_layers:
                raise ValueError("Attempt to add two Layers with the name '%s' to the same Network." % (layer.name))
            self._owned_layers[layer.name] = layer
        self._layers.append(layer)
        return layer

    def _numbered(self, name):
        return base_layer.unique_object_name(name, self._sublayer_numbers, self._owned_layers, zero_based=True)

    def _become_part_of(self, parent):
        if not self._name:
            self._base_name = base_layer.to_snake_case(type(self).__name__)
            self._name = parent._numbered(self._base_name)
        if self._first_parent is None or self._first_parent is not False and self._first_parent() is None:
            self._first_parent = weakref.ref(parent)

    def _set_scope(self, scope=None):
        if self._scope is not None:
            return
        parent = _parent_of(self)
        if parent is None:
            self._first_parent = False
        else:
            parent._set_scope()
        if scope is not None:
            raise ValueError('Networks may not be created with explicit scopes.')
        with vs.variable_scope(parent._scope if parent else self._outer_scope):
            wanted = self._name or base_layer.to_snake_case(type(self).__name__)
            with vs.variable_scope(None, default_name=wanted, use_resource=True) as own_scope:
                self._take_scope(own_scope, parent)
        for layer in self._unscoped_layers:
            _set_scope_of_part(layer)

    def _take_scope(self, scope, parent):
        outer, _, last = scope.name.rpartition('/')
        if self._name is None:
            self._name, self._base_name = last, base_layer.to_snake_case(type(self).__name__)
        elif last != self._name:
            raise ValueError("A Network named '%s' already exists (or a variable_scope was created with this name). Names "
                             'must be unique.' % (self._name,))
        if parent and outer != parent.scope_name:
            raise ValueError("Network variable names must match a nesting of sub-Network names. Expected prefix '%s' from "
                             "parent network, but got '%s' when attempting to create a variable_scope for Network '%s'. "
                             'Likely an explicit variable_scope was inserted into the nesting.'
                             % (parent.scope_name, outer, self._name))
        self._scope = scope
        if not parent:
            self._name = scope.name

    def get_layer(self, name=None, index=None):
        """The tracked layer of that name, or of that number."""
        if index is not None:
            if name is not None:
                raise ValueError("Exactly one of 'index' or 'name' must be provided")
            if index >= len(self._layers):
                raise ValueError('Was asked to retrieve layer at index %d but model only has %d layers.'
                                 % (index, len(self._layers)))
            return self._layers[index]
        if not name:
            raise ValueError('Provide either a layer name or layer index.')
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise ValueError('No such layer: ' + name)

    def _of_layers(self, attribute):
        return [each for layer in self._layers for each in getattr(layer, attribute)]

    layers = shown('_layers', 'The tracked layers.')
    weights = property(lambda self: self._of_layers('weights'), doc='All variables.')
    trainable_weights = property(lambda self: self._of_layers('trainable_weights'),
                                 doc='The variables that optimizers train.')
    non_trainable_weights = property(lambda self: self._of_layers('non_trainable_weights'), doc='The other variables.')
    losses = property(lambda self: self._of_layers('losses'), doc='The losses of the layers.')

    @property
    def trainable(self):
        """True: it is the layers that can be frozen."""
        return True

    @trainable.setter
    def trainable(self, value):
        if not value:
            raise AttributeError('cannot mark Network as not trainable')

    def add_variable(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None):
        """RuntimeError: the variables of a network are those of its layers."""
        raise RuntimeError('add_variable not supported in Network class yet.')

    def add_loss(self, losses, inputs=None):
        """RuntimeError: the losses of a network are those of its layers."""
        raise RuntimeError('add_loss is not supported in Network class yet.')


def _parent_of(layer):
    """The network that tracked `layer` first; None: there is none any more."""
    parent = getattr(layer, '_first_parent', None)
    return parent() if parent else None


def _set_scope_of_part(layer):
    """Puts the variables of a layer below its network's."""
    if layer._scope is not None:
        return
    parent = _parent_of(layer)
    if parent is None:
        raise ValueError('The parent of the Layer %s was garbage collected before the Layer was built.' % (layer.name,))
    parent._set_scope()
    with vs.variable_scope(parent._scope):
        with vs.variable_scope(None, default_name=layer.name, use_resource=True) as layer._scope:
            pass


class Sequential(Network):
    """A network that calls layers and functions one after the other."""

    def __init__(self, layers_funcs=None, name=None):
        super().__init__(name=name)
        self._layers_funcs = []
        for each in layers_funcs or ():
            self.add(each)

    def add(self, layer_func):
        """Adds a layer, or a function of one argument."""
        if isinstance(layer_func, base.Layer):
            arguments = function_utils.fn_args(layer_func.call)
            self.track_layer(layer_func)
        elif callable(layer_func):
            arguments = function_utils.fn_args(layer_func)
        else:
            raise TypeError("Sequential.add() takes only tf.layers.Layer objects or callables; not '%s' of type '%s'."
                            % (layer_func, type(layer_func)))
        self._layers_funcs.append(('training' in arguments, layer_func))

    def call(self, inputs, training=None):
        """What the last one gives; `training` goes to those that take it, where it is not None."""
        for takes_training, layer_func in self._layers_funcs:
            inputs = layer_func(inputs, training) if takes_training and training is not None else layer_func(inputs)
        return inputs
