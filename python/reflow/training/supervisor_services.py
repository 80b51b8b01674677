"""The threads of a Supervisor: summaries, the speed of training and checkpoints, every so often."""
import time

from reflow.training import coordinator, training_util


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


class SVSummaryThread(coordinator.LooperThread):
    """Computes the summaries and writes them."""

    def __init__(self, sv, sess):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self):
        step = None
        if self._sv.global_step is not None:
            summaries, step = self._sess.run([self._sv.summary_op, self._sv.global_step])
        else:
            summaries = self._sess.run(self._sv.summary_op)
        if self._sv.summary_writer:
            _logging().info('Recording summary at step %s.', step)
            self._sv.summary_writer.add_summary(summaries, step)


class SVStepCounterThread(coordinator.LooperThread):
    """Writes how many steps a second were made."""

    def __init__(self, sv, sess, step_counter=None):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = '%s/sec' % self._step_counter.op.name
        self._last_time = 0.0
        self._last_step = 0

    def start_loop(self):
        self._last_time = time.time()
        self._last_step = training_util.global_step(self._sess, self._step_counter)

    def run_loop(self):
        from reflow.framework import protos
        step, now = training_util.global_step(self._sess, self._step_counter), time.time()
        seconds = now - self._last_time
        rate = (step - self._last_step) / seconds if seconds > 0 else float('inf')
        self._last_step, self._last_time = step, now
        if self._sv.summary_writer:
            summary = protos.message('tensorflow.Summary')()
            summary.value.add(tag=self._summary_tag, simple_value=rate)
            self._sv.summary_writer.add_summary(summary, step)
        _logging().log_first_n(_logging().INFO, '%s: %g', 10, self._summary_tag, rate)


class SVTimerCheckpointThread(coordinator.LooperThread):
    """Saves the model."""

    def __init__(self, sv, sess):
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self):
        from reflow.framework import protos
        sv = self._sv
        _logging().info('Saving checkpoint to path %s', sv.save_path)
        sv.saver.save(self._sess, sv.save_path, global_step=sv.global_step)
        if sv.summary_writer and sv.global_step is not None:
            log = protos.message('tensorflow.SessionLog')
            sv.summary_writer.add_session_log(log(status=log.CHECKPOINT, checkpoint_path=sv.save_path),
                                              training_util.global_step(self._sess, sv.global_step))
