"""Elements up to the first that a predicate refuses."""
from reflow.data.ops import dataset, structured_function
from reflow.framework import dtypes, tensor_spec
from reflow.ops import gen_experimental_dataset_ops


class _TakeWhileDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements before the first of which a predicate is not true."""

    def __init__(self, input_dataset, predicate):
        self._predicate = structured_function.StructuredFunctionWrapper(
            predicate, 'tf.data.experimental.take_while()', dataset=input_dataset)
        if not self._predicate.output_structure.is_compatible_with(tensor_spec.TensorSpec([], dtypes.bool)):
            raise ValueError('`predicate` must return a scalar boolean tensor.')
        super().__init__(input_dataset, gen_experimental_dataset_ops.take_while_dataset(
            input_dataset._variant_tensor, other_arguments=self._predicate.function.captured_inputs,
            predicate=self._predicate.function, **input_dataset._flat_structure))

    def _functions(self):
        return [self._predicate]


def take_while(predicate):
    """A transformation into the elements before the first of which `predicate` is not true."""

    def _apply_fn(input_dataset):
        return _TakeWhileDataset(input_dataset, predicate)

    return _apply_fn
