"""Summaries of activations, gradients, variables and losses, each made once for its tag."""

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn.utils import format_scope_name

_TAGS = 'summary_tags'


def monitor_activation(tensor):
    """Has the activation summarized where the trainer summarizes activations."""
    tf.add_to_collection(keys.ACTIVATIONS, tensor)


def summary_exists(tag):
    """The summary of the tag, or None."""
    return next((item['tensor'] for item in tf.get_collection(_TAGS) if item['tag'] == tag), None)


def get_summary(stype, tag, value=None, collection_key=None, break_if_exists=False):
    """The summary of the tag, a 'histogram' or 'scalar' of `value` where there is none yet."""
    summary = summary_exists(tag)
    if summary is not None:
        if break_if_exists:
            raise ValueError("Error: Summary tag already exists! (to ignore this error, set add_summary() parameter "
                             "'break_if_exists' to False)")
        return summary
    if value is None:
        raise Exception("Summary doesn't exist, a value must be specified to initialize it.")
    if stype not in ('histogram', 'scalar'):
        raise ValueError("Unknow summary type: '" + str(stype) + "'")
    summary = getattr(tf.summary, stype)(tag, value)
    tf.add_to_collection(_TAGS, {'tag': tag, 'tensor': summary})
    if collection_key:
        tf.add_to_collection(collection_key, summary)
    return summary


def _summary_again(stype, tag, value, collection_key):
    """The summary of the tag, in this collection too."""
    known = summary_exists(tag)
    if known is None:
        return get_summary(stype, tag, value(), collection_key)
    tf.add_to_collection(collection_key, known)
    return known


def add_activations_summary(activation_ops, name_prefix='', name_suffix='', collection_key=None):
    """Summaries of activations and of how many are 0; gives the latter."""
    sparsities = []
    for tensor in activation_ops:
        tag = format_scope_name(tensor.op.name, name_prefix, 'Activations/' + name_suffix)
        _summary_again('histogram', tag, lambda: tensor, collection_key)
        tag = format_scope_name(tensor.op.name, name_prefix, 'Sparsity/' + name_suffix)
        sparsities.append(_summary_again('scalar', tag, lambda: tf.nn.zero_fraction(tensor), collection_key))
    return sparsities


def add_gradients_summary(grads, name_prefix='', name_suffix='', collection_key=None):
    """Summaries of pairs (gradient, variable)."""
    return [_summary_again('histogram', format_scope_name(variable.op.name, name_prefix, 'Gradients/' + name_suffix),
                           lambda: gradient, collection_key)
            for gradient, variable in grads if gradient is not None]


def add_trainable_vars_summary(variables, name_prefix='', name_suffix='', collection_key=None):
    """Summaries of variables."""
    return [_summary_again('histogram', format_scope_name(variable.op.name, name_prefix, name_suffix), lambda: variable,
                           collection_key)
            for variable in variables]


def get_value_from_summary_string(tag, summary_str):
    """The number that a written Summary has for a tag with this ending."""
    if tag == 'acc:0/':
        tag = 'acc_0/'
    tag = tag[:-1] if tag[-1] == '/' else tag
    summary = tf.Summary()
    summary.ParseFromString(summary_str)
    for value in summary.value:
        if value.tag.endswith(tag):
            return float(value.simple_value)
    raise ValueError('Tag: ' + tag + ' cannot be found in summaries list.')


def add_loss_summaries(total_loss, loss, regul_losses_collection_key, name_prefix='', summaries_collection_key=None,
                       exp_moving_avg=0.9, ema_num_updates=None):
    """Summaries of losses and of their moving averages; gives the operation that updates these."""
    averages = tf.train.ExponentialMovingAverage(decay=exp_moving_avg, num_updates=ema_num_updates, name='moving_avg')
    others = tf.get_collection(regul_losses_collection_key)
    with_total = bool(others) and total_loss is not None
    update = averages.apply(([total_loss] if with_total else []) + [loss] + others)

    def add(tag, value):
        get_summary('scalar', tag, averages.average(value), summaries_collection_key)
        get_summary('scalar', tag + 'raw', value, summaries_collection_key)
    if with_total:
        add('Loss_var_loss/' + name_prefix, total_loss)
    add('Loss/' + name_prefix, loss)
    for other in others:
        add(other.op.name, other)
    return update
