"""The Estimator of tf.contrib.learn, and its interface of arrays, SKCompat."""

import collections
import copy
import os
import tempfile

import numpy as np

from reflow.contrib.learn.python.learn import metric_spec
from reflow.contrib.learn.python.learn import monitors as monitor_lib
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.contrib.learn.python.learn.estimators import run_config
from reflow.contrib.learn.python.learn.estimators import tensor_signature
from reflow.contrib.learn.python.learn.learn_io import data_feeder
from reflow.estimator import estimator as core_estimator
from reflow.estimator import evaluation_results
from reflow.framework import ops
from reflow.framework import protos
from reflow.framework import random_seed
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import checkpoint_management
from reflow.training import checkpoint_utils
from reflow.training import evaluation
from reflow.training import monitored_session
from reflow.training import saver as saver_lib
from reflow.training import training_util
from reflow.util import deprecation
from reflow.util import function_utils


GraphRewriteSpec = collections.namedtuple('GraphRewriteSpec', ['tags', 'transforms'])


class NotFittedError(ValueError, AttributeError):
    """Raised where a model that is asked has not been trained."""


def _verify_input_args(x, y, input_fn, feed_fn, batch_size):
    if input_fn is None:
        if x is None:
            raise ValueError('Either x or input_fn must be provided.')
        if tensor_util.is_tensor(x) or (y is not None and tensor_util.is_tensor(y)):
            raise ValueError('Inputs cannot be tensors. Please provide input_fn.')
        if feed_fn is not None:
            raise ValueError('Can not provide both feed_fn and x or y.')
        return
    if x is not None or y is not None:
        raise ValueError('Can not provide both input_fn and x or y.')
    if batch_size is not None:
        raise ValueError('Can not provide both input_fn and batch_size.')


def _get_input_fn(x, y, input_fn, feed_fn, batch_size, shuffle=False, epochs=1):
    """(input_fn, feed_fn) of arrays, or as they are."""
    _verify_input_args(x, y, input_fn, feed_fn, batch_size)
    if input_fn is not None:
        return input_fn, feed_fn
    feeder = data_feeder.setup_train_data_feeder(x, y, n_classes=None, batch_size=batch_size, shuffle=shuffle, epochs=epochs)
    return feeder.input_builder, feeder.get_feed_dict_fn()


@deprecation.deprecated(None, 'Please specify feature columns explicitly.')
def infer_real_valued_columns_from_input_fn(input_fn):
    """A column of numbers for each feature that an input_fn gives."""
    from reflow.contrib.layers.python.layers import feature_column_ops
    with ops.Graph().as_default():
        features, _ = input_fn()
        return feature_column_ops.infer_real_valued_columns(features)


@deprecation.deprecated(None, 'Please specify feature columns explicitly.')
def infer_real_valued_columns_from_input(x):
    """A column of numbers for an array, or for each of a dictionary."""
    input_fn, _ = _get_input_fn(x=x, y=None, input_fn=None, feed_fn=None, batch_size=None)
    return infer_real_valued_columns_from_input_fn(input_fn)


def _make_metrics_ops(metrics, features, labels, predictions):
    """{name: metric} of MetricSpecs, or of functions of predictions and labels."""
    only_labels = next(iter(labels.values())) if isinstance(labels, dict) and len(labels) == 1 else labels
    result = {}
    for name, metric in sorted((metrics or {}).items()):
        if isinstance(metric, metric_spec.MetricSpec):
            result[name] = metric.create_metric_ops(features, labels, predictions)
            continue
        tf_logging.warning('Please specify metrics using MetricSpec. Using bare functions or (key, fn) tuples is deprecated and '
                           'support for it will be removed on Oct 1, 2016.')
        if not isinstance(name, tuple):
            if isinstance(predictions, dict):
                raise ValueError('Metrics passed provide only name, no prediction, but predictions are dict. Metrics: %s, '
                                 'Labels: %s.' % (metrics, only_labels))
            result[name] = metric(predictions, only_labels)
            continue
        if len(name) != 2:
            raise ValueError('Invalid metric for {}. It returned a tuple with len {}, expected 2.'.format(name, len(name)))
        if not isinstance(predictions, dict):
            raise ValueError('Metrics passed provide (name, prediction), but predictions are not dict. Metrics: %s, '
                             'Predictions: %s.' % (metrics, predictions))
        own_labels = labels[name[1]] if isinstance(labels, dict) and name[1] in labels else only_labels
        result[name[0]] = metric(predictions[name[1]], own_labels)
    return result


