"""SavedModels of tf.contrib.learn: signatures of inputs and outputs, folders, and the strategies of Experiments."""
import os
import time

from reflow.contrib.layers.python.layers import feature_column
from reflow.contrib.learn.python.learn import export_strategy
from reflow.contrib.learn.python.learn.estimators import constants, metric_key, prediction_key
from reflow.contrib.learn.python.learn.utils import gc, input_fn_utils
from reflow.estimator import estimator as core_estimator
from reflow.estimator.export import export as core_export
from reflow.framework import dtypes, errors
from reflow.platform import gfile, tf_logging
from reflow.saved_model import model_utils, signature_constants, signature_def_utils
from reflow.summary import summary_iterator
from reflow.training import checkpoint_management
from reflow.util import deprecation

DEFAULT_INPUT_ALTERNATIVE_KEY = 'default_input_alternative'
FEATURES_INPUT_ALTERNATIVE_KEY = 'features_input_alternative'
_FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY = 'default_output_alternative'

_deprecated = deprecation.deprecated(None, 'Switch to tf.estimator.Exporter and associated utilities.')

get_timestamped_export_dir = _deprecated(model_utils.get_timestamped_export_dir)
get_temp_export_dir = _deprecated(model_utils.get_temp_export_dir)


def _classification(inputs, outputs):
    """The signature of classes and scores, or None where there are other inputs or outputs."""
    classes = outputs.get(prediction_key.PredictionKey.CLASSES)
    if classes is not None and classes.dtype != dtypes.string:
        classes = None
    scores = outputs.get(prediction_key.PredictionKey.SCORES)
    if scores is None:
        scores = outputs.get(prediction_key.PredictionKey.PROBABILITIES)
    if len(inputs) != 1 or (classes is None and scores is None and len(outputs) != 1):
        return None
    if classes is None and scores is None:
        only, = outputs.values()
        classes, scores = (only, None) if only.dtype == dtypes.string else (None, only)
    examples, = inputs.values()
    return signature_def_utils.classification_signature_def(examples, classes, scores)


@_deprecated
def build_standardized_signature_def(input_tensors, output_tensors, problem_type):
    """The signature of classification or regression where that is the problem, else of prediction.

    ValueError: no inputs or no outputs.
    """
    if not input_tensors:
        raise ValueError('input_tensors must be provided.')
    if not output_tensors:
        raise ValueError('output_tensors must be provided.')
    if problem_type in (constants.ProblemType.CLASSIFICATION, constants.ProblemType.LOGISTIC_REGRESSION):
        signature = _classification(input_tensors, output_tensors)
        if signature is not None:
            return signature
    if problem_type == constants.ProblemType.LINEAR_REGRESSION and len(input_tensors) == len(output_tensors) == 1:
        return signature_def_utils.regression_signature_def(*input_tensors.values(), *output_tensors.values())
    return signature_def_utils.predict_signature_def(input_tensors, output_tensors)


@_deprecated
def get_input_alternatives(input_ops):
    """({key: inputs}, features) of InputFnOps, or of (features, labels). ValueError: no features."""
    features, inputs = input_ops[0], {}
    if isinstance(input_ops, input_fn_utils.InputFnOps):
        inputs[DEFAULT_INPUT_ALTERNATIVE_KEY] = input_ops.default_inputs
    if not features:
        raise ValueError('Features must be defined.')
    return inputs, features


@_deprecated
def get_output_alternatives(model_fn_ops, default_output_alternative_key=None):
    """({key: (problem type, outputs)}, the default's key) of ModelFnOps. ValueError: the default isn't clear."""
    alternatives = model_fn_ops.output_alternatives
    if default_output_alternative_key:
        if default_output_alternative_key not in (alternatives or ()):
            raise ValueError('Requested default_output_alternative: {}, but available output_alternatives are: {}'.format(
                default_output_alternative_key, sorted(alternatives or ())))
        return alternatives, default_output_alternative_key
    if not alternatives:
        outputs = model_fn_ops.predictions
        if not isinstance(outputs, dict):
            outputs = {prediction_key.PredictionKey.GENERIC: outputs}
        key = _FALLBACK_DEFAULT_OUTPUT_ALTERNATIVE_KEY
        return {key: (constants.ProblemType.UNSPECIFIED, outputs)}, key
    if len(alternatives) > 1:
        raise ValueError('Please specify a default_output_alternative.  Available output_alternatives are: {}'.format(
            sorted(alternatives)))
    return alternatives, next(iter(alternatives))


