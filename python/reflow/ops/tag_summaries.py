"""Summaries of TensorFlow 0.x, whose tags are tensors and not the names of scopes: tf.contrib.deprecated."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_logging_ops
from reflow.util import deprecation


def _collected(value, collections, default):
    for key in default if collections is None else collections:
        ops.add_to_collection(key, value)
    return value


def _deprecated(instructions):
    """Marks a function as deprecated under the module where TensorFlow has it."""
    def wrap(function):
        function.__module__ = 'tensorflow.python.ops.logging_ops'
        return deprecation.deprecated('2016-11-30', instructions)(function)
    return wrap


_INSTEAD = ('Please switch to tf.summary.%s. Note that tf.summary.%s uses the node name instead of the tag. This means that '
            'TensorFlow will automatically de-duplicate summary names based on the scope they are created in.')


@_deprecated(_INSTEAD % ('histogram', 'histogram'))
def histogram_summary(tag, values, collections=None, name=None):
    """A summary with a histogram of the values."""
    with ops.name_scope(name, 'HistogramSummary', [tag, values]) as scope:
        made = gen_logging_ops.histogram_summary(tag=tag, values=values, name=scope)
    return _collected(made, collections, [ops.GraphKeys.SUMMARIES])


@_deprecated(_INSTEAD % ('image', 'image') + ' Also, the max_images argument was renamed to max_outputs.')
def image_summary(tag, tensor, max_images=3, collections=None, name=None):
    """A summary with images [batch, height, width, channels]."""
    with ops.name_scope(name, 'ImageSummary', [tag, tensor]) as scope:
        made = gen_logging_ops.image_summary(tag=tag, tensor=tensor, max_images=max_images, name=scope)
    return _collected(made, collections, [ops.GraphKeys.SUMMARIES])


@_deprecated(_INSTEAD % ('audio', 'audio'))
def audio_summary(tag, tensor, sample_rate, max_outputs=3, collections=None, name=None):
    """A summary with sounds [batch, frames] or [batch, frames, channels], with values of -1 to 1."""
    with ops.name_scope(name, 'AudioSummary', [tag, tensor]) as scope:
        sample_rate = ops.convert_to_tensor(sample_rate, dtype=dtypes.float32, name='sample_rate')
        made = gen_logging_ops.audio_summary_v2(tag=tag, tensor=tensor, max_outputs=max_outputs, sample_rate=sample_rate,
                                                name=scope)
    return _collected(made, collections, [ops.GraphKeys.SUMMARIES])


@_deprecated(_INSTEAD % ('scalar', 'scalar'))
def scalar_summary(tags, values, collections=None, name=None):
    """A summary with a value for each tag."""
    with ops.name_scope(name, 'ScalarSummary', [tags, values]) as scope:
        made = gen_logging_ops.scalar_summary(tags=tags, values=values, name=scope)
    return _collected(made, collections, [ops.GraphKeys.SUMMARIES])


@_deprecated('Please switch to tf.summary.merge.')
def merge_summary(inputs, collections=None, name=None):
    """One summary with all values of some."""
    with ops.name_scope(name, 'MergeSummary', inputs):
        made = gen_logging_ops.merge_summary(inputs=inputs, name=name)
    return _collected(made, collections, [])


@_deprecated('Please switch to tf.summary.merge_all.')
def merge_all_summaries(key=ops.GraphKeys.SUMMARIES):
    """One summary with all values of a collection's; None: it has none."""
    found = ops.get_collection(key)
    return merge_summary(found) if found else None
