"""The part of `tf.nest` that walks a structure no deeper than another, and that names leaves by their paths."""
import collections.abc

from reflow.util import nest_structure


def assert_shallow_structure(shallow_tree, input_tree, check_types=True, expand_composites=False,
                             check_subtrees_length=True):
    """Raises TypeError or ValueError unless `input_tree` has the structure of `shallow_tree`, or more below its leaves."""
    is_seq = nest_structure._predicate(expand_composites)
    if not is_seq(shallow_tree):
        return
    if not is_seq(input_tree):
        raise TypeError('If shallow structure is a sequence, input must also be a sequence. Input has type: %s.'
                        % type(input_tree))
    kinds = [nest_structure._kind(tree) for tree in (shallow_tree, input_tree)]
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        _assert_types_alike(shallow_tree, input_tree, kinds)
    if max(kinds) >= nest_structure._COMPOSITE:
        _assert_composites_alike(shallow_tree, input_tree, kinds)
    elif check_subtrees_length and len(input_tree) != len(shallow_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length %d, while shallow "
            'structure has length %d.' % (len(input_tree), len(shallow_tree)))
    elif len(input_tree) < len(shallow_tree):
        raise ValueError(
            'The input_tree has fewer elements than the shallow_tree. Input structure has length %d, while shallow '
            'structure has length %d.' % (len(input_tree), len(shallow_tree)))
    if isinstance(shallow_tree, collections.abc.Mapping):
        absent_keys = set(shallow_tree) - set(input_tree)
        if absent_keys:
            raise ValueError("The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has "
                             'the following keys that are not in the input_tree: %s.' % sorted(absent_keys))
    for shallow_branch, input_branch in zip(nest_structure._yield_value(shallow_tree), nest_structure._yield_value(input_tree)):
        assert_shallow_structure(shallow_branch, input_branch, check_types, expand_composites, check_subtrees_length)


def _types_differ(shallow_tree, input_tree):
    return TypeError(
        "The two structures don't have the same sequence type. Input structure has type %s, while shallow structure "
        'has type %s.' % (type(input_tree), type(shallow_tree)))


def _assert_types_alike(shallow_tree, input_tree, kinds):
    if nest_structure._is_namedtuple(shallow_tree) and nest_structure._is_namedtuple(input_tree):
        alike = nest_structure._same_namedtuples(shallow_tree, input_tree)
    else:
        alike = sorted(kinds) in ([nest_structure._MAPPING] * 2,
                                  [nest_structure._COMPOSITE, nest_structure._TYPE_SPEC])
    if not alike:
        raise _types_differ(shallow_tree, input_tree)


def _assert_composites_alike(shallow_tree, input_tree, kinds):
    if min(kinds) < nest_structure._COMPOSITE:
        raise _types_differ(shallow_tree, input_tree)
    specs = [tree if nest_structure._is_type_spec(tree) else tree._type_spec for tree in (shallow_tree, input_tree)]
    try:
        specs[0].most_specific_compatible_type(specs[1])
    except (TypeError, ValueError) as error:
        raise ValueError('Incompatible CompositeTensor TypeSpecs: %s vs. %s -- %s' % (specs[0], specs[1], error))


def _paths_up_to(shallow_tree, input_tree, is_seq, path=()):
    """Yields pairs of path and subtree of `input_tree` for each leaf of `shallow_tree`."""
    if not is_seq(shallow_tree):
        yield path, input_tree
        return
    branches = dict(nest_structure._yield_sorted_items(input_tree))
    for key, shallow_branch in nest_structure._yield_sorted_items(shallow_tree):
        yield from _paths_up_to(shallow_branch, branches[key], is_seq, path + (key,))


def flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False,
                                   check_subtrees_length=True):
    """Pairs of path and subtree of `input_tree`, one for each leaf of `shallow_tree`."""
    assert_shallow_structure(shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length)
    return list(_paths_up_to(shallow_tree, input_tree, nest_structure._predicate(expand_composites)))


