"""Evaluation of each new checkpoint, and summaries at its end."""

import time

from reflow.ops import state_ops
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import checkpoint_utils
from reflow.training import evaluation
from reflow.training import monitored_session
from reflow.training import session_run_hook
from reflow.training import training_util

__all__ = ['StopAfterNEvalsHook', 'SummaryAtEndHook', 'checkpoints_iterator', 'evaluate_once', 'evaluate_repeatedly',
           'get_or_create_eval_step', 'wait_for_new_checkpoint']

StopAfterNEvalsHook = evaluation._StopAfterNEvalsHook
evaluate_once = evaluation._evaluate_once
get_or_create_eval_step = evaluation._get_or_create_eval_step
wait_for_new_checkpoint = checkpoint_utils.wait_for_new_checkpoint
checkpoints_iterator = checkpoint_utils.checkpoints_iterator


class SummaryAtEndHook(session_run_hook.SessionRunHook):
    """Writes the summaries when a session ends."""

    def __init__(self, log_dir=None, summary_writer=None, summary_op=None, feed_dict=None):
        if log_dir is None and summary_writer is None:
            raise ValueError('One of log_dir or summary_writer should be used.')
        self._summary_op = summary_op
        self._replace_summary_op = summary_op is None
        self._feed_dict = feed_dict
        self._summary_writer = summary_writer
        self._log_dir = log_dir

    def begin(self):
        """Merges the summaries of the graph, where none were given."""
        from reflow.summary import summary
        if self._replace_summary_op:
            self._summary_op = summary.merge_all()
        self._global_step = training_util.get_or_create_global_step()

    def after_create_session(self, session, coord):
        """Opens the writer."""
        from reflow.summary import summary
        if self._summary_writer is None and self._log_dir:
            self._summary_writer = summary.FileWriterCache.get(self._log_dir)

    def end(self, session):
        """Writes the summaries."""
        if self._summary_op is not None:
            global_step = training_util.global_step(session, self._global_step)
            value = session.run(self._summary_op, self._feed_dict)
            if self._summary_writer:
                self._summary_writer.add_summary(value, global_step)
        if self._summary_writer:
            self._summary_writer.flush()


def evaluate_repeatedly(checkpoint_dir, master='', scaffold=None, eval_ops=None, feed_dict=None, final_ops=None,
                        final_ops_feed_dict=None, eval_interval_secs=60, hooks=None, config=None,
                        max_number_of_evaluations=None, timeout=None, timeout_fn=None):
    """evaluate_once of each checkpoint that appears in `checkpoint_dir`; gives the last values of `final_ops`."""
    eval_step = get_or_create_eval_step()
    hooks = hooks or []
    if eval_ops is not None:
        update_eval_step = state_ops.assign_add(eval_step, 1)
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(update_eval_step)
        eval_ops = evaluation.with_counted_steps(eval_ops, update_eval_step)
    final_ops_hook = basic_session_run_hooks.FinalOpsHook(final_ops, final_ops_feed_dict)
    hooks.append(final_ops_hook)
    count = 0
    for checkpoint_path in checkpoints_iterator(checkpoint_dir, min_interval_secs=eval_interval_secs, timeout=timeout,
                                                timeout_fn=timeout_fn):
        session_creator = monitored_session.ChiefSessionCreator(
            scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master, config=config)
        with monitored_session.MonitoredSession(session_creator=session_creator, hooks=hooks) as session:
            tf_logging.info('Starting evaluation at ' + time.strftime('%Y-%m-%d-%H:%M:%S', time.gmtime()))
            if eval_ops is not None:
                while not session.should_stop():
                    session.run(eval_ops, feed_dict)
            tf_logging.info('Finished evaluation at ' + time.strftime('%Y-%m-%d-%H:%M:%S', time.gmtime()))
        count += 1
        if max_number_of_evaluations is not None and count >= max_number_of_evaluations:
            break
    return final_ops_hook.final_ops_values
