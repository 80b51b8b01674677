"""The losses, updates and metrics of a layer."""

from reflow import _core
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.util import nest


class LayerLosses:
    """What a layer adds to the training of a model."""

    def _handle_activity_regularization(self, inputs, outputs):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        if not self._activity_regularizer:
            return
        with ops.name_scope('ActivityRegularizer'):
            for output in nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                batch_size = math_ops.cast(array_ops.shape(output)[0], loss.dtype)
                self.add_loss(loss / batch_size, inputs=inputs)

    def add_loss(self, losses, inputs=None):
        """Adds tensors, or functions that make them, to the layer's losses.

        What depends on `inputs` is a loss of a call on these inputs; None: of the layer.
        """
        for loss in nest.flatten(losses):
            if callable(loss):
                self._callable_losses.append(loss)
            elif loss is not None:
                if not isinstance(loss, ops.Tensor):
                    loss = ops.convert_to_tensor(loss)
                loss._unconditional_loss = inputs is None
                self._losses.append(loss)

    def add_update(self, updates, inputs=None):
        """Adds operations to be run beside each training step; where they run at once, layers that are frozen don't."""
        if _core.executing_eagerly() and not self.trainable:
            return
        for update in _to_list(updates):
            while callable(update):
                update = update()
            if _core.executing_eagerly():
                continue  # it is done
            if not isinstance(update, ops.Operation):
                update = backend_session.operation_of(update) if hasattr(update, 'op') else ops.convert_to_tensor(update)
            update._unconditional_update = not _depends(update, self._inputs_of_call or nest.flatten(inputs or []))
            self._updates.append(update)

    def get_updates_for(self, inputs):
        """The updates that depend on these inputs; None: those of the layer."""
        return self._conditional(self.updates, '_unconditional_update', inputs)

    def get_losses_for(self, inputs):
        """The losses that depend on these inputs; None: those of the layer."""
        return self._conditional(self.losses, '_unconditional_loss', inputs)

    @staticmethod
    def _conditional(values, mark, inputs):
        if inputs is None:
            return [value for value in values if getattr(value, mark, True)]
        wanted = [value for value in values if not getattr(value, mark, True)]
        return [value for value in wanted if _depends(value, nest.flatten(inputs))]

    def _clear_losses(self):
        self._losses = [loss for loss in self._losses if not hasattr(loss, 'numpy')]
        for layer in self._sublayers():
            layer._clear_losses()

    def add_metric(self, value, aggregation=None, name=None):
        """Adds a metric of the layer: `value` is one, or a tensor of which `aggregation`, 'mean', is taken."""
        from reflow.keras import metrics
        if aggregation is not None and aggregation != 'mean':
            raise ValueError('We currently support only `mean` sample-wise metric aggregation. You provided aggregation='
                             '`%s`' % aggregation)
        from_metric = hasattr(value, '_metric_obj')
        if name is None and not from_metric:
            raise ValueError("Please provide a name for your metric like `self.add_metric(tf.reduce_sum(inputs), "
                             "name='mean_activation', aggregation='mean')`")
        if from_metric:
            metric = value._metric_obj
            if all(metric is not each for each in self._metrics):
                self._metrics.append(metric)
            return
        match = [each for each in self._metrics if each.name == name]
        if match:
            if _core.executing_eagerly():
                match[0](value)
                return
            raise ValueError('Please provide different names for the metrics you have added. We found {} metrics with the '
                             'name: "{}"'.format(len(match) + 1, name))
        if aggregation is None and not _core.executing_eagerly():
            raise ValueError('Using the result of calling a `Metric` object when calling `add_metric` without aggregation '
                             "is needed: `aggregation='mean'`")
        metric = metrics.Mean(name=name, dtype=value.dtype.base_dtype)
        self._metrics.append(metric)
        metric(value)

    @property
    def metrics(self):
        """The metrics of the layer and of those within it."""
        return self._metrics + self._gather('metrics')

    @property
    def updates(self):
        """The operations to be run beside each training step."""
        if not self.trainable and not self.stateful:
            return []
        return self._updates + self._gather('updates')

    @property
    def losses(self):
        """The layer's losses; those of weights are made anew by each look."""
        losses = list(self._losses)
        losses += [loss for loss in (function() for function in self._callable_losses) if loss is not None]
        return losses + self._gather('losses')


def _to_list(value):
    """`value` as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _depends(value, inputs):
    """Whether `value` is computed from one of `inputs`, or after what is: a variable is read after it has been assigned."""
    wanted = {tensor.op for tensor in inputs if isinstance(tensor, ops.Tensor)}
    waiting, seen = [value if isinstance(value, ops.Operation) else value.op], set()
    while waiting:
        op = waiting.pop()
        if op in wanted:
            return True
        if op not in seen:
            seen.add(op)
            waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return False
