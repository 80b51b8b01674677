"""What the model_fn of a tf.contrib.learn.Estimator returns."""

import collections

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.training import session_run_hook
from reflow.util import deprecation


class ModeKeys:
    """The modes: training, evaluation and inference."""

    TRAIN = 'train'
    EVAL = 'eval'
    INFER = 'infer'

    @classmethod
    def validate(cls, key):
        """Raises ValueError for others."""
        if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
            raise ValueError('Invalid mode %s.' % key)


class ModelFnOps(collections.namedtuple('ModelFnOps', [
        'predictions', 'loss', 'train_op', 'eval_metric_ops', 'output_alternatives', 'training_chief_hooks',
        'training_hooks', 'scaffold', 'mode'])):
    """The tensors, operations and hooks of a model in a mode."""

    @deprecation.deprecated(None, 'When switching to tf.estimator.Estimator, use tf.estimator.EstimatorSpec. You can use the '
                                  '`estimator_spec` method to create an equivalent one.')
    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None, output_alternatives=None,
                training_chief_hooks=None, training_hooks=None, scaffold=None):
        ModeKeys.validate(mode)
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        if predictions is None:
            if mode in (ModeKeys.INFER, ModeKeys.EVAL):
                raise ValueError('Missing predictions.')
        elif isinstance(predictions, dict):
            predictions = {key: sparse_tensor.convert_to_tensor_or_sparse_tensor(value)
                           for key, value in predictions.items()}
        else:
            predictions = sparse_tensor.convert_to_tensor_or_sparse_tensor(predictions)
        eval_metric_ops = {} if eval_metric_ops is None else eval_metric_ops
        if not isinstance(eval_metric_ops, dict):
            raise ValueError('eval_metric_ops must be a dict.')
        training_chief_hooks = training_chief_hooks or []
        training_hooks = training_hooks or []
        for hook in training_hooks + training_chief_hooks:
            if not isinstance(hook, session_run_hook.SessionRunHook):
                raise TypeError('All hooks returned from model_fn must be SessionRunHook instances, got instance of %s: %s' % (
                    type(hook), hook))
        return super().__new__(
            cls, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=eval_metric_ops,
            output_alternatives=output_alternatives, training_chief_hooks=training_chief_hooks,
            training_hooks=training_hooks, scaffold=scaffold, mode=mode)

    def estimator_spec(self, default_serving_output_alternative_key=None):
        """The EstimatorSpec of tf.estimator."""
        from reflow.estimator import model_fn as core_model_fn
        metrics = {key: metric for key, metric in self.eval_metric_ops.items() if key != 'loss'}
        return core_model_fn.EstimatorSpec(
            mode=self.mode, predictions=self.predictions, loss=self.loss, train_op=self.train_op, eval_metric_ops=metrics,
            export_outputs=self._export_outputs(default_serving_output_alternative_key),
            training_chief_hooks=self.training_chief_hooks, training_hooks=self.training_hooks, scaffold=self.scaffold)

    def _export_outputs(self, default_key):
        from reflow.saved_model import signature_constants
        if not self.output_alternatives:
            return None
        outputs = {key: _export_output(problem_type, dict(predictions))
                   for key, (problem_type, predictions) in self.output_alternatives.items()}
        if len(outputs) == 1:
            default_key, = outputs
        elif default_key is None:
            raise ValueError('Multiple export outputs are provided; specify default_serving_output_alternative_key')
        outputs[signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY] = outputs[default_key]
        return outputs


def _export_output(problem_type, predictions):
    from reflow.contrib.learn.python.learn.estimators import constants
    from reflow.saved_model.model_utils import export_output
    if problem_type == constants.ProblemType.LINEAR_REGRESSION:
        return export_output.RegressionOutput(predictions.get('scores', next(iter(predictions.values()))))
    if problem_type in (constants.ProblemType.CLASSIFICATION, constants.ProblemType.LOGISTIC_REGRESSION):
        classes, scores = predictions.get('classes'), predictions.get('probabilities')
        if classes is not None and classes.dtype != dtypes.string:
            classes = None
        if scores is None and classes is None:
            return export_output.PredictOutput(predictions)
        return export_output.ClassificationOutput(scores=scores, classes=classes)
    return export_output.PredictOutput(predictions)


def _checked_train_op(train_op, mode):
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError('Missing train_op.')
        return None
    return train_op if isinstance(train_op, ops.Operation) else ops.convert_to_tensor(train_op).op


def _checked_loss(loss, mode):
    from reflow.ops import array_ops
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError('Missing loss.')
        return None
    loss = ops.convert_to_tensor(loss)
    shape = loss.get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError('Loss must be scalar: %s.' % loss)
    return loss if shape.is_compatible_with(tensor_shape.TensorShape([])) else array_ops.reshape(loss, [])
