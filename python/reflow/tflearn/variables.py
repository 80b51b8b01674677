"""Variables of layers."""

import reflow.tensorflow as tf
from reflow.tflearn import keys


def variable(name, shape=None, dtype=tf.float32, initializer=None, regularizer=None, trainable=True, collections=None,
             caching_device=None, validate_shape=True, device=None, restore=True):
    """A variable of get_variable that is one of the model; `restore` says whether checkpoints give it its value."""
    if isinstance(initializer, str):
        from reflow.tflearn import initializations
        initializer = initializations.get(initializer)()
    if not callable(initializer) and isinstance(initializer, tf.Tensor):
        shape = None
    if isinstance(regularizer, str):
        from reflow.tflearn import regularizers
        regularizer = regularizers.get(regularizer)
    collections = set(collections or ()) | {tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES}
    with tf.device(device or ''):
        made = tf.get_variable(name, shape=shape, dtype=dtype, initializer=initializer, trainable=trainable,
                               collections=sorted(collections), caching_device=caching_device,
                               validate_shape=validate_shape)
        if regularizer is not None:
            tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, regularizer(made))
    if not restore:
        tf.add_to_collection(keys.EXCL_RESTORE_VARS, made)
    return made


def get_all_variables():
    """All variables."""
    return tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)


def get_all_trainable_variable():
    """The variables that are trained."""
    return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)


def get_layer_variables_by_name(name):
    """The variables of a layer."""
    return tf.get_collection(keys.LAYER_VARIABLES + '/' + name)


get_layer_variables = get_layer_variables_by_name


def get_layer_variables_by_scope(scope_name):
    """The variables of the layers in a scope."""
    return [each for each in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES) if scope_name + '/' in each.name]


def get_value(var, session=None):
    """The value of a variable."""
    return var.eval(session or tf.get_default_session())


def set_value(var, value, session=None):
    """Gives a variable a value."""
    return tf.assign(var, value=value).eval(session=session or tf.get_default_session())


def _by_name(collection, name, suffix):
    found = tf.get_collection(collection)
    if not found:
        raise Exception('The collection `tf.GraphKeys.INPUTS` is empty! Cannot retrieve placeholder. In case placeholder was '
                        'defined outside TFLearn `input_data` layer, please add it to that collection.')
    for wanted in (name + suffix, name, name + ':0'):
        for each in found:
            if each.name == wanted:
                return each
    return None


def get_inputs_placeholder_by_name(name):
    """The placeholder of inputs of this name."""
    return _by_name(keys.INPUTS, name, '/X:0')


def get_targets_placeholder_by_name(name):
    """The placeholder of targets of this name."""
    return _by_name(keys.TARGETS, name, '/Y:0')
