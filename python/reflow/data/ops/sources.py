"""Datasets that are made of tensors."""
from reflow.data.ops import dataset
from reflow.data.util import nest, structure
from reflow.framework import dtypes, ops, sparse_tensor as sparse_tensor_lib, tensor_shape, tensor_spec
from reflow.ops import array_ops, control_flow_ops, gen_dataset_ops, gen_io_ops, math_ops, string_ops


class TensorDataset(dataset.DatasetSource):
    """One element."""

    def __init__(self, element):
        element = structure.normalize_element(element)
        self._structure = structure.type_spec_from_value(element)
        self._tensors = structure.to_tensor_list(self._structure, element)
        super().__init__(gen_dataset_ops.tensor_dataset(
            self._tensors, output_shapes=structure.get_flat_tensor_shapes(self._structure)))

    @property
    def element_spec(self):
        return self._structure


class TensorSliceDataset(dataset.DatasetSource):
    """The rows of tensors."""

    def __init__(self, element):
        element = structure.normalize_element(element)
        batched_spec = structure.type_spec_from_value(element)
        self._tensors = structure.to_batched_tensor_list(batched_spec, element)
        self._structure = nest.map_structure(lambda spec: spec._unbatch(), batched_spec)
        batch_dim = tensor_shape.Dimension(tensor_shape.dimension_value(self._tensors[0].get_shape()[0]))
        for tensor in self._tensors[1:]:
            batch_dim.assert_is_compatible_with(tensor_shape.Dimension(
                tensor_shape.dimension_value(tensor.get_shape()[0])))
        super().__init__(gen_dataset_ops.tensor_slice_dataset(
            self._tensors, output_shapes=structure.get_flat_tensor_shapes(self._structure)))

    @property
    def element_spec(self):
        return self._structure


class SparseTensorSliceDataset(dataset.DatasetSource):
    """The rows of a SparseTensor, as SparseTensors."""

    def __init__(self, sparse_tensor):
        if not isinstance(sparse_tensor, sparse_tensor_lib.SparseTensor):
            raise TypeError('`sparse_tensor` must be a `tf.SparseTensor` object.Was {}.'.format(sparse_tensor))
        self._sparse_tensor = sparse_tensor
        indices_shape, shape_shape = sparse_tensor.indices.get_shape(), sparse_tensor.dense_shape.get_shape()
        rank = (indices_shape.dims[1] - 1).merge_with(shape_shape.dims[0] - 1)
        self._structure = (tensor_spec.TensorSpec([None, rank], dtypes.int64),
                           tensor_spec.TensorSpec([None], sparse_tensor.dtype), tensor_spec.TensorSpec([rank], dtypes.int64))
        super().__init__(gen_dataset_ops.sparse_tensor_slice_dataset(
            sparse_tensor.indices, sparse_tensor.values, sparse_tensor.dense_shape))

    @property
    def element_spec(self):
        return self._structure


class RangeDataset(dataset.DatasetSource):
    """The numbers of a range."""

    def __init__(self, *args):
        if len(args) == 1:
            start, (stop,), step = 0, args, 1
        elif len(args) == 2:
            (start, stop), step = args, 1
        elif len(args) == 3:
            start, stop, step = args
        else:
            raise ValueError('Invalid arguments to RangeDataset: %s' % str(args))
        self._start, self._stop, self._step = (
            ops.convert_to_tensor(value, dtype=dtypes.int64, name=name)
            for value, name in ((start, 'start'), (stop, 'stop'), (step, 'step')))
        super().__init__(gen_dataset_ops.range_dataset(
            start=self._start, stop=self._stop, step=self._step, **self._flat_structure))

    @property
    def element_spec(self):
        return tensor_spec.TensorSpec([], dtypes.int64)


def list_files(file_pattern, shuffle, seed):
    """The names of the files that match. InvalidArgumentError where it runs: there is none."""
    with ops.name_scope('list_files'):
        pattern = ops.convert_to_tensor(file_pattern, dtype=dtypes.string, name='file_pattern')
        names = gen_io_ops.matching_files(pattern)
        found = math_ops.greater(array_ops.shape(names)[0], 0, name='match_not_empty')
        complaint = math_ops.add('No files matched pattern: ', string_ops.reduce_join(pattern, separator=', '), name='message')
        check = control_flow_ops.Assert(found, [complaint], summarize=1, name='assert_not_empty')
        with ops.control_dependencies([] if check is None else [check]):
            names = array_ops.identity(names)
        files = dataset.DatasetV2.from_tensor_slices(names)
        if shuffle is None or shuffle:
            # There may be no file, but a buffer has a place at least.
            buffer_size = math_ops.maximum(array_ops.shape(names, out_type=dtypes.int64)[0], 1)
            files = files.shuffle(buffer_size, seed=seed)
        return files
