"""The tasks of a cluster as the environment variable TF_CONFIG describes them."""

from reflow.training import server_lib

LOCAL_MASTER = ''
_NOTE = 'Note that these values may be coming from the TF_CONFIG environment variable.'


class TaskType:
    """The kinds of tasks."""

    MASTER = 'master'
    PS = 'ps'
    WORKER = 'worker'
    CHIEF = 'chief'
    EVALUATOR = 'evaluator'


def task_settings(tf_config):
    """{attribute of a RunConfig: value} for this process."""
    service = tf_config.get('service')
    if service is not None and not isinstance(service, dict):
        raise TypeError('If "service" is set in TF_CONFIG, it must be a dict. Given %s' % type(service))
    cluster_spec = server_lib.ClusterSpec(tf_config.get('cluster', {}))
    task = tf_config.get('task', {})
    settings = {'_service': service, '_cluster_spec': cluster_spec}
    if not cluster_spec:
        settings.update(_local_settings(tf_config, task))
    elif TaskType.MASTER in cluster_spec.jobs:
        settings.update(_settings_with_master(tf_config, task, cluster_spec))
    else:
        settings.update(_settings_with_chief(tf_config, task, cluster_spec))
    return settings


def _local_settings(tf_config, task):
    task_type = task.get('type', TaskType.WORKER)
    task_id = int(task.get('index', 0))
    if task_type != TaskType.WORKER:
        raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
    if task_id != 0:
        raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
    return {'_task_type': task_type, '_task_id': task_id, '_global_id_in_cluster': 0,
            '_master': tf_config.get('session_master', LOCAL_MASTER),
            '_evaluation_master': tf_config.get('eval_session_master', LOCAL_MASTER),
            '_is_chief': True, '_num_ps_replicas': 0, '_num_worker_replicas': 1}


def _settings_with_chief(tf_config, task, cluster_spec):
    task_type, task_id = _checked_task(cluster_spec, task, TaskType.CHIEF)
    settings = {'_task_type': task_type, '_task_id': task_id,
                '_evaluation_master': _evaluation_master(task_type, tf_config)}
    if task_type == TaskType.EVALUATOR:
        # An evaluator is in no cluster.
        settings.update(_cluster_spec=server_lib.ClusterSpec({}), _master=LOCAL_MASTER, _num_ps_replicas=0,
                        _num_worker_replicas=0, _global_id_in_cluster=None)
    else:
        settings.update(_cluster_settings(tf_config, cluster_spec, task_type, task_id, TaskType.CHIEF))
    settings['_is_chief'] = task_type == TaskType.CHIEF
    return settings


def _settings_with_master(tf_config, task, cluster_spec):
    if TaskType.CHIEF in cluster_spec.jobs:
        raise ValueError('If `master` node exists in `cluster`, job `chief` is not supported.')
    task_type, task_id = _checked_task(cluster_spec, task, TaskType.MASTER)
    if task_type == TaskType.EVALUATOR:
        raise ValueError('If `master` node exists in `cluster`, task_type `evaluator` is not supported.')
    settings = {'_task_type': task_type, '_task_id': task_id,
                '_evaluation_master': _evaluation_master(task_type, tf_config)}
    settings.update(_cluster_settings(tf_config, cluster_spec, task_type, task_id, TaskType.MASTER))
    settings['_is_chief'] = task_type == TaskType.MASTER
    return settings


def _cluster_settings(tf_config, cluster_spec, task_type, task_id, chief):
    tasks = cluster_spec.as_dict()
    return {'_master': _session_master(cluster_spec, task_type, task_id, tf_config),
            '_num_ps_replicas': len(tasks.get(TaskType.PS, [])),
            '_num_worker_replicas': len(tasks.get(TaskType.WORKER, [])) + len(tasks.get(chief, [])),
            '_global_id_in_cluster': _global_id(cluster_spec, task_type, task_id, chief)}


def _checked_task(cluster_spec, task, chief):
    if chief not in cluster_spec.jobs:
        raise ValueError('If "cluster" is set in TF_CONFIG, it must have one "%s" node.' % chief)
    if len(cluster_spec.job_tasks(chief)) > 1:
        raise ValueError('The "cluster" in TF_CONFIG must have only one "%s" node.' % chief)
    task_type = task.get('type')
    task_id = task.get('index')
    if not task_type:
        raise ValueError('If "cluster" is set in TF_CONFIG, task type must be set.')
    if task_id is None:
        raise ValueError('If "cluster" is set in TF_CONFIG, task index must be set.')
    task_id = int(task_id)
    if task_id < 0:
        raise ValueError('Task index must be non-negative number.')
    if task_type == TaskType.EVALUATOR:
        return task_type, task_id
    if task_type not in cluster_spec.jobs:
        raise ValueError('%s is not a valid task_type in the cluster_spec:\n%s\n\n%s' % (task_type, cluster_spec, _NOTE))
    if task_id >= len(cluster_spec.job_tasks(task_type)):
        raise ValueError('%d is not a valid task_id for task_type %s in the cluster_spec:\n%s\n\n%s' % (
            task_id, task_type, cluster_spec, _NOTE))
    return task_type, task_id


def _evaluation_master(task_type, tf_config):
    return tf_config.get('eval_session_master', LOCAL_MASTER) if task_type == TaskType.EVALUATOR else LOCAL_MASTER


def _session_master(cluster_spec, task_type, task_id, tf_config):
    if 'session_master' in tf_config:
        return tf_config['session_master']
    jobs = cluster_spec.jobs
    if len(jobs) == 1 and len(cluster_spec.job_tasks(jobs[0])) == 1:
        return LOCAL_MASTER
    return 'grpc://' + cluster_spec.job_tasks(task_type)[task_id]


def _global_id(cluster_spec, task_type, task_id, chief):
    """The number of a task among all: the chief first, parameter servers last."""
    others = [job for job in sorted(cluster_spec.jobs) if job not in (chief, TaskType.PS)]
    before = 0
    for job in [chief] + others + [TaskType.PS]:
        if job == task_type:
            return before + task_id
        before += len(cluster_spec.job_tasks(job))
    raise RuntimeError('Internal Error: `task_type` ({}) is not in cluster_spec ({}).'.format(task_type, cluster_spec))
