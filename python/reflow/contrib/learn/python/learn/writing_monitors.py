"""Monitors that write checkpoints and events."""
import os
import time

from reflow.contrib.learn.python.learn import monitors
from reflow.framework import protos
from reflow.platform import tf_logging
from reflow.summary.writer import writer as writer_lib
from reflow.summary.writer import writer_cache
from reflow.util import deprecation


class SummarySaver(monitors.EveryN):
    """Writes the summaries of an op, or of a Scaffold, to a writer: a folder's, or the model's."""

    def __init__(self, summary_op, save_steps=100, output_dir=None, summary_writer=None, scaffold=None):
        super().__init__(every_n_steps=save_steps)
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = writer_lib.FileWriter(output_dir)
        self._scaffold = scaffold

    def set_estimator(self, estimator):
        """Writes to the model's folder where no other was named."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = writer_lib.FileWriter(estimator.model_dir)

    def every_n_step_begin(self, step):
        """The summaries."""
        super().every_n_step_begin(step)
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step, outputs):
        """Writes them."""
        super().every_n_step_end(step, outputs)
        if self._summary_op is not None and self._summary_writer:
            self._summary_writer.add_summary(monitors._output(outputs, self._summary_op), step)
        return False

    def end(self, session=None):
        """All are on the disk."""
        super().end(session=session)
        if self._summary_writer:
            self._summary_writer.flush()


class CheckpointSaver(monitors.BaseMonitor):
    """Saves checkpoints: at first, every so many seconds or steps, and at the end."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename='model.ckpt',
                 scaffold=None):
        tf_logging.info('Create CheckpointSaver.')
        super().__init__()
        self._saver = saver
        self._summary_writer = writer_cache.FileWriterCache.get(checkpoint_dir)
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._save_secs = save_secs
        self._save_steps = save_steps
        if save_steps is None and save_secs is None:
            raise ValueError('Either save_steps or save_secs should be provided')
        if save_steps is not None and save_secs is not None:
            raise ValueError('Can not provide both save_steps and save_secs.')

    def begin(self, max_steps=None):
        """Nothing has been saved yet."""
        super().begin(max_steps)
        self._last_saved_time = self._last_begin_step = self._last_saved_step = None

    def step_begin(self, step):
        """Remembers the step."""
        super().step_begin(step)
        self._last_begin_step = step

    def post_step(self, step, session):
        """Saves if it is time to."""
        super().post_step(step, session)
        if self._last_saved_time is None:
            self._save(step, session)
        if self._save_steps is not None and step >= self._last_saved_step + self._save_steps:
            self._save(step, session)
        if self._save_secs is not None and time.time() >= self._last_saved_time + self._save_secs:
            self._save(step, session)

    def end(self, session=None):
        """Saves what the last step has left."""
        super().end(session)
        self._save(self._last_begin_step, session)

    def _save(self, step, session):
        if step == self._last_saved_step:
            return
        tf_logging.info('Saving checkpoints for %d into %s.', step, self._save_path)
        self._last_saved_time = time.time()
        self._last_saved_step = step
        (self._saver or self._scaffold.saver).save(session, self._save_path, global_step=step)
        log = protos.message('tensorflow.SessionLog')
        self._summary_writer.add_session_log(log(status=log.CHECKPOINT, checkpoint_path=self._save_path), step)


class StepCounter(monitors.EveryN):
    """Writes the steps a second."""

    def __init__(self, every_n_steps=100, output_dir=None, summary_writer=None):
        super().__init__(every_n_steps=every_n_steps)
        self._summary_tag = 'global_step/sec'
        self._last_reported_step = None
        self._last_reported_time = None
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = writer_cache.FileWriterCache.get(output_dir)

    def set_estimator(self, estimator):
        """Writes to the model's folder where no other was named."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = writer_cache.FileWriterCache.get(estimator.model_dir)

    def every_n_step_end(self, current_step, outputs):
        """Writes how fast it was since the last time."""
        now = time.time()
        if self._last_reported_time is not None and self._summary_writer:
            speed = (current_step - self._last_reported_step) / (now - self._last_reported_time)
            summary = protos.message('tensorflow.Summary')()
            summary.value.add(tag=self._summary_tag, simple_value=speed)
            self._summary_writer.add_summary(summary, current_step)
        self._last_reported_step = current_step
        self._last_reported_time = now


@deprecation.deprecated(None, 'Use tf.train.MonitoredTrainingSession.')
def get_default_monitors(loss_op=None, summary_op=None, save_summary_steps=100, output_dir=None, summary_writer=None):
    """Monitors that log the loss and write the summaries, of what there is."""
    result = []
    if loss_op is not None:
        result.append(monitors.PrintTensor(tensor_names={'loss': loss_op.name}))
    if summary_op is not None:
        result.append(SummarySaver(
            summary_op, save_steps=save_summary_steps, output_dir=output_dir, summary_writer=summary_writer))
    return result
