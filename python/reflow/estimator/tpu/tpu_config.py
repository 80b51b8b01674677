"""The RunConfig of a TPUEstimator."""

import collections
import json
import os
import re

from reflow.estimator import run_config as run_config_lib
from reflow.estimator.cluster_tasks import TaskType
from reflow.util.shown_attributes import shown

IterationsPerLoopCounter = collections.namedtuple('IterationsPerLoopCounter', ['value', 'unit'])
_SECONDS = {'s': 1, 'm': 60, 'h': 3600}


def check_positive_integer(value, name):
    """Raises TypeError or ValueError for anything else."""
    if not isinstance(value, int):
        raise TypeError('{} must be int, got {}'.format(name, type(value)))
    if value <= 0:
        raise ValueError('{} must be positive, got {}'.format(name, value))


def parse_iterations_per_loop(iterations_per_loop):
    """(number, 'count' or 'seconds') of a number or of a text as '10m'."""
    match = re.fullmatch(r'([1-9]\d*)([smh]?)', str(iterations_per_loop))
    if match is None:
        raise ValueError('Invalid TPUConfig `iterations_per_loop` value. Value must be positive integer value or time-based value '
                         '`<N><s|m|h>` where <N> is anypositive integer and `s`, `m`, `h` are unit of time in seconds, minutes, '
                         'hours respectively. Examples of valid values: `3600s`, `60m`, `1h`.')
    value, suffix = match.groups()
    return IterationsPerLoopCounter(int(value) * _SECONDS.get(suffix, 1), 'seconds' if suffix else 'count')


class InputPipelineConfig:
    """Where input functions are called."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


def _job_name():
    from reflow.platform import tf_logging
    name = json.loads(os.environ.get('TF_CONFIG', '{}')).get('service', {}).get('tpu_worker_job_name')
    if name:
        tf_logging.info('Load TPU job name from TF_CONFIG: %s', name)
    return name


class TPUConfig(collections.namedtuple('TPUConfig', [
        'iterations_per_loop', 'num_shards', 'num_cores_per_replica', 'per_host_input_for_training', 'tpu_job_name',
        'initial_infeed_sleep_secs', 'input_partition_dims', 'eval_training_input_configuration',
        'experimental_host_call_every_n_steps'])):
    """How a model is spread over TPUs."""

    def __new__(cls, iterations_per_loop=2, num_shards=None, num_cores_per_replica=None, per_host_input_for_training=True,
                tpu_job_name=None, initial_infeed_sleep_secs=None, input_partition_dims=None,
                eval_training_input_configuration=InputPipelineConfig.PER_HOST_V1,
                experimental_host_call_every_n_steps=1):
        parse_iterations_per_loop(iterations_per_loop)
        if num_shards is not None:
            check_positive_integer(num_shards, 'TPUConfig num_shards')
        if input_partition_dims is not None:
            if len(input_partition_dims) not in (1, 2):
                raise ValueError('input_partition_dims must be a list/tuple with one or two elements.')
            if per_host_input_for_training is not InputPipelineConfig.PER_HOST_V2:
                raise ValueError('input_partition_dims is only supported in PER_HOST_V2 mode.')
            if num_cores_per_replica is None:
                raise ValueError('input_partition_dims requires setting num_cores_per_replica.')
        if num_cores_per_replica not in (None, 1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError('num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; got {}'.format(num_cores_per_replica))
        if eval_training_input_configuration not in (InputPipelineConfig.PER_HOST_V1, InputPipelineConfig.SLICED):
            raise ValueError('eval_training_input_configuration must be PER_HOST_V1 or SLICED; got {}'.format(
                eval_training_input_configuration))
        if isinstance(per_host_input_for_training, bool):
            per_host_input_for_training = (
                InputPipelineConfig.PER_HOST_V1 if per_host_input_for_training else InputPipelineConfig.PER_SHARD_V1)
        if initial_infeed_sleep_secs:
            check_positive_integer(initial_infeed_sleep_secs, 'TPUConfig initial_infeed_sleep_secs')
        return super().__new__(
            cls, iterations_per_loop=iterations_per_loop, num_shards=num_shards,
            num_cores_per_replica=num_cores_per_replica, per_host_input_for_training=per_host_input_for_training,
            tpu_job_name=tpu_job_name or _job_name(), initial_infeed_sleep_secs=initial_infeed_sleep_secs,
            input_partition_dims=input_partition_dims,
            eval_training_input_configuration=eval_training_input_configuration,
            experimental_host_call_every_n_steps=experimental_host_call_every_n_steps)


class RunConfig(run_config_lib.RunConfig):
    """A RunConfig with a TPUConfig."""

    def __init__(self, tpu_config=None, evaluation_master=None, master=None, cluster=None, **kwargs):
        super().__init__(**kwargs)
        self._tpu_config = tpu_config or TPUConfig()
        self._cluster = cluster
        if master is not None:
            if cluster is not None:
                raise ValueError('Both master and cluster are set.')
            self._master = master
        elif cluster:
            self._master = cluster.master()
        if evaluation_master is not None:
            self._evaluation_master = evaluation_master
        elif not self._evaluation_master and self.task_type != TaskType.EVALUATOR:
            self._evaluation_master = self._master
        if cluster:
            self._use_cluster(cluster)

    def _use_cluster(self, cluster):
        from reflow.framework import protos
        self._cluster_spec = cluster.cluster_spec()
        if self._session_config is None:
            self._session_config = protos.message('tensorflow.ConfigProto')(
                allow_soft_placement=True, isolate_session_state=True)
        if self._session_config.HasField('cluster_def'):
            raise ValueError('You cannot provide a ClusterResolver and session_config.cluster_def.')
        if self._cluster_spec:
            self._session_config.cluster_def.CopyFrom(self._cluster_spec.as_cluster_def())

    def _session_config_of_task(self):
        return None

    tpu_config = shown('_tpu_config', 'The TPUConfig.')
    cluster = shown('_cluster', 'The cluster resolver, or None.')

    def replace(self, **kwargs):
        """A copy with other values of some arguments."""
        if 'tpu_config' not in kwargs:
            return super().replace(**kwargs)
        tpu_config = kwargs.pop('tpu_config')
        result = super().replace(**kwargs)
        result._tpu_config = tpu_config
        return result
