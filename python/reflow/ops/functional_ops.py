"""Folds and scans over the rows of tensors."""

from reflow import _core
from reflow.util import nest


def _fold_function(fn, elems, structure):
    def run(accumulated, rows):
        a = nest.pack_sequence_as(structure, accumulated) if nest.is_sequence(structure) else accumulated[0]
        x = nest.pack_sequence_as(elems, rows) if nest.is_sequence(elems) else rows[0]
        result = fn(a, x)
        nest.assert_same_structure(structure, result)
        return nest.flatten(result)
    return run


def _fold(name, fn, elems, initializer, *options):
    if not callable(fn):
        raise TypeError('fn must be callable.')
    structure = elems if initializer is None else initializer
    results = getattr(_core, name)(_fold_function(fn, elems, structure), nest.flatten(elems),
                                   [] if initializer is None else nest.flatten(initializer), *options)
    return nest.pack_sequence_as(structure, results) if nest.is_sequence(structure) else results[0]


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(... fn(initializer, row 0) ..., last row)."""
    return _fold('foldl', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory), name)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """The same from the last row to the first."""
    return _fold('foldr', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory), name)


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True,
         reverse=False, name=None):
    """All that foldl accumulates on its way, stacked."""
    return _fold('scan', fn, elems, initializer, parallel_iterations, bool(back_prop), bool(swap_memory),
                 bool(infer_shape), bool(reverse), name)