@_deprecated
def build_all_signature_defs(input_alternatives, output_alternatives, actual_default_output_alternative_key):
    """{name: signature} of all inputs with all outputs, and of the defaults as the one that is served."""
    signatures = {
        '%s:%s' % (input_key, output_key or 'None'): build_standardized_signature_def(inputs, outputs, problem_type)
        for input_key, inputs in input_alternatives.items()
        for output_key, (problem_type, outputs) in output_alternatives.items()}
    default_inputs = input_alternatives.get(DEFAULT_INPUT_ALTERNATIVE_KEY)
    if not default_inputs:
        raise ValueError('A default input_alternative must be provided.')
    problem_type, outputs = output_alternatives[actual_default_output_alternative_key]
    signatures[signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY] = build_standardized_signature_def(
        default_inputs, outputs, problem_type)
    return signatures


def _export_version_parser(path):
    """The path with its time as its version; None for folders that aren't named by a time."""
    name = os.path.basename(path.path)
    return path._replace(export_version=int(name)) if len(name) == 10 and name.isdigit() else None


@_deprecated
def get_most_recent_export(export_dir_base):
    """The latest export as a `gc.Path`, or None."""
    paths = gc.largest_export_versions(1)(gc.get_paths(export_dir_base, parser=_export_version_parser))
    return next(iter(paths), None)


@_deprecated
def garbage_collect_exports(export_dir_base, exports_to_keep):
    """Deletes all but the latest exports; none where `exports_to_keep` is None."""
    if exports_to_keep is None:
        return
    is_old = gc.negation(gc.largest_export_versions(exports_to_keep))
    for path in is_old(gc.get_paths(export_dir_base, parser=_export_version_parser)):
        try:
            gfile.DeleteRecursively(path.path)
        except errors.NotFoundError as error:
            tf_logging.warn('Can not delete %s recursively: %s', path.path, error)


@_deprecated
def make_export_strategy(serving_input_fn, default_output_alternative_key=None, assets_extra=None, as_text=False,
                         exports_to_keep=5, strip_default_attrs=None):
    """An ExportStrategy that writes SavedModels and keeps the latest of them."""
    def export_fn(estimator, export_dir_base, checkpoint_path=None, strip_default_attrs=False):
        given = dict(assets_extra=assets_extra, as_text=as_text, checkpoint_path=checkpoint_path,
                     strip_default_attrs=strip_default_attrs)
        if not isinstance(estimator, core_estimator.Estimator):
            given['default_output_alternative_key'] = default_output_alternative_key
        elif default_output_alternative_key is not None:
            raise ValueError('default_output_alternative_key is not supported in core Estimator. Given: {}'.format(
                default_output_alternative_key))
        result = estimator.export_savedmodel(export_dir_base, serving_input_fn, **given)
        garbage_collect_exports(export_dir_base, exports_to_keep)
        return result

    return export_strategy.ExportStrategy('Servo', export_fn, strip_default_attrs)


@deprecation.deprecated(None, 'Use tf.estimator.export.build_parsing_serving_input_receiver_fn')
def make_parsing_export_strategy(feature_columns, default_output_alternative_key=None, assets_extra=None, as_text=False,
                                 exports_to_keep=5, target_core=False, strip_default_attrs=None):
    """An ExportStrategy of models that are served Examples with the features of these columns."""
    feature_spec = feature_column.create_feature_spec_for_parsing(feature_columns)
    build = (core_export.build_parsing_serving_input_receiver_fn if target_core
             else input_fn_utils.build_parsing_serving_input_fn)
    return make_export_strategy(
        build(feature_spec), default_output_alternative_key=default_output_alternative_key, assets_extra=assets_extra,
        as_text=as_text, exports_to_keep=exports_to_keep, strip_default_attrs=strip_default_attrs)


