"""slim.learning: training steps and the loop that runs them."""

import os
import sys
import time

from reflow.contrib.training.python.training import training
from reflow.framework import constant_op
from reflow.framework import errors_impl as errors
from reflow.framework import ops
from reflow.framework import protos
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import variables
from reflow.platform import tf_logging
from reflow.training import optimizer as tf_optimizer
from reflow.training import training_util

__all__ = ['add_gradients_summaries', 'clip_gradient_norms', 'multiply_gradients', 'create_train_op', 'train_step',
           'train']

clip_gradient_norms = training.clip_gradient_norms
multiply_gradients = training.multiply_gradients
_USE_DEFAULT = 0


def add_gradients_summaries(grads_and_vars):
    """A histogram and the norm of each gradient."""
    return training.add_gradients_summaries(grads_and_vars, separator='/')


def create_train_op(total_loss, optimizer, global_step=_USE_DEFAULT, update_ops=None, variables_to_train=None,
                    clip_gradient_norm=0, summarize_gradients=False, gate_gradients=tf_optimizer.Optimizer.GATE_OP,
                    aggregation_method=None, colocate_gradients_with_ops=False, gradient_multipliers=None,
                    check_numerics=True):
    """A tensor: the loss, after a step of the optimizer. The loss is computed after the updates of layers."""
    def transform(grads):
        if gradient_multipliers:
            with ops.name_scope('multiply_grads'):
                grads = multiply_gradients(grads, gradient_multipliers)
        if clip_gradient_norm > 0:
            with ops.name_scope('clip_grads'):
                grads = clip_gradient_norms(grads, clip_gradient_norm)
        return grads

    return training.create_train_op(
        total_loss=total_loss, optimizer=optimizer, global_step=global_step, update_ops=update_ops,
        variables_to_train=variables_to_train, transform_grads_fn=transform, summarize_gradients=summarize_gradients,
        gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops, check_numerics=check_numerics)


def _write_trace(run_metadata, step, arguments):
    from reflow.client import timeline
    from reflow.lib.io import file_io
    path = os.path.join(arguments['logdir'], 'tf_trace-%d.json' % step)
    tf_logging.info('Writing trace to %s', path)
    file_io.write_string_to_file(path, timeline.Timeline(run_metadata.step_stats).generate_chrome_trace_format())
    if 'summary_writer' in arguments:
        arguments['summary_writer'].add_run_metadata(run_metadata, 'run_metadata-%d' % step)


def train_step(sess, train_op, global_step, train_step_kwargs):
    """(loss, whether to stop) of one step."""
    start_time = time.time()
    options = run_metadata = None
    if 'should_trace' in train_step_kwargs:
        if 'logdir' not in train_step_kwargs:
            raise ValueError('logdir must be present in train_step_kwargs when should_trace is present')
        if sess.run(train_step_kwargs['should_trace']):
            run_options = protos.message('tensorflow.RunOptions')
            options = run_options(trace_level=run_options.FULL_TRACE)
            run_metadata = protos.message('tensorflow.RunMetadata')()
    total_loss, step = sess.run([train_op, global_step], options=options, run_metadata=run_metadata)
    elapsed = time.time() - start_time
    if run_metadata is not None:
        _write_trace(run_metadata, step, train_step_kwargs)
    if 'should_log' in train_step_kwargs and sess.run(train_step_kwargs['should_log']):
        tf_logging.info('global step %d: loss = %.4f (%.3f sec/step)', step, total_loss, elapsed)
    should_stop = sess.run(train_step_kwargs['should_stop']) if 'should_stop' in train_step_kwargs else False
    return total_loss, should_stop


def _wait_for_step(sess, global_step, step):
    while training_util.global_step(sess, global_step) < step:
        time.sleep(1.0)


def _step_arguments(global_step, number_of_steps, log_every_n_steps, trace_every_n_steps, is_chief, logdir):
    with ops.name_scope('train_step'):
        arguments = {'should_stop': (math_ops.greater_equal(global_step, number_of_steps) if number_of_steps
                                     else constant_op.constant(False))}
        if log_every_n_steps > 0:
            arguments['should_log'] = math_ops.equal(math_ops.mod(global_step, log_every_n_steps), 0)
        if is_chief and trace_every_n_steps is not None:
            arguments['should_trace'] = math_ops.equal(math_ops.mod(global_step, trace_every_n_steps), 0)
            arguments['logdir'] = logdir
    return arguments


