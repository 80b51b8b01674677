"""Datasets written to files."""
from reflow.data.ops import dataset as dataset_lib
from reflow.data.util import convert, structure
from reflow.framework import dtypes, ops, tensor_spec
from reflow.ops import gen_experimental_dataset_ops


class TFRecordWriter:
    """Writes datasets of strings to TFRecord files."""

    def __init__(self, filename, compression_type=None):
        self._filename = ops.convert_to_tensor(filename, dtypes.string, name='filename')
        self._compression_type = convert.optional_param_to_tensor(
            'compression_type', compression_type, argument_default='', argument_dtype=dtypes.string)

    def write(self, dataset):
        """The operation that writes the elements of the dataset to the file."""
        if not isinstance(dataset, dataset_lib.DatasetV2):
            raise TypeError('`dataset` must be a `tf.data.Dataset` object.')
        if not structure.are_compatible(dataset.element_spec, tensor_spec.TensorSpec([], dtypes.string)):
            raise TypeError('`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape {0} and types {1}'.format(
                structure.legacy_shapes(dataset.element_spec), structure.legacy_types(dataset.element_spec)))
        return gen_experimental_dataset_ops.dataset_to_tf_record(
            dataset._variant_tensor, self._filename, self._compression_type)
