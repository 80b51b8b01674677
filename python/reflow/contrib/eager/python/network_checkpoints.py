"""Checkpoints of tfe.Network under names without the network's own."""
import os

from reflow import _core
from reflow.framework import ops
from reflow.training import checkpoint_utils
from reflow.training import saver as saver_lib
from reflow.training import training_util
from reflow.util import deprecation


def save_network_checkpoint(network, save_path, global_step=None, map_func=None):
    """Writes the variables of `network`; gives the checkpoint's prefix.

    `save_path` is a prefix, or a folder in which the checkpoint gets the network's name. `map_func` makes names in the
    checkpoint of variables' names; by default it takes the network's scope away.
    """
    if not network.built:
        raise ValueError('Attempt to save the Network before it was first called. This means variables have not yet been '
                         'created, so there is nothing to save.')
    network._set_scope()
    if global_step is None:
        global_step = training_util.get_global_step()
    names = _Names(network, map_func, 'save_network_checkpoint')
    saver = saver_lib.Saver(names.variables())
    return saver.save(_session(), _path(network, save_path), write_meta_graph=False, global_step=global_step)


@deprecation.deprecated(None, 'Derive from tf.keras.Model and use its load_weights.')
def restore_network_checkpoint(network, save_path, map_func=None):
    """Gives the variables of `network` what a checkpoint of save_network_checkpoint has.

    Variables that are made later get their values from it as they are made.
    """
    network._set_scope()
    save_path = _path(network, save_path)
    names = _Names(network, map_func, 'restore_network_checkpoint')
    existing = names.variables()
    if existing:
        saver_lib.Saver(existing).restore(_session(), save_path)
    reader = checkpoint_utils.load_checkpoint(save_path)
    waiting = {name: reader.get_tensor(name) for name, _ in checkpoint_utils.list_variables(save_path)
               if name not in existing}
    if waiting:
        _restore_later(network, names, waiting)


def _session():
    return None if _core.executing_eagerly() else ops.get_default_session()


def _path(network, save_path):
    return os.path.join(save_path, network.name.replace('/', '_')) if os.path.isdir(save_path) else save_path


def _restore_later(layer, names, waiting):
    """Has the variables that `layer` makes start with the values that wait for them."""
    from reflow.contrib.eager.python import network

    session = _session()

    def restored(getter, name, *args, **kwargs):
        value = waiting.pop(names.of(name), None)
        if value is None:
            return getter(name, *args, **kwargs)
        variable = getter(name, *args, **{**kwargs, 'initializer': value, 'shape': None})
        if session is not None:
            session.run(variable.initializer)
        return variable

    for each in layer.layers:
        if isinstance(each, network.Network):
            each._set_scope()
            _restore_later(each, names, waiting)
        else:
            network._set_scope_of_part(each)
            each._scope.set_custom_getter(restored)


class _Names:
    """The names that variables of a network have in a checkpoint."""

    def __init__(self, network, map_func, function):
        self._network, self._map_func, self._function = network, map_func, function

    def of(self, name):
        """The name in the checkpoint of the variable called `name`."""
        if self._map_func is not None:
            return self._map_func(name)
        prefix = self._network.scope_name + '/'
        return name[len(prefix):] if name.startswith(prefix) else name

    def variables(self):
        """The variables that there are, by names in the checkpoint. ValueError: two have the same."""
        found = {}
        for variable in self._network.variables:
            name = self.of(variable._shared_name)
            if found.setdefault(name, variable) is not variable:
                raise ValueError(self._conflict(name, found[name]._shared_name, variable._shared_name))
        return found

    def _conflict(self, name, *variables):
        if self._map_func is not None:
            return ("The map_func passed to %s for the Network '%s' resulted in two variables named '%s' (originally '%s' "
                    "and '%s')." % (self._function, self._network.name, name, *variables))
        return ("The default checkpoint variable name mapping strategy for Network '%s' resulted in a naming conflict. We "
                "attempted to strip off the variable prefix for the Network ('%s'), but this resulted in two variables "
                "named '%s' (originally '%s' and '%s')." % (self._network.name, self._network.scope_name, name, *variables))
