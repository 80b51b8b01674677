"""Nested structures: lists, tuples, namedtuples, mappings, mapping views and attrs classes inside one another.

Anything else is a leaf; so are strings, sets, generators and NumPy arrays. The entries of a mapping are taken in the
order of its sorted keys, whatever order it holds them in. With `expand_composites` a composite tensor (IndexedSlices,
SparseTensor) counts as a structure of its components, and a TypeSpec as one of its component specs.
"""
import collections
import collections.abc

_LEAF, _SEQUENCE, _MAPPING, _VIEW, _NAMEDTUPLE, _ATTRS, _COMPOSITE, _TYPE_SPEC = range(8)

# What a class is, found once. Emptied when programs make classes without end.
_kinds = {list: _SEQUENCE, tuple: _SEQUENCE, dict: _MAPPING, str: _LEAF, bytes: _LEAF, int: _LEAF, float: _LEAF}
_MAX_KINDS = 4096


def _kind_of_class(cls):
    if issubclass(cls, collections.abc.Mapping):
        return _MAPPING
    if issubclass(cls, collections.abc.MappingView):
        return _VIEW
    if hasattr(cls, '__attrs_attrs__'):
        return _ATTRS
    if _is_namedtuple_class(cls):
        return _NAMEDTUPLE
    if issubclass(cls, collections.abc.Sequence) and not issubclass(cls, (str, bytes)):
        return _SEQUENCE
    # Composite tensors and their specs say so themselves, so that this module needs not import them.
    if getattr(cls, '_is_composite_tensor_class', False):
        return _COMPOSITE
    if getattr(cls, '_is_type_spec_class', False):
        return _TYPE_SPEC
    return _LEAF


def _is_namedtuple_class(cls):
    fields = getattr(cls, '_fields', None)
    return (issubclass(cls, tuple) and isinstance(fields, collections.abc.Sequence)
            and all(isinstance(field, str) for field in fields))


def _kind(value):
    cls = type(value)
    kind = _kinds.get(cls)
    if kind is None:
        if len(_kinds) > _MAX_KINDS:
            _kinds.clear()
        kind = _kinds[cls] = _kind_of_class(cls)
    return kind


def is_sequence(seq):
    """Whether `seq` is a structure and not a leaf."""
    return _LEAF < _kind(seq) < _COMPOSITE


def is_nested(seq):
    """Whether `seq` is a structure and not a leaf."""
    return _LEAF < _kind(seq) < _COMPOSITE


def is_sequence_or_composite(seq):
    """Whether `seq` is a structure, a composite tensor or a TypeSpec."""
    return _kind(seq) != _LEAF


def _predicate(expand_composites):
    return is_sequence_or_composite if expand_composites else is_sequence


def _is_mapping(value):
    return _kind(value) == _MAPPING


def _is_mapping_view(value):
    return _kind(value) == _VIEW


def _is_attrs(value):
    return _kind(value) == _ATTRS


def _is_composite_tensor(value):
    return _kind(value) == _COMPOSITE


def _is_type_spec(value):
    return _kind(value) == _TYPE_SPEC


def _is_namedtuple(instance, strict=False):
    """Whether it is a namedtuple; a strict one is no instance of a class that is derived from a namedtuple."""
    cls = type(instance)
    return _is_namedtuple_class(cls) and (not strict or cls.__base__ is tuple)


def _same_namedtuples(first, second):
    return type(first).__name__ == type(second).__name__ and first._fields == second._fields


