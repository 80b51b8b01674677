"""Several heads as one."""

from reflow.estimator import model_fn
from reflow.estimator.canned import metric_keys
from reflow.estimator.head import base_head
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.keras import metrics as keras_metrics
from reflow.saved_model.model_utils import export_output


class MultiHead(base_head.Head):
    """Several heads with names: logits are a dictionary by name, or one tensor that is cut; losses are added."""

    def __init__(self, heads, head_weights=None):
        if not heads:
            raise ValueError('Must specify heads. Given: {}'.format(heads))
        if head_weights and len(head_weights) != len(heads):
            raise ValueError('heads and head_weights must have the same size. Given len(heads): {}. Given len(head_weights): '
                             '{}.'.format(len(heads), len(head_weights)))
        for head in heads:
            if head.name is None:
                raise ValueError('All given heads must have name specified. Given: {}'.format(head))
        self._heads = tuple(heads)
        self._head_weights = tuple(head_weights) if head_weights else ()

    @property
    def name(self):
        """All names."""
        return '_'.join(head.name for head in self._heads)

    @property
    def logits_dimension(self):
        """The sum of all."""
        return sum(head.logits_dimension for head in self._heads)

    @property
    def loss_reduction(self):
        """That of all heads. ValueError: they differ."""
        found = [head.loss_reduction for head in self._heads]
        if len(set(found)) > 1:
            raise ValueError('The loss_reduction must be the same for different heads. Given: {}'.format(found))
        return found[0]

    def _logits_of_heads(self, logits, labels=None):
        """{head: logits}. ValueError: some are missing, or labels are."""
        names = {head.name for head in self._heads}
        if isinstance(logits, dict):
            if names - set(logits):
                raise ValueError('logits has missing values for head(s): {}'.format(list(names - set(logits))))
        else:
            logits = split_logits(self._heads, logits)
        if labels is not None:
            if not isinstance(labels, dict):
                raise ValueError('labels must be a dict. Given: {}'.format(labels))
            if names - set(labels):
                raise ValueError('labels has missing values for head(s): {}'.format(list(names - set(labels))))
        return logits

    def loss(self, labels, logits, features=None, mode=None, regularization_losses=None):
        """The weighted sum of all heads' losses."""
        from reflow.ops import math_ops
        logits = self._logits_of_heads(logits, labels)
        losses = tuple(head.loss(logits=logits[head.name], labels=labels[head.name], features=features, mode=mode)
                       for head in self._heads)
        with ops.name_scope('merge_losses', values=losses + self._head_weights):
            if self._head_weights:
                losses = [math_ops.multiply(loss, weight) for loss, weight in zip(losses, self._head_weights)]
            loss = math_ops.add_n(losses)
            return loss if regularization_losses is None else loss + math_ops.add_n(regularization_losses)

    def predictions(self, logits, keys=None):
        """{(head, name): prediction}"""
        logits = self._logits_of_heads(logits)
        with ops.name_scope('merge_pred'):
            return {(head.name, key): value for head in self._heads
                    for key, value in head.predictions(logits=logits[head.name]).items()}

    def _loss_key(self, head):
        return base_head.summary_key(head.name, metric_keys.MetricKeys.LOSS)

    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics, which adds those of the heads."""
        key, found = metric_keys.MetricKeys.LOSS_REGULARIZATION, {}
        if regularization_losses is not None:
            found[self._summary_key(key)] = keras_metrics.Mean(name=key)
        with ops.name_scope('merge_eval'):
            found.update({self._loss_key(head): keras_metrics.Mean(name=self._loss_key(head)) for head in self._heads})
        return found

    def update_metrics(self, eval_metrics, features, logits, labels, regularization_losses=None):
        """Adds a batch to metrics, and gives them with those of the heads."""
        from reflow.ops import math_ops
        logits = self._logits_of_heads(logits, labels)
        if regularization_losses is not None:
            key = self._summary_key(metric_keys.MetricKeys.LOSS_REGULARIZATION)
            eval_metrics[key].update_state(values=math_ops.add_n(regularization_losses))
        for head in self._heads:
            given = {'features': features, 'logits': logits[head.name], 'labels': labels[head.name]}
            eval_metrics[self._loss_key(head)].update_state(values=head.loss(**given))
            eval_metrics.update(head.update_metrics(head.metrics(), **given) or {})
        return eval_metrics

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, trainable_variables=None,
                              train_op_fn=None, update_ops=None, regularization_losses=None):
        """The EstimatorSpec of a mode."""
        from reflow.ops import control_flow_ops
        with ops.name_scope(self.name, 'multi_head'):
            of_heads = self._logits_of_heads(logits, labels)
            specs = [head.create_estimator_spec(
                features=features, mode=mode, logits=of_heads[head.name], labels=labels[head.name] if labels else None,
                train_op_fn=lambda loss: control_flow_ops.no_op()) for head in self._heads]
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                return model_fn.EstimatorSpec(
                    mode=mode, predictions=predictions,
                    export_outputs=merged_outputs(self._heads, specs, 'tf.estimator'))
            loss = self.loss(labels, logits, features, mode, regularization_losses)
            if mode == ModeKeys.EVAL:
                metrics = self.update_metrics(self.metrics(regularization_losses=regularization_losses), features, logits,
                                              labels, regularization_losses=regularization_losses)
                return model_fn.EstimatorSpec(mode=mode, predictions=predictions, loss=loss, eval_metric_ops=metrics)
            if mode != ModeKeys.TRAIN:
                raise ValueError('mode={} unrecognized'.format(mode))
            train_op = base_head.train_op_of(loss, optimizer, trainable_variables, train_op_fn, update_ops)
            base_head.write_losses(loss, regularization_losses)
            return model_fn.EstimatorSpec(mode=mode, loss=loss, train_op=train_op, predictions=predictions, eval_metric_ops={
                key: metric for spec in specs for key, metric in (spec.eval_metric_ops or {}).items()})


def split_logits(heads, logits):
    """{head: its part of the last dimension}"""
    from reflow.ops import array_ops
    result = {}
    with ops.name_scope('split_logits', values=[logits]):
        logits = ops.convert_to_tensor(logits)
        dimensions = [head.logits_dimension for head in heads]
        shape = logits.shape.as_list()
        if shape[-1] is not None and shape[-1] != sum(dimensions):
            raise ValueError('Could not split logits of shape %r among the heads with individual logits dimensions: %r. The '
                             'last dimension of the logits tensor should equal %d but is %d.' % (
                                 shape, dimensions, shape[-1], sum(dimensions)))
        batch_shape = array_ops.shape(logits)[:-1]
        zeros = array_ops.zeros_like(batch_shape)
        minus_ones = -1 * array_ops.ones_like(batch_shape)
        begin = 0
        for head in heads:
            begin_tensor = array_ops.concat([zeros, [begin]], axis=0)
            size = array_ops.concat([minus_ones, [head.logits_dimension]], axis=0)
            result[head.name] = array_ops.slice(logits, begin=begin_tensor, size=size)
            begin += head.logits_dimension
    return result


def merged_outputs(heads, specs, where):
    """The outputs of all heads' signatures under HEAD/NAME; the first head's default one is that of all."""
    outputs = {base_head.DEFAULT_SERVING_KEY: _default_output(specs[0].export_outputs, heads[0].name, where)}
    predictions = {}
    for head, spec in zip(heads, specs):
        for key, output in spec.export_outputs.items():
            outputs[head.name if key == base_head.DEFAULT_SERVING_KEY else '%s/%s' % (head.name, key)] = output
            if key == base_head.PREDICT_SERVING_KEY and isinstance(output, export_output.PredictOutput):
                predictions.update({'%s/%s' % (head.name, each): value for each, value in output.outputs.items()})
    outputs[base_head.PREDICT_SERVING_KEY] = export_output.PredictOutput(predictions)
    return outputs


def _default_output(outputs, name, where):
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    if base_head.DEFAULT_SERVING_KEY in outputs:
        return outputs[base_head.DEFAULT_SERVING_KEY]
    raise ValueError('{} did not specify default export_outputs. Given: {} Suggested fix: Use one of the heads in {}, or '
                     'include key {} in export_outputs.'.format(name, outputs, where, base_head.DEFAULT_SERVING_KEY))
