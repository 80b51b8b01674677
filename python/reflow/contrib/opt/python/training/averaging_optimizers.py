"""Optimizers of workers that train variables of their own, and bring them together with those of the others now and then.

The variables that a worker trains are local ones; what all workers share, the center, is on the parameter servers.
"""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.ops import variables
from reflow.training import optimizer
from reflow.training import saver
from reflow.training import session_run_hook

__all__ = ['AGNCustomGetter', 'AGNOptimizer', 'ElasticAverageCustomGetter', 'ElasticAverageOptimizer', 'ModelAverageCustomGetter',
           'ModelAverageOptimizer']

_CENTER, _SEEN_CENTER, _GRADIENTS = 'global_center_variable', 'local_center_variable', 'grad_variable'


class _LocalGetter:
    """A custom_getter that makes trainable variables local ones of the worker, each with a variable of the center."""

    def __init__(self, worker_device):
        self._worker_device = worker_device

    def __call__(self, getter, name, trainable, collections, *args, **kwargs):
        if trainable:
            return self._trainable(getter, name, args, kwargs)
        kwargs.update(trainable=trainable, collections=collections)
        if ops.GraphKeys.LOCAL_VARIABLES in (collections or ()):
            return self._local(getter, name, args, kwargs)
        return getter(name, *args, **kwargs)

    def _local(self, getter, name, args, kwargs):
        with ops.device(self._worker_device):
            return getter(name, *args, **kwargs)

    def _trainable(self, getter, name, args, kwargs):
        raise NotImplementedError()


def _local_kwargs(kwargs, trainable):
    return dict(kwargs, trainable=trainable, collections=[ops.GraphKeys.LOCAL_VARIABLES])


class ModelAverageCustomGetter(_LocalGetter):
    """The custom_getter of variable scopes of models that ModelAverageOptimizer trains."""

    def __init__(self, worker_device):
        super().__init__(worker_device)
        self._local_2_global = {}

    def _trainable(self, getter, name, args, kwargs):
        local = self._local(getter, name, args, _local_kwargs(kwargs, True))
        self._local_2_global[local] = variable_scope.variable(
            name='%s/%s' % (_CENTER, name), initial_value=local.initialized_value(), trainable=False,
            collections=[ops.GraphKeys.GLOBAL_VARIABLES])
        return local


class _GetterOfThree(_LocalGetter):
    """Makes a third variable beside that of the worker and that of the center."""

    third = None

    def __init__(self, worker_device):
        super().__init__(worker_device)
        self._third_map, self._global_map = {}, {}

    def _trainable(self, getter, name, args, kwargs):
        local = self._local(getter, name, args, _local_kwargs(kwargs, True))
        if kwargs.get('reuse') is True:
            return local
        center = getter('%s/%s' % (_CENTER, name), *args,
                        **dict(kwargs, trainable=False, collections=[ops.GraphKeys.GLOBAL_VARIABLES]))
        third = self._local(getter, '%s/%s' % (self.third, name), args, _local_kwargs(kwargs, False))
        parts = [(local, center, third)] if kwargs.get('partitioner') is None else zip(local, center, third)
        for local_part, center_part, third_part in parts:
            self._global_map[local_part], self._third_map[local_part] = center_part, third_part
        return local


class ElasticAverageCustomGetter(_GetterOfThree):
    """The custom_getter of variable scopes of models that ElasticAverageOptimizer trains.

    Beside each variable of the center the worker keeps the value that it saw last.
    """

    third = _SEEN_CENTER
    _local_map = property(lambda self: self._third_map)


class AGNCustomGetter(_GetterOfThree):
    """The custom_getter of variable scopes of models that AGNOptimizer trains.

    Beside each variable the worker keeps the sum of its gradients.
    """

    third = _GRADIENTS
    _grad_map = property(lambda self: self._third_map)


