"""The sequences of a beam search. TensorFlow has an op, GatherTree, for it; here it is a loop."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops

__all__ = ['gather_tree']


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """The sequences of beams, [time, batch, beam], followed back from their last steps through `parent_ids`.

    What is beyond the batch's length, or follows the first `end_token`, is `end_token`.
    """
    with ops.name_scope(name, 'GatherTree', [step_ids, parent_ids, max_sequence_lengths, end_token]):
        step_ids = ops.convert_to_tensor(step_ids, dtypes.int32, name='step_ids')
        parent_ids = ops.convert_to_tensor(parent_ids, dtypes.int32, name='parent_ids')
        lengths = ops.convert_to_tensor(max_sequence_lengths, dtypes.int32, name='max_sequence_lengths')
        end_token = ops.convert_to_tensor(end_token, dtypes.int32, name='end_token')
        shape = step_ids.shape.with_rank(3).merge_with(parent_ids.shape)
        steps, batch_size, width = array_ops.unstack(array_ops.shape(step_ids))
        batches = array_ops.tile(array_ops.expand_dims(math_ops.range(batch_size), 1), [1, width])
        own = array_ops.tile(array_ops.expand_dims(math_ops.range(width), 0), [batch_size, 1])

        def step_back(t, parents, sequences):
            within = array_ops.tile(array_ops.expand_dims(t < lengths, 1), [1, width])
            parents = array_ops.where(within, parents, own)
            places = array_ops.stack([batches, parents], 2)
            ids = array_ops.where(within, array_ops.gather_nd(step_ids[t], places), array_ops.fill(
                array_ops.shape(own), end_token))
            before = array_ops.where(within, array_ops.gather_nd(parent_ids[t], places), own)
            valid = math_ops.logical_or(math_ops.equal(t, 0), math_ops.reduce_all(
                math_ops.logical_and(before >= 0, before < width)))
            check = control_flow_ops.Assert(valid, ['Saw invalid parent id at time', t, before])
            with ops.control_dependencies([check]):
                before = array_ops.identity(before)
            return t - 1, before, sequences.write(t, ids)

        sequences = tensor_array_ops.TensorArray(dtypes.int32, size=steps, element_shape=own.shape)
        sequences = control_flow_ops.while_loop(lambda t, *_: t >= 0, step_back, (steps - 1, own, sequences),
                                                back_prop=False)[2].stack()
        ended = math_ops.cumsum(math_ops.cast(math_ops.equal(sequences, end_token), dtypes.int32), axis=0, exclusive=True)
        sequences = array_ops.where(ended > 0, array_ops.fill(array_ops.shape(sequences), end_token), sequences)
        sequences.set_shape(shape)
        return sequences
