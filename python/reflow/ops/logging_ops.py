"""Printing while a graph runs."""

from reflow import _core
from reflow.ops import gen_logging_ops


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_logging_ops, name)


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):
    """`input_`; when it is computed, `data` is written to standard error."""
    return _core.print_op(input_, data, message or '', -1 if first_n is None else first_n,
                          3 if summarize is None else summarize, name)
