"""Nested structures of datasets' elements: tuples, namedtuples, mappings and attrs classes.

Unlike in `tf.nest` a list is a leaf: it becomes a tensor. So is a SparseTensorValue.
"""
from reflow.framework import sparse_tensor
from reflow.util import nest_structure


def is_sequence(seq):
    """Whether `seq` is a structure and not a leaf."""
    return nest_structure.is_sequence(seq) and not isinstance(seq, (list, sparse_tensor.SparseTensorValue)) and (
        isinstance(seq, tuple) or nest_structure._is_mapping(seq) or nest_structure._is_attrs(seq))


def flatten(structure):
    """The list of all leaves; of a leaf, the list that holds it."""
    leaves = []
    _flatten_into(structure, leaves)
    return leaves


def _flatten_into(structure, leaves):
    if not is_sequence(structure):
        leaves.append(structure)
        return
    for entry in nest_structure._yield_value(structure):
        _flatten_into(entry, leaves)


def _pack(structure, leaves):
    if not is_sequence(structure):
        return next(leaves)
    return nest_structure._sequence_like(
        structure, [_pack(entry, leaves) for entry in nest_structure._yield_value(structure)])


def pack_sequence_as(structure, flat_sequence):
    """The structure `structure` with the leaves of `flat_sequence` in place of its own."""
    if not (is_sequence(flat_sequence) or isinstance(flat_sequence, list)):
        raise TypeError('flat_sequence must be a sequence')
    wanted, given = len(flatten(structure)), len(flat_sequence)
    if wanted == given:
        return _pack(structure, iter(flat_sequence))
    if not is_sequence(structure):
        raise ValueError('Structure is a scalar but len(flat_sequence) == %d > 1' % given)
    raise ValueError('Could not pack sequence. Structure had %d elements, but flat_sequence had %d elements.  Structure: %s, '
                     'flat_sequence: %s.' % (wanted, given, structure, flat_sequence))


def _difference(first, second, check_types):
    """The exception class and text of the first difference of two structures, None if there is none."""
    described = nest_structure._described
    if not is_sequence(first) and not is_sequence(second):
        return None
    if not is_sequence(first) or not is_sequence(second):
        structure, leaf = (first, second) if is_sequence(first) else (second, first)
        return ValueError, 'Substructure "%s" is a sequence, while substructure "%s" is not' % (
            described(structure), described(leaf))
    mappings = nest_structure._is_mapping(first) and nest_structure._is_mapping(second)
    if check_types and type(first) is not type(second) and not mappings:
        if not (nest_structure._is_namedtuple(first, True) and nest_structure._is_namedtuple(second, True)
                and nest_structure._same_namedtuples(first, second)):
            return TypeError, (
                "The two namedtuples don't have the same sequence type. First structure %s has type %s, while second "
                'structure %s has type %s' % (described(first), type(first).__name__, described(second),
                                              type(second).__name__))
    if mappings and set(first) != set(second):
        return ValueError, (
            "The two dictionaries don't have the same set of keys. First structure has keys %s, while second "
            'structure has keys %s' % (described(list(first)), described(list(second))))
    entries = [list(nest_structure._yield_value(value)) for value in (first, second)]
    for pair in zip(*entries):
        difference = _difference(*pair, check_types)
        if difference:
            return difference
    if len(entries[0]) != len(entries[1]):
        return ValueError, (
            "The two structures don't have the same number of elements. First structure: %s. Second structure: %s"
            % (described(first), described(second)))
    return None


def assert_same_structure(nest1, nest2, check_types=True):
    """Raises ValueError if the structures differ, and TypeError if only types of them do."""
    difference = _difference(nest1, nest2, check_types)
    if difference:
        error_class, text = difference
        raise error_class("The two structures don't have the same nested structure.\n\nFirst structure: %s\n\nSecond "
                          'structure: %s\n\nMore specifically: %s' % (
                              nest_structure._described(nest1), nest_structure._described(nest2), text))


def map_structure(func, *structure, **check_types_dict):
    """The structure of `func` of the leaves of all structures, which must be the same structure."""
    if not callable(func):
        raise TypeError('func must be callable, got: %s' % func)
    if not structure:
        raise ValueError('Must provide at least one structure')
    check_types = check_types_dict.pop('check_types', True)
    if check_types_dict:
        raise ValueError('Only valid keyword argument is check_types')
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in zip(*map(flatten, structure))])


def assert_shallow_structure(shallow_tree, input_tree, check_types=True):
    """Raises if `input_tree` does not begin as `shallow_tree` is nested; below that it may be nested further."""
    if not is_sequence(shallow_tree):
        return
    if not is_sequence(input_tree):
        raise TypeError('If shallow structure is a sequence, input must also be a sequence. Input has type: %s.'
                        % type(input_tree))
    mappings = nest_structure._is_mapping(shallow_tree) and nest_structure._is_mapping(input_tree)
    if check_types and not isinstance(input_tree, type(shallow_tree)) and not mappings:
        raise TypeError("The two structures don't have the same sequence type. Input structure has type %s, while "
                        'shallow structure has type %s.' % (type(input_tree), type(shallow_tree)))
    if len(input_tree) != len(shallow_tree):
        raise ValueError("The two structures don't have the same sequence length. Input structure has length %s, while "
                         'shallow structure has length %s.' % (len(input_tree), len(shallow_tree)))
    if check_types and mappings and set(input_tree) != set(shallow_tree):
        raise ValueError("The two structures don't have the same keys. Input structure has keys %s, while shallow "
                         'structure has keys %s.' % (list(input_tree), list(shallow_tree)))
    for shallow, entry in zip(nest_structure._yield_value(shallow_tree), nest_structure._yield_value(input_tree)):
        assert_shallow_structure(shallow, entry, check_types=check_types)


def flatten_up_to(shallow_tree, input_tree):
    """What stands in `input_tree` where `shallow_tree` has its leaves."""
    assert_shallow_structure(shallow_tree, input_tree)
    return _flat_up_to(shallow_tree, input_tree)


def _flat_up_to(shallow_tree, input_tree):
    if not is_sequence(shallow_tree):
        return [input_tree]
    flat = []
    for shallow, entry in zip(nest_structure._yield_value(shallow_tree), nest_structure._yield_value(input_tree)):
        flat += _flat_up_to(shallow, entry)
    return flat


def map_structure_up_to(shallow_tree, func, *inputs):
    """`shallow_tree` with `func` of what stands in the inputs where it has its leaves."""
    if not inputs:
        raise ValueError('Cannot map over no sequences')
    flat = [flatten_up_to(shallow_tree, each) for each in inputs]
    return pack_sequence_as(shallow_tree, [func(*leaves) for leaves in zip(*flat)])
