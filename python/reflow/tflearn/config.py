"""The mode of training, which is a variable of the graph, and the settings of sessions."""

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn.variables import variable


def init_graph(seed=None, log_device=False, num_cores=0, gpu_memory_fraction=0, soft_placement=True):
    """Sets the seed, and how the sessions of models are configured."""
    if seed:
        tf.set_random_seed(seed)
    config = tf.ConfigProto(log_device_placement=log_device, inter_op_parallelism_threads=num_cores,
                            intra_op_parallelism_threads=num_cores,
                            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
                            allow_soft_placement=soft_placement)
    tf.add_to_collection(keys.GRAPH_CONFIG, config)
    return config


def is_training(is_training=False, session=None):
    """Sets the mode in a session."""
    session = session or tf.get_default_session()
    init_training_mode()
    tf.get_collection('is_training_ops')[0 if is_training else 1].eval(session=session)


def get_training_mode():
    """The variable that says whether layers train."""
    init_training_mode()
    return tf.get_collection('is_training')[0]


def init_training_mode():
    """Makes the variable, if the graph has none."""
    if tf.get_collection('is_training'):
        return
    mode = variable('is_training', dtype=tf.bool, shape=[], initializer=tf.constant_initializer(False), trainable=False)
    tf.add_to_collection('is_training', mode)
    tf.add_to_collection('is_training_ops', tf.assign(mode, True))
    tf.add_to_collection('is_training_ops', tf.assign(mode, False))
