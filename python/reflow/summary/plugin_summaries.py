"""`tf.compat.v2.summary`: summaries as tensors, each with the name of TensorBoard's plugin that shows it.

Each function writes to the default writer, where there is one that records, and gives whether it has. A step that isn't given is
that of tf.summary.experimental.set_step.
"""
from reflow.framework import dtypes, ops, protos
from reflow.ops import (
    array_ops, check_ops, control_flow_ops, gen_audio_ops, gen_math_ops, image_ops, map_fn, math_ops, string_ops,
    summary_ops_v2)

_BUCKETS = 30
_WAV = 11  # AudioPluginData.Encoding


def scalar(name, data, step=None, description=None):
    """A number."""
    with summary_ops_v2.summary_scope(name, 'scalar_summary', values=[data, step]) as (tag, _):
        check_ops.assert_scalar(data)
        return _write(tag, math_ops.cast(data, dtypes.float32), step, 'scalars', description)


def histogram(name, data, step=None, buckets=None, description=None):
    """How often values lie in each of `buckets` (30) intervals, [k, 3]: from, to, how many."""
    with summary_ops_v2.summary_scope(name, 'histogram_summary', values=[data, buckets, step]) as (tag, _):
        with ops.name_scope('buckets'):
            values = math_ops.cast(array_ops.reshape(data, [-1]), dtypes.float64)
            counted = control_flow_ops.cond(
                math_ops.equal(array_ops.size(values), 0),
                lambda: array_ops.zeros([0, 3], dtypes.float64),
                lambda: _buckets(values, _BUCKETS if buckets is None else buckets))
        return _write(tag, counted, step, 'histograms', description)


def _buckets(values, count):
    low, high = math_ops.reduce_min(values), math_ops.reduce_max(values)

    def one():
        size = math_ops.cast(array_ops.size(values), dtypes.float64)
        return array_ops.expand_dims(array_ops.stack([low - .5, low + .5, size]), 0)

    def several():
        width = (high - low) / math_ops.cast(count, dtypes.float64)
        index = math_ops.minimum(math_ops.cast(math_ops.floor((values - low) / width), dtypes.int32), count - 1)
        counts = math_ops.cast(math_ops.reduce_sum(array_ops.one_hot(index, count), 0), dtypes.float64)
        # The last edge is `high` whatever the sums of widths are.
        edges = array_ops.concat([gen_math_ops.lin_space(low, high, count + 1)[:-1], [high]], 0)
        return array_ops.stack([edges[:-1], edges[1:], counts], axis=1)

    return control_flow_ops.cond(math_ops.equal(low, high), one, several)


def image(name, data, step=None, max_outputs=3, description=None):
    """Images, [k, height, width, channels] of floats in [0, 1] or of uint8: width, height, and `max_outputs` PNG files."""
    with summary_ops_v2.summary_scope(name, 'image_summary', values=[data, max_outputs, step]) as (tag, _):
        check_ops.assert_rank(data, 4)
        check_ops.assert_non_negative(max_outputs)
        files = _encoded(image_ops.encode_png, image_ops.convert_image_dtype(data, dtypes.uint8, saturate=True)[:max_outputs])
        shape = array_ops.shape(data)
        size = math_ops.cast([shape[2], shape[1]], dtypes.int32)
        return _write(tag, array_ops.concat([string_ops.as_string(size), files], 0), step, 'images', description)


def text(name, data, step=None, description=None):
    """Strings."""
    with summary_ops_v2.summary_scope(name, 'text_summary', values=[data, step]) as (tag, _):
        data = ops.convert_to_tensor(data, dtypes.string)
        return _write(tag, data, step, 'text', description)


def audio(name, data, sample_rate, step=None, max_outputs=3, encoding=None, description=None):
    """Sounds, [k, samples, channels] of floats in [-1, 1], as WAV files: `max_outputs` pairs of file and label."""
    if encoding not in (None, 'wav'):
        raise ValueError('Unknown encoding: %r' % encoding)
    with summary_ops_v2.summary_scope(name, 'audio_summary', values=[data, sample_rate, max_outputs, step]) as (tag, _):
        check_ops.assert_rank(data, 3)
        check_ops.assert_non_negative(max_outputs)
        files = _encoded(lambda sound: gen_audio_ops.encode_wav(sound, sample_rate), data[:max_outputs])
        pairs = array_ops.stack([files, array_ops.fill(array_ops.shape(files), '')], axis=1)
        return _write(tag, pairs, step, 'audio', description, b'\x10%c' % _WAV)


def _encoded(encode, data):
    return map_fn.map_fn(encode, data, dtype=dtypes.string)


def _write(tag, tensor, step, plugin, description, content=b''):
    metadata = protos.message('tensorflow.SummaryMetadata')(summary_description=description or '')
    metadata.plugin_data.plugin_name = plugin
    metadata.plugin_data.content = content
    return summary_ops_v2.write(tag=tag, tensor=tensor, step=step, metadata=metadata)
