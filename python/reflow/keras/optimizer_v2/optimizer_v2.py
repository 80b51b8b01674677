"""The base of Keras' optimizers: hyperparameters and slots are variables, updates are operations of the engine.

Subclasses make slots in `_create_slots` and apply gradients in `_resource_apply_dense` and `_resource_apply_sparse`.
"""

import functools
import inspect

import numpy as np

from reflow import _core
from reflow.distribute import distribution_strategy_context as contexts
from reflow.distribute import reduce_util
from reflow.framework import dtypes
from reflow.framework import indexed_slices
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras import initializers
from reflow.keras.optimizer_v2 import learning_rate_schedule
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import gradients_impl
from reflow.ops import math_ops
from reflow.ops import variables as tf_variables
from reflow.platform import tf_logging as logging
from reflow.training.optimizer import _deduplicate_indexed_slices, _var_key
from reflow.training.tracking import base as trackable
from reflow.util import nest


class OptimizerV2(trackable.Trackable):
    """Changes variables so that a loss gets smaller."""

    def __init__(self, name, **kwargs):
        self._use_locking = True
        self._name = name
        self._hyper = {}
        self._slots = {}
        self._slot_names = []
        self._weights = []
        self._iterations = None
        self._hypers_created = False
        self._deferred_slot_restorations = {}
        for keyword in kwargs:
            if keyword not in {'clipnorm', 'clipvalue', 'lr', 'decay'}:
                raise TypeError('Unexpected keyword argument passed to optimizer: ' + str(keyword))
            if kwargs[keyword] < 0:
                raise ValueError('Expected {} >= 0, received: {}'.format(keyword, kwargs[keyword]))
        decay = kwargs.pop('decay', 0.0)
        if decay < 0.:
            raise ValueError('decay cannot be less than 0: {}'.format(decay))
        self._initial_decay = decay
        for keyword in ('clipnorm', 'clipvalue'):
            if keyword in kwargs:
                setattr(self, keyword, kwargs.pop(keyword))

    # Hyperparameters are attributes.

    def __getattribute__(self, name):
        try:
            return super().__getattribute__(name)
        except AttributeError:
            if name == '_hyper':
                raise
            if name == 'lr':
                name = 'learning_rate'
            if name in self._hyper:
                return self._get_hyper(name)
            raise

    def __setattr__(self, name, value):
        if name == 'lr':
            name = 'learning_rate'
        if name in self.__dict__.get('_hyper', {}):
            self._set_hyper(name, value)
        else:
            super().__setattr__(name, value)

    def _set_hyper(self, name, value):
        if isinstance(value, trackable.Trackable):
            self._track_trackable(value, name, overwrite=True)
        previous = self._hyper.get(name)
        if isinstance(previous, tf_variables.Variable) and not callable(value) and not isinstance(
                value, (ops.Tensor, tf_variables.Variable)):
            backend_session.set_value(previous, value)
        else:
            self._hyper[name] = value

    def _get_hyper(self, name, dtype=None):
        if not self._hypers_created:
            self._create_hypers()
        value = self._hyper[name]
        if isinstance(value, learning_rate_schedule.LearningRateSchedule):
            return value
        if callable(value):
            value = value()
        return math_ops.cast(value, dtype) if dtype else value

    def _create_hypers(self):
        if self._hypers_created:
            return
        for name, value in sorted(self._hyper.items()):
            if not isinstance(value, (ops.Tensor, tf_variables.Variable)) and not callable(value):
                self._hyper[name] = self.add_weight(name, shape=[], trainable=False, initializer=value)
        self._hypers_created = True

    def _serialize_hyperparameter(self, name):
        value = self._hyper[name]
        if isinstance(value, learning_rate_schedule.LearningRateSchedule):
            return learning_rate_schedule.serialize(value)
        if callable(value):
            return value()
        return backend_session.get_value(value) if isinstance(value, (ops.Tensor, tf_variables.Variable)) else value

    def _decayed_lr(self, var_dtype):
        """The learning rate after inverse time decay, if there is one."""
        lr_t = self._get_hyper('learning_rate', var_dtype)
        if isinstance(lr_t, learning_rate_schedule.LearningRateSchedule):
            lr_t = math_ops.cast(lr_t(math_ops.cast(self.iterations, var_dtype)), var_dtype)
        if self._initial_decay > 0.:
            local_step = math_ops.cast(self.iterations, var_dtype)
            decay_t = self._get_hyper('decay', var_dtype)
            lr_t = lr_t / (1. + decay_t * local_step)
        return lr_t

    # Gradients.

    def minimize(self, loss, var_list, grad_loss=None, name=None):
        """An operation that lowers `loss`, a function, by changing the variables."""
        return self.apply_gradients(self._compute_gradients(loss, var_list=var_list, grad_loss=grad_loss), name=name)

    def _compute_gradients(self, loss, var_list, grad_loss=None):
        from reflow.eager import backprop
        with backprop.GradientTape() as tape:
            if not callable(var_list):
                tape.watch(var_list)
            loss_value = loss()
        if callable(var_list):
            var_list = var_list()
        var_list = nest.flatten(var_list)
        with ops.name_scope(self._name + '/gradients'):
            grads = self._clipped(tape.gradient(loss_value, var_list, grad_loss))
        self._assert_valid_dtypes([v for g, v in zip(grads, var_list) if g is not None and v.dtype != dtypes.resource])
        return list(zip(grads, var_list))

    def get_gradients(self, loss, params):
        """The gradients of a loss."""
        params = nest.flatten(params)
        with ops.name_scope(self._name + '/gradients'):
            grads = gradients_impl.current()(loss, params)
            for grad, param in zip(grads, params):
                if grad is None:
                    raise ValueError('Variable {} has `None` for gradient. Please make sure that all of your ops have a '
                                     'gradient defined (i.e. are differentiable). Common ops without gradient: K.argmax, '
                                     'K.round, K.eval.'.format(param))
            return self._clipped(grads)

    def _clipped(self, grads):
        """The gradients after clipnorm and clipvalue, where there are such."""
        for limit, clip in (('clipnorm', clip_ops.clip_by_norm),
                            ('clipvalue', lambda grad, value: clip_ops.clip_by_value(grad, -value, value))):
            if hasattr(self, limit):
                grads = [clip(grad, getattr(self, limit)) for grad in grads]
        return grads

    def get_updates(self, loss, params):
        """The operations that lower a loss."""
        grads = self.get_gradients(loss, params)
        grads_and_vars = list(zip(grads, params))
        self._assert_valid_dtypes([v for g, v in grads_and_vars if g is not None and v.dtype != dtypes.resource])
        return [self.apply_gradients(grads_and_vars)]

    def apply_gradients(self, grads_and_vars, name=None):
        """The operation that applies gradients; it counts the iteration."""
        strategy, replica = contexts.get_strategy_and_replica_context()
        if replica is not None and strategy.num_replicas_in_sync > 1:
            return replica.merge_call(self._distributed_apply, args=(list(grads_and_vars), name))
        return self._apply_gradients(grads_and_vars, name)

    def _distributed_apply(self, distribution, grads_and_vars, name):
        """apply_gradients of the sums of all replicas' gradients."""
        summed = [(None if gradient is None else distribution.extended._reduce(reduce_util.ReduceOp.SUM, gradient), variable)
                  for gradient, variable in grads_and_vars]
        return self._apply_gradients(summed, name)

    def _apply_gradients(self, grads_and_vars, name):
        grads_and_vars = _with_gradients(grads_and_vars)
        var_list = [variable for _, variable in grads_and_vars]
        with ops.name_scope(self._name):
            if _core.executing_eagerly():
                self._prepare_variables(var_list)
            else:
                with ops.control_dependencies(None):
                    self._prepare_variables(var_list)
            apply_state = self._prepare(var_list)
            return self._apply_all(grads_and_vars, name, apply_state)

    def _prepare_variables(self, var_list):
        self.iterations  # made first
        self._create_hypers()
        self._create_slots(var_list)

    def _apply_all(self, grads_and_vars, name, apply_state):
        update_ops = []
        with ops.name_scope(name or self._name):
            for grad, variable in grads_and_vars:
                scope_name = 'update' if getattr(variable, '_is_eager', False) else 'update_' + variable.op.name
                with ops.name_scope(scope_name):
                    update_ops.append(self._apply_one(grad, variable, apply_state))
            if _core.executing_eagerly():
                return self.iterations.assign_add(1)
            with ops.control_dependencies([backend_session.operation_of(each) for each in update_ops]):
                return backend_session.operation_of(self.iterations.assign_add(1))

    def _apply_one(self, grad, variable, apply_state):
        if isinstance(variable, ops.Tensor):
            raise NotImplementedError('Trying to update a Tensor ', variable)
        if isinstance(grad, indexed_slices.IndexedSlices):
            if variable.constraint is not None:
                raise RuntimeError('Cannot use a constraint function on a sparse variable.')
            kwargs = {'apply_state': apply_state} if _takes_apply_state(self._resource_apply_sparse) else {}
            return self._resource_apply_sparse_duplicate_indices(grad.values, variable, grad.indices, **kwargs)
        kwargs = {'apply_state': apply_state} if _takes_apply_state(self._resource_apply_dense) else {}
        update_op = self._resource_apply_dense(grad, variable, **kwargs)
        if variable.constraint is not None:
            if _core.executing_eagerly():
                return variable.assign(variable.constraint(variable))
            with ops.control_dependencies([backend_session.operation_of(update_op)]):
                return variable.assign(variable.constraint(variable))
        return update_op

    # What subclasses override.

    def _create_slots(self, var_list):
        pass

    def _prepare(self, var_list):
        apply_state = {}
        for variable in var_list:
            key = variable.device, variable.dtype.base_dtype
            if key not in apply_state:
                apply_state[key] = {}
                with ops.device(variable.device):
                    self._prepare_local(*key, apply_state)
        return apply_state

    def _prepare_local(self, var_device, var_dtype, apply_state):
        if 'learning_rate' in self._hyper:
            apply_state[(var_device, var_dtype)]['lr_t'] = array_ops.identity(self._decayed_lr(var_dtype))

    def _fallback_apply_state(self, var_device, var_dtype):
        apply_state = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, apply_state)
        return apply_state[(var_device, var_dtype)]

    def _coefficients(self, var, apply_state):
        key = var.device, var.dtype.base_dtype
        return (apply_state or {}).get(key) or self._fallback_apply_state(*key)

    def _resource_apply_dense(self, grad, handle, apply_state=None):
        raise NotImplementedError()

    def _resource_apply_sparse(self, grad, handle, indices, apply_state=None):
        raise NotImplementedError()

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices, **kwargs):
        summed, unique = _deduplicate_indexed_slices(grad, indices)
        return self._resource_apply_sparse(summed, handle, unique, **kwargs)

    def _resource_scatter_add(self, x, i, v):
        with ops.control_dependencies([gen_resource_variable_ops.resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _resource_scatter_update(self, x, i, v):
        with ops.control_dependencies([gen_resource_variable_ops.resource_scatter_update(x.handle, i, v)]):
            return x.value()

    def _valid_dtypes(self):
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _assert_valid_dtypes(self, tensors):
        valid = self._valid_dtypes()
        for each in tensors:
            if each.dtype.base_dtype not in valid:
                raise ValueError('Invalid type %r for %s, expected: %s.' % (each.dtype.base_dtype, each.name, list(valid)))

    # Variables.

    @property
    def iterations(self):
        """How often gradients were applied; a variable."""
        if self._iterations is None:
            self._iterations = self.add_weight('iter', shape=[], dtype=dtypes.int64, trainable=False)
            self._weights.append(self._iterations)
        return self._iterations

    @iterations.setter
    def iterations(self, variable):
        if self._iterations is not None:
            raise RuntimeError('Cannot set `iterations` to a new Variable after the Optimizer weights have been created')
        self._iterations = variable
        self._weights.append(variable)

    def add_weight(self, name, shape, dtype=None, initializer='zeros', trainable=None,
                   synchronization=tf_variables.VariableSynchronization.AUTO,
                   aggregation=tf_variables.VariableAggregation.NONE):
        """Makes a variable of the optimizer."""
        dtype = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
        if isinstance(initializer, str) or callable(initializer):
            initializer = functools.partial(initializers.get(initializer), tuple(shape), dtype=dtype)
        if trainable is None:
            trainable = True
        from reflow.ops import resource_variable_ops
        variable = resource_variable_ops.ResourceVariable(initial_value=initializer, name=name, trainable=trainable,
                                                          dtype=dtype)
        self._track_trackable(variable, name=name, overwrite=True)
        backend_session.track_variable(variable)
        return variable

    def add_slot(self, var, slot_name, initializer='zeros'):
        """The slot of a variable, made if it isn't there."""
        if slot_name not in self._slot_names:
            self._slot_names.append(slot_name)
        slots = self._slots.setdefault(_var_key(var), {})
        if slot_name not in slots:
            from reflow.ops import resource_variable_ops
            initial_value = initializer
            if isinstance(initializer, str) or callable(initializer):
                initial_value = functools.partial(initializers.get(initializer), shape=var.shape,
                                                  dtype=var.dtype.base_dtype)
            name = var.name.partition(':')[0] if getattr(var, '_is_eager', False) else var.op.name
            slot = resource_variable_ops.ResourceVariable(
                name='%s/%s' % (name, slot_name), dtype=var.dtype.base_dtype, trainable=False, initial_value=initial_value)
            backend_session.track_variable(slot)
            slots[slot_name] = slot
            self._restore_slot_variable(slot_name=slot_name, variable=var, slot_variable=slot)
            self._weights.append(slot)
        return slots[slot_name]

    def get_slot(self, var, slot_name):
        """The slot of a variable."""
        return self._slots[_var_key(var)][slot_name]

    def get_slot_names(self):
        """The names of the slots."""
        return self._slot_names

    @property
    def weights(self):
        """The iterations and the slots."""
        return self._weights

    def variables(self):
        """The iterations and the slots."""
        return self._weights

    def get_weights(self):
        """The values of `weights`."""
        return backend_session.batch_get_value(self.weights)

    def set_weights(self, weights):
        """Gives `weights` values."""
        params = self.weights
        weights = self._weights_of_keras(weights)
        if len(params) != len(weights):
            raise ValueError('You called `set_weights(weights)` on optimizer ' + self._name + ' with a  weight list of '
                             'length ' + str(len(weights)) + ', but the optimizer was expecting ' + str(len(params)) +
                             ' weights. Provided weights: ' + str(weights)[:50] + '...')
        for param, value in zip(params, weights):
            if tuple(param.shape.as_list()) != tuple(getattr(value, 'shape', ())):
                raise ValueError('Optimizer weight shape ' + str(tuple(param.shape.as_list())) + ' not compatible with '
                                 'provided weight shape ' + str(value.shape))
        backend_session.batch_set_value(list(zip(params, weights)))

    def _weights_of_keras(self, weights):
        """Values for `weights` of what the package keras has saved for this optimizer."""
        return weights

    def _with_iterations(self, weights):
        """What _weights_of_keras is where the package once didn't save the number of iterations."""
        return [np.array(0)] + list(weights) if len(self.weights) == len(weights) + 1 else weights

    def _weights_for_files(self, params):
        """(name, value) of all that files of models have; `params`: what is trained."""
        return list(zip([weight.name for weight in self.weights], self.get_weights()))

    # Checkpoints.

    def _restore_slot_variable(self, slot_name, variable, slot_variable):
        for position in self._deferred_slot_restorations.get(slot_name, {}).pop(_var_key(variable), ()):
            position.restore(slot_variable)

    def _create_or_restore_slot_variable(self, slot_variable_position, slot_name, variable):
        slot = self._slots.get(_var_key(variable), {}).get(slot_name)
        if slot is not None:
            slot_variable_position.restore(slot)
        else:
            self._deferred_slot_restorations.setdefault(slot_name, {}).setdefault(_var_key(variable), []).append(
                slot_variable_position)

    def get_config(self):
        """The arguments of the constructor."""
        config = {'name': self._name}
        for keyword in ('clipnorm', 'clipvalue'):
            if hasattr(self, keyword):
                config[keyword] = getattr(self, keyword)
        return config

    def _config_of(self, *hypers, **others):
        """The config with the values of hyperparameters, and others."""
        config = OptimizerV2.get_config(self)
        config.update((name, self._serialize_hyperparameter(name)) for name in hypers)
        config.update(others)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The optimizer with the arguments of get_config."""
        config = dict(config)
        if 'lr' in config:
            config['learning_rate'] = config.pop('lr')
        if isinstance(config.get('learning_rate'), dict):
            config['learning_rate'] = learning_rate_schedule.deserialize(config['learning_rate'],
                                                                         custom_objects=custom_objects)
        return cls(**config)


def _takes_apply_state(function):
    return 'apply_state' in inspect.getfullargspec(function).args


def _with_gradients(grads_and_vars):
    """The pairs with a gradient."""
    grads_and_vars = tuple(grads_and_vars)
    if not grads_and_vars:
        return grads_and_vars
    there = tuple((grad, variable) for grad, variable in grads_and_vars if grad is not None)
    missing = [variable.name for grad, variable in grads_and_vars if grad is None]
    if not there:
        raise ValueError('No gradients provided for any variable: %s.' % ([v.name for _, v in grads_and_vars],))
    if missing:
        logging.warning('Gradients does not exist for variables %s when minimizing the loss.', missing)
    return there


OptimizerV2.__module__ = 'tensorflow.python.keras.optimizer_v2.optimizer_v2'
