"""TPUEstimator as it runs without TPUs, `use_tpu=False`: an Estimator that tells its functions the size of batches."""

import collections
import contextlib
import copy
import enum
import math

from reflow.estimator import estimator as estimator_lib
from reflow.estimator import model_fn as model_fn_lib
from reflow.estimator.mode_keys import ModeKeys
from reflow.estimator.tpu import tpu_config
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import protos
from reflow.platform import tf_logging
from reflow.training import saving_hooks
from reflow.training import session_run_hook
from reflow.training import training_util
from reflow.util import function_utils
from reflow.util import tf_inspect

_RESERVED_PARAMS_KEYS = ['batch_size', 'context']


class ExportSavedModelApiVersion(enum.Enum):
    """How models for TPUs are exported."""

    V1 = 1
    V2 = 2


def _check_host_call(name, host_call):
    """Raises where a host call isn't a function and its tensors."""
    if not isinstance(host_call, (tuple, list)):
        raise ValueError('{} should be tuple or list'.format(name))
    if len(host_call) != 2:
        raise ValueError('{} should have two elements.'.format(name))
    function, tensors = host_call
    if not callable(function):
        raise TypeError('{}[0] should be callable.'.format(name))
    if not isinstance(tensors, (tuple, list, dict)):
        raise ValueError('{}[1] should be tuple or list, or dict.'.format(name))
    if isinstance(tensors, (tuple, list)):
        args = function_utils.fn_args(function)
        if tf_inspect.getfullargspec(function).varargs is None and len(tensors) != len(args):
            raise RuntimeError('In TPUEstimatorSpec.{}, length of tensors {} does not match method args of the function, which '
                               'takes {}.'.format(name, len(tensors), len(args)))


def _call(name, host_call):
    """What a host call gives."""
    function, tensors = host_call
    if isinstance(tensors, (tuple, list)):
        return function(*tensors)
    try:
        return function(**tensors)
    except TypeError as error:
        tf_logging.warning("Exception while calling %s: %s. It is likely the tensors (%s[1]) do not match the function's "
                           'arguments', name, error, name)
        raise


class TPUEstimatorSpec(collections.namedtuple('TPUEstimatorSpec', [
        'mode', 'predictions', 'loss', 'train_op', 'eval_metrics', 'export_outputs', 'scaffold_fn', 'host_call',
        'training_hooks', 'evaluation_hooks', 'prediction_hooks'])):
    """What a model_fn returns: an EstimatorSpec whose metrics and scaffold are functions."""

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metrics=None, export_outputs=None,
                scaffold_fn=None, host_call=None, training_hooks=None, evaluation_hooks=None, prediction_hooks=None):
        for name, call in (('eval_metrics', eval_metrics), ('host_call', host_call)):
            if call is not None:
                _check_host_call(name, call)
        all_hooks = [tuple(hooks or []) for hooks in (training_hooks, evaluation_hooks, prediction_hooks)]
        for hook in all_hooks[0] + all_hooks[1] + all_hooks[2]:
            if not isinstance(hook, session_run_hook.SessionRunHook):
                raise TypeError('All hooks must be SessionRunHook instances, given: {}'.format(hook))
        return super().__new__(cls, mode, predictions, loss, train_op, eval_metrics, export_outputs, scaffold_fn, host_call,
                               *all_hooks)

    def as_estimator_spec(self):
        """The EstimatorSpec for CPUs."""
        eval_metric_ops = None if self.eval_metrics is None else _call('eval_metrics', self.eval_metrics)
        hooks = ()
        if self.host_call is not None:
            hooks = (_HostCallHook(_call('host_call', self.host_call)),)
        return model_fn_lib.EstimatorSpec(
            mode=self.mode, predictions=self.predictions, loss=self.loss, train_op=self.train_op,
            eval_metric_ops=eval_metric_ops, export_outputs=self.export_outputs,
            scaffold=self.scaffold_fn() if self.scaffold_fn else None, training_hooks=self.training_hooks + hooks,
            evaluation_hooks=self.evaluation_hooks + hooks, prediction_hooks=self.prediction_hooks + hooks)