def _default_compare_fn(curr_best_eval_result, cand_eval_result):
    """Whether the candidate's loss is less."""
    key = metric_key.MetricKey.LOSS
    for name, result in (('curr_best_eval_result', curr_best_eval_result), ('cand_eval_result', cand_eval_result)):
        if not result or key not in result:
            raise ValueError('%s cannot be empty or no loss is found in it.' % name)
    return curr_best_eval_result[key] > cand_eval_result[key]


class BestModelSelector:
    """Remembers the best results so far, those of event files among them."""

    @_deprecated
    def __init__(self, event_file_pattern=None, compare_fn=None):
        self._compare_fn = compare_fn or _default_compare_fn
        self._best_eval_result = self._best_of_events(event_file_pattern)

    def update(self, checkpoint_path, eval_result):
        """(checkpoint_path, eval_result) where the result is better than all before, else ('', None)."""
        if not checkpoint_path:
            raise ValueError('Checkpoint path is empty.')
        if eval_result is None:
            raise ValueError('%s has empty evaluation results.', checkpoint_path)
        if self._best_eval_result is not None and not self._compare_fn(self._best_eval_result, eval_result):
            return '', None
        self._best_eval_result = eval_result
        return checkpoint_path, eval_result

    def _best_of_events(self, pattern):
        best = None
        for path in gfile.Glob(pattern) if pattern else ():
            for event in summary_iterator.summary_iterator(path):
                if event.HasField('summary'):
                    result = {value.tag: value.simple_value for value in event.summary.value
                              if value.HasField('simple_value')}
                    if best is None or self._compare_fn(best, result):
                        best = result
        return best


@_deprecated
def make_best_model_export_strategy(serving_input_fn, exports_to_keep=1, model_dir=None, event_file_pattern=None,
                                    compare_fn=None, default_output_alternative_key=None, strip_default_attrs=None):
    """An ExportStrategy that exports only models with better results than all before."""
    strategy = make_export_strategy(
        serving_input_fn, exports_to_keep=exports_to_keep,
        default_output_alternative_key=default_output_alternative_key, strip_default_attrs=strip_default_attrs)
    selector = BestModelSelector(
        os.path.join(model_dir, event_file_pattern) if model_dir and event_file_pattern else None, compare_fn)

    def export_fn(estimator, export_dir_base, checkpoint_path, eval_result=None):
        path, result = selector.update(
            checkpoint_path or checkpoint_management.latest_checkpoint(estimator.model_dir), eval_result)
        if not path or result is None:
            return ''
        return strategy.export(estimator, os.path.join(export_dir_base, os.path.basename(path)), path, result)

    return export_strategy.ExportStrategy('best_model', export_fn)


def _new_folder(base, prefix, error):
    path = os.path.join(base, prefix + str(int(time.time())))
    if gfile.Exists(path):
        raise RuntimeError(error)
    gfile.MakeDirs(path)
    return path


@_deprecated
def extend_export_strategy(base_export_strategy, post_export_fn, post_export_name=None):
    """An ExportStrategy whose exports `post_export_fn(exported folder, new folder)` changes; it gives what it has made."""
    def export_fn(estimator, export_dir_base, checkpoint_path=None):
        base_dir = _new_folder(export_dir_base, 'temp-base-export-', 'Failed to obtain base export directory')
        exported = base_export_strategy.export(estimator, base_dir, checkpoint_path)
        post_dir = _new_folder(export_dir_base, 'temp-post-export-', 'Failed to obtain temp export directory')
        changed = post_export_fn(exported, post_dir)
        if not changed.startswith(post_dir):
            raise ValueError('post_export_fn must return a sub-directory of {}'.format(post_dir))
        result = os.path.join(export_dir_base, os.path.relpath(changed, post_dir))
        if gfile.Exists(result):
            raise RuntimeError('Failed to obtain final export directory')
        gfile.Rename(changed, result)
        gfile.DeleteRecursively(base_dir)
        gfile.DeleteRecursively(post_dir)
        return result

    return export_strategy.ExportStrategy(post_export_name or base_export_strategy.name, export_fn)
