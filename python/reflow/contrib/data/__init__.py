"""`tf.contrib.data`, where tf.data.experimental comes from."""
from reflow.contrib.data.python.ops.batching import *  # noqa: F401,F403
from reflow.contrib.data.python.ops.get_single_element import get_single_element, reduce_dataset  # noqa: F401
from reflow.contrib.data.python.ops.interleave_ops import *  # noqa: F401,F403
from reflow.contrib.data.python.ops.readers import *  # noqa: F401,F403
from reflow.contrib.data.python.ops.sliding import sliding_window_batch  # noqa: F401
from reflow.data.experimental.ops.counter import CounterV1 as Counter  # noqa: F401
from reflow.data.experimental.ops.enumerate_ops import enumerate_dataset  # noqa: F401
from reflow.data.experimental.ops.error_ops import ignore_errors  # noqa: F401
from reflow.data.experimental.ops.grouping import (  # noqa: F401
    Reducer, bucket_by_sequence_length, group_by_reducer, group_by_window)
from reflow.data.experimental.ops.iterator_ops import (  # noqa: F401
    CheckpointInputPipelineHook, make_saveable_from_iterator)
from reflow.data.experimental.ops.parsing_ops import parse_example_dataset  # noqa: F401
from reflow.data.experimental.ops.prefetching_ops import copy_to_device, prefetch_to_device  # noqa: F401
from reflow.data.experimental.ops.random_ops import RandomDataset  # noqa: F401
from reflow.data.experimental.ops.resampling import rejection_resample  # noqa: F401
from reflow.data.experimental.ops.scan_ops import scan  # noqa: F401
from reflow.data.experimental.ops.shuffle_ops import shuffle_and_repeat  # noqa: F401
from reflow.data.experimental.ops.unique import unique  # noqa: F401
from reflow.data.experimental.ops.writers import TFRecordWriter  # noqa: F401
from reflow.data.ops.dataset_ops import AUTOTUNE  # noqa: F401
from reflow.data.ops.iterator_ops import get_next_as_optional  # noqa: F401
from reflow.data.ops.optional_ops import Optional  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
