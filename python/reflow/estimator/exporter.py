"""Exporters: they write SavedModels while train_and_evaluate goes on."""

import abc
import os

from reflow.estimator import gc
from reflow.estimator import util
from reflow.estimator.canned import metric_keys
from reflow.framework import errors
from reflow.platform import gfile
from reflow.platform import tf_logging


class Exporter(metaclass=abc.ABCMeta):
    """Exports a model after an evaluation."""

    @property
    @abc.abstractmethod
    def name(self):
        """The folder below `export` of the model's folder."""

    @abc.abstractmethod
    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports the checkpoint, or doesn't; gives the folder or None."""


class _SavedModelExporter(Exporter):
    """Exports each time."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, as_text=False):
        self._name = name
        self._serving_input_receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text

    @property
    def name(self):
        """The folder."""
        return self._name

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports the checkpoint."""
        return estimator.export_saved_model(
            export_path, self._serving_input_receiver_fn, assets_extra=self._assets_extra, as_text=self._as_text,
            checkpoint_path=checkpoint_path)


def _delete_old_exports(export_dir_base, exports_to_keep):
    """Deletes all but the latest exports of a folder; None: keeps all."""
    if exports_to_keep is None:
        return

    def version_of(path):
        name = os.path.basename(path.path)
        return path._replace(export_version=int(name)) if len(name) == 10 and name.isdigit() else None

    old = gc._negation(gc._largest_export_versions(exports_to_keep))
    for path in old(gc._get_paths(export_dir_base, parser=version_of)):
        try:
            gfile.DeleteRecursively(path.path)
        except errors.NotFoundError as error:
            tf_logging.warn('Can not delete %s recursively: %s', path.path, error)


def _loss_smaller(best_eval_result, current_eval_result):
    key = metric_keys.MetricKeys.LOSS
    for name, result in (('best', best_eval_result), ('current', current_eval_result)):
        if not result or key not in result:
            raise ValueError('%s_eval_result cannot be empty or no loss is found in it.' % name)
    return best_eval_result[key] > current_eval_result[key]


def _verify_compare_fn_args(compare_fn):
    args = set(util.fn_args(compare_fn))
    for required in ('best_eval_result', 'current_eval_result'):
        if required not in args:
            raise ValueError('compare_fn (%s) must include %s argument.' % (compare_fn, required))
    unknown = list(args - {'best_eval_result', 'current_eval_result'})
    if unknown:
        raise ValueError('compare_fn (%s) has following not expected args: %s' % (compare_fn, unknown))


class _OfSavedModels(Exporter):
    """An exporter that chooses which SavedModels there are."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, as_text=False):
        self._saved_model_exporter = _SavedModelExporter(name, serving_input_receiver_fn, assets_extra, as_text)

    @property
    def name(self):
        """The folder."""
        return self._saved_model_exporter.name


class BestExporter(_OfSavedModels):
    """Exports when an evaluation was better than all before."""

    def __init__(self, name='best_exporter', serving_input_receiver_fn=None, event_file_pattern='eval/*.tfevents.*',
                 compare_fn=_loss_smaller, assets_extra=None, as_text=False, exports_to_keep=5):
        self._compare_fn = compare_fn
        if compare_fn is None:
            raise ValueError('`compare_fn` must not be None.')
        _verify_compare_fn_args(compare_fn)
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._event_file_pattern = event_file_pattern
        self._model_dir = None
        self._best_eval_result = None
        self._exports_to_keep = exports_to_keep
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError('`exports_to_keep`, if provided, must be a positive number. Got %s' % exports_to_keep)

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports the checkpoint if it is the best."""
        if self._model_dir != estimator.model_dir and self._event_file_pattern:
            tf_logging.info('Loading best metric from event files.')
            self._model_dir = estimator.model_dir
            self._best_eval_result = self._get_best_eval_result(os.path.join(self._model_dir, self._event_file_pattern))
        if self._best_eval_result is not None and not self._compare_fn(
                best_eval_result=self._best_eval_result, current_eval_result=eval_result):
            return None
        tf_logging.info('Performing best model export.')
        self._best_eval_result = eval_result
        result = self._saved_model_exporter.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
        _delete_old_exports(export_path, self._exports_to_keep)
        return result

    def _get_best_eval_result(self, event_files):
        """The best of the evaluations whose summaries are in files; None: there are none."""
        from reflow.summary import summary_iterator
        best = None
        for path in gfile.Glob(event_files) if event_files else ():
            for event in summary_iterator.summary_iterator(path):
                if not event.HasField('summary'):
                    continue
                result = {value.tag: value.simple_value for value in event.summary.value if value.HasField('simple_value')}
                if result and (best is None or self._compare_fn(best, result)):
                    best = result
        return best


class FinalExporter(_OfSavedModels):
    """Exports once, at the end."""

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports the checkpoint if it is the last one."""
        if not is_the_final_export:
            return None
        tf_logging.info('Performing the final export in the end of training.')
        return self._saved_model_exporter.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export)


class LatestExporter(_OfSavedModels):
    """Exports after each evaluation, and keeps the latest exports."""

    def __init__(self, name, serving_input_receiver_fn, assets_extra=None, as_text=False, exports_to_keep=5):
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._exports_to_keep = exports_to_keep
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError('`exports_to_keep`, if provided, must be positive number')

    def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
        """Exports the checkpoint."""
        result = self._saved_model_exporter.export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
        _delete_old_exports(export_path, self._exports_to_keep)
        return result