def flatten_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False, check_subtrees_length=True):
    """The subtrees of `input_tree` where `shallow_tree` has its leaves."""
    return [subtree for _, subtree in flatten_with_tuple_paths_up_to(
        shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length)]


def map_structure_with_tuple_paths_up_to(shallow_tree, func, *inputs, **kwargs):
    """The structure of `shallow_tree` with `func(path, *subtrees)` as leaves, subtrees being those of all inputs.

    Takes the keywords check_types (True), expand_composites (False) and check_subtrees_length (True); `func` gets others.
    """
    if not inputs:
        raise ValueError('Cannot map over no sequences')
    check_types = kwargs.pop('check_types', True)
    expand_composites = kwargs.pop('expand_composites', False)
    check_subtrees_length = kwargs.pop('check_subtrees_length', True)
    columns = [flatten_with_tuple_paths_up_to(shallow_tree, tree, check_types, expand_composites, check_subtrees_length)
               for tree in inputs]
    results = [func(row[0][0], *[subtree for _, subtree in row], **kwargs) for row in zip(*columns)]
    return nest_structure.pack_sequence_as(shallow_tree, results, expand_composites)


def map_structure_up_to(shallow_tree, func, *inputs, **kwargs):
    """The structure of `shallow_tree` with `func` of the inputs' subtrees as leaves."""
    return map_structure_with_tuple_paths_up_to(
        shallow_tree, lambda _, *subtrees: func(*subtrees), *inputs, **kwargs)


def map_structure_with_tuple_paths(func, *structure, **kwargs):
    """`map_structure` whose function gets the path of the leaf, a tuple, as first argument."""
    return map_structure_with_tuple_paths_up_to(structure[0], func, *structure, **kwargs)


def map_structure_with_paths(func, *structure, **kwargs):
    """`map_structure` whose function gets the path of the leaf, joined by slashes, as first argument."""
    def with_joined_path(path, *leaves, **others):
        return func('/'.join(str(key) for key in path), *leaves, **others)

    return map_structure_with_tuple_paths_up_to(structure[0], with_joined_path, *structure, **kwargs)


def yield_flat_paths(nest, expand_composites=False):
    """Yields the path of each leaf, a tuple of keys, field names and positions."""
    for path, _ in _paths_up_to(nest, nest, nest_structure._predicate(expand_composites)):
        yield path


def flatten_with_tuple_paths(structure, expand_composites=False):
    """Pairs of path and leaf."""
    return list(zip(yield_flat_paths(structure, expand_composites), nest_structure.flatten(structure, expand_composites)))


def flatten_with_joined_string_paths(structure, separator='/', expand_composites=False):
    """Pairs of path, joined by `separator`, and leaf."""
    return [(separator.join(str(key) for key in path), leaf)
            for path, leaf in flatten_with_tuple_paths(structure, expand_composites)]


def get_traverse_shallow_structure(traverse_fn, structure, expand_composites=False):
    """The structure of bools that says where to go on: `traverse_fn` of each substructure is a bool or bools for its
    entries."""
    is_seq = nest_structure._predicate(expand_composites)
    to_traverse = traverse_fn(structure)
    if not is_seq(structure):
        if not isinstance(to_traverse, bool):
            raise TypeError('traverse_fn returned structure: %s for non-structure: %s' % (to_traverse, structure))
        return to_traverse
    if to_traverse is False:
        return False
    branches = list(nest_structure._yield_value(structure))
    if to_traverse is True:
        choices = [True] * len(branches)
    elif not is_seq(to_traverse):
        raise TypeError('traverse_fn returned a non-bool scalar: %s for input: %s' % (to_traverse, structure))
    else:
        assert_shallow_structure(to_traverse, structure, expand_composites=expand_composites)
        choices = list(nest_structure._yield_value(to_traverse))
    level = []
    for choice, branch in zip(choices, branches):
        if not isinstance(choice, bool):
            raise TypeError("traverse_fn didn't return a depth=1 structure of bools.  saw: %s  for structure: %s"
                            % (to_traverse, structure))
        level.append(choice and get_traverse_shallow_structure(traverse_fn, branch, expand_composites))
    return nest_structure._sequence_like(structure, level)
