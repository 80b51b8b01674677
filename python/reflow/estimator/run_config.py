"""RunConfig: where and how an Estimator runs."""

import copy
import json
import os

from reflow.estimator import cluster_tasks
from reflow.estimator.cluster_tasks import TaskType  # noqa: F401
from reflow.framework import protos
from reflow.util import compat
from reflow.util import function_utils
from reflow.util.shown_attributes import shown

_USE_DEFAULT = object()
_REPLACEABLE = [
    'model_dir', 'tf_random_seed', 'save_summary_steps', 'save_checkpoints_steps', 'save_checkpoints_secs',
    'session_config', 'keep_checkpoint_max', 'keep_checkpoint_every_n_hours', 'log_step_count_steps', 'train_distribute',
    'device_fn', 'protocol', 'eval_distribute', 'experimental_distribute', 'experimental_max_worker_delay_secs',
    'session_creation_timeout_secs']
_BOTH_CHECKPOINT_TIMES = '`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.'

# Argument, what it has to be, and what the error says.
_CHECKS = (
    ('model_dir', bool, 'model_dir should be non-empty'),
    ('save_summary_steps', lambda steps: steps >= 0, 'save_summary_steps should be >= 0'),
    ('save_checkpoints_steps', lambda steps: steps >= 0, 'save_checkpoints_steps should be >= 0'),
    ('save_checkpoints_secs', lambda secs: secs >= 0, 'save_checkpoints_secs should be >= 0'),
    ('session_config', lambda config: isinstance(config, protos.message('tensorflow.ConfigProto')),
     'session_config must be instance of ConfigProto'),
    ('keep_checkpoint_max', lambda keep_max: keep_max >= 0, 'keep_checkpoint_max should be >= 0'),
    ('keep_checkpoint_every_n_hours', lambda hours: hours > 0, 'keep_checkpoint_every_n_hours should be > 0'),
    ('log_step_count_steps', lambda steps: steps > 0, 'log_step_count_steps should be > 0'),
    ('tf_random_seed', lambda seed: isinstance(seed, int), 'tf_random_seed must be integer.'),
    ('experimental_max_worker_delay_secs', lambda delay: isinstance(delay, int),
     'experimental_max_worker_delay_secs must be an integer if set.'),
    ('session_creation_timeout_secs', lambda secs: secs > 0, 'session_creation_timeout_secs should be > 0'),
    ('device_fn', lambda device_fn: callable(device_fn) and set(function_utils.fn_args(device_fn)) == {'op'},
     'device_fn must be callable with exactly one argument "op".'),
    ('protocol', lambda protocol: protocol in ('grpc', 'grpc+verbs'), 'protocol should be grpc or grpc+verbs'),
)


def get_default_session_config():
    """The ConfigProto of an Estimator's sessions."""
    config = protos.message('tensorflow.ConfigProto')(allow_soft_placement=True)
    rewrites = config.graph_options.rewrite_options
    rewrites.meta_optimizer_iterations = type(rewrites).ONE
    return config


def _checked_model_dir(tf_config, model_dir):
    from reflow.platform import tf_logging
    if model_dir == '':
        raise ValueError('model_dir should be non-empty.')
    in_tf_config = tf_config.get('model_dir')
    if in_tf_config == '':
        raise ValueError('model_dir in TF_CONFIG should be non-empty.')
    if in_tf_config:
        if model_dir and in_tf_config != model_dir:
            raise ValueError('`model_dir` provided in RunConfig construct, if set, must have the same value as the model_dir '
                             'in TF_CONFIG. model_dir: {}\nTF_CONFIG["model_dir"]: {}.\n'.format(model_dir, in_tf_config))
        tf_logging.info('Using model_dir in TF_CONFIG: %s', in_tf_config)
    return model_dir or in_tf_config


