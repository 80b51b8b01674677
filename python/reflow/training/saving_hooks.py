"""The hooks of `tf.train` that write files: checkpoints, summaries, timelines."""
import os

from reflow.framework import protos
from reflow.training import session_run_hook
from reflow.training.basic_session_run_hooks import global_step_read
from reflow.training.hook_timers import SecondOrStepTimer
from reflow.training.session_run_hook import SessionRunArgs


def __getattr__(name):
    if name == 'SummaryWriterCache':
        from reflow.training.summary_io import SummaryWriterCache
        return SummaryWriterCache
    raise AttributeError('module %r has no attribute %r' % (__name__, name))


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def _writer_of(folder):
    """The event writer that all share who write to the folder."""
    from reflow.training.summary_io import SummaryWriterCache
    return SummaryWriterCache.get(folder)


def _session_log(status, **fields):
    session_log = protos.message('tensorflow.SessionLog')
    return session_log(status=session_log.SessionStatus.Value(status), **fields)


def _step_to_act_at(hook, run_context, run_values):
    """The step that was reached, where the hook's timer wants something done; otherwise None."""
    if not hook._timer.should_trigger_for_step(run_values.results + hook._steps_per_run):
        return None
    step = run_context.session.run(hook._global_step_tensor)
    return step if hook._timer.should_trigger_for_step(step) else None


class CheckpointSaverListener:
    """What a CheckpointSaverHook calls around its saving."""

    def begin(self):
        """Called once before the session is made."""

    def before_save(self, session, global_step_value):
        """Called before each checkpoint."""

    def after_save(self, session, global_step_value):
        """Called after each checkpoint; true lets the loop stop."""

    def end(self, session, global_step_value):
        """Called at the end."""


class CheckpointSaverHook(session_run_hook.SessionRunHook):
    """Saves a checkpoint at the beginning, every so many steps or seconds, and at the end."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename='model.ckpt',
                 scaffold=None, listeners=None):
        _logging().info('Create CheckpointSaverHook.')
        if saver is not None and scaffold is not None:
            raise ValueError('You cannot provide both saver and scaffold.')
        self._saver = saver
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run):
        self._steps_per_run = steps_per_run

    def begin(self):
        self._summary_writer = _writer_of(self._checkpoint_dir)
        self._global_step_tensor = global_step_read('CheckpointSaverHook')
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session, coord):
        from reflow.framework import meta_graph, ops
        from reflow.training import training_util
        global_step = session.run(self._global_step_tensor)
        graph = ops.get_default_graph()
        graph_def = graph.as_graph_def(add_shapes=True)
        training_util.write_graph(graph_def, self._checkpoint_dir, 'graph.pbtxt')
        saver = self._get_saver()
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(meta_graph.create_meta_graph_def(
            graph_def=graph_def, saver_def=saver.saver_def if saver else None))
        self._save(session, global_step)
        self._timer.update_last_triggered_step(global_step)

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        step = _step_to_act_at(self, run_context, run_values)
        if step is None:
            return
        self._timer.update_last_triggered_step(step)
        if self._save(run_context.session, step):
            run_context.request_stop()

    def end(self, session):
        last_step = session.run(self._global_step_tensor)
        if last_step != self._timer.last_triggered_step():
            self._save(session, last_step)
        for listener in self._listeners:
            listener.end(session, last_step)

    def _save(self, session, step):
        """Saves; returns whether a listener wants to stop."""
        _logging().info('Saving checkpoints for %d into %s.', step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step)
        self._summary_writer.add_session_log(_session_log('CHECKPOINT', checkpoint_path=self._save_path), step)
        should_stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                _logging().info('A CheckpointSaverListener requested that training be stopped. listener: {}'.format(
                    listener))
                should_stop = True
        return should_stop

    def _get_saver(self):
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        from reflow.framework import ops
        collection = ops.GraphKeys.SAVERS
        savers = ops.get_collection(collection)
        if not savers:
            raise RuntimeError('No items in collection {}. Please add a saver to the collection or provide a saver or '
                               'scaffold.'.format(collection))
        if len(savers) > 1:
            raise RuntimeError('More than one item in collection {}. Please indicate which one to use by passing it to '
                               'the constructor.'.format(collection))
        self._saver = savers[0]
        return self._saver


class StepCounterHook(session_run_hook.SessionRunHook):
    """Logs the steps per second, and writes them as a summary."""

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError('exactly one of every_n_steps and every_n_secs should be provided.')
        self._timer = SecondOrStepTimer(every_steps=every_n_steps, every_secs=every_n_secs)
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._last_global_step = None
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run):
        self._steps_per_run = steps_per_run

    def begin(self):
        from reflow.training import training_util
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = _writer_of(self._output_dir)
        self._global_step_tensor = global_step_read('StepCounterHook')
        self._summary_tag = training_util.get_global_step().op.name + '/sec'

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
        steps_per_sec = elapsed_steps / elapsed_time
        if self._summary_writer is not None:
            summary = protos.message('tensorflow.Summary')()
            summary.value.add(tag=self._summary_tag, simple_value=steps_per_sec)
            self._summary_writer.add_summary(summary, global_step)
        _logging().info('%s: %g', self._summary_tag, steps_per_sec)

    def after_run(self, run_context, run_values):
        step_before = run_values.results
        step = _step_to_act_at(self, run_context, run_values)
        if step is not None:
            elapsed_time, elapsed_steps = self._timer.update_last_triggered_step(step)
            if elapsed_time is not None:
                self._log_and_record(elapsed_steps, elapsed_time, step)
        if step_before == self._last_global_step:
            _logging().log_first_n(
                _logging().WARN,
                'It seems that global step (tf.train.get_global_step) has not been increased. Current value (could be '
                'stable): %s vs previous value: %s. You could increase the global step by passing '
                'tf.train.get_global_step() to Optimizer.apply_gradients or Optimizer.minimize.',
                5, step_before, self._last_global_step)
        self._last_global_step = step_before


class SummarySaverHook(session_run_hook.SessionRunHook):
    """Writes the values of `summary_op`, or of the scaffold's, every so many steps or seconds."""

    def __init__(self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None, scaffold=None,
                 summary_op=None):
        if (scaffold is None) == (summary_op is None):
            raise ValueError('Exactly one of scaffold or summary_op must be provided.')
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = _writer_of(self._output_dir)
        self._next_step = None
        self._global_step_tensor = global_step_read('SummarySaverHook')

    def before_run(self, run_context):
        self._request_summary = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        requests = {'global_step': self._global_step_tensor}
        if self._request_summary and self._get_summary_op() is not None:
            requests['summary'] = self._get_summary_op()
        return SessionRunArgs(requests)

    def after_run(self, run_context, run_values):
        if not self._summary_writer:
            return
        global_step = run_values.results['global_step'] + 1
        if self._next_step is None or self._request_summary:
            global_step = run_context.session.run(self._global_step_tensor)
        if self._next_step is None:
            self._summary_writer.add_session_log(_session_log('START'), global_step)
        if self._request_summary:
            self._timer.update_last_triggered_step(global_step)
            for summary in run_values.results.get('summary', ()):
                self._summary_writer.add_summary(summary, global_step)
        self._next_step = global_step + 1

    def end(self, session=None):
        if self._summary_writer:
            self._summary_writer.flush()

    def _get_summary_op(self):
        """A list of summary tensors, or None."""
        summary_op = self._summary_op if self._summary_op is not None else self._scaffold.summary_op
        return summary_op if summary_op is None or isinstance(summary_op, list) else [summary_op]


