"""Several readers that fill one queue."""

from reflow.framework import dtypes as tf_dtypes
from reflow.framework import ops
from reflow.ops import data_flow_ops
from reflow.ops import io_ops
from reflow.ops import math_ops
from reflow.platform import gfile
from reflow.training import input as tf_input
from reflow.training import queue_runner

__all__ = ['ParallelReader', 'get_data_files', 'parallel_read', 'single_pass_read']


class ParallelReader(io_ops.ReaderBase):
    """Reads by several readers of a class into a queue of keys and values."""

    def __init__(self, reader_class, common_queue, num_readers=4, reader_kwargs=None):
        dtypes = common_queue.dtypes
        if len(dtypes) != 2 or not all(dtype.is_compatible_with(tf_dtypes.string) for dtype in dtypes):
            raise TypeError('common_queue.dtypes must be [tf.string, tf.string]')
        self._readers = [reader_class(**(reader_kwargs or {})) for _ in range(num_readers)]
        self._common_queue = common_queue

    @property
    def num_readers(self):
        """How many readers there are."""
        return len(self._readers)

    @property
    def common_queue(self):
        """The queue that they fill."""
        return self._common_queue

    def read(self, queue, name=None):
        """(key, value) of the next record of the files that `queue` names."""
        self._run_readers(queue)
        return self._common_queue.dequeue(name=name)

    def read_up_to(self, queue, num_records, name=None):
        """The same of several records."""
        self._run_readers(queue)
        return self._common_queue.dequeue_up_to(num_records, name)

    def _run_readers(self, queue):
        enqueue_ops = [self._common_queue.enqueue(reader.read(queue)) for reader in self._readers]
        queue_runner.add_queue_runner(queue_runner.QueueRunner(self._common_queue, enqueue_ops))

    def num_records_produced(self, name=None):
        """The number of records of all readers."""
        return math_ops.add_n([reader.num_records_produced() for reader in self._readers], name=name)

    def num_work_units_completed(self, name=None):
        """The number of files that all readers have read."""
        return math_ops.add_n([reader.num_work_units_completed() for reader in self._readers], name=name)


def parallel_read(data_sources, reader_class, num_epochs=None, num_readers=4, reader_kwargs=None, shuffle=True, dtypes=None,
                  capacity=256, min_after_dequeue=128, seed=None, scope=None):
    """(key, value) of records that several readers read, shuffled or not."""
    from reflow.summary import summary
    names = get_data_files(data_sources)
    with ops.name_scope(scope, 'parallel_read'):
        files = tf_input.string_input_producer(names, num_epochs, shuffle, seed, name='filenames')
        dtypes = dtypes or [tf_dtypes.string] * 2
        queue = (data_flow_ops.RandomShuffleQueue(capacity, min_after_dequeue, dtypes, seed=seed, name='common_queue')
                 if shuffle else data_flow_ops.FIFOQueue(capacity, dtypes, name='common_queue'))
        length = math_ops.cast(queue.size(), tf_dtypes.float32)
        summary.scalar('fraction_of_%d_full' % capacity, length * (1. / capacity))
        return ParallelReader(reader_class, queue, num_readers, reader_kwargs=reader_kwargs).read(files)


def single_pass_read(data_sources, reader_class, reader_kwargs=None, scope=None):
    """(key, value) of the records, each once and in their order."""
    data_files = get_data_files(data_sources)
    with ops.name_scope(scope, 'single_pass_read'):
        filename_queue = tf_input.string_input_producer(data_files, num_epochs=1, shuffle=False, capacity=1,
                                                        name='filenames')
        return reader_class(**(reader_kwargs or {})).read(filename_queue)


def get_data_files(data_sources):
    """The files of a name, a pattern, or a list of them. ValueError: there are none."""
    if isinstance(data_sources, (list, tuple)):
        data_files = [name for source in data_sources for name in get_data_files(source)]
    elif any(char in data_sources for char in '*?['):
        data_files = gfile.Glob(data_sources)
    else:
        data_files = [data_sources]
    if not data_files:
        raise ValueError('No data files found in %s' % (data_sources,))
    return data_files