def _sorted(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError('nest only supports dicts with sortable keys.')


def _attrs_items(value):
    return [(attribute.name, getattr(value, attribute.name)) for attribute in type(value).__attrs_attrs__]


def _yield_value(structure):
    """The entries of a structure in order."""
    kind = _kind(structure)
    if kind == _SEQUENCE or kind == _NAMEDTUPLE or kind == _VIEW:
        return structure
    return [value for _, value in _yield_sorted_items(structure)]


def _yield_sorted_items(structure):
    """Pairs of key, field name or position, and entry, in order."""
    kind = _kind(structure)
    if kind == _MAPPING:
        return [(key, structure[key]) for key in _sorted(structure)]
    if kind == _ATTRS:
        return _attrs_items(structure)
    if kind == _NAMEDTUPLE:
        return [(field, getattr(structure, field)) for field in structure._fields]
    if kind == _COMPOSITE:
        return [(type(structure).__name__, structure._to_components())]
    if kind == _TYPE_SPEC:
        return [(structure.value_type.__name__, structure._component_specs)]
    return list(enumerate(structure))


def _sequence_like(instance, args):
    """A structure of the class of `instance` that holds `args`."""
    kind = _kind(instance)
    if kind == _MAPPING:
        values = dict(zip(_sorted(instance), args))
        items = [(key, values[key]) for key in instance]
        if type(instance) is collections.defaultdict:
            return collections.defaultdict(instance.default_factory, items)
        return type(instance)(items)
    if kind == _NAMEDTUPLE or kind == _ATTRS:
        return type(instance)(*args)
    if kind == _COMPOSITE:
        components, = args
        return instance._type_spec._from_components(components)
    if kind == _TYPE_SPEC:
        components, = args
        return instance._from_components(components)
    if kind == _VIEW or isinstance(instance, range):
        return list(args)
    return type(instance)(args)


def _flatten_into(structure, leaves, expand_composites):
    kind = _kind(structure)
    if kind == _SEQUENCE or kind == _NAMEDTUPLE or kind == _VIEW:
        entries = structure
    elif kind == _MAPPING:
        entries = [structure[key] for key in sorted(structure)]
    elif kind == _ATTRS or (expand_composites and kind != _LEAF):
        entries = [value for _, value in _yield_sorted_items(structure)]
    else:
        leaves.append(structure)
        return
    for entry in entries:
        if _kinds.get(type(entry)) == _LEAF:
            leaves.append(entry)
        else:
            _flatten_into(entry, leaves, expand_composites)


def flatten(structure, expand_composites=False):
    """The list of all leaves; of a leaf, the list that holds it."""
    leaves = []
    _flatten_into(structure, leaves, expand_composites)
    return leaves


def flatten_dict_items(dictionary):
    """A dict whose keys may be structures as one of leaves: `{(1, 2): (3, 4)}` gives `{1: 3, 2: 4}`."""
    if not isinstance(dictionary, collections.abc.Mapping):
        raise TypeError('input must be a dictionary')
    flat_dictionary = {}
    for key, value in dictionary.items():
        if not is_sequence(key):
            pairs = [(key, value)]
        else:
            flat_key, flat_value = flatten(key), flatten(value)
            if len(flat_key) != len(flat_value):
                raise ValueError(
                    'Could not flatten dictionary. Key had %d elements, but value had %d elements. Key: %s, value: %s.'
                    % (len(flat_key), len(flat_value), flat_key, flat_value))
            pairs = zip(flat_key, flat_value)
        for leaf_key, leaf_value in pairs:
            if leaf_key in flat_dictionary:
                raise ValueError('Could not flatten dictionary: key %s is not unique.' % (leaf_key,))
            flat_dictionary[leaf_key] = leaf_value
    return flat_dictionary


def _pack(structure, flat, index, is_seq):
    """`structure` with its leaves taken from flat[index:], and the index after the last one taken."""
    packed = []
    for entry in _yield_value(structure):
        if is_seq(entry):
            entry, index = _pack(entry, flat, index, is_seq)
        else:
            entry = flat[index]
            index += 1
        packed.append(entry)
    return _sequence_like(structure, packed), index


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """The structure `structure` with the leaves of `flat_sequence` in place of its own."""
    is_seq = _predicate(expand_composites)
    if not is_seq(flat_sequence):
        raise TypeError('flat_sequence must be a sequence')
    if not is_seq(structure):
        if len(flat_sequence) != 1:
            raise ValueError('Structure is a scalar but len(flat_sequence) == %d > 1' % len(flat_sequence))
        return flat_sequence[0]
    try:
        packed, used = _pack(structure, flat_sequence, 0, is_seq)
    except IndexError:
        used = None
    if used != len(flat_sequence):
        flat_structure = flatten(structure, expand_composites)
        raise ValueError(
            'Could not pack sequence. Structure had %d elements, but flat_sequence had %d elements.  Structure: %s, '
            'flat_sequence: %s.' % (len(flat_structure), len(flat_sequence), structure, flat_sequence))
    return packed


class _Dot:
    """Stands for a leaf where only the structure is printed."""

    def __repr__(self):
        return '.'


def _described(value):
    return 'type=%s str=%s' % (type(value).__name__, value)


def _structure_mismatch(first, second, check_types, expand_composites):
    """The exception class and text of the first difference of two structures, None if there is none."""
    is_seq = _predicate(expand_composites)
    if not is_seq(first) and not is_seq(second):
        return None
    if not is_seq(first) or not is_seq(second):
        structure, leaf = (first, second) if is_seq(first) else (second, first)
        return ValueError, 'Substructure "%s" is a sequence, while substructure "%s" is not' % (
            _described(structure), _described(leaf))
    kinds = _kind(first), _kind(second)
    if check_types:
        if kinds == (_NAMEDTUPLE, _NAMEDTUPLE) and _is_namedtuple(first, True) and _is_namedtuple(second, True):
            same = _same_namedtuples(first, second)
        else:
            same = type(first) is type(second) or (
                kinds == (_MAPPING, _MAPPING) or sorted(kinds) == [_COMPOSITE, _TYPE_SPEC] or
                isinstance(first, list) and isinstance(second, list))
        if not same:
            # The text speaks of namedtuples whatever the types are.
            return TypeError, (
                "The two namedtuples don't have the same sequence type. First structure %s has type %s, while second "
                'structure %s has type %s' % (_described(first), type(first).__name__, _described(second),
                                              type(second).__name__))
        if kinds == (_MAPPING, _MAPPING) and set(first) != set(second):
            return ValueError, (
                "The two dictionaries don't have the same set of keys. First structure has keys %s, while second "
                'structure has keys %s' % (_described(list(first)), _described(list(second))))
    if min(kinds) >= _COMPOSITE and kinds != (_TYPE_SPEC, _TYPE_SPEC):  # of two descriptions the class alone counts
        specs = [value if _is_type_spec(value) else value._type_spec for value in (first, second)]
        try:
            specs[0].most_specific_compatible_type(specs[1])
        except (TypeError, ValueError):
            return ValueError, 'Incompatible CompositeTensor TypeSpecs: %s vs. %s' % (
                _described(specs[0]), _described(specs[1]))
    entries = [list(_yield_value(value)) for value in (first, second)]
    for pair in zip(*entries):
        mismatch = _structure_mismatch(*pair, check_types, expand_composites)
        if mismatch:
            return mismatch
    if len(entries[0]) != len(entries[1]):
        return ValueError, (
            "The two structures don't have the same number of elements. First structure: %s. Second structure: %s"
            % (_described(first), _described(second)))
    return None


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """Raises ValueError if the structures differ, and TypeError if only types of them do."""
    mismatch = _structure_mismatch(nest1, nest2, check_types, expand_composites)
    if mismatch:
        error_class, text = mismatch
        raise error_class(
            "The two structures don't have the same nested structure.\n\nFirst structure: %s\n\nSecond structure: %s"
            '\n\nMore specifically: %s\nEntire first structure:\n%s\nEntire second structure:\n%s' % (
                _described(nest1), _described(nest2), text,
                map_structure(lambda _: _Dot(), nest1), map_structure(lambda _: _Dot(), nest2)))


def map_structure(func, *structure, **kwargs):
    """The structure of `func` of the leaves of all structures, which must be the same structure.

    Takes the keywords check_types (True) and expand_composites (False).
    """
    if not callable(func):
        raise TypeError('func must be callable, got: %s' % func)
    if not structure:
        raise ValueError('Must provide at least one structure')
    check_types = kwargs.pop('check_types', True)
    expand_composites = kwargs.pop('expand_composites', False)
    if kwargs:
        raise ValueError('Only valid keyword arguments are `check_types` and `expand_composites`, not: `%s`'
                         % '`, `'.join(kwargs))
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types, expand_composites)
    leaves = [flatten(each, expand_composites) for each in structure]
    return pack_sequence_as(structure[0], [func(*each) for each in zip(*leaves)], expand_composites)
