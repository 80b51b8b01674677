"""SyncReplicasOptimizer: several replicas whose gradients are applied together."""
from reflow.framework import dtypes, ops
from reflow.training import optimizer, queue_runner_impl, session_manager, session_run_hook
from reflow.util import deprecation


class SyncReplicasOptimizer(optimizer.Optimizer):
    """Averages the gradients of `replicas_to_aggregate` replicas, and has another optimizer apply them.

    A replica gives its gradients to accumulators, which drop those of steps that are over, and waits for a token to go
    on. The chief's queue runner applies the averages, and hands out tokens that say which step comes now.
    """

    @deprecation.deprecated(
        None, 'The `SyncReplicaOptimizer` class is deprecated. For synchrononous training, please use [Distribution '
        'Strategies](https://github.com/tensorflow/tensorflow/tree/master/tensorflow/contrib/distribute).')
    def __init__(self, opt, replicas_to_aggregate, total_num_replicas=None, variable_averages=None,
                 variables_to_average=None, use_locking=False, name='sync_replicas'):
        if total_num_replicas is None:
            total_num_replicas = replicas_to_aggregate
        super().__init__(use_locking, name)
        from reflow.platform import tf_logging
        tf_logging.info('SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s', replicas_to_aggregate,
                        total_num_replicas)
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = total_num_replicas
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._tokens_per_step = max(total_num_replicas, replicas_to_aggregate)
        self._gradients_applied = False
        self._global_step = None
        self._sync_token_queue = None
        self._chief_queue_runner = None
        self._accumulator_list = []

    def compute_gradients(self, *args, **kwargs):
        """The gradients of this replica."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that gives this replica's gradients and waits for the next step."""
        if not grads_and_vars:
            raise ValueError('Must supply at least one variable')
        if global_step is None:
            raise ValueError('Global step is required to check staleness')
        self._global_step = global_step
        chief_init_ops = [self._make_local_step()]
        with ops.name_scope(None, self._name):
            gradients, applied = self._accumulate(grads_and_vars)
            pairs = list(zip(gradients, [variable for _, variable in grads_and_vars]))
            with ops.device(global_step.device), ops.name_scope(''):
                update = self._opt.apply_gradients(pairs, global_step)
            train_op = self._exchange_tokens(applied, update)
            for accumulator, device in self._accumulator_list:
                with ops.device(device):
                    chief_init_ops.append(accumulator.set_global_step(global_step, name='SetGlobalStep'))
            from reflow.ops import control_flow_ops
            self.chief_init_op = control_flow_ops.group(*chief_init_ops)
        self._gradients_applied = True
        return train_op

    def _make_local_step(self):
        from reflow.ops import control_flow_ops, state_ops, variable_scope, variables
        with ops.colocate_with(control_flow_ops.no_op()):  # on the worker, wherever variables go
            self._local_step = variable_scope.variable(
                initial_value=0, trainable=False, collections=[ops.GraphKeys.LOCAL_VARIABLES],
                dtype=self._global_step.dtype.base_dtype, name='sync_rep_local_step')
        self.local_step_init_op = state_ops.assign(self._local_step, self._global_step)
        self.ready_for_local_init_op = variables.report_uninitialized_variables(variables.global_variables())
        return self.local_step_init_op

    def _accumulate(self, grads_and_vars):
        """The averaged gradients, and the operations that add to them."""
        from reflow.ops import data_flow_ops
        averages, applied = [], []
        for gradient, variable in grads_and_vars:
            shared_name = variable.name + '/grad_accum'
            with ops.device(variable.device):
                if gradient is None:
                    averages.append(None)
                    continue
                if isinstance(gradient, ops.Tensor):
                    accumulator = data_flow_ops.ConditionalAccumulator(
                        gradient.dtype, shape=variable.get_shape(), shared_name=shared_name)
                    applied.append(accumulator.apply_grad(gradient, local_step=self._local_step))
                    averages.append(accumulator.take_grad(self._replicas_to_aggregate))
                elif isinstance(gradient, ops.IndexedSlices):
                    accumulator = data_flow_ops.SparseConditionalAccumulator(
                        gradient.dtype, shape=(), shared_name=shared_name)
                    applied.append(accumulator.apply_indexed_slices_grad(gradient, local_step=self._local_step))
                    averages.append(accumulator.take_indexed_slices_grad(self._replicas_to_aggregate))
                else:
                    raise ValueError('Unknown grad type!')
                self._accumulator_list.append((accumulator, variable.device))
        return averages, applied

    def _exchange_tokens(self, applied, update):
        """What a replica runs, and the queue runner that lets it go on."""
        from reflow.ops import array_ops, data_flow_ops, state_ops
        step = self._global_step
        with ops.device(step.device), ops.name_scope(''):
            tokens_queue = self._sync_token_queue = data_flow_ops.FIFOQueue(
                -1, step.dtype.base_dtype, shapes=(), name='sync_token_q', shared_name='sync_token_q')
            dummy_queue = data_flow_ops.FIFOQueue(1, dtypes.int32, shapes=(), name='dummy_queue',
                                                  shared_name='dummy_queue')
            with ops.control_dependencies(applied):
                token = tokens_queue.dequeue()
            train_op = state_ops.assign(self._local_step, token)
            with ops.control_dependencies([update]):
                tokens = array_ops.fill([self._tokens_per_step], step)
                sync_op = tokens_queue.enqueue_many((tokens,))
            if self._variable_averages is not None:
                with ops.control_dependencies([sync_op]), ops.name_scope(''):
                    sync_op = self._variable_averages.apply(self._variables_to_average)
            self._chief_queue_runner = queue_runner_impl.QueueRunner(dummy_queue, [sync_op])
        return train_op

    def get_chief_queue_runner(self):
        """The runner that applies gradients, which the chief starts."""
        if not self._gradients_applied:
            raise ValueError('Should be called after apply_gradients().')
        return self._chief_queue_runner

    def get_slot(self, *args, **kwargs):
        """The other optimizer's slot."""
        return self._opt.get_slot(*args, **kwargs)

    def variables(self):
        """The other optimizer's variables."""
        return self._opt.variables()

    def get_slot_names(self, *args, **kwargs):
        """The names of the other optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def get_init_tokens_op(self, num_tokens=-1):
        """The operation that puts in the first tokens, which the chief runs once."""
        if not self._gradients_applied:
            raise ValueError('get_init_tokens_op() should be called after apply_gradients().')
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError('Too few tokens to finish the first step: %d (given) vs %d (needed)' % (num_tokens, needed))
        from reflow.ops import array_ops, control_flow_ops
        if num_tokens <= 0:
            return control_flow_ops.no_op(name='no_init_tokens')
        with ops.device(self._global_step.device), ops.name_scope(''):
            return self._sync_token_queue.enqueue_many((array_ops.fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief, num_tokens=-1):
        """A hook that initializes what synchronizes the replicas, and starts the chief's runner."""
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)