class _AveragingOptimizer(optimizer.Optimizer):
    """Steps of another optimizer, counted by a local variable; every `period` of them something more."""

    def __init__(self, opt, period, use_locking, name):
        super().__init__(use_locking, name)
        self._opt, self._period = opt, period
        self._local_step = variable_scope.get_variable(
            initializer=0, trainable=False, collections=[ops.GraphKeys.LOCAL_VARIABLES], name='local_step')
        self._opt._prepare()

    def compute_gradients(self, *args, **kwargs):
        """The gradients of the optimizer within."""
        return self._opt.compute_gradients(*args, **kwargs)

    def _step(self, grads_and_vars):
        """A step of the optimizer within, counted."""
        with ops.control_dependencies([self._opt.apply_gradients(grads_and_vars)]):
            return state_ops.assign_add(self._local_step, 1, name='local_step_update').op

    def _now_and_then(self, step, function):
        with ops.control_dependencies([step]):
            is_time = math_ops.equal(math_ops.mod(self._local_step, self._period), 0)
            return control_flow_ops.cond(is_time, function, control_flow_ops.no_op)


class _InitializingHook(session_run_hook.SessionRunHook):
    """Runs an operation in a new session."""

    def __init__(self, make_init_op):
        self._make_init_op = make_init_op

    def begin(self):
        """Makes the operation."""
        self._init_op = self._make_init_op()

    def after_create_session(self, session, coord):
        """Runs it."""
        session.run(self._init_op)


class ModelAverageOptimizer(_AveragingOptimizer):
    """Every `interval_steps` steps all workers wait for each other, and go on with the mean of their variables."""

    def __init__(self, opt, num_worker, is_chief, ma_custom_getter, interval_steps=100, use_locking=True,
                 name='ModelAverageOptimizer'):
        super().__init__(opt, interval_steps, use_locking, name)
        self._num_worker, self._is_chief = num_worker, is_chief
        self._local_2_global = ma_custom_getter._local_2_global
        self._interval_steps = interval_steps
        self._accumulator_list = []
        self._chief_init_op = None

    def _local_vars_update(self, var_list):
        """Gives local variables the values of the center."""
        if not var_list:
            raise ValueError('The list of local_variables should not be empty')
        updates = []
        for local, center in zip(var_list, [self._local_2_global[variable] for variable in var_list]):
            with ops.device(local.device):
                updates.append(state_ops.assign(local, center.read_value()))
        return control_flow_ops.group(*updates)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """A step of the local variables; `global_step` counts how often the center was changed."""
        if not grads_and_vars:
            raise ValueError('Must supply at least one variable')
        if global_step is None:
            raise ValueError('Global step is required')
        step = self._step(grads_and_vars)
        local_vars = [variable for gradient, variable in grads_and_vars if gradient is not None]
        update = self._now_and_then(step, lambda: self._average(local_vars, global_step))
        settings = []
        for accumulator, device in self._accumulator_list:
            with ops.device(device):
                settings.append(accumulator.set_global_step(global_step, name='SetGlobalStep'))
        self._chief_init_op = control_flow_ops.group(*settings)
        return update

    def _average(self, local_vars, global_step):
        with ops.colocate_with(global_step):
            sync_queue = data_flow_ops.FIFOQueue(-1, [dtypes.bool], shapes=[[]], shared_name='sync_queue')
        given, means = [], []
        with ops.name_scope(None, self._name + '/global'):
            for local, center in zip(local_vars, [self._local_2_global[variable] for variable in local_vars]):
                with ops.device(center.device):
                    if not isinstance(local._ref(), ops.Tensor):
                        raise ValueError('Unknown local variable type!')
                    accumulator = data_flow_ops.ConditionalAccumulator(local.dtype, shape=local.get_shape(),
                                                                       shared_name=center.name + '/var_accum')
                    given.append(accumulator.apply_grad(local._ref(), local_step=global_step))
                    means.append((center, accumulator.take_grad(self._num_worker)))
                self._accumulator_list.append((accumulator, center.device))
        synced = self._change_center(given, means, global_step, sync_queue)
        with ops.control_dependencies([synced]):
            return self._local_vars_update(local_vars)

    def _change_center(self, given, means, global_step, sync_queue):
        """The chief changes the center when all have given their variables; the others wait until it has."""
        if not self._is_chief:
            with ops.control_dependencies(given), ops.device(global_step.device):
                return sync_queue.dequeue()
        updates = []
        with ops.control_dependencies(given):
            for center, mean in means:
                with ops.device(center.device):
                    updates.append(state_ops.assign(center, mean))
            with ops.device(global_step.device):
                updates.append(state_ops.assign_add(global_step, 1))
        with ops.control_dependencies(updates), ops.device(global_step.device):
            return sync_queue.enqueue_many(array_ops.fill([self._num_worker - 1], constant_op.constant(False)))

    def get_init_op(self):
        """Begins with the values of the center."""
        return self._local_vars_update(variables.trainable_variables())

    def make_session_run_hook(self):
        """The hook that initializes what the optimizer has in a new session."""
        return _InitializingHook(self.get_init_op)


