"""An optimizer that keeps averages of what it changes, and saves them in the variables' places."""

from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import variables
from reflow.training import moving_averages
from reflow.training import optimizer
from reflow.training import saver

__all__ = ['MovingAverageOptimizer']


class MovingAverageOptimizer(optimizer.Optimizer):
    """Another optimizer, with moving averages of its variables."""

    def __init__(self, opt, average_decay=0.9999, num_updates=None, sequential_update=True):
        self._optimizer = opt
        self._ema = moving_averages.ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._swapped_variable_name_map = None
        self._sequential_update = sequential_update

    def compute_gradients(self, *args, **kwargs):
        """That of the optimizer."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The update of the optimizer, then that of the averages."""
        trained = [variable for gradient, variable in grads_and_vars if gradient is not None]
        update = self._optimizer.apply_gradients(grads_and_vars, global_step=global_step, name=name)
        with ops.control_dependencies([update] if self._sequential_update else []):
            averages = self._ema.apply(trained)
        names = [(variable.op.name, self._ema.average(variable).op.name) for variable in trained]
        self._swapped_variable_name_map = {**dict(names), **{average: name for name, average in names}}
        return control_flow_ops.group(update, averages, name='train_with_avg')

    def swapping_saver(self, var_list=None, name='swapping_saver', **kwargs):
        """A Saver that writes the averages as the variables, and the variables as the averages."""
        if self._swapped_variable_name_map is None:
            raise RuntimeError('Must call apply_gradients or minimize before creating the swapping_saver')
        if var_list is None:
            var_list = variables.global_variables()
        if not isinstance(var_list, dict):
            var_list = {variable.op.name: variable for variable in var_list}
        swapped = {}
        for key, tensor in var_list.items():
            swapped_key = self._swapped_variable_name_map.get(key, key)
            if swapped_key not in var_list:
                raise ValueError('Variable to swap %s is not part of variables to save. This breaks MovingAverageOptimizer.'
                                 % swapped_key)
            swapped[key] = var_list[swapped_key]
        return saver.Saver(swapped, name=name, **kwargs)

    def variables(self):
        """Those of the optimizer."""
        return self._optimizer.variables()