class _HostCallHook(session_run_hook.SessionRunHook):
    """Runs the operations of a host call with each step."""

    def __init__(self, tensors):
        self._tensors = tensors

    def begin(self):
        """Makes the writers of summaries that the host call has made ready."""
        from reflow.ops import summary_ops_v2
        self._init_ops = summary_ops_v2.summary_writer_initializer_op()

    def after_create_session(self, session, coord):
        """Opens them."""
        session.run(self._init_ops)

    def before_run(self, run_context):
        """Asks for the operations."""
        return session_run_hook.SessionRunArgs(self._tensors)


class ExamplesPerSecondHook(saving_hooks.StepCounterHook):
    """Counts steps and examples for each second."""

    def __init__(self, batch_size, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        self._batch_size = batch_size
        super().__init__(every_n_steps=every_n_steps, every_n_secs=every_n_secs, output_dir=output_dir,
                         summary_writer=summary_writer)

    def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
        steps_per_sec = elapsed_steps / elapsed_time
        rates = [('global_step/sec', steps_per_sec)]
        if self._batch_size is not None:
            rates.append(('examples/sec', self._batch_size * steps_per_sec))
        for tag, rate in rates:
            if self._summary_writer is not None:
                summary = protos.message('tensorflow.Summary')()
                summary.value.add(tag=tag, simple_value=rate)
                self._summary_writer.add_summary(summary, global_step)
        for tag, rate in rates:
            tf_logging.info('%s: %g', tag, rate)


def _log_periods(config):
    """(steps, seconds) between lines of the log, one of them None: steps are counted in loops of the TPU."""
    loop = tpu_config.parse_iterations_per_loop(config.tpu_config.iterations_per_loop)
    if loop.unit == 'seconds':
        return None, loop.value
    steps = config.log_step_count_steps
    return None if steps is None else math.ceil(steps / loop.value), None


@contextlib.contextmanager
def _logged(loop):
    """Says when a loop fails and when it has ended."""
    try:
        yield
    except Exception as error:
        tf_logging.info('Error recorded from %s: %s', loop, error)
        raise
    finally:
        tf_logging.info('%s marked as finished', loop)


class TPUEstimator(estimator_lib.Estimator):
    """An Estimator whose input_fn and model_fn get `params['batch_size']`. There are no TPUs: it takes `use_tpu=False`."""

    def __init__(self, model_fn=None, model_dir=None, config=None, params=None, use_tpu=True, train_batch_size=None,
                 eval_batch_size=None, predict_batch_size=None, batch_axis=None, eval_on_tpu=True, export_to_tpu=True,
                 export_to_cpu=True, warm_start_from=None, embedding_config_spec=None,
                 export_saved_model_api_version=ExportSavedModelApiVersion.V1):
        if config is None or not isinstance(config, tpu_config.RunConfig):
            raise ValueError('`config` must be provided with type `tpu_config.RunConfig`')
        if params is not None and any(key in params for key in _RESERVED_PARAMS_KEYS):
            raise ValueError('{} are reserved keys but existed in params {}.'.format(_RESERVED_PARAMS_KEYS, params))
        if use_tpu:
            raise NotImplementedError('Reflow does not run on TPUs: TPUEstimator needs use_tpu=False')
        if not isinstance(export_saved_model_api_version, ExportSavedModelApiVersion):
            raise ValueError('export_saved_model_api_version should be of type ExportSavedModelApiVersion; got {}.'.format(
                export_saved_model_api_version))
        model_fn_lib.verify_model_fn_args(model_fn, params)
        self._user_model_fn = model_fn
        self._batch_sizes = {ModeKeys.TRAIN: train_batch_size, ModeKeys.EVAL: eval_batch_size,
                             ModeKeys.PREDICT: predict_batch_size}
        self._log_every_n_steps, self._log_every_n_secs = _log_periods(config)
        super().__init__(model_fn=self._model_fn_with_params, model_dir=model_dir,
                         config=config.replace(log_step_count_steps=None), params=params or {},
                         warm_start_from=warm_start_from)
        tf_logging.info('_TPUContext: eval_on_tpu %s', eval_on_tpu)
        if eval_on_tpu:
            tf_logging.warning('eval_on_tpu ignored because use_tpu is False.')
        self._export_to_cpu = export_to_cpu
        self._export_to_tpu = export_to_tpu
        self._is_input_fn_invoked = None

    def train(self, input_fn, hooks=None, steps=None, max_steps=None, saving_listeners=None):
        """Trains as an Estimator does."""
        with _logged('training_loop'):
            return super().train(input_fn=input_fn, hooks=hooks, steps=steps, max_steps=max_steps,
                                 saving_listeners=saving_listeners)

    def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None, name=None):
        """Evaluates as an Estimator does."""
        with _logged('evaluation_loop'):
            return super().evaluate(input_fn, steps=steps, hooks=hooks, checkpoint_path=checkpoint_path, name=name)

    def predict(self, input_fn, predict_keys=None, hooks=None, checkpoint_path=None, yield_single_examples=True):
        """Generates predictions as an Estimator does."""
        with _logged('prediction_loop'):
            yield from super().predict(
                input_fn=input_fn, predict_keys=predict_keys, hooks=hooks, checkpoint_path=checkpoint_path,
                yield_single_examples=yield_single_examples)

    def _add_meta_graph_for_mode(self, builder, input_receiver_fn_map, checkpoint_path, save_variables=True,
                                 mode=ModeKeys.PREDICT, export_tags=None, check_variables=True,
                                 strip_default_attrs=True):
        if not self._export_to_cpu:
            raise ValueError('export_to_cpu must be true: Reflow does not export models for TPUs')
        if self._export_to_tpu:
            tf_logging.warning('Reflow does not export models for TPUs: only the one for CPUs is written.')
        super()._add_meta_graph_for_mode(
            builder, input_receiver_fn_map, checkpoint_path, save_variables, mode=mode, export_tags=export_tags,
            check_variables=check_variables, strip_default_attrs=strip_default_attrs)

    def _create_global_step(self, graph):
        from reflow.ops import init_ops
        from reflow.ops import variable_scope
        if training_util.get_global_step(graph) is not None:
            raise ValueError('"global_step" already exists.')
        with graph.as_default() as graph, graph.name_scope(None):
            return variable_scope.get_variable(
                ops.GraphKeys.GLOBAL_STEP, shape=[], dtype=dtypes.int64, initializer=init_ops.zeros_initializer(),
                trainable=False, use_resource=True,
                collections=[ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.GLOBAL_STEP])

    def _call_input_fn(self, input_fn, mode, input_context=None):
        args = function_utils.fn_args(input_fn)
        if 'params' not in args:
            raise ValueError('input_fn ({}) does not include params argument, required by TPUEstimator to pass batch size as '
                             'params["batch_size"]'.format(input_fn))
        kwargs = {'params': self._params_of(mode)}
        if 'config' in args:
            kwargs['config'] = self.config
        if 'mode' in args:
            kwargs['mode'] = mode
        self._is_input_fn_invoked = True
        with ops.device('/device:CPU:0'):
            return input_fn(**kwargs)

    def _params_of(self, mode):
        params = self.params
        if self._batch_sizes[mode] is not None:
            params['batch_size'] = self._batch_sizes[mode]
        return params

    def _validate_features_in_predict_input(self, result):
        """Anything is taken."""

    def _model_fn_with_params(self, features, labels, mode, config, params):
        del params
        is_export_mode, self._is_input_fn_invoked = not self._is_input_fn_invoked, None
        tf_logging.info('Running %s on CPU', mode)
        args = function_utils.fn_args(self._user_model_fn)
        if 'params' not in args:
            raise ValueError('model_fn ({}) does not include params argument, required by TPUEstimator to pass batch size as '
                             "params['batch_size']".format(self._user_model_fn))
        kwargs = {'params': self.params if is_export_mode else self._params_of(mode)}
        kwargs['params']['use_tpu'] = False
        kwargs.update(estimator_lib.labels_and_mode(args, labels, mode))
        if 'config' in args:
            kwargs['config'] = copy.deepcopy(config)
        spec = self._user_model_fn(features=features, **kwargs)
        if isinstance(spec, TPUEstimatorSpec):
            spec = spec.as_estimator_spec()
        if self._log_every_n_steps is None and self._log_every_n_secs is None:
            return spec
        hook = ExamplesPerSecondHook(
            self._batch_sizes[mode], output_dir=self.model_dir if not config or config.save_summary_steps else None,
            every_n_steps=self._log_every_n_steps, every_n_secs=self._log_every_n_secs)
        return spec._replace(training_hooks=spec.training_hooks + (hook,))