class RunConfig:
    """Where and how an Estimator runs: folder, seed, how often it saves, and its task in a cluster."""

    def __init__(self, model_dir=None, tf_random_seed=None, save_summary_steps=100, save_checkpoints_steps=_USE_DEFAULT,
                 save_checkpoints_secs=_USE_DEFAULT, session_config=None, keep_checkpoint_max=5,
                 keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, train_distribute=None, device_fn=None,
                 protocol=None, eval_distribute=None, experimental_distribute=None,
                 experimental_max_worker_delay_secs=None, session_creation_timeout_secs=7200):
        from reflow.platform import tf_logging
        if save_checkpoints_steps is _USE_DEFAULT and save_checkpoints_secs is _USE_DEFAULT:
            save_checkpoints_steps, save_checkpoints_secs = None, 600
        elif save_checkpoints_secs is _USE_DEFAULT:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is _USE_DEFAULT:
            save_checkpoints_steps = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError(_BOTH_CHECKPOINT_TIMES)
        if experimental_distribute is not None:
            if experimental_distribute.remote_cluster is not None:
                raise NotImplementedError('Reflow does not have the distribution of a program over a remote cluster')
            train_distribute = train_distribute or experimental_distribute.train_distribute
            eval_distribute = eval_distribute or experimental_distribute.eval_distribute
        tf_config = json.loads(os.environ.get('TF_CONFIG', '{}'))
        if tf_config:
            tf_logging.info('TF_CONFIG environment variable: %s', tf_config)
        model_dir = _checked_model_dir(tf_config, compat.path_to_str(model_dir))
        given = locals()
        RunConfig._replace(self, _REPLACEABLE, **{name: given[name] for name in _REPLACEABLE})
        for attribute, value in cluster_tasks.task_settings(tf_config).items():
            setattr(self, attribute, value)
        if not self._session_config and self._cluster_spec:
            RunConfig._replace(self, _REPLACEABLE, session_config=self._session_config_of_task())

    def _session_config_of_task(self):
        """Sessions of a task see itself and the parameter servers only."""
        filters = {
            TaskType.MASTER: ['/job:ps', '/job:master'], TaskType.CHIEF: ['/job:ps', '/job:chief'],
            TaskType.WORKER: ['/job:ps', '/job:worker/task:%d' % self._task_id],
            TaskType.PS: ['/job:ps', '/job:worker', '/job:chief', '/job:master']}.get(self._task_type)
        if filters is None:
            return None
        config = get_default_session_config()
        config.device_filters.extend(filters)
        return config

    cluster_spec = shown('_cluster_spec', 'The ClusterSpec of TF_CONFIG.')
    device_fn = shown('_device_fn', 'A function of an operation that gives its device, or None.')
    evaluation_master = shown('_evaluation_master', 'The target of sessions that evaluate.')
    is_chief = shown('_is_chief', 'Whether this task initializes and saves.')
    master = shown('_master', 'The target of sessions.')
    num_ps_replicas = shown('_num_ps_replicas', 'The number of parameter servers.')
    num_worker_replicas = shown('_num_worker_replicas', 'The number of workers, with the chief.')
    task_id = shown('_task_id', 'The number of this task among those of its kind.')
    global_id_in_cluster = shown('_global_id_in_cluster', 'Its number among all tasks.')
    experimental_max_worker_delay_secs = shown(
        '_experimental_max_worker_delay_secs', 'How long workers wait before they begin, at most.')
    task_type = shown('_task_type', 'The kind of this task.')
    tf_random_seed = shown('_tf_random_seed', 'The seed of graphs.')
    save_summary_steps = shown('_save_summary_steps', 'Steps between summaries.')
    save_checkpoints_secs = shown('_save_checkpoints_secs', 'Seconds between checkpoints, or None.')
    session_config = shown('_session_config', 'The ConfigProto of sessions.')
    save_checkpoints_steps = shown('_save_checkpoints_steps', 'Steps between checkpoints, or None.')
    keep_checkpoint_max = shown('_keep_checkpoint_max', 'How many checkpoints are kept.')
    session_creation_timeout_secs = shown('_session_creation_timeout_secs', 'How long workers wait for a session.')
    keep_checkpoint_every_n_hours = shown(
        '_keep_checkpoint_every_n_hours', 'The time after which a checkpoint is kept for good.')
    log_step_count_steps = shown('_log_step_count_steps', 'Steps between lines of the log.')
    model_dir = shown('_model_dir', 'The folder of checkpoints and events.')
    service = shown('_service', '`service` of TF_CONFIG.')
    train_distribute = shown('_train_distribute', 'The strategy.')
    eval_distribute = shown('_eval_distribute', 'The strategy.')
    protocol = shown('_protocol', 'The protocol of servers.')

    def replace(self, **kwargs):
        """A copy with other values of some arguments."""
        return RunConfig._replace(copy.deepcopy(self), _REPLACEABLE, **kwargs)

    @staticmethod
    def _replace(config, allowed_properties_list=None, **kwargs):
        allowed_properties_list = allowed_properties_list or []
        for key, value in kwargs.items():
            if key not in allowed_properties_list:
                raise ValueError('Replacing {} is not supported. Allowed properties are {}.'.format(
                    key, allowed_properties_list))
            setattr(config, '_' + key, value)
        _settle_checkpoint_times(config, kwargs)
        for name, is_valid, message in _CHECKS:
            value = getattr(config, name)
            if value is not None and not is_valid(value):
                raise ValueError(message)
        return config


def _settle_checkpoint_times(config, replaced):
    steps, secs = config.save_checkpoints_steps, config.save_checkpoints_secs
    if 'save_checkpoints_steps' in replaced and 'save_checkpoints_secs' in replaced:
        if steps is not None and secs is not None:
            raise ValueError(_BOTH_CHECKPOINT_TIMES)
    elif 'save_checkpoints_steps' in replaced and steps is not None:
        config._save_checkpoints_secs = None
    elif 'save_checkpoints_secs' in replaced and secs is not None:
        config._save_checkpoints_steps = None
