"""Several heads, each with logits of its own, as one."""

from reflow.estimator import model_fn
from reflow.estimator.canned import base_head
from reflow.estimator.canned import metric_keys
from reflow.estimator.head import multi_head as multi_head_lib
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.ops import metrics as metrics_lib


def multi_head(heads, head_weights=None):
    """A head of several, which have names; the loss is the sum of theirs, each times its weight."""
    if head_weights and len(head_weights) != len(heads):
        raise ValueError('heads and head_weights must have the same size. Given len(heads): {}. '
                         'Given len(head_weights): {}.'.format(len(heads), len(head_weights)))
    if not heads:
        raise ValueError('Must specify heads. Given: {}'.format(heads))
    for head in heads:
        if not head.name:
            raise ValueError('All given heads must have name specified. Given: {}'.format(head))
    return _MultiHead(heads=tuple(heads), head_weights=tuple(head_weights) if head_weights else ())


def _no_op_train_fn(loss):
    from reflow.ops import control_flow_ops
    del loss
    return control_flow_ops.no_op()


def _merge_losses(losses, head_weights=None):
    from reflow.ops import math_ops
    losses = tuple(losses)
    with ops.name_scope('merge_losses', values=losses + (head_weights or ())):
        if head_weights:
            losses = [math_ops.multiply(loss, weight) for loss, weight in zip(losses, head_weights)]
        return math_ops.add_n(losses)


class _MultiHead(base_head._Head):
    """Several heads as one."""

    def __init__(self, heads, head_weights):
        self._logits_dimension = sum(head.logits_dimension for head in heads)
        self._heads = heads
        self._head_weights = head_weights

    @property
    def name(self):
        """All names."""
        return '_'.join(head.name for head in self._heads)

    @property
    def logits_dimension(self):
        """The sum of all."""
        return self._logits_dimension

    def create_loss(self, features, mode, logits, labels):
        """A LossSpec, of which all but the training loss are dictionaries by head."""
        from reflow.ops import math_ops
        logits = logits if isinstance(logits, dict) else multi_head_lib.split_logits(self._heads, logits)
        training_losses, unreduced, weights, processed = [], {}, {}, {}
        for i, head in enumerate(self._heads):
            spec = head.create_loss(features, mode, logits[head.name], labels[head.name])
            training_losses.append(spec.training_loss)
            processed[head.name] = spec.processed_labels
            unreduced[head.name], weights[head.name] = spec.unreduced_loss, spec.weights
            if self._head_weights:
                unreduced[head.name] = math_ops.multiply(spec.unreduced_loss, self._head_weights[i])
                weights[head.name] = math_ops.multiply(spec.weights, self._head_weights[i])
        return base_head.LossSpec(training_loss=_merge_losses(training_losses, self._head_weights), unreduced_loss=unreduced,
                                  weights=weights, processed_labels=processed)

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, train_op_fn=None,
                              regularization_losses=None):
        """The EstimatorSpec of all heads."""
        from reflow.summary import summary
        del regularization_losses
        logits = logits if isinstance(logits, dict) else multi_head_lib.split_logits(self._heads, logits)
        if labels and not isinstance(labels, dict):
            raise ValueError('labels must be a dict. Given: {}'.format(labels))
        specs = [head.create_estimator_spec(
            features=features, mode=mode, logits=logits[head.name], labels=labels[head.name] if labels else None,
            train_op_fn=_no_op_train_fn) for head in self._heads]
        if mode == ModeKeys.TRAIN:
            spec = self._merge_train(specs, optimizer, train_op_fn)
            with ops.name_scope(''):
                summary.scalar(metric_keys.MetricKeys.LOSS, spec.loss)
            return spec
        if mode == ModeKeys.PREDICT:
            return self._merge_predict(specs)
        if mode == ModeKeys.EVAL:
            return self._merge_eval(specs)
        raise ValueError('mode={} unrecognized'.format(mode))

    def _merge_predictions(self, specs):
        return {(head.name, key): value for head, spec in zip(self._heads, specs)
                for key, value in spec.predictions.items()}

    def _merge_train(self, specs, optimizer, train_op_fn):
        metrics = {}
        for spec in specs:
            metrics.update(spec.eval_metric_ops or {})
        loss = _merge_losses([spec.loss for spec in specs], self._head_weights)
        train_op = base_head.step_of(loss, optimizer, train_op_fn)
        return model_fn.EstimatorSpec(mode=ModeKeys.TRAIN, loss=loss, train_op=train_op,
                                      predictions=self._merge_predictions(specs), eval_metric_ops=metrics)

    def _merge_predict(self, specs):
        return model_fn.EstimatorSpec(
            mode=ModeKeys.PREDICT, predictions=self._merge_predictions(specs),
            export_outputs=multi_head_lib.merged_outputs(self._heads, specs, 'tf.contrib.estimator'))

    def _merge_eval(self, specs):
        metrics = {}
        with ops.name_scope('merge_eval'):
            for head, spec in zip(self._heads, specs):
                name = base_head.summary_key(head.name, metric_keys.MetricKeys.LOSS)
                metrics[name] = metrics_lib.mean(spec.loss, name=name)
                metrics.update(spec.eval_metric_ops or {})
            loss = _merge_losses([spec.loss for spec in specs], self._head_weights)
        return model_fn.EstimatorSpec(
            mode=ModeKeys.EVAL, predictions=self._merge_predictions(specs), loss=loss, eval_metric_ops=metrics)
