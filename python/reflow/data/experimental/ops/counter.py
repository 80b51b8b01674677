"""Numbers without end."""
from reflow.data.experimental.ops import scan_ops
from reflow.data.ops import dataset
from reflow.framework import dtypes, ops


def CounterV2(start=0, step=1, dtype=dtypes.int64):
    """The numbers `start`, `start + step` and so on."""
    with ops.name_scope('counter'):
        start = ops.convert_to_tensor(start, dtype=dtype, name='start')
        step = ops.convert_to_tensor(step, dtype=dtype, name='step')
        return dataset.DatasetV1.from_tensors(0).repeat(None).apply(
            scan_ops.scan(start, lambda state, _: (state + step, state)))


def CounterV1(start=0, step=1, dtype=dtypes.int64):
    """The numbers `start`, `start + step` and so on."""
    return dataset.DatasetV1Adapter(CounterV2(start, step, dtype))


Counter = CounterV1
