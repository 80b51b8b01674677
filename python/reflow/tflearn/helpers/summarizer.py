"""Merged summaries of variables, gradients and activations."""

import reflow.tensorflow as tf
from reflow.tflearn import summaries


def summarize_all(train_vars, grads, activations, summary_collection='tflearn_summ'):
    """The merged summaries of all three."""
    summarize_variables(train_vars, summary_collection)
    summarize_gradients(grads, summary_collection)
    return summarize_activations(activations, summary_collection)


def summarize_variables(train_vars=None, summary_collection='tflearn_summ'):
    """The merged summaries of the collection, with those of variables: of all that are trained, if none are given."""
    summaries.add_trainable_vars_summary(train_vars or tf.trainable_variables(), '', '', summary_collection)
    return tf.summary.merge(tf.get_collection(summary_collection))


def summarize_activations(activations, summary_collection='tflearn_summ'):
    """The merged summaries of the collection, with those of activations."""
    summaries.add_activations_summary(activations, '', '', summary_collection)
    return tf.summary.merge(tf.get_collection(summary_collection))


def summarize_gradients(grads, summary_collection='tflearn_summ'):
    """The merged summaries of the collection, with those of pairs (gradient, variable)."""
    summaries.add_gradients_summary(grads, '', '', summary_collection)
    return tf.summary.merge(tf.get_collection(summary_collection))


def summarize(value, type, name, summary_collection='tflearn_summ'):
    """The merged summaries of the collection, with one of `value`, a 'histogram' or 'scalar'."""
    summaries.get_summary(type, name.replace(':', '_'), value, summary_collection)
    return tf.summary.merge(tf.get_collection(summary_collection))
