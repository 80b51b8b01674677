"""SparseTensor, IndexedSlices, their specs, TensorSpec, nests of them, and what is known of tensors while building."""
import re
import warnings

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import composite_tensor, indexed_slices, sparse_tensor, tensor_spec, tensor_util, type_spec
from tensorflow.python.util import nest

warnings.simplefilter('ignore')


def attempt(name, *functions):
    for number, function in enumerate(functions):
        try:
            value = function()
            print(name, number, type(value).__name__, re.sub('0x[0-9a-f]+', '', str(value)))
        except (TypeError, ValueError, RuntimeError) as error:
            print(name, number, type(error).__name__, re.sub('0x[0-9a-f]+', '', str(error)))


SparseTensor, Value = tf.SparseTensor, tf.SparseTensorValue
Spec, Slices = tensor_spec.TensorSpec, tf.IndexedSlices
places, sizes = tf.placeholder(tf.int64, [None, 2]), tf.placeholder(tf.int64, [2])
known = SparseTensor([[0, 0], [1, 2]], [1., 2.], [3, 4])
partly = SparseTensor(places, tf.constant([1, 2]), sizes)
unknown = SparseTensor(tf.placeholder(tf.int64), tf.placeholder(tf.string), tf.placeholder(tf.int64))
value = Value(np.array([[0, 1]]), np.array([1.5]), np.array([2, 2]))
session = tf.Session()

for name, sparse in (('known', known), ('partly', partly), ('unknown', unknown)):
    attempt(name, lambda: sparse, lambda: sparse.shape, lambda: sparse.get_shape(), lambda: sparse.dtype,
            lambda: sparse.op.name, lambda: sparse.graph is tf.get_default_graph(), lambda: sparse._type_spec,
            lambda: sparse._type_spec._component_specs, lambda: sparse._is_graph_tensor)
print([op.name for op in tf.get_default_graph().get_operations()])
attempt('eval', lambda: [part.tolist() for part in known.eval(session=session)])
attempt('bad', lambda: SparseTensor([[0]], [1., 2.], [3]), lambda: SparseTensor([0], [1.], [3]),
        lambda: SparseTensor([[0]], [[1.]], [3]), lambda: SparseTensor([[0]], [1.], [3, 4]))
attempt('from value', lambda: SparseTensor.from_value(value), lambda: SparseTensor.from_value(3))
attempt('is sparse', lambda: [sparse_tensor.is_sparse(each) for each in (value, known, 3)])
convert = tf.convert_to_tensor_or_sparse_tensor
attempt('converted', lambda: convert(value), lambda: convert(known) is known, lambda: convert([1]),
        lambda: convert(known, 'int32'), lambda: convert([1], 'float32'))

spec = tf.SparseTensorSpec([None, 3], tf.int32)
attempt('spec', lambda: spec, lambda: spec.shape, lambda: spec._component_specs, lambda: spec._batch(5), lambda: spec._unbatch(),
        lambda: tf.SparseTensorSpec([])._unbatch(), lambda: spec.is_compatible_with(tf.SparseTensorSpec(None, tf.int32)),
        lambda: spec.is_compatible_with(known), lambda: spec == tf.SparseTensorSpec([None, 3], tf.int32),
        lambda: hash(spec) == hash(tf.SparseTensorSpec([None, 3], tf.int32)),
        lambda: spec.most_specific_compatible_type(tf.SparseTensorSpec([2, 3], tf.int32)),
        lambda: spec.most_specific_compatible_type(tf.SparseTensorSpec([2, 3], tf.int64)),
        lambda: spec.most_specific_compatible_type(Spec([2])), lambda: tf.SparseTensorSpec.from_value(value),
        lambda: tf.SparseTensorSpec.from_value(3), lambda: known._shape_invariant_to_type_spec(tf.TensorShape([2])),
        lambda: known._shape_invariant_to_type_spec(tf.TensorShape([2, 3])), lambda: spec._flat_tensor_specs)

slices = Slices(tf.ones([2, 3]), tf.constant([0, 4]), tf.constant([5, 3]))
shapeless = Slices(tf.ones([2, 3]), tf.constant([0, 4]))
for name, each in (('slices', slices), ('shapeless', shapeless)):
    attempt(name, lambda: each, lambda: each.name, lambda: each.op.name, lambda: each.dtype, lambda: -each,
            lambda: each._type_spec, lambda: each._type_spec._component_specs,
            lambda: session.run(tf.convert_to_tensor(each)).tolist(),
            lambda: indexed_slices._indexed_slices_to_tensor(each, dtype=tf.int32),
            lambda: sorted(op.name for op in each.consumers()),
            lambda: each._shape_invariant_to_type_spec(tf.TensorShape([7, 8])))
convert = tf.convert_to_tensor_or_indexed_slices
attempt('converted', lambda: convert(slices) is slices, lambda: convert(slices, 'int32'), lambda: convert(3))
attempt('spec', lambda: tf.IndexedSlicesSpec([5, 3]), lambda: tf.IndexedSlicesSpec([5, 3])._component_specs,
        lambda: tf.IndexedSlicesSpec([2], indices_shape=[1, 2]))