_DECOUPLED = deprecation.deprecated_args(
    '2016-12-01', 'Estimator is decoupled from Scikit Learn interface by moving into\nseparate class SKCompat. Arguments x, y '
    'and batch_size are only\navailable in the SKCompat class, Estimator will only accept input_fn.\nExample conversion:\n'
    '  est = Estimator(...) -> est = SKCompat(Estimator(...))', ('x', None), ('y', None), ('batch_size', None))


class BaseEstimator:
    """Trains, evaluates and asks a model. Subclasses make it: _get_train_ops, _get_eval_ops, _get_predict_ops."""

    _Config = run_config.RunConfig

    @deprecation.deprecated(None, 'Please replace uses of any Estimator from tf.contrib.learn with an Estimator from '
                                  'tf.estimator.*')
    def __init__(self, model_dir=None, config=None):
        if config is None:
            config = self._Config()
            tf_logging.info('Using default config.')
        self._session_config = config.session_config
        if self._session_config is None:
            self._session_config = protos.message('tensorflow.ConfigProto')(allow_soft_placement=True)
        if None not in (model_dir, config.model_dir) and model_dir != config.model_dir:
            raise ValueError("model_dir are set both in constructor and RunConfig, but with different values. In constructor: "
                             "'{}', in RunConfig: '{}' ".format(model_dir, config.model_dir))
        self._model_dir = model_dir or config.model_dir
        if self._model_dir is None:
            self._model_dir = tempfile.mkdtemp()
            tf_logging.warning('Using temporary folder as model directory: %s', self._model_dir)
        self._config = config.replace(model_dir=self._model_dir) if config.model_dir is None else config
        tf_logging.info('Using config: %s', str(vars(self._config)))
        self._device_fn = core_estimator._get_replica_device_setter(self._config)
        self._features_info = None
        self._labels_info = None
        self._graph = None

    @property
    def config(self):
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def model_dir(self):
        """The folder of checkpoints and events."""
        return self._model_dir

    @property
    def model_fn(self):
        """The model as a function of features, labels, mode and config."""
        def public_model_fn(features, labels, mode, config):
            return self._call_model_fn(features, labels, mode, config=config)
        return public_model_fn

    @_DECOUPLED
    def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None, monitors=None, max_steps=None):
        """Trains for `steps` steps, up to step `max_steps`, or until the input ends."""
        if steps is not None and max_steps is not None:
            raise ValueError('Can not provide both steps and max_steps.')
        _verify_input_args(x, y, input_fn, None, batch_size)
        if x is not None:
            SKCompat(self).fit(x, y, 128 if batch_size is None else batch_size, steps, max_steps, monitors)
            return self
        if max_steps is not None and max_steps <= core_estimator._load_global_step_from_checkpoint_dir(self._model_dir):
            tf_logging.info('Skipping training since max_steps has already saved.')
            return self
        hooks = monitor_lib.replace_monitors_with_hooks(monitors, self)
        if steps is not None or max_steps is not None:
            hooks.append(basic_session_run_hooks.StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn=input_fn, hooks=hooks)
        tf_logging.info('Loss for final step: %s.', loss)
        return self

    def partial_fit(self, x=None, y=None, input_fn=None, steps=1, batch_size=None, monitors=None):
        """Trains for a step."""
        tf_logging.warning('The current implementation of partial_fit is not optimized for use in a loop. Consider using fit() '
                           'instead.')
        return self.fit(x=x, y=y, input_fn=input_fn, steps=steps, batch_size=batch_size, monitors=monitors)

    @_DECOUPLED
    def evaluate(self, x=None, y=None, input_fn=None, feed_fn=None, batch_size=None, steps=None, metrics=None, name=None,
                 checkpoint_path=None, hooks=None, log_progress=True):
        """{metric: value} of a checkpoint."""
        _verify_input_args(x, y, input_fn, feed_fn, batch_size)
        if x is not None:
            return SKCompat(self).score(x, y, 128 if batch_size is None else batch_size, steps, metrics, name)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError('Metrics argument should be None or dict. Got %s.' % metrics)
        results, global_step = self._evaluate_model(
            input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics, name=name, checkpoint_path=checkpoint_path,
            hooks=hooks, log_progress=log_progress)
        results.update({'global_step': global_step})
        return results

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True, iterate_batches=False):
        """The predictions: one by one, in batches, or all of the first batch."""
        _verify_input_args(x, None, input_fn, None, batch_size)
        if x is not None and not as_iterable:
            return SKCompat(self).predict(x, 128 if batch_size is None else batch_size)
        input_fn, feed_fn = _get_input_fn(x, None, input_fn, None, batch_size)
        return self._infer_model(input_fn=input_fn, feed_fn=feed_fn, outputs=outputs, as_iterable=as_iterable,
                                 iterate_batches=iterate_batches)

    def get_variable_value(self, name):
        """The value of a variable in the latest checkpoint."""
        return checkpoint_utils.load_variable(self.model_dir, name)

    def get_variable_names(self):
        """The names of all variables in the latest checkpoint."""
        return [name for name, _ in checkpoint_utils.list_variables(self.model_dir)]

    def _check_inputs(self, features, labels):
        """Remembers the types and shapes of inputs, and checks that later ones have the same."""
        for name, tensors in (('features', features), ('labels', labels)):
            known = getattr(self, '_%s_info' % name)
            if known is None:
                setattr(self, '_%s_info' % name, tensor_signature.create_signatures(tensors))
            elif tensors is not None and not tensor_signature.tensors_compatible(tensors, known):
                raise ValueError('%s are incompatible with given information. Given %s: %s, required signatures: %s.' % (
                    name.capitalize(), name, tensors, known))

    def _train_model(self, input_fn, hooks):
        self._graph = ops.Graph()
        with self._graph.as_default() as graph, graph.device(self._device_fn):
            random_seed.set_random_seed(self._config.tf_random_seed)
            global_step = training_util.create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            training_util._get_or_create_global_step_read()
            model = self._get_train_ops(features, labels)
            ops.add_to_collection(ops.GraphKeys.LOSSES, model.loss)
            all_hooks = list(hooks) + [
                basic_session_run_hooks.NanTensorHook(model.loss),
                basic_session_run_hooks.LoggingTensorHook({'loss': model.loss, 'step': global_step}, every_n_iter=100)]
            scaffold = model.scaffold or monitored_session.Scaffold()
            if not (scaffold.saver or ops.get_collection(ops.GraphKeys.SAVERS)):
                ops.add_to_collection(ops.GraphKeys.SAVERS, saver_lib.Saver(
                    sharded=True, max_to_keep=self._config.keep_checkpoint_max,
                    keep_checkpoint_every_n_hours=self._config.keep_checkpoint_every_n_hours, defer_build=True,
                    save_relative_paths=True))
            chief_hooks = self._saving_hooks(all_hooks + model.training_hooks + model.training_chief_hooks, scaffold)
            with monitored_session.MonitoredTrainingSession(
                    master=self._config.master, is_chief=self._config.is_chief, checkpoint_dir=self._model_dir,
                    scaffold=scaffold, hooks=all_hooks + model.training_hooks,
                    chief_only_hooks=chief_hooks + model.training_chief_hooks, save_checkpoint_secs=0,
                    save_summaries_steps=self._config.save_summary_steps,
                    max_wait_secs=self._config.session_creation_timeout_secs, config=self._session_config) as session:
                loss = None
                while not session.should_stop():
                    _, loss = session.run([model.train_op, model.loss])
            return loss

    def _saving_hooks(self, hooks, scaffold):
        if not (self._config.save_checkpoints_secs or self._config.save_checkpoints_steps) or any(
                isinstance(hook, basic_session_run_hooks.CheckpointSaverHook) for hook in hooks):
            return []
        return [basic_session_run_hooks.CheckpointSaverHook(
            self._model_dir, save_secs=self._config.save_checkpoints_secs, save_steps=self._config.save_checkpoints_steps,
            scaffold=scaffold)]

    def _latest_checkpoint(self):
        path = checkpoint_management.latest_checkpoint(self._model_dir)
        if not path:
            raise NotFittedError("Couldn't find trained model at %s." % self._model_dir)
        return path

    def _evaluate_model(self, input_fn, steps, feed_fn=None, metrics=None, name='', checkpoint_path=None, hooks=None,
                        log_progress=True):
        """({metric: value}, global step)"""
        checkpoint_path = checkpoint_path or self._latest_checkpoint()
        with ops.Graph().as_default() as graph:
            random_seed.set_random_seed(self._config.tf_random_seed)
            global_step = training_util.create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            model = self._get_eval_ops(features, labels, metrics)
            update_op, values = _updates_and_values(model.eval_metric_ops)
            hooks = list(hooks or [])
            if feed_fn:
                hooks.append(basic_session_run_hooks.FeedFnHook(feed_fn))
            if steps == 0:
                tf_logging.warning('evaluation steps are 0. If `input_fn` does not raise `OutOfRangeError`, the evaluation will '
                                   'never stop. Use steps=None if intended.')
            if steps:
                hooks.append(evaluation._StopAfterNEvalsHook(steps, log_progress=log_progress))
            step_key = 'global_step'
            while step_key in values:
                step_key = '_' + step_key
            values[step_key] = global_step
            results = evaluation._evaluate_once(
                checkpoint_path=checkpoint_path, master=self._config.evaluation_master, scaffold=model.scaffold,
                eval_ops=update_op, final_ops=values, hooks=hooks, config=self._session_config)
            step = results[step_key]
            evaluation_results.write_results(
                os.path.join(self._model_dir, 'eval_' + name if name else 'eval'), results, step)
        return results, step

    def _infer_model(self, input_fn, feed_fn=None, outputs=None, as_iterable=True, iterate_batches=False):
        checkpoint_path = self._latest_checkpoint()
        with ops.Graph().as_default() as graph:
            random_seed.set_random_seed(self._config.tf_random_seed)
            training_util.create_global_step(graph)
            result = input_fn()
            features = result[0] if isinstance(result, (list, tuple)) else result
            model = self._get_predict_ops(features)
            predictions = _filter_predictions(model.predictions, outputs)
            session = monitored_session.MonitoredSession(session_creator=monitored_session.ChiefSessionCreator(
                checkpoint_filename_with_path=checkpoint_path, scaffold=model.scaffold, config=self._session_config))
            if as_iterable:
                return self._predict_generator(session, predictions, feed_fn, iterate_batches)
            with session:
                if session.should_stop():
                    return None
                return session.run(predictions, feed_fn() if feed_fn else None)

    @staticmethod
    def _predict_generator(session, predictions, feed_fn, iterate_batches):
        with session:
            while not session.should_stop():
                try:
                    feed = feed_fn() if feed_fn else None
                except StopIteration:  # which generators may not let through
                    return
                batch = session.run(predictions, feed)
                if iterate_batches:
                    yield batch
                elif not isinstance(predictions, dict):
                    yield from batch
                else:
                    first = next(iter(batch.values()))
                    is_sparse = isinstance(first, sparse_tensor.SparseTensorValue)
                    for i in range(first.dense_shape[0] if is_sparse else first.shape[0]):
                        yield {key: value[i] for key, value in batch.items()}
                if feed_fn is None and not session.graph.get_collection(ops.GraphKeys.QUEUE_RUNNERS):
                    return  # the input is always the same