class _SyncReplicasOptimizerHook(session_run_hook.SessionRunHook):
    """Initializes the local step and, for the chief, accumulators, tokens and the runner."""

    def __init__(self, sync_optimizer, is_chief, num_tokens):
        self._sync_optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens
        self._q_runner = None
        self._init_tokens_op = None

    def begin(self):
        sync = self._sync_optimizer
        if not sync._gradients_applied:
            raise ValueError('SyncReplicasOptimizer.apply_gradient should be called before using the hook.')
        self._local_init_op = sync.chief_init_op if self._is_chief else sync.local_step_init_op
        self._ready_for_local_init_op = sync.ready_for_local_init_op
        if self._is_chief:
            self._q_runner = sync.get_chief_queue_runner()
            self._init_tokens_op = sync.get_init_tokens_op(self._num_tokens)

    def after_create_session(self, session, coord):
        ready, message = session_manager._ready(
            self._ready_for_local_init_op, session, 'Model is not ready for SyncReplicasOptimizer local init.')
        if not ready:
            raise RuntimeError('Init operations did not make model ready for SyncReplicasOptimizer local_init. Init op: '
                               '%s, error: %s' % (self._local_init_op.name, message))
        session.run(self._local_init_op)
        if self._init_tokens_op is not None:
            session.run(self._init_tokens_op)
        if self._q_runner is not None:
            self._q_runner.create_threads(session, coord=coord, daemon=True, start=True)
