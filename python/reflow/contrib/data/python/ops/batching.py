"""Batches, under the names of tf.contrib.data."""
from reflow.data.experimental.ops.batching import dense_to_sparse_batch, map_and_batch, unbatch
from reflow.data.ops import dataset_ops
from reflow.data.util import nest, structure
from reflow.util import deprecation

__all__ = ['assert_element_shape', 'batch_and_drop_remainder', 'dense_to_sparse_batch', 'map_and_batch',
           'padded_batch_and_drop_remainder', 'unbatch']


@deprecation.deprecated(None, 'Use `tf.data.Dataset.batch(..., drop_remainder=True)`.')
def batch_and_drop_remainder(batch_size):
    """A transformation into batches of `batch_size` elements and none less."""

    def _apply_fn(dataset):
        return dataset.batch(batch_size, drop_remainder=True)

    return _apply_fn


@deprecation.deprecated(None, 'Use `tf.data.Dataset.padded_batch(..., drop_remainder=True)`.')
def padded_batch_and_drop_remainder(batch_size, padded_shapes, padding_values=None):
    """A transformation into padded batches of `batch_size` elements and none less."""

    def _apply_fn(dataset):
        return dataset.padded_batch(batch_size, padded_shapes=padded_shapes, padding_values=padding_values,
                                    drop_remainder=True)

    return _apply_fn


def assert_element_shape(expected_shapes):
    """A transformation into the same elements, which have to have these shapes."""

    def _check_shape(*elements):
        from reflow.contrib.framework.python.framework import tensor_util
        checked = [tensor_util.with_shape(shape, tensor) if shape else tensor for shape, tensor in zip(
            nest.flatten(expected_shapes), nest.flatten(elements))]
        return nest.pack_sequence_as(elements, checked)

    def _apply_fn(dataset):
        spec = dataset.element_spec
        shapes = structure.legacy_shapes(spec)
        merged = [shape.merge_with(expected) for shape, expected in zip(
            nest.flatten(shapes), nest.flatten_up_to(shapes, expected_shapes))]
        return dataset_ops._RestructuredDataset(dataset.map(_check_shape), structure.convert_legacy_structure(
            structure.legacy_types(spec), nest.pack_sequence_as(shapes, merged), structure.legacy_classes(spec)))

    return _apply_fn
