"""Datasets reduced to one element."""
from reflow.data.ops import structured_function
from reflow.data.util import nest, structure
from reflow.framework import ops
from reflow.ops import gen_dataset_ops


def weakened_state(state_structure, wrapped):
    """The spec that the state and what the function makes of it have, None if that is the state's own.

    Raises TypeError if classes or types differ.
    """
    classes, types, shapes = (part(state_structure) for part in (
        structure.legacy_classes, structure.legacy_types, structure.legacy_shapes))
    for new, old in zip(nest.flatten(wrapped.output_classes), nest.flatten(classes)):
        if new is not old and not (isinstance(new, type) and issubclass(new, old)):
            raise TypeError('The element classes for the new state must match the initial state. Expected %s; got %s.' % (
                classes, wrapped.output_classes))
    for new, old in zip(nest.flatten(wrapped.output_types), nest.flatten(types)):
        if new != old:
            raise TypeError('The element types for the new state must match the initial state. Expected %s; got %s.' % (
                types, wrapped.output_types))
    old_shapes = nest.flatten(shapes)
    weakened = [old.most_specific_compatible_shape(new) for old, new in zip(
        old_shapes, nest.flatten(wrapped.output_shapes))]
    if all(old.ndims is None or (new.ndims is not None and old.as_list() == new.as_list())
           for old, new in zip(old_shapes, weakened)):
        return None
    return structure.convert_legacy_structure(types, nest.pack_sequence_as(shapes, weakened), classes)


def reduce(dataset, initial_state, reduce_func):
    """The state after `reduce_func(state, element)` of all elements."""
    with ops.name_scope('initial_state'):
        initial_state = structure.normalize_element(initial_state)
    state_structure = structure.type_spec_from_value(initial_state)
    while True:
        wrapped = structured_function.StructuredFunctionWrapper(
            reduce_func, 'reduce()', input_structure=(state_structure, dataset.element_spec), add_to_graph=False)
        weakened = weakened_state(state_structure, wrapped)
        if weakened is None:
            break
        state_structure = weakened
    return structure.from_compatible_tensor_list(state_structure, gen_dataset_ops.reduce_dataset(
        dataset._variant_tensor, structure.to_tensor_list(state_structure, initial_state),
        wrapped.function.captured_inputs, f=wrapped.function,
        output_shapes=structure.get_flat_tensor_shapes(state_structure),
        output_types=structure.get_flat_tensor_types(state_structure)))