class ElasticAverageOptimizer(_AveragingOptimizer):
    """Every `communication_period` steps a worker and the center move towards each other; nobody waits for others."""

    BETA = 0.9

    def __init__(self, opt, num_worker, ea_custom_getter, communication_period=10, moving_rate=None, rho=None,
                 use_locking=True, synchronous=False, name='ElasticAverageOptimizer'):
        super().__init__(opt, communication_period, use_locking, name)
        self._num_worker, self._synchronous = num_worker, synchronous
        self._local_map, self._global_map = ea_custom_getter._local_map, ea_custom_getter._global_map
        self._moving_rate = self.BETA / communication_period / num_worker if moving_rate is None else moving_rate
        self._rho = self._moving_rate / self._opt._learning_rate if rho is None else rho

    def compute_gradients(self, loss, var_list=None, gate_gradients=optimizer.Optimizer.GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """The gradients of the loss and of the distance from the center."""
        var_list = var_list or variables.trainable_variables()
        distances = [math_ops.subtract(variable, self._local_map[seen])
                     for variable, seen in zip(variables.trainable_variables(), var_list)]
        total = loss + self._rho * math_ops.add_n([nn_ops.l2_loss(distance) for distance in distances])
        return self._opt.compute_gradients(total, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops,
                                           grad_loss)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """A step of the local variables; `global_step` counts how often the center was changed."""
        before = {variable.op.name for variable in variables.global_variables()}
        step = self._step(grads_and_vars)
        self._keep_slots_local(before)
        local_vars = [variable for gradient, variable in grads_and_vars if gradient is not None]
        return self._now_and_then(step, lambda: self._approach(local_vars, global_step))

    @staticmethod
    def _keep_slots_local(before):
        shared = ops.get_default_graph().get_collection_ref(ops.GraphKeys.GLOBAL_VARIABLES)
        for variable in [variable for variable in shared if variable.op.name not in before]:
            shared.remove(variable)
            ops.add_to_collection(ops.GraphKeys.LOCAL_VARIABLES, variable)

    def _approach(self, local_vars, global_step):
        centers = [self._global_map[variable] for variable in local_vars]
        seen = [self._local_map[variable] for variable in local_vars]
        updates, differences = [], []
        with ops.control_dependencies([own.assign(center) for own, center in zip(seen, centers)]):
            for local, own in zip(local_vars, seen):
                with ops.device(local.device):
                    differences.append(math_ops.subtract(local, own))
            for local, difference in zip(local_vars, differences):
                with ops.device(local.device):
                    updates.append(state_ops.assign_sub(local, math_ops.multiply(self._moving_rate, difference)))
            for center, difference in zip(centers, differences):
                with ops.device(center.device):
                    updates.append(state_ops.assign_add(center, math_ops.multiply(self._moving_rate, difference)))
            if global_step is not None:
                with ops.colocate_with(global_step):
                    updates.append(state_ops.assign_add(global_step, 1))
        return control_flow_ops.group(*updates)

    def get_init_op(self, task_index):
        """Begins with the values of the center; if `synchronous`, when all workers do."""
        local_vars = variables.trainable_variables()
        if not local_vars:
            raise ValueError('The lists of local_variables, global_center_variables, local_center_variables should not be '
                             'empty  ')
        updates = []
        for local in local_vars:
            center = self._global_map[local]
            updates += [state_ops.assign(local, center), state_ops.assign(self._local_map[local], center)]
        init_op = control_flow_ops.group(*updates)
        return self._wait_for_all(init_op, task_index) if self._synchronous else init_op

    def _wait_for_all(self, init_op, task_index):
        queues = [data_flow_ops.FIFOQueue(self._num_worker, [dtypes.bool], shapes=[[]],
                                          shared_name='variable_init_sync_queue%d' % i) for i in range(self._num_worker)]
        token = constant_op.constant(False)
        with ops.control_dependencies([init_op]):
            told = [control_flow_ops.no_op() if i == task_index else queue.enqueue(token) for i, queue in enumerate(queues)]
        return control_flow_ops.group(*told, queues[task_index].dequeue_many(len(queues) - 1))

    def make_session_run_hook(self, is_chief, task_index):
        """The hook that initializes what the optimizer has in a new session."""
        del is_chief
        return _InitializingHook(lambda: self.get_init_op(task_index))

    def swapping_saver(self, var_list=None, name='swapping_saver', **kwargs):
        """A Saver that saves the center under the names of the local variables."""
        if not self._global_map:
            raise RuntimeError('global_center_variable is empty, please make sure this is called after model created and '
                               'ElasticAverageCustomGetter is used when declaring you model')
        var_list = variables.trainable_variables() if var_list is None else var_list
        if not isinstance(var_list, dict):
            var_list = {variable.op.name: variable for variable in var_list}
        return saver.Saver({key: self._global_map.get(variable, variable) for key, variable in var_list.items()}, name=name,
                           **kwargs)


class AGNOptimizer(_AveragingOptimizer):
    """Every `communication_period` steps the center is changed by the mean of the worker's gradients, which goes on from there.

    https://arxiv.org/abs/1710.02368
    """

    def __init__(self, optimizer, num_worker, custom_getter, communication_period=10, use_locking=True, name='AGNOptimizer'):
        super().__init__(optimizer, communication_period, use_locking, name)
        self._num_worker = num_worker
        self._global_map, self._grad_map = custom_getter._global_map, custom_getter._grad_map

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """A step of the local variables; `global_step` counts how often the center was changed."""
        found = [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]
        local_vars = [variable for _, variable in found]
        with variable_scope.variable_creator_scope(_make_local):
            updates = [self._opt.apply_gradients(grads_and_vars)]
        updates += [state_ops.assign_add(self._grad_map[variable], gradient) for gradient, variable in found]
        counted = state_ops.assign_add(self._local_step, 1, name='local_step_update').op
        with ops.control_dependencies([counted]):
            is_time = math_ops.equal(math_ops.mod(self._local_step, self._period), 0)
        with ops.control_dependencies(updates):
            return control_flow_ops.cond(is_time, lambda: self._change_center(local_vars, global_step), control_flow_ops.no_op)

    def _change_center(self, local_vars, global_step):
        sums = [self._grad_map[variable] for variable in local_vars]
        centers = [self._global_map[variable] for variable in local_vars]
        with ops.control_dependencies([state_ops.assign(total, total / self._period) for total in sums]):
            step = self._opt.apply_gradients(zip(sums, centers))
        with ops.control_dependencies([step]):
            updates = []
            if global_step is not None:
                with ops.colocate_with(global_step):
                    updates.append(state_ops.assign_add(global_step, 1))
            updates += [state_ops.assign(local, center.read_value()) for local, center in zip(local_vars, centers)]
            updates += [state_ops.assign(total, array_ops.zeros_like(total)) for total in sums]
            return control_flow_ops.group(*updates)

    def get_init_op(self, task_index):
        """Begins with the values of the center, and no gradients."""
        del task_index
        local_vars = variables.trainable_variables()
        if not local_vars:
            raise ValueError('The lists of local_variables, global_center_variables,grad_center_variables should not be empty')
        updates = [state_ops.assign(local, self._global_map[local]) for local in local_vars]
        sums = [self._grad_map[local] for local in local_vars]
        return control_flow_ops.group(*updates, *[state_ops.assign(total, array_ops.zeros_like(total)) for total in sums])

    def make_session_run_hook(self, is_chief, task_index):
        """The hook that initializes what the optimizer has in a new session."""
        del is_chief
        return _InitializingHook(lambda: self.get_init_op(task_index))


def _make_local(next_creator, collections=None, **kwargs):
    """Makes a variable that would be global a local one."""
    shared = ops.GraphKeys.GLOBAL_VARIABLES
    if not collections:
        collections = [ops.GraphKeys.LOCAL_VARIABLES]
    elif shared in collections:
        collections = [each for each in collections if each != shared] + [ops.GraphKeys.LOCAL_VARIABLES]
    return next_creator(collections=collections, **kwargs)
