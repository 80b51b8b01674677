"""Batches of the records of files, read by way of queues: what tf.contrib.learn had before tf.data."""
from reflow.framework import constant_op, dtypes, errors, ops, sparse_tensor
from reflow.layers import utils
from reflow.ops import data_flow_ops, io_ops, math_ops, parsing_ops
from reflow.platform import gfile
from reflow.summary import summary
from reflow.training import input as input_ops
from reflow.training import queue_runner
from reflow.util import deprecation

KEY_FEATURE_NAME = '__key__'

_deprecated = deprecation.deprecated(None, 'Use tf.data.')


def _get_file_names(file_pattern, randomize_input):
    """The files of a pattern or a list of patterns, in order unless they are shuffled. ValueError: there are none."""
    if isinstance(file_pattern, list) and not file_pattern:
        raise ValueError('No files given to dequeue_examples.')
    patterns = file_pattern if isinstance(file_pattern, list) else [file_pattern]
    names = [name for pattern in patterns for name in gfile.Glob(pattern)]
    if not names:
        raise ValueError('No files match %s.' % file_pattern)
    return names if randomize_input else sorted(names)


def _is_not_positive(number):
    return number is None or (not isinstance(number, ops.Tensor) and number <= 0)


def _check_sizes(batch_size, queue_capacity, read_batch_size, num_threads, num_epochs):
    if not queue_capacity or queue_capacity <= 0:
        raise ValueError('Invalid queue_capacity %s.' % queue_capacity)
    if _is_not_positive(batch_size) or (not isinstance(batch_size, ops.Tensor) and batch_size >= queue_capacity):
        raise ValueError('Invalid batch_size %s, with queue_capacity %s.' % (batch_size, queue_capacity))
    if _is_not_positive(read_batch_size):
        raise ValueError('Invalid read_batch_size %s.' % read_batch_size)
    if not num_threads or num_threads <= 0:
        raise ValueError('Invalid num_threads %s.' % num_threads)
    if num_epochs is not None and num_epochs <= 0:
        raise ValueError('Invalid num_epochs %s.' % num_epochs)


def _read(files, reader, read_batch_size, parse_fn):
    """Keys and records (or what `parse_fn` makes of them) of one reader; where that is a dict, keys are in it."""
    keys, records = utils.smart_cond(read_batch_size > 1, lambda: reader().read_up_to(files, read_batch_size),
                                     lambda: reader().read(files))
    parsed = parse_fn(records) if parse_fn else records
    if not isinstance(parsed, dict):
        return keys, parsed
    parsed[KEY_FEATURE_NAME] = keys
    return parsed


@_deprecated
def read_keyed_batch_examples(file_pattern, batch_size, reader, randomize_input=True, num_epochs=None, queue_capacity=10000,
                              num_threads=1, read_batch_size=1, parse_fn=None, name=None, seed=None):
    """The keys and values of a batch of records, as `reader` reads them: two string tensors of [batch_size].

    The last batch may be smaller where epochs are counted. ValueError: no files, or a size that isn't positive.
    """
    names = _get_file_names(file_pattern, randomize_input)
    _check_sizes(batch_size, queue_capacity, read_batch_size, num_threads, num_epochs)
    with ops.name_scope(name, 'read_batch_examples', [file_pattern]) as scope:
        with ops.name_scope('file_name_queue') as queue_scope:
            files = input_ops.string_input_producer(constant_op.constant(names, name='input'), shuffle=randomize_input,
                                                    num_epochs=num_epochs, name=queue_scope, seed=seed)
        with ops.name_scope('read'):
            examples = [_read(files, reader, read_batch_size, parse_fn) for _ in range(num_threads)]
        given = dict(capacity=queue_capacity, enqueue_many=read_batch_size > 1, name=scope,
                     allow_smaller_final_batch=num_epochs is not None)
        if randomize_input:
            least = int(queue_capacity * 0.4) if isinstance(batch_size, ops.Tensor) else max(
                queue_capacity - 3 * batch_size, batch_size)
            batch = input_ops.shuffle_batch_join(examples, batch_size, min_after_dequeue=least, seed=seed, **given)
        else:
            batch = input_ops.batch_join(examples, batch_size, **given)
        return (batch.pop(KEY_FEATURE_NAME), batch) if parse_fn and isinstance(batch, dict) else batch


