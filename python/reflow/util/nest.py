"""Nested structures, `tf.nest`."""
from reflow.util.nest_shallow import (
    assert_shallow_structure, flatten_up_to, flatten_with_joined_string_paths, flatten_with_tuple_paths,
    flatten_with_tuple_paths_up_to, get_traverse_shallow_structure, map_structure_up_to, map_structure_with_paths,
    map_structure_with_tuple_paths, map_structure_with_tuple_paths_up_to, yield_flat_paths)
from reflow.util.nest_structure import (
    _is_attrs, _is_composite_tensor, _is_mapping, _is_mapping_view, _is_namedtuple, _is_type_spec, _same_namedtuples,
    _sequence_like, _sorted, _yield_sorted_items, _yield_value, assert_same_structure, flatten, flatten_dict_items,
    is_nested, is_sequence, is_sequence_or_composite, map_structure, pack_sequence_as)
