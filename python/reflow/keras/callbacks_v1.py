"""Event files for TensorBoard while a model is trained."""

import numpy as np

from reflow import _core
from reflow.keras import backend as K
from reflow.keras import callbacks
from reflow.platform import tf_logging as logging


class TensorBoard(callbacks.Callback):
    """Writes the graph, the logs of epochs or batches, and histograms of weights."""

    def __init__(self, log_dir='./logs', histogram_freq=0, batch_size=32, write_graph=True, write_grads=False,
                 write_images=False, embeddings_freq=0, embeddings_layer_names=None, embeddings_metadata=None,
                 embeddings_data=None, update_freq='epoch', profile_batch=2):
        super().__init__()
        self.log_dir = log_dir
        self.histogram_freq = histogram_freq
        if self.histogram_freq and _core.executing_eagerly():
            logging.warning('Weight and gradient histograms not supported for eagerexecution, setting `histogram_freq` to '
                            '`0`.')
            self.histogram_freq = 0
        if embeddings_freq:
            raise NotImplementedError('Embeddings are not written by the TensorBoard callback yet: use '
                                      'tf.contrib.tensorboard.plugins.projector')
        self.merged = None
        self.write_graph = write_graph
        self.write_grads = write_grads
        self.write_images = write_images
        self.batch_size = batch_size
        self.embeddings_freq = embeddings_freq
        self._total_batches_seen = 0
        self._total_val_batches_seen = 0
        self.update_freq = 1 if update_freq == 'batch' else update_freq
        self._samples_seen = 0
        self._samples_seen_at_last_write = 0

    def set_model(self, model):
        """Opens the event file, and makes the summaries of weights."""
        from reflow.summary.writer.writer import FileWriter
        self.model = model
        if _core.executing_eagerly():
            with K.symbolic_graph().as_default():
                self.writer = FileWriter(self.log_dir)
            return
        session = K.get_session()
        if self.histogram_freq and self.merged is None:
            self._make_summaries()
        self.writer = FileWriter(self.log_dir, session.graph) if self.write_graph else FileWriter(self.log_dir)

    def _make_summaries(self):
        from reflow.summary import summary as tf_summary
        made = []
        for layer in self.model.layers:
            for weight in layer.weights:
                name = weight.name.replace(':', '_')
                made.append(tf_summary.histogram(name, weight))
                if self.write_images:
                    image = _as_image(weight)
                    if image is not None:
                        made.append(tf_summary.image(name, image))
                if self.write_grads and weight in layer.trainable_weights and self.model.total_loss is not None:
                    from reflow.ops import gradients_impl
                    grad = gradients_impl.gradients(self.model.total_loss, [weight])[0]
                    if grad is not None:
                        made.append(tf_summary.histogram('{}_grad'.format(name), getattr(grad, 'values', grad)))
            output = getattr(layer, '_inbound_nodes', None) and layer.get_output_at(0)
            for i, each in enumerate(output if isinstance(output, list) else [output] if output is not None else []):
                made.append(tf_summary.histogram('{}_out{}'.format(layer.name, '_%d' % i if isinstance(output, list) else ''),
                                                 each))
        self.merged = tf_summary.merge(made)

    def _write(self, step, logs):
        from reflow.framework import protos
        summary_message = protos.message('tensorflow.Summary')
        for name, value in logs.items():
            summary = summary_message()
            summary.value.add(tag=name, simple_value=float(np.asarray(value).item()))
            self.writer.add_summary(summary, step)
        self.writer.flush()

    def on_batch_end(self, batch, logs=None):
        """Writes the logs if it is time."""
        logs = logs or {}
        self._samples_seen += logs.get('size', 1)
        since = self._samples_seen - self._samples_seen_at_last_write
        if self.update_freq != 'epoch' and since >= self.update_freq:
            self._write(self._total_batches_seen, {'batch_' + name: value for name, value in logs.items()
                                                   if name not in ('batch', 'size', 'num_steps')})
            self._samples_seen_at_last_write = self._samples_seen
        self._total_batches_seen += 1

    def on_epoch_begin(self, epoch, logs=None):
        """Has validation make histograms if it is time."""
        if self.merged is not None and epoch % self.histogram_freq == 0:
            function = self.model._function('test').function
            if all(each is not self.merged for each in function.fetches):
                function.fetches.append(self.merged)
                function.fetch_callbacks[self.merged] = self._write_histograms

    def _write_histograms(self, summary):
        self.writer.add_summary(summary, self._total_val_batches_seen)
        self._total_val_batches_seen += 1

    def on_epoch_end(self, epoch, logs=None):
        """Writes the logs; validation makes no more histograms."""
        step = epoch if self.update_freq == 'epoch' else self._samples_seen
        self._write(step, {'epoch_' + name: value for name, value in (logs or {}).items()
                           if name not in ('batch', 'size', 'num_steps')})
        if self.merged is not None:
            function = self.model._function('test').function
            function.fetches[:] = [each for each in function.fetches if each is not self.merged]
            function.fetch_callbacks.pop(self.merged, None)

    def on_train_end(self, logs=None):
        """Closes the file."""
        self.writer.close()


def _as_image(weight):
    """A weight as [n, height, width, 1]; None: it is none."""
    from reflow.ops import array_ops
    w = array_ops.squeeze(weight)
    shape = K.int_shape(w)
    if len(shape) == 2:
        if shape[0] > shape[1]:
            w = array_ops.transpose(w)
            shape = K.int_shape(w)
        return array_ops.reshape(w, [1, shape[0], shape[1], 1])
    if len(shape) == 3:
        w = array_ops.transpose(w, perm=[2, 0, 1])
        shape = K.int_shape(w)
        return array_ops.reshape(w, [shape[0], shape[1], shape[2], 1])
    if len(shape) == 1:
        return array_ops.reshape(w, [1, shape[0], 1, 1])
    return None


TensorBoard.__module__ = 'tensorflow.python.keras.callbacks'