def train(train_op, logdir, train_step_fn=train_step, train_step_kwargs=_USE_DEFAULT, log_every_n_steps=1, graph=None,
          master='', is_chief=True, global_step=None, number_of_steps=None, init_op=_USE_DEFAULT, init_feed_dict=None,
          local_init_op=_USE_DEFAULT, init_fn=None, ready_op=_USE_DEFAULT, summary_op=_USE_DEFAULT,
          save_summaries_secs=600, summary_writer=_USE_DEFAULT, startup_delay_steps=0, saver=None,
          save_interval_secs=600, sync_optimizer=None, session_config=None, session_wrapper=None,
          trace_every_n_steps=None, ignore_live_threads=False):
    """Runs `train_op` until number_of_steps, with checkpoints and summaries in `logdir`; returns the last loss."""
    from reflow.training import saver as tf_saver
    from reflow.training import supervisor
    if train_op is None:
        raise ValueError('train_op cannot be None.')
    if logdir is None:
        if summary_op != _USE_DEFAULT:
            raise ValueError('Cannot provide summary_op because logdir=None')
        if saver is not None:
            raise ValueError('Cannot provide saver because logdir=None')
        if trace_every_n_steps is not None:
            raise ValueError('Cannot provide trace_every_n_steps because logdir=None')
    if sync_optimizer is not None:
        raise NotImplementedError('slim.learning.train of Reflow takes no sync_optimizer yet')
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError('`number_of_steps` must be either None or a positive number.')
    graph = graph or ops.get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = training_util.get_or_create_global_step()
        saver = saver or tf_saver.Saver()
        with ops.name_scope('init_ops'):
            if init_op == _USE_DEFAULT:
                init_op = variables.global_variables_initializer()
            if ready_op == _USE_DEFAULT:
                ready_op = variables.report_uninitialized_variables()
            if local_init_op == _USE_DEFAULT:
                from reflow.ops import lookup_ops
                local_init_op = control_flow_ops.group(variables.local_variables_initializer(),
                                                       lookup_ops.tables_initializer())
        if summary_op == _USE_DEFAULT:
            from reflow.summary import summary
            summary_op = summary.merge_all()
        if summary_writer == _USE_DEFAULT:
            summary_writer = supervisor.Supervisor.USE_DEFAULT
        if train_step_kwargs == _USE_DEFAULT:
            train_step_kwargs = _step_arguments(global_step, number_of_steps, log_every_n_steps, trace_every_n_steps,
                                                is_chief, logdir)
    sv = supervisor.Supervisor(
        graph=graph, is_chief=is_chief, logdir=logdir, init_op=init_op, init_feed_dict=init_feed_dict,
        local_init_op=local_init_op, ready_for_local_init_op=None, ready_op=ready_op, summary_op=summary_op,
        summary_writer=summary_writer, global_step=global_step, saver=saver, save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs, init_fn=init_fn)
    if summary_writer is not None:
        train_step_kwargs['summary_writer'] = sv.summary_writer
    while True:
        try:
            return _run(sv, train_op, global_step, train_step_fn, train_step_kwargs, master, session_config,
                        session_wrapper, is_chief, logdir, startup_delay_steps, number_of_steps, ignore_live_threads)
        except errors.AbortedError:
            tf_logging.info('Retrying training!')


def _run(sv, train_op, global_step, train_step_fn, arguments, master, session_config, session_wrapper, is_chief, logdir,
         startup_delay_steps, number_of_steps, ignore_live_threads):
    total_loss = None
    with sv.managed_session(master, start_standard_services=False, config=session_config) as sess:
        tf_logging.info('Starting Session.')
        if session_wrapper is not None:
            tf_logging.info('Wrapping session with wrapper function: %s', session_wrapper)
            sess = session_wrapper(sess)
        if is_chief:
            if logdir:
                sv.start_standard_services(sess)
        elif startup_delay_steps > 0:
            _wait_for_step(sess, global_step, min(startup_delay_steps, number_of_steps or sys.maxsize))
        threads = sv.start_queue_runners(sess)
        tf_logging.info('Starting Queues.')
        try:
            while not sv.should_stop():
                total_loss, should_stop = train_step_fn(sess, train_op, global_step, arguments)
                if should_stop:
                    tf_logging.info('Stopping Training.')
                    sv.request_stop()
                    break
        except errors.OutOfRangeError as e:
            tf_logging.info('Caught OutOfRangeError. Stopping Training. %s', e)
        if logdir and sv.is_chief:
            tf_logging.info('Finished training! Saving model to disk.')
            sv.saver.save(sess, sv.save_path, global_step=sv.global_step)
            sv.stop(threads, close_summary_writer=True, ignore_live_threads=ignore_live_threads)
    return total_loss
