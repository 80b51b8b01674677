"""The RunConfig of tf.contrib.learn."""

import collections
import json
import os

from reflow.estimator import run_config as core_run_config
from reflow.framework import protos
from reflow.training import server_lib
from reflow.util import deprecation
from reflow.util.shown_attributes import shown


# What may differ between RunConfigs that are the same otherwise.
_DEFAULT_UID_WHITE_LIST = ['tf_random_seed', 'save_summary_steps', 'save_checkpoints_steps', 'save_checkpoints_secs',
                           'session_config', 'keep_checkpoint_max', 'keep_checkpoint_every_n_hours', 'log_step_count_steps']


class Environment:
    """Where a cluster runs."""

    CLOUD = 'cloud'
    GOOGLE = 'google'
    LOCAL = 'local'


class TaskType:
    """The kinds of tasks."""

    MASTER = 'master'
    PS = 'ps'
    WORKER = 'worker'


def _tf_config():
    return json.loads(os.environ.get('TF_CONFIG') or '{}')


class ClusterConfig:
    """The task of this process as the environment variable TF_CONFIG describes it."""

    def __init__(self, master=None, evaluation_master=None):
        config = _tf_config()
        self._task_type = config.get('task', {}).get('type')
        self._task_id = self.get_task_id()
        self._cluster_spec = server_lib.ClusterSpec(config.get('cluster', {}))
        self._master = master if master is not None else _get_master(self._cluster_spec, self._task_type, self._task_id)
        tasks = self._cluster_spec.as_dict()
        self._num_ps_replicas = len(tasks.get('ps', []))
        self._num_worker_replicas = len(tasks.get('worker', [])) + len(tasks.get('master', []))
        self._environment = config.get('environment', Environment.LOCAL)
        chief = TaskType.MASTER if self._environment == Environment.CLOUD else TaskType.WORKER
        self._is_chief = self._task_id == 0 and self._task_type in (None, chief)
        self._evaluation_master = evaluation_master or ''

    environment = shown('_environment', 'Where the cluster runs.')
    cluster_spec = shown('_cluster_spec', 'The ClusterSpec of TF_CONFIG.')
    evaluation_master = shown('_evaluation_master', 'The target of sessions that evaluate.')
    is_chief = shown('_is_chief', 'Whether this task initializes and saves.')
    master = shown('_master', 'The target of sessions.')
    num_ps_replicas = shown('_num_ps_replicas', 'The number of parameter servers.')
    num_worker_replicas = shown('_num_worker_replicas', 'The number of workers.')
    task_id = shown('_task_id', 'The number of this task among those of its kind.')
    task_type = shown('_task_type', 'The kind of this task.')

    @staticmethod
    def get_task_id():
        """The number of this task."""
        index = _tf_config().get('task', {}).get('index')
        return int(index) if index else 0


def _get_master(cluster_spec, task_type, task_id):
    if not cluster_spec:
        return ''
    jobs = cluster_spec.jobs
    if not task_type or (len(jobs) == 1 and len(cluster_spec.job_tasks(jobs[0])) == 1):
        return ''
    note = 'Note that these values may be coming from the TF_CONFIG environment variable.'
    if task_type not in jobs:
        raise ValueError('%s is not a valid task_type in the cluster_spec:\n%s\n\n%s' % (task_type, cluster_spec, note))
    addresses = cluster_spec.job_tasks(task_type)
    if not 0 <= task_id < len(addresses):
        raise ValueError('%d is not a valid task_id for task_type %s in the cluster_spec:\n%s\n\n%s' % (
            task_id, task_type, cluster_spec, note))
    return 'grpc://' + addresses[task_id]


class RunConfig(ClusterConfig, core_run_config.RunConfig):
    """Where and how an Estimator of tf.contrib.learn runs."""

    _USE_DEFAULT = 0

    @deprecation.deprecated(None, 'When switching to tf.estimator.Estimator, use tf.estimator.RunConfig instead.')
    def __init__(self, master=None, num_cores=0, log_device_placement=False, gpu_memory_fraction=1, tf_random_seed=None,
                 save_summary_steps=100, save_checkpoints_secs=_USE_DEFAULT, save_checkpoints_steps=None,
                 keep_checkpoint_max=5, keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, protocol=None,
                 evaluation_master='', model_dir=None, session_config=None, session_creation_timeout_secs=7200):
        ClusterConfig.__init__(self, master=master, evaluation_master=evaluation_master)
        self._train_distribute = self._eval_distribute = None
        self._experimental_max_worker_delay_secs = None
        self._device_fn = None
        self._tf_config = protos.message('tensorflow.ConfigProto')(
            log_device_placement=log_device_placement, inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores)
        self._tf_config.gpu_options.per_process_gpu_memory_fraction = gpu_memory_fraction
        self._tf_random_seed = tf_random_seed
        self._save_summary_steps = save_summary_steps
        if save_checkpoints_secs == RunConfig._USE_DEFAULT:
            save_checkpoints_secs = 600 if save_checkpoints_steps is None else None
        self._save_checkpoints_secs = save_checkpoints_secs
        self._log_step_count_steps = log_step_count_steps
        self._protocol = protocol
        self._session_config = session_config
        self._save_checkpoints_steps = save_checkpoints_steps
        self._keep_checkpoint_max = keep_checkpoint_max
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._model_dir = _get_model_dir(model_dir)
        self._session_creation_timeout_secs = session_creation_timeout_secs

    def uid(self, whitelist=None):
        """A text that says whether two RunConfigs are the same, but for what is called as one of `whitelist`."""
        ignored = ['_' + name for name in (_DEFAULT_UID_WHITE_LIST if whitelist is None else whitelist)]
        state = {name: value for name, value in sorted(vars(self).items()) if name not in ignored}
        if '_cluster_spec' in state:
            state['_cluster_spec'] = collections.OrderedDict(sorted(state['_cluster_spec'].as_dict().items()))
        return ', '.join('%s=%r' % item for item in state.items())

    tf_config = shown('_tf_config', 'A ConfigProto of the arguments about devices.')


def _get_model_dir(model_dir):
    in_tf_config = _tf_config().get('model_dir')
    if None not in (in_tf_config, model_dir) and in_tf_config != model_dir:
        raise ValueError('`model_dir` provided in RunConfig construct, if set, must have the same value as the model_dir in '
                         'TF_CONFIG. model_dir: {}\nTF_CONFIG["model_dir"]: {}.\n'.format(model_dir, in_tf_config))
    return model_dir or in_tf_config
