"""Batches of Example messages parsed."""
from reflow.data.ops import dataset
from reflow.data.util import structure
from reflow.framework import dtypes, sparse_tensor, tensor_spec
from reflow.ops import gen_experimental_dataset_ops, parsing_features, parsing_ops


class _ParseExampleDataset(dataset.UnaryDataset):
    """A dataset of vectors of serialized Examples as dicts of their features."""

    def __init__(self, input_dataset, features, num_parallel_calls):
        if not structure.are_compatible(input_dataset.element_spec, tensor_spec.TensorSpec([None], dtypes.string)):
            raise TypeError('Input dataset should be a dataset of vectors of strings')
        raw = parsing_features.RawFeatures(parsing_features.with_rows(features), parsing_ops._EXAMPLE_KINDS)
        batch = input_dataset.element_spec.shape
        self._element_spec = {key: tensor_spec.TensorSpec(batch.concatenate(shape), dtype)
                              for key, shape, dtype in zip(raw.dense_keys, raw.dense_shapes, raw.dense_types)}
        self._element_spec.update({key: sparse_tensor.SparseTensorSpec(batch.concatenate([None]), dtype)
                                   for key, dtype in zip(raw.sparse_keys, raw.sparse_types)})
        super().__init__(input_dataset, gen_experimental_dataset_ops.parse_example_dataset(
            input_dataset._variant_tensor, num_parallel_calls, raw.default_tensors(), raw.sparse_keys, raw.dense_keys,
            raw.sparse_types, raw.dense_shapes, **self._flat_structure))

    @property
    def element_spec(self):
        return self._element_spec


def parse_example_dataset(features, num_parallel_calls=1):
    """A transformation of a dataset of vectors of serialized Examples into dicts of their features."""
    if features is None:
        raise ValueError('Missing: features was %s.' % features)

    def _apply_fn(input_dataset):
        result = _ParseExampleDataset(input_dataset, features, num_parallel_calls)
        if any(isinstance(feature, parsing_features.SparseFeature) for feature in features.values()):
            return result.map(lambda parsed: parsing_ops._with_sparse_features(features, parsed),
                              num_parallel_calls=num_parallel_calls)
        return result

    return _apply_fn