attempt('tensor spec', lambda: Spec([2, None]), lambda: Spec(None, 'int32', 'n'), lambda: Spec([1]) == Spec([1]),
        lambda: Spec([1], name='a') != Spec([1]), lambda: Spec.from_tensor(tf.ones([2], name='on')),
        lambda: Spec.from_tensor(3), lambda: Spec.from_spec(Spec([2]), 'z'), lambda: Spec([None]).is_compatible_with(Spec([3])),
        lambda: Spec([None]).is_compatible_with(tf.ones([3])), lambda: Spec([None]).is_compatible_with(np.ones([3])),
        lambda: Spec([2, 3]).most_specific_compatible_type(Spec([4, 3])),
        lambda: Spec([2]).most_specific_compatible_type(Spec([2], tf.int32)), lambda: Spec([2])._batch(None),
        lambda: Spec([])._unbatch(), lambda: Spec([2])._to_components([1., 2.]), lambda: Spec([2])._to_components([1.]),
        lambda: Spec([2])._from_tensor_list([tf.placeholder(tf.float32)]).shape, lambda: Spec([2])._from_tensor_list([]),
        lambda: Spec([2])._from_tensor_list([tf.ones([3])]))
bounded = tensor_spec.BoundedTensorSpec
attempt('bounded', lambda: bounded([2], tf.float32, None, 1), lambda: bounded([2], tf.float32, [1, 2, 3], 1),
        lambda: bounded([2], tf.int32, [1, 2], 3) == bounded([2], tf.int32, [1, 2], 3),
        lambda: bounded.from_spec(Spec([2], tf.uint8)).maximum, lambda: bounded([2], tf.int32, 1, 3).minimum)
for each in (tf.ones([2]), np.ones([2, 3]), 3, [1, 2], 'a', known, slices, value, [known, known], [tf.ones([2]), tf.ones([3])]):
    attempt('spec of', lambda: type_spec.type_spec_from_value(each))

x = tf.placeholder(tf.float32, [None, 3])
for name, make in (
        ('const', lambda: tf.constant([[1, 2]])), ('shape', lambda: tf.shape(tf.ones([2, 3]))), ('shape of x', lambda: tf.shape(x)),
        ('rank', lambda: tf.rank(x)), ('range', lambda: tf.range(1, 7, 2)), ('cast', lambda: tf.cast(tf.constant([1.7]), tf.int32)),
        ('concat', lambda: tf.concat([tf.constant([1]), tf.constant([2])], 0)),
        ('stack', lambda: tf.stack([tf.shape(x)[0], 3])), ('fill', lambda: tf.fill([2], 5.)), ('x', lambda: x),
        ('slice', lambda: tf.shape(x)[1:]), ('head', lambda: tf.shape(x)[:1]), ('-1', lambda: tf.constant(-1)),
        ('[-1, 2]', lambda: tf.constant([-1, 2])), ('1', lambda: tf.constant(1)), ('[]', lambda: tf.constant([], tf.int32)),
        ('sizes', lambda: tf.placeholder(tf.int32, [2])), ('shape, 4', lambda: tf.concat([tf.shape(x), [4]], 0)),
        ('size', lambda: tf.placeholder(tf.int32, []))):
    tensor = make()
    attempt(name, lambda: tensor_util.constant_value(tensor), lambda: tensor_util.constant_value_as_shape(tensor),
            lambda: tf.get_default_graph().is_feedable(tensor))
attempt('partial', lambda: [None if part is None else int(part) for part in
                            tensor_util.constant_value(tf.stack([tf.shape(x)[0], 3]), partial=True)])
attempt('shape tensor', lambda: tensor_util.shape_tensor([1, tf.Dimension(2)]), lambda: tensor_util.shape_tensor([]),
        lambda: tensor_util.shape_tensor((tf.shape(x)[0], 2)))
attempt('is tensor', lambda: [tf.is_tensor(each) for each in (tf.ones([1]), tf.Variable(1), known, slices, 3, value, x.op)])

attempt('nest', lambda: nest.flatten([known, slices], expand_composites=True), lambda: len(nest.flatten([known, slices])),
        lambda: nest.map_structure(lambda part: part, [partly], expand_composites=True)[0],
        lambda: nest.assert_same_structure(known, partly, expand_composites=True),
        lambda: nest.assert_same_structure(known, Spec([2]), expand_composites=True),
        lambda: nest.assert_same_structure(known, known._type_spec, expand_composites=True),
        lambda: nest.flatten(known._type_spec, expand_composites=True),
        lambda: list(nest.yield_flat_paths({'a': known}, expand_composites=True)),
        lambda: nest.pack_sequence_as(known._type_spec, [places, tf.zeros([1]), sizes], expand_composites=True),
        lambda: nest.assert_shallow_structure([known], [3], expand_composites=True),
        lambda: composite_tensor.replace_composites_with_components([known, {'a': shapeless}]))
