"""Weight decay apart from the gradient. Loshchilov and Hutter, arXiv 1711.05101."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import state_ops
from reflow.training import adam
from reflow.training import momentum as momentum_opt
from reflow.training import optimizer

__all__ = ['DecoupledWeightDecayExtension', 'extend_with_decoupled_weight_decay', 'MomentumWOptimizer', 'AdamWOptimizer']


class DecoupledWeightDecayExtension:
    """What makes an optimizer, as its first base class, shrink variables before each update."""

    def __init__(self, weight_decay, **kwargs):
        self._decay_var_list = None
        self._weight_decay = weight_decay
        self._weight_decay_tensor = None
        super().__init__(**kwargs)

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=optimizer.Optimizer.GATE_OP,
                 aggregation_method=None, colocate_gradients_with_ops=False, name=None, grad_loss=None, decay_var_list=None):
        """Optimizer.minimize; `decay_var_list` (None: all) are the variables that shrink."""
        grads_and_vars = self.compute_gradients(
            loss, var_list=var_list, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name, decay_var_list=decay_var_list)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None, decay_var_list=None):
        """Optimizer.apply_gradients; `decay_var_list` (None: all) are the variables that shrink."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else False
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _prepare(self):
        self._weight_decay_tensor = ops.convert_to_tensor(self._call_if_callable(self._weight_decay), name='weight_decay')
        super()._prepare()

    def _decays(self, var):
        return not self._decay_var_list or var in self._decay_var_list

    def _decay_weights_op(self, var):
        if self._decays(var):
            return var.assign_sub(self._weight_decay_tensor * var, self._use_locking)
        return control_flow_ops.no_op()

    def _decay_weights_sparse_op(self, var, indices, scatter_add):
        if self._decays(var):
            return scatter_add(var, indices, -self._weight_decay_tensor * array_ops.gather(var, indices), self._use_locking)
        return control_flow_ops.no_op()

    def _apply_dense(self, grad, var):
        with ops.control_dependencies([self._decay_weights_op(var)]):
            return super()._apply_dense(grad, var)

    def _resource_apply_dense(self, grad, var):
        with ops.control_dependencies([self._decay_weights_op(var)]):
            return super()._resource_apply_dense(grad, var)

    def _apply_sparse(self, grad, var):
        decay_op = self._decay_weights_sparse_op(var, grad.indices, state_ops.scatter_add)
        with ops.control_dependencies([decay_op]):
            return super()._apply_sparse(grad, var)

    def _resource_apply_sparse(self, grad, var, indices):
        if not hasattr(var, 'handle'):  # Adam's _apply_sparse calls this too, and has come from the one above
            return super()._resource_apply_sparse(grad, var, indices)

        def scatter_add(x, i, values, use_locking):
            return gen_resource_variable_ops.resource_scatter_add(x.handle, i, values)

        with ops.control_dependencies([self._decay_weights_sparse_op(var, indices, scatter_add)]):
            return super()._resource_apply_sparse(grad, var, indices)


def extend_with_decoupled_weight_decay(base_optimizer):
    """A class of optimizers like `base_optimizer`, with weight decay."""
    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):
        """An optimizer with weight decay."""

        def __init__(self, weight_decay, *args, **kwargs):
            import inspect
            arguments = inspect.signature(base_optimizer.__init__).bind(self, *args, **kwargs).arguments
            super().__init__(weight_decay, **{name: value for name, value in arguments.items() if name != 'self'})

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, momentum_opt.MomentumOptimizer):
    """Momentum with weight decay."""

    def __init__(self, weight_decay, learning_rate, momentum, use_locking=False, name='MomentumW', use_nesterov=False):
        super().__init__(weight_decay, learning_rate=learning_rate, momentum=momentum, use_locking=use_locking, name=name,
                         use_nesterov=use_nesterov)


class AdamWOptimizer(DecoupledWeightDecayExtension, adam.AdamOptimizer):
    """Adam with weight decay."""

    def __init__(self, weight_decay, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False,
                 name='AdamW'):
        super().__init__(weight_decay, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon,
                         use_locking=use_locking, name=name)