def _updates_and_values(eval_metric_ops):
    """(the operation that updates all metrics, {name: value}); a metric may be a tensor alone."""
    from reflow.ops import control_flow_ops
    updates, values = [], {}
    for name, metric in eval_metric_ops.items():
        values[name] = metric
        if isinstance(metric, (list, tuple)):
            if len(metric) == 2:
                values[name] = metric[0]
                updates.append(metric[1])
            else:
                tf_logging.warning('Ignoring metric {}. It returned a list|tuple with len {}, expected 2'.format(
                    name, len(metric)))
    return control_flow_ops.group(*updates) if updates else None, values


def _filter_predictions(predictions, outputs):
    if not outputs:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError('outputs argument is not valid in case of non-dict predictions.')
    wanted = {key: value for key, value in predictions.items() if key in outputs}
    if not wanted:
        raise ValueError('Expected to run at least one output from %s, provided %s.' % (predictions.keys(), outputs))
    return wanted


class Estimator(BaseEstimator):
    """An Estimator of a model_fn, which returns ModelFnOps or (predictions, loss, train_op)."""

    def __init__(self, model_fn=None, model_dir=None, config=None, params=None, feature_engineering_fn=None):
        super().__init__(model_dir=model_dir, config=config)
        if model_fn is not None:
            args = function_utils.fn_args(model_fn)
            if params is not None and 'params' not in args:
                raise ValueError("Estimator's model_fn (%s) does not have a params argument, but params (%s) were passed to the "
                                 "Estimator's constructor." % (model_fn, params))
            if params is None and 'params' in args:
                tf_logging.warning("Estimator's model_fn (%s) includes params argument, but params are not passed to "
                                   'Estimator.', model_fn)
        self._model_fn = model_fn
        self.params = params
        self._feature_engineering_fn = feature_engineering_fn or (lambda features, labels: (features, labels))

    def _call_model_fn(self, features, labels, mode, metrics=None, config=None):
        features, labels = self._feature_engineering_fn(features, labels)
        known = {'mode': mode, 'params': self.params, 'config': config or self.config, 'model_dir': self.model_dir}
        args = function_utils.fn_args(self._model_fn)
        model = self._model_fn(features, labels, **{name: value for name, value in known.items() if name in args})
        if not isinstance(model, model_fn_lib.ModelFnOps):
            if len(model) != 3:
                raise ValueError('Unrecognized value returned by model_fn, please return ModelFnOps.')
            model = model_fn_lib.ModelFnOps(mode=mode, predictions=model[0], loss=model[1], train_op=model[2])
        if metrics:
            model.eval_metric_ops.update(_make_metrics_ops(metrics, features, labels, model.predictions))
        return model

    def export_savedmodel(self, export_dir_base, serving_input_fn, default_output_alternative_key=None, assets_extra=None,
                          as_text=False, checkpoint_path=None, graph_rewrite_specs=(GraphRewriteSpec(('serve',), ()),),
                          strip_default_attrs=False):
        """Writes a SavedModel into a new folder, named by the time, in `export_dir_base`; gives the folder, as bytes.

        `serving_input_fn` gives InputFnOps. NotImplementedError: rewritten graphs are asked for.
        """
        from reflow.contrib.learn.python.learn.estimators import saved_model_export
        if serving_input_fn is None:
            raise ValueError('serving_input_fn must be defined.')
        if not graph_rewrite_specs or graph_rewrite_specs[0].transforms:
            raise ValueError('The first element of graph_rewrite_specs must specify no transforms.')
        if graph_rewrite_specs[1:]:
            raise NotImplementedError('Reflow exports no graphs that are rewritten by tf.contrib.meta_graph_transform.')
        return saved_model_export.export(
            self, export_dir_base, serving_input_fn, checkpoint_path or self._latest_checkpoint(),
            default_output_alternative_key, assets_extra, as_text, graph_rewrite_specs[0].tags, strip_default_attrs)

    def _get_train_ops(self, features, labels):
        return self._call_model_fn(features, labels, model_fn_lib.ModeKeys.TRAIN)

    def _get_eval_ops(self, features, labels, metrics):
        from reflow.ops import metrics as metrics_lib
        model = self._call_model_fn(features, labels, model_fn_lib.ModeKeys.EVAL, metrics)
        if 'loss' not in model.eval_metric_ops:
            model.eval_metric_ops['loss'] = metrics_lib.mean(model.loss)
        return model

    def _get_predict_ops(self, features):
        labels = tensor_signature.create_placeholders_from_signatures(self._labels_info)
        return self._call_model_fn(features, labels, model_fn_lib.ModeKeys.INFER)


