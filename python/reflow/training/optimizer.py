"""The base of optimizers, which programs derive from by TensorFlow's protected names.

The engine computes and applies gradients (`self._object`); where TensorFlow's class calls a method that subclasses may
override, the engine calls that method.
"""
from reflow import _core
from reflow.distribute import distribution_strategy_context as contexts
from reflow.framework import ops
from reflow.ops import gradients_impl
from reflow.ops.gradients_util import known_aggregation_method
from reflow.training.tracking import base as trackable
from reflow.util import nest


def _var_key(var):
    return var._unique_id if getattr(var, '_is_eager', False) else (var.op.graph, var.op.name)


def _deduplicate_indexed_slices(values, indices):
    """The rows with each index once, those of the same index summed, and these indices."""
    from reflow.ops import array_ops, math_ops
    unique_indices, positions = array_ops.unique(indices)
    summed = math_ops.unsorted_segment_sum(values, positions, array_ops.shape(unique_indices)[0])
    return summed, unique_indices


class Optimizer(trackable.Trackable):
    """Computes gradients of a loss, and applies them to variables."""

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    # Makes the engine's object of (self, use_locking, name). Hyperparameters are read from attributes of self.
    _make_object = staticmethod(_core.make_optimizer)

    def __init__(self, use_locking, name):
        if not name:
            raise ValueError('Must specify the optimizer name')
        self._use_locking = use_locking
        self._name = name
        self._object = self._make_object(self, bool(use_locking), str(name))
        # {slot: {key of a variable: positions in checkpoints}} of slots to be restored when they are made.
        self._deferred_slot_restorations = {}
        self._known_slots, self._known_non_slots = {}, {}

    def get_name(self):
        """The name of the optimizer, which its operation has too."""
        return self._name

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                 colocate_gradients_with_ops=False, name=None, grad_loss=None):
        """An operation that lowers `loss` by changing the variables of `var_list` (None: those that are trainable).

        It adds 1 to `global_step`, if there is one.
        """
        grads_and_vars = self.compute_gradients(
            loss, var_list=var_list, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
        if all(gradient is None for gradient, _ in grads_and_vars):
            raise ValueError('No gradients provided for any variable, check your graph for ops that do not support '
                             'gradients, between variables %s and loss %s.' % (
                                 [str(variable) for _, variable in grads_and_vars], loss))
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def compute_gradients(self, loss, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """A list of pairs (gradient, variable); the gradient is a Tensor, IndexedSlices or None."""
        if callable(loss):
            return self._gradients_of_function(loss, var_list, grad_loss)
        if _core.executing_eagerly():
            raise RuntimeError('`loss` passed to Optimizer.compute_gradients should be a function when eager execution is '
                               'enabled.')
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError('gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, '
                             'Optimizer.GATE_GRAPH.  Not %s' % gate_gradients)
        for tensor in [loss] if grad_loss is None else [loss, grad_loss]:
            _ = tensor.dtype  # AttributeError: it is no tensor
        aggregation_method = known_aggregation_method(aggregation_method)
        loss = self._scale_loss(loss)
        if var_list is not None:
            var_list = nest.flatten(var_list)
            if not all(isinstance(variable, _core.Variable) for variable in var_list):
                return self._gradients_of_tensors(loss, var_list, gate_gradients, aggregation_method,
                                                  colocate_gradients_with_ops, grad_loss)
        if gradients_impl.current() is not gradients_impl.gradients:
            if var_list is None:
                from reflow.ops import variables
                var_list = variables.trainable_variables()
            return self._gradients_of_tensors(loss, var_list, gate_gradients, aggregation_method,
                                              colocate_gradients_with_ops, grad_loss)
        return self._object.compute_gradients(loss, var_list, gate_gradients, aggregation_method,
                                              bool(colocate_gradients_with_ops), grad_loss)

    def _gradients_of_function(self, loss, var_list, grad_loss):
        """compute_gradients of a function that computes the loss."""
        from reflow.eager import backprop
        with backprop.GradientTape() as tape:
            if var_list is not None:
                var_list = nest.flatten(var_list)
                tape.watch(var_list)
            loss_value = self._scale_loss(loss())
        if var_list is None:
            var_list = list(tape.watched_variables())
        with ops.control_dependencies([loss_value]):
            return list(zip(tape.gradient(loss_value, var_list, grad_loss), var_list))

    def _gradients_of_tensors(self, loss, xs, gate_gradients, aggregation_method, colocate, grad_loss):
        """compute_gradients where some of `xs` are no variables, or a program has a function of its own for gradients."""
        for x in xs:
            if not isinstance(x, (_core.Variable, ops.Tensor)):
                _refuse(x, 'Trying to optimize unsupported type ')
        self._assert_valid_dtypes([loss])
        found = gradients_impl.current()(
            loss, [x._ref() if isinstance(x, _core.Variable) and x.dtype._is_ref_dtype else x for x in xs], grad_ys=grad_loss, gate_gradients=gate_gradients == Optimizer.GATE_OP,
            aggregation_method=aggregation_method, colocate_gradients_with_ops=colocate)
        if gate_gradients == Optimizer.GATE_GRAPH:
            from reflow.ops import control_flow_ops
            found = control_flow_ops.tuple(found)
        return list(zip(found, xs))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """An operation that changes variables by the gradients of a list of pairs (gradient, variable)."""
        strategy, replica = contexts.get_strategy_and_replica_context()
        if replica is None:
            raise RuntimeError('Use `_distributed_apply()` instead of `apply_gradients()` in a cross-replica context.')
        if strategy.num_replicas_in_sync > 1:
            return replica.merge_call(self._distributed_apply, args=(list(grads_and_vars), global_step, name))
        return self._apply_gradients(grads_and_vars, global_step, name)

    def _distributed_apply(self, distribution, grads_and_vars, global_step=None, name=None):
        """apply_gradients of the sums of all replicas' gradients."""
        from reflow.distribute import reduce_util
        summed = [(None if gradient is None else distribution.extended._reduce(reduce_util.ReduceOp.SUM, gradient), variable)
                  for gradient, variable in grads_and_vars]
        return self._apply_gradients(summed, global_step, name)

    def _scale_loss(self, loss):
        """A replica's share of the loss, where the loss of all is the mean of theirs."""
        replicas = contexts.get_strategy().num_replicas_in_sync
        if replicas == 1:
            return loss
        from reflow.distribute import distribute_lib, reduce_util
        is_sum = distribute_lib.get_loss_reduction() == reduce_util.ReduceOp.SUM
        return loss if is_sum else loss * (1. / replicas)

    def _apply_gradients(self, grads_and_vars, global_step, name):
        pairs = [(_gradient(gradient), variable) for gradient, variable in tuple(grads_and_vars)]
        for gradient, variable in pairs:
            if not isinstance(variable, _core.Variable):
                kind = 'Trying to update a Tensor ' if isinstance(variable, ops.Tensor) else (
                    'Trying to optimize unsupported type ')
                _refuse(variable, kind)
        if not isinstance(self._name, str):
            raise TypeError('`default_name` type (%s) is not a string type. You likely meant to pass this into the `values` '
                            'kwarg.' % type(self._name))
        if _core.executing_eagerly() and pairs and all(gradient is None for gradient, _ in pairs):
            raise ValueError('No gradients provided for any variable: %s.' % ([str(variable) for _, variable in pairs],))
        self._restore_slots_of([variable for gradient, variable in pairs if gradient is not None])
        return self._object.apply_gradients(pairs, _step_variable(global_step), name)

    def get_slot(self, var, name):
        """The slot `name` of the variable, or None."""
        slot = self._object.get_slot(var, name)
        return None if slot is None else self._known_slot(name, var, slot)

    def _known_slot(self, name, var, slot):
        """The slot's object, which lives as long as the optimizer: checkpoints know objects."""
        return self._known_slots.setdefault((name, _var_key(var)), slot)

    def get_slot_names(self):
        """The names of slots that there are."""
        return self._object.get_slot_names()

    def variables(self):
        """The optimizer's own variables in the default graph: slots and others."""
        return self._object.variables()

    # What subclasses override.

    def _valid_dtypes(self):
        """The types that loss, variables and gradients may have."""
        return set(self._object.valid_dtypes())

    def _create_slots(self, var_list):
        """Makes the slots of the variables."""
        self._object.create_slots(var_list)

    def _prepare(self):
        """Makes the tensors that all updates share."""
        self._object.prepare()

    def _apply_dense(self, grad, var):
        """The update of a variable by reference."""
        return self._object.apply_dense(grad, var)

    def _resource_apply_dense(self, grad, handle):
        """The update of a resource variable."""
        return self._object.resource_apply_dense(grad, handle)

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices):
        """The update of rows of a resource variable; `indices` may have repetitions."""
        return self._object.resource_apply_sparse_duplicate_indices(grad, handle, indices)

    def _resource_apply_sparse(self, grad, handle, indices):
        """The update of rows of a resource variable; `indices` has no repetitions."""
        return self._object.resource_apply_sparse(grad, handle, indices)

    def _apply_sparse_duplicate_indices(self, grad, var):
        """The update of rows by IndexedSlices, which may have repeated indices."""
        return self._object.apply_sparse_duplicate_indices(grad, var)

    def _apply_sparse(self, grad, var):
        """The update of rows by IndexedSlices without repeated indices."""
        return self._object.apply_sparse(grad, var)

    def _finish(self, update_ops, name_scope):
        """Joins the updates in an operation called `name_scope`."""
        return self._object.finish(update_ops, name_scope)

    # What subclasses call.

    def _assert_valid_dtypes(self, tensors):
        valid_dtypes = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid_dtypes:
                raise ValueError('Invalid type %r for %s, expected: %s.' % (dtype, tensor.name, list(valid_dtypes)))

    def _zeros_slot(self, var, slot_name, op_name):
        """The slot of `var`, made of zeros if there is none yet."""
        return self._restored(slot_name, var, self._object.zeros_slot(var, slot_name, op_name))

    def _get_or_make_slot(self, var, val, slot_name, op_name):
        """The slot of `var`, made with the value `val` if there is none yet."""
        return self._restored(slot_name, var, self._object.get_or_make_slot(var, val, slot_name, op_name))

    def _get_or_make_slot_with_initializer(self, var, initializer, shape, dtype, slot_name, op_name):
        """The slot of `var`, made by the initializer if there is none yet."""
        return self._restored(slot_name, var, self._object.get_or_make_slot_with_initializer(
            var, initializer, shape, dtype, slot_name, op_name))

    def _create_non_slot_variable(self, initial_value, name, colocate_with):
        """The variable `name` that belongs to no other, made if there is none yet."""
        if self._get_non_slot_variable(name) is not None:
            return self._get_non_slot_variable(name)
        made = self._object.create_non_slot_variable(initial_value, name, colocate_with)
        self._handle_deferred_dependencies(name=name, trackable=made)
        return made

    def _get_non_slot_variable(self, name, graph=None):
        """What _create_non_slot_variable has made in `graph` (None: the default graph), or None."""
        if graph is None:
            return self._object.get_non_slot_variable(name)
        with graph.as_default():
            return self._object.get_non_slot_variable(name)

    def _call_if_callable(self, param):
        return param() if callable(param) else param

    # What checkpoints of objects have of an optimizer: its non-slot variables in the default graph, and its slots.

    @property
    def _checkpoint_dependencies(self):
        return super()._checkpoint_dependencies + [
            trackable.TrackableReference(name, variable) for name, variable in self._named_non_slot_variables()]

    def _named_non_slot_variables(self):
        """[(name, variable)], sorted, of those in the default graph. The objects live as long as the optimizer."""
        found = sorted(self._object.non_slot_variables(), key=lambda pair: pair[0])
        self._known_non_slots.update({_var_key(variable): variable for _, variable in found})
        return found

    def _lookup_dependency(self, name):
        known = super()._lookup_dependency(name)
        return dict(self._named_non_slot_variables()).get(name) if known is None else known

    def _restored(self, slot_name, variable, slot):
        """The slot; what checkpoints have for it, if it has been waited for, is restored."""
        slot = self._known_slot(slot_name, variable, slot)
        waiting = self._deferred_slot_restorations.get(slot_name, {}).pop(_var_key(variable), ())
        for position in sorted(waiting, key=lambda position: position.restore_uid, reverse=True):
            position.restore(slot)
        return slot

    def _restore_slots_of(self, variables):
        """Makes the slots before the engine does, where checkpoints are waiting for them, and restores them."""
        self._maybe_initialize_trackable()
        if not self._deferred_slot_restorations and not self._deferred_dependencies:
            return
        with ops.init_scope():
            self._create_slots(variables)
        for slot_name in list(self._deferred_slot_restorations):
            for variable in variables:
                slot = self.get_slot(variable, slot_name)
                if slot is not None:
                    self._restored(slot_name, variable, slot)
        for name, variable in self._named_non_slot_variables():
            self._handle_deferred_dependencies(name=name, trackable=variable)

    def _create_or_restore_slot_variable(self, slot_variable_position, slot_name, variable):
        """Restores the slot of a variable, now or when it is made. Where operations run at once it is made now."""
        slot = self.get_slot(variable, slot_name)
        if slot is None and _core.executing_eagerly() and slot_variable_position.is_simple_variable():
            value = trackable.CheckpointInitialValue(slot_variable_position).wrapped_value
            slot = self._known_slot(slot_name, variable,
                                    self._object.get_or_make_slot(variable, value, slot_name, self._name))
        if slot is not None:
            slot_variable_position.restore(slot)
        else:
            self._deferred_slot_restorations.setdefault(slot_name, {}).setdefault(_var_key(variable), []).append(
                slot_variable_position)


def _gradient(value):
    """The gradient as Tensor, IndexedSlices or None."""
    if value is None:
        return None
    try:
        return ops.convert_to_tensor_or_indexed_slices(value)
    except TypeError:
        raise TypeError('Gradient must be convertible to a Tensor or IndexedSlices, or None: %s' % value) from None


def _refuse(variable, message):
    _ = variable.op  # AttributeError: it is nothing of a graph
    raise NotImplementedError(message, variable)


def _step_variable(step):
    """The variable that a reference tensor is of; variables and None as they are."""
    if not isinstance(step, ops.Tensor):
        return step
    for variable in step.graph.get_collection(ops.GraphKeys.GLOBAL_VARIABLES):
        if variable._ref() is step:
            return variable
    raise AttributeError("'Tensor' object has no attribute 'assign_add'")
