"""Moving averages of variables and tensors."""
from reflow import _core
from reflow.ops import resource_variable_ops
from reflow.ops import variables


def assign_moving_average(variable, value, decay, zero_debias=True, name=None):
    """variable -= (1 - decay) * (variable - value); gives the variable's new value."""
    updated = _core.assign_moving_average(variable, value, decay, bool(zero_debias), name)
    return variable._changed_before(updated) if resource_variable_ops.is_resource_variable(variable) else updated


class ExponentialMovingAverage:
    """Keeps a shadow of each variable: shadow -= (1 - decay) * (shadow - variable)."""

    def __init__(self, decay, num_updates=None, zero_debias=False, name='ExponentialMovingAverage'):
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._object = _core.ExponentialMovingAverage(decay, num_updates, bool(zero_debias), name)
        self._averages = {}  # {variable or tensor: its shadow}, for programs that look there

    @property
    def name(self):
        """The last part of the shadows' names."""
        return self._name

    def apply(self, var_list=None):
        """Makes shadows where there are none yet, and an operation that updates those of `var_list`."""
        var_list = variables.trainable_variables() if var_list is None else list(var_list)
        if not self._name:
            raise ValueError("'' is not a valid node name")
        for var in var_list:
            _ = var.dtype  # AttributeError: it is no tensor
        update = self._object.apply(var_list)
        self._averages.update((var, self._object.average(var)) for var in var_list)
        return update

    def average(self, var):
        """The shadow of a variable or tensor; None: there is none."""
        return self._object.average(_averaged(var))

    def average_name(self, var):
        """The name of the shadow, be it there or not."""
        return self._object.average_name(_averaged(var))

    def variables_to_restore(self, moving_avg_variables=None):
        """For a Saver that loads averages into the variables: {name in the checkpoint: variable}."""
        averaged = None if moving_avg_variables is None else [_averaged(variable) for variable in moving_avg_variables]
        return self._object.variables_to_restore(averaged)


def _averaged(var):
    """The variable or tensor. AttributeError: it is neither."""
    _ = var.experimental_ref
    return var