class SKCompat:
    """An Estimator that takes arrays, as those of scikit-learn do."""

    @deprecation.deprecated(None, 'Please switch to the Estimator interface.')
    def __init__(self, estimator):
        self._estimator = estimator

    def fit(self, x, y, batch_size=128, steps=None, max_steps=None, monitors=None):
        """Trains on batches in random order."""
        input_fn, feed_fn = _get_input_fn(
            x, y, input_fn=None, feed_fn=None, batch_size=batch_size, shuffle=True, epochs=None)
        hooks = [basic_session_run_hooks.FeedFnHook(feed_fn)] if feed_fn else []
        self._estimator.fit(input_fn=input_fn, steps=steps, max_steps=max_steps, monitors=hooks + list(monitors or []))
        return self

    def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
        """{metric: value}"""
        input_fn, feed_fn = _get_input_fn(
            x, y, input_fn=None, feed_fn=None, batch_size=batch_size, shuffle=False, epochs=1)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError('Metrics argument should be None or dict. Got %s.' % metrics)
        results, global_step = self._estimator._evaluate_model(
            input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics, name=name)
        results.update({'global_step': global_step})
        return results

    def predict(self, x, batch_size=128, outputs=None):
        """All predictions: an array, or a dictionary of arrays."""
        input_fn, feed_fn = _get_input_fn(
            x, None, input_fn=None, feed_fn=None, batch_size=batch_size, shuffle=False, epochs=1)
        results = list(self._estimator._infer_model(
            input_fn=input_fn, feed_fn=feed_fn, outputs=outputs, as_iterable=True, iterate_batches=True))
        if not isinstance(results[0], dict):
            return np.concatenate(results, axis=0)
        return {key: np.concatenate([result[key] for result in results], axis=0) for key in results[0]}
