"""What beam search has ops for."""

__all__ = ['gather_tree']


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """The sequences of beams, [time, batch, beam], followed back from their last steps through `parent_ids`."""
    from reflow.contrib.seq2seq.ops import gen_beam_search_ops
    return gen_beam_search_ops.gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=name)