@_deprecated
def read_batch_examples(file_pattern, batch_size, reader, randomize_input=True, num_epochs=None, queue_capacity=10000,
                        num_threads=1, read_batch_size=1, parse_fn=None, name=None, seed=None):
    """The values of a batch of records: a string tensor of [batch_size]."""
    return read_keyed_batch_examples(
        file_pattern, batch_size, reader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, num_threads=num_threads, read_batch_size=read_batch_size, parse_fn=parse_fn,
        name=name, seed=seed)[1]


def _components(feature):
    return [feature.indices, feature.values, feature.dense_shape] if isinstance(
        feature, sparse_tensor.SparseTensor) else [feature]


@_deprecated
def queue_parsed_features(parsed_features, keys=None, feature_queue_capacity=100, num_enqueue_threads=2, name=None):
    """Puts batches of features, sparse ones among them, into a queue; gives the keys and features taken out of it."""
    features = sorted(parsed_features.items())
    with ops.name_scope(name, 'queue_parsed_features', list(parsed_features.values()) + ([] if keys is None else [keys])):
        tensors = [each for _, feature in features for each in _components(feature)] + ([] if keys is None else [keys])
        queue = data_flow_ops.FIFOQueue(feature_queue_capacity, [tensor.dtype for tensor in tensors])
        summary.scalar('queue/parsed_features/%s/fraction_of_%d_full' % (queue.name, feature_queue_capacity),
                       math_ops.cast(queue.size(), dtypes.float32) * (1. / feature_queue_capacity))
        enqueue_ops = [queue.enqueue(tensors) for _ in range(num_enqueue_threads)]
        queue_runner.add_queue_runner(queue_runner.QueueRunner(
            queue, enqueue_ops, queue_closed_exception_types=(errors.OutOfRangeError, errors.CancelledError)))
        dequeued = queue.dequeue()
        dequeued = dequeued if isinstance(dequeued, list) else [dequeued]
        for tensor, put in zip(dequeued, tensors):
            tensor.set_shape(put.get_shape())
        result, rest = {}, iter(dequeued)
        for key, feature in features:
            parts = [next(rest) for _ in _components(feature)]
            result[key] = sparse_tensor.SparseTensor(*parts) if len(parts) > 1 else parts[0]
        return None if keys is None else next(rest), result


@_deprecated
def read_keyed_batch_features(file_pattern, batch_size, features, reader, randomize_input=True, num_epochs=None,
                              queue_capacity=10000, reader_num_threads=1, feature_queue_capacity=100, num_enqueue_threads=2,
                              parse_fn=None, name=None, read_batch_size=None):
    """The keys and the features of a batch of Examples, parsed as the dict `features` says."""
    with ops.name_scope(name, 'read_batch_features', [file_pattern]) as scope:
        keys, examples = read_keyed_batch_examples(
            file_pattern, batch_size, reader, randomize_input=randomize_input, num_epochs=num_epochs,
            queue_capacity=queue_capacity, num_threads=reader_num_threads,
            read_batch_size=batch_size if read_batch_size is None else read_batch_size, parse_fn=parse_fn, name=scope)
        return queue_parsed_features(parsing_ops.parse_example(examples, features), keys=keys,
                                     feature_queue_capacity=feature_queue_capacity,
                                     num_enqueue_threads=num_enqueue_threads, name=scope)


@_deprecated
def read_batch_features(file_pattern, batch_size, features, reader, randomize_input=True, num_epochs=None,
                        queue_capacity=10000, feature_queue_capacity=100, reader_num_threads=1, num_enqueue_threads=2,
                        parse_fn=None, name=None, read_batch_size=None):
    """The features of a batch of Examples, parsed as the dict `features` says."""
    return read_keyed_batch_features(
        file_pattern, batch_size, features, reader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, reader_num_threads=reader_num_threads,
        feature_queue_capacity=feature_queue_capacity, num_enqueue_threads=num_enqueue_threads,
        read_batch_size=read_batch_size, parse_fn=parse_fn, name=name)[1]


@_deprecated
def read_batch_record_features(file_pattern, batch_size, features, randomize_input=True, num_epochs=None,
                               queue_capacity=10000, reader_num_threads=1, name='dequeue_record_examples'):
    """The features of a batch of Examples of TFRecord files."""
    return read_batch_features(
        file_pattern, batch_size, features, io_ops.TFRecordReader, randomize_input=randomize_input, num_epochs=num_epochs,
        queue_capacity=queue_capacity, reader_num_threads=reader_num_threads, name=name)
