"""Evaluation of a checkpoint: steps that are counted, until a hook says that it is enough."""

import math
import time

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import monitored_session
from reflow.training import session_run_hook


def _get_or_create_eval_step():
    """The counter of evaluation steps of the default graph."""
    steps = ops.get_default_graph().get_collection(ops.GraphKeys.EVAL_STEP)
    if len(steps) > 1:
        raise ValueError('Multiple tensors added to tf.GraphKeys.EVAL_STEP')
    if steps:
        return steps[0]
    return variable_scope.get_variable(
        'eval_step', shape=[], dtype=dtypes.int64, initializer=init_ops.zeros_initializer(), trainable=False,
        collections=[ops.GraphKeys.LOCAL_VARIABLES, ops.GraphKeys.EVAL_STEP])


def _get_latest_eval_step_value(update_ops):
    """The counter after `update_ops`."""
    if isinstance(update_ops, dict):
        update_ops = list(update_ops.values())
    with ops.control_dependencies(update_ops):
        return array_ops.identity(_get_or_create_eval_step().read_value())


class _StopAfterNEvalsHook(session_run_hook.SessionRunHook):
    """Ends an evaluation after `num_evals` steps; None: it goes on until the inputs end."""

    def __init__(self, num_evals, log_progress=True):
        self._num_evals = num_evals
        self._evals_completed = None
        self._log_progress = log_progress
        self._log_frequency = 1 if num_evals is None or num_evals < 20 else math.floor(num_evals / 10.)

    def _set_evals_completed_tensor(self, updated_eval_step):
        self._evals_completed = updated_eval_step

    def before_run(self, run_context):
        """Asks for the number of steps."""
        return session_run_hook.SessionRunArgs({'evals_completed': self._evals_completed})

    def after_run(self, run_context, run_values):
        """Says how far the evaluation is, and ends it."""
        completed = run_values.results['evals_completed']
        if self._log_progress:
            if self._num_evals is None:
                tf_logging.info('Evaluation [%d]', completed)
            elif completed % self._log_frequency == 0 or completed == self._num_evals:
                tf_logging.info('Evaluation [%d/%d]', completed, self._num_evals)
        if self._num_evals is not None and completed >= self._num_evals:
            run_context.request_stop()


def with_counted_steps(eval_ops, update_eval_step):
    """`eval_ops`, a tensor, a list or a dictionary of them, and what counts the step."""
    if isinstance(eval_ops, dict):
        eval_ops['update_eval_step'] = update_eval_step
        return eval_ops
    if isinstance(eval_ops, (tuple, list)):
        return list(eval_ops) + [update_eval_step]
    return [eval_ops, update_eval_step]


def _evaluate_once(checkpoint_path, master='', scaffold=None, eval_ops=None, feed_dict=None, final_ops=None,
                   final_ops_feed_dict=None, hooks=None, config=None):
    """The values of `final_ops` after `eval_ops` have been run on a checkpoint until a hook stops them."""
    eval_step = _get_or_create_eval_step()
    hooks = list(hooks or [])
    if eval_ops is not None:
        eval_ops = with_counted_steps(eval_ops, state_ops.assign_add(eval_step, 1, use_locking=True))
        eval_step_value = _get_latest_eval_step_value(eval_ops)
        for hook in hooks:
            if isinstance(hook, _StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(eval_step_value)
    tf_logging.info(time.strftime('Starting evaluation at %Y-%m-%dT%H:%M:%SZ'))
    last = basic_session_run_hooks.FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = monitored_session.ChiefSessionCreator(scaffold, master, config, checkpoint_filename_with_path=checkpoint_path)
    with monitored_session.MonitoredSession(creator, hooks + [last]) as session:
        while eval_ops is not None and not session.should_stop():
            session.run(eval_ops, feed_dict)
    tf_logging.info(time.strftime('Finished evaluation at %Y-%m-%d-%H:%M:%S'))
    return last.final_ops_values
