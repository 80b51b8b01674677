"""Batches of Example messages parsed."""
from reflow.data.util import structure
from reflow.framework import dtypes, tensor_spec


def parse_example_dataset(features, num_parallel_calls=1):
    """A transformation of a dataset of vectors of serialized Examples into dicts of their features."""
    if features is None:
        raise ValueError('Missing: features was %s.' % features)

    def _apply_fn(dataset):
        from reflow.ops import parsing_ops
        if not structure.are_compatible(dataset.element_spec, tensor_spec.TensorSpec([None], dtypes.string)):
            raise TypeError('Input dataset should be a dataset of vectors of strings')
        return dataset.map(lambda serialized: parsing_ops.parse_example(serialized, features),
                           num_parallel_calls=num_parallel_calls)

    return _apply_fn
