"""slim.evaluation: evaluation of a checkpoint, or of each new one, with summaries at its end."""

from reflow.contrib.training.python.training import evaluation
from reflow.training import monitored_session

__all__ = ['evaluate_once', 'evaluation_loop', 'wait_for_new_checkpoint', 'checkpoints_iterator']

wait_for_new_checkpoint = evaluation.wait_for_new_checkpoint
checkpoints_iterator = evaluation.checkpoints_iterator
_USE_DEFAULT = 0


def _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks):
    from reflow.summary import summary
    if isinstance(summary_op, int) and summary_op == _USE_DEFAULT:
        summary_op = summary.merge_all()
    result = [evaluation.StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        result.append(evaluation.SummaryAtEndHook(log_dir=logdir, summary_op=summary_op, feed_dict=summary_op_feed_dict))
    return result + list(hooks or [])


def _saver(variables_to_restore):
    from reflow.training import saver
    return None if variables_to_restore is None else saver.Saver(variables_to_restore)


def evaluate_once(master, checkpoint_path, logdir, num_evals=1, initial_op=None, initial_op_feed_dict=None, eval_op=None,
                  eval_op_feed_dict=None, final_op=None, final_op_feed_dict=None, summary_op=_USE_DEFAULT,
                  summary_op_feed_dict=None, variables_to_restore=None, session_config=None, hooks=None):
    """The value of `final_op` after `num_evals` runs of `eval_op` on a checkpoint."""
    all_hooks = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    scaffold = monitored_session.Scaffold(init_op=initial_op, init_feed_dict=initial_op_feed_dict,
                                          saver=_saver(variables_to_restore))
    return evaluation.evaluate_once(checkpoint_path, master=master, scaffold=scaffold, eval_ops=eval_op,
                                    feed_dict=eval_op_feed_dict, final_ops=final_op,
                                    final_ops_feed_dict=final_op_feed_dict, hooks=all_hooks, config=session_config)


def evaluation_loop(master, checkpoint_dir, logdir, num_evals=1, initial_op=None, initial_op_feed_dict=None, init_fn=None,
                    eval_op=None, eval_op_feed_dict=None, final_op=None, final_op_feed_dict=None, summary_op=_USE_DEFAULT,
                    summary_op_feed_dict=None, variables_to_restore=None, eval_interval_secs=60,
                    max_number_of_evaluations=None, session_config=None, timeout=None, timeout_fn=None, hooks=None):
    """evaluate_once of each checkpoint that appears in `checkpoint_dir`."""
    all_hooks = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    scaffold = monitored_session.Scaffold(init_op=initial_op, init_feed_dict=initial_op_feed_dict, init_fn=init_fn,
                                          saver=_saver(variables_to_restore))
    return evaluation.evaluate_repeatedly(
        checkpoint_dir, master=master, scaffold=scaffold, eval_ops=eval_op, feed_dict=eval_op_feed_dict, final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict, eval_interval_secs=eval_interval_secs, hooks=all_hooks,
        config=session_config, max_number_of_evaluations=max_number_of_evaluations, timeout=timeout, timeout_fn=timeout_fn)
