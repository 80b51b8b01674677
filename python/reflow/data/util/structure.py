"""Element specs: nested structures of TypeSpecs, and elements as lists of tensors."""
from reflow.data.util import nest
from reflow.framework import composite_tensor, ops, sparse_tensor, tensor_shape, tensor_spec, type_spec
from reflow.util import deprecation


@deprecation.deprecated(None, 'Use `tf.TensorArraySpec` instead.')
def _TensorArrayStructure(dtype, element_shape, dynamic_size, infer_shape):
    from reflow.ops import tensor_array_ops
    return tensor_array_ops.TensorArraySpec(element_shape, dtype, dynamic_size, infer_shape)


@deprecation.deprecated(None, 'Use `tf.RaggedTensorSpec` instead.')
def _RaggedTensorStructure(dtype, shape, ragged_rank):
    from reflow.ops.ragged import ragged_tensor
    return ragged_tensor.RaggedTensorSpec(shape, dtype, ragged_rank)


@deprecation.deprecated(None, 'Use `tf.SparseTensorSpec` instead.')
def _SparseTensorStructure(dtype, shape):
    return sparse_tensor.SparseTensorSpec(shape, dtype)


@deprecation.deprecated(None, 'Use `tf.TensorSpec` instead.')
def _TensorStructure(dtype, shape):
    return tensor_spec.TensorSpec(shape, dtype)


def normalize_element(element):
    """`element` with tensors, SparseTensors, RaggedTensors, TensorArrays and datasets for leaves."""
    from reflow.ops.ragged import ragged_tensor
    with ops.name_scope('normalize_element'):
        leaves = []
        for i, leaf in enumerate(nest.flatten(element)):
            name = 'component_%d' % i
            spec = _spec_or_none(leaf)
            if isinstance(spec, sparse_tensor.SparseTensorSpec):
                leaves.append(sparse_tensor.SparseTensor.from_value(leaf))
            elif isinstance(spec, ragged_tensor.RaggedTensorSpec):
                leaves.append(ragged_tensor.convert_to_tensor_or_ragged_tensor(leaf, name=name))
            elif isinstance(leaf, composite_tensor.CompositeTensor) or _is_special(spec):
                leaves.append(leaf)
            else:
                leaves.append(ops.convert_to_tensor(leaf, name=name))
    return nest.pack_sequence_as(element, leaves)


def _spec_or_none(leaf):
    try:
        return type_spec_from_value(leaf, use_fallback=False)
    except TypeError:
        return None


def _is_special(spec):
    return isinstance(spec, type_spec.TypeSpec) and type(spec).__name__ in ('TensorArraySpec', 'DatasetSpec')


def convert_legacy_structure(output_types, output_shapes, output_classes):
    """The element spec with these types, shapes and classes."""
    specs = []
    for dtype, shape, cls in zip(nest.flatten(output_types), nest.flatten(output_shapes), nest.flatten(output_classes)):
        specs.append(_legacy_spec(dtype, shape, cls))
    return nest.pack_sequence_as(output_classes, specs)


def _legacy_spec(dtype, shape, cls):
    from reflow.ops import tensor_array_ops
    if isinstance(cls, type_spec.TypeSpec):
        return cls
    if issubclass(cls, sparse_tensor.SparseTensor):
        return sparse_tensor.SparseTensorSpec(shape, dtype)
    if issubclass(cls, ops.Tensor):
        return tensor_spec.TensorSpec(shape, dtype)
    if issubclass(cls, tensor_array_ops.TensorArray):
        return tensor_array_ops.TensorArraySpec(
            shape[2:], dtype, dynamic_size=tensor_shape.dimension_value(shape[0]),
            infer_shape=tensor_shape.dimension_value(shape[1]))
    raise TypeError('Could not build a structure for output class %r' % (cls,))


def legacy_types(element_spec):
    """The structure of the dtypes."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_types(), element_spec)


def legacy_shapes(element_spec):
    """The structure of the shapes."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_shapes(), element_spec)


def legacy_classes(element_spec):
    """The structure of the classes."""
    return nest.map_structure(lambda spec: spec._to_legacy_output_classes(), element_spec)


def _from_tensors(decode, element_spec, tensor_list):
    specs = nest.flatten(element_spec)
    lengths = [len(spec._flat_tensor_specs) for spec in specs]
    if sum(lengths) != len(tensor_list):
        raise ValueError('Expected %d tensors but got %d.' % (sum(lengths), len(tensor_list)))
    leaves, i = [], 0
    for spec, length in zip(specs, lengths):
        leaves.append(decode(spec, tensor_list[i:i + length]))
        i += length
    return nest.pack_sequence_as(element_spec, leaves)


def from_compatible_tensor_list(element_spec, tensor_list):
    """The element that the tensors are, which are known to fit the spec."""
    return _from_tensors(lambda spec, tensors: spec._from_compatible_tensor_list(tensors), element_spec, tensor_list)


def from_tensor_list(element_spec, tensor_list):
    """The element that the tensors are. Raises ValueError if they do not fit the spec."""
    return _from_tensors(lambda spec, tensors: spec._from_tensor_list(tensors), element_spec, tensor_list)


def get_flat_tensor_specs(element_spec):
    """The TensorSpecs of the tensors that an element is as a list."""
    return [each for spec in nest.flatten(element_spec) for each in spec._flat_tensor_specs]


def get_flat_tensor_shapes(element_spec):
    """Their shapes."""
    return [spec.shape for spec in get_flat_tensor_specs(element_spec)]


def get_flat_tensor_types(element_spec):
    """Their types."""
    return [spec.dtype for spec in get_flat_tensor_specs(element_spec)]


def _to_tensors(encode, element_spec, element):
    nest.assert_same_structure(element_spec, element)
    return [tensor for spec, leaf in zip(nest.flatten(element_spec), nest.flatten(element))
            for tensor in encode(spec, leaf)]


def to_tensor_list(element_spec, element):
    """The element as a list of tensors."""
    return _to_tensors(lambda spec, leaf: spec._to_tensor_list(leaf), element_spec, element)


def to_batched_tensor_list(element_spec, element):
    """The same for an element whose rows are to be elements. Raises ValueError if a leaf is a scalar."""
    return _to_tensors(lambda spec, leaf: spec._to_batched_tensor_list(leaf), element_spec, element)


def are_compatible(spec1, spec2):
    """Whether elements may have both specs."""
    try:
        nest.assert_same_structure(spec1, spec2)
    except (TypeError, ValueError):
        return False
    return all(first.is_compatible_with(second) and second.is_compatible_with(first)
               for first, second in zip(nest.flatten(spec1), nest.flatten(spec2)))


def type_spec_from_value(element, use_fallback=True):
    """The structure of the TypeSpecs of an element. Raises TypeError if there is none."""
    spec = None if isinstance(element, list) else type_spec._spec_or_none(element)
    if spec is not None:
        return spec
    if isinstance(element, dict):
        result = element.copy()
        for key in element:
            result[key] = type_spec_from_value(element[key])
        return result
    if isinstance(element, tuple):
        specs = [type_spec_from_value(entry) for entry in element]
        return type(element)(*specs) if hasattr(element, '_fields') else tuple(specs)
    if use_fallback:
        try:
            return type_spec_from_value(ops.convert_to_tensor(element), use_fallback=False)
        except (ValueError, TypeError):
            pass
    raise TypeError('Could not build a TypeSpec for %r with type %s' % (element, type(element).__name__))
