"""Variables of layers: model variables, called and collected as those of tf.contrib.layers are."""

import functools

from reflow.contrib.framework.python.ops import variables
from reflow.contrib.layers.python.layers import utils
from reflow.framework import ops
from reflow.ops import variable_scope
from reflow.ops import variables as tf_variables

DATA_FORMAT_NCHW = 'NCHW'
DATA_FORMAT_NHWC = 'NHWC'


def check_format(data_format, formats=(DATA_FORMAT_NCHW, DATA_FORMAT_NHWC)):
    """Raises ValueError for another one."""
    if data_format not in formats:
        raise ValueError('data_format has to be either %s.' % ' or '.join(formats))


def keras_format(data_format):
    """'channels_first' or 'channels_last'."""
    return 'channels_first' if data_format and data_format.startswith('NC') else 'channels_last'


def model_variable_getter(getter, name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True,
                          collections=None, caching_device=None, partitioner=None, rename=None, use_resource=None,
                          synchronization=tf_variables.VariableSynchronization.AUTO,
                          aggregation=tf_variables.VariableAggregation.NONE, **_):
    """A getter of variable scopes that makes model variables; `rename` has other names for the last parts of names."""
    *scopes, short_name = name.split('/')
    name = '/'.join([*scopes, (rename or {}).get(short_name, short_name)])
    return variables.model_variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                                    collections=collections, trainable=trainable, caching_device=caching_device,
                                    partitioner=partitioner, custom_getter=getter, use_resource=use_resource,
                                    synchronization=synchronization, aggregation=aggregation)


def renaming_getter(rename=None):
    """model_variable_getter with other names."""
    def getter(getter, *args, **kwargs):
        return model_variable_getter(getter, *args, **dict(kwargs, rename=rename))
    return getter


def add_to_collections(variable, collections_set, collections_name):
    """Puts a layer's variable into the collections that are named for it."""
    parts = list(variable) if hasattr(variable, '_get_partitions') else [variable]
    for collection in utils.get_variable_collections(collections_set, collections_name) or []:
        for part in parts:
            if part not in ops.get_collection(collection):
                ops.add_to_collection(collection, part)


def model_variable(name, collections_set, **kwargs):
    """variables.model_variable, in the collections that are named for it."""
    return variables.model_variable(name, collections=utils.get_variable_collections(collections_set, name), **kwargs)


def finished(outputs, outputs_collections, name, activation_fn=None, normalizer_fn=None, normalizer_params=None):
    """The outputs normalised, activated and collected."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return utils.collect_named_outputs(outputs_collections, name, outputs)


def applied(layer_class, inputs, name_scope, given, **own):
    """What a layer with a kernel makes of `inputs`, normalised, activated and collected.

    `given`: the arguments of the function of tf.contrib.layers; `own`: those that the layer alone has.
    """
    layer = layer_class(
        activation=None, activity_regularizer=None, use_bias=not given['normalizer_fn'] and given['biases_initializer'],
        kernel_initializer=given['weights_initializer'], kernel_regularizer=given['weights_regularizer'],
        bias_initializer=given['biases_initializer'], bias_regularizer=given['biases_regularizer'],
        trainable=given['trainable'], dtype=inputs.dtype.base_dtype, name=name_scope.name, _scope=name_scope,
        _reuse=given['reuse'], **own)
    outputs = layer.apply(inputs)
    for name, variable in (('weights', layer.kernel), ('biases', layer.bias)):
        if variable is not None:
            add_to_collections(variable, given['variables_collections'], name)
    return finished(outputs, given['outputs_collections'], name_scope.name, given['activation_fn'], given['normalizer_fn'],
                    given['normalizer_params'])


def weighted_scope(scope, default_name, inputs, reuse, rename):
    """The variable scope of a layer of tf.layers, whose variables are called as in tf.contrib.layers."""
    return variable_scope.variable_scope(scope, default_name, [inputs], reuse=reuse,
                                         custom_getter=renaming_getter(rename))


KERNEL_NAMES = {'bias': 'biases', 'kernel': 'weights'}
kernel_scope = functools.partial(weighted_scope, rename=KERNEL_NAMES)