class ProfilerHook(session_run_hook.SessionRunHook):
    """Writes a timeline of a run, a file for chrome://tracing, every so many steps or seconds."""

    def __init__(self, save_steps=None, save_secs=None, output_dir='', show_dataflow=True, show_memory=False):
        self._output_file = os.path.join(output_dir, 'timeline-{}.json')
        self._file_writer = _writer_of(output_dir)
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        self._next_step = None
        self._global_step_tensor = global_step_read('ProfilerHook')

    def before_run(self, run_context):
        self._request_summary = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = None
        if self._request_summary:
            run_options = protos.message('tensorflow.RunOptions')
            options = run_options(trace_level=run_options.FULL_TRACE)
        return SessionRunArgs({'global_step': self._global_step_tensor}, options=options)

    def after_run(self, run_context, run_values):
        before = run_values.results['global_step']
        if self._next_step is None:
            self._timer.update_last_triggered_step(before)
        self._next_step = 1 + (self._write_profile(run_context.session, run_values.run_metadata)
                               if self._request_summary else before + 1)

    def _write_profile(self, session, metadata):
        """Writes what has been traced; gives the step."""
        step = session.run(self._global_step_tensor)
        self._timer.update_last_triggered_step(step)
        self._save(step, self._output_file.format(step), metadata.step_stats)
        self._file_writer.add_run_metadata(metadata, 'step_%d' % step)
        return step

    def _save(self, step, save_path, step_stats):
        from reflow.client import timeline
        _logging().info("Saving timeline for %d into '%s'.", step, save_path)
        trace = timeline.Timeline(step_stats)
        with open(save_path, 'w', encoding='utf-8') as file:
            file.write(trace.generate_chrome_trace_format(
                show_dataflow=self._show_dataflow, show_memory=self._show_memory))
