"""The sequences of a beam search."""

from reflow.contrib.seq2seq.ops.gen_beam_search_ops import gather_tree

__all__ = ['gather_tree']
