"""A state that is handed on from element to element."""
from reflow.data.ops import dataset, reductions, structured_function
from reflow.data.util import structure
from reflow.ops import gen_experimental_dataset_ops


class _StateOfPair:
    """The first of the pair that the function of a scan gives, as weakened_state looks at it."""

    def __init__(self, wrapped):
        self.output_classes, self.output_types, self.output_shapes = (
            part[0] for part in (wrapped.output_classes, wrapped.output_types, wrapped.output_shapes))


class _ScanDataset(dataset.UnaryDataset):
    """What a function makes of each element and a state."""

    def __init__(self, input_dataset, initial_state, scan_func):
        initial_state = structure.normalize_element(initial_state)
        state = structure.type_spec_from_value(initial_state)
        while True:
            wrapped = structured_function.StructuredFunctionWrapper(
                scan_func, self._transformation_name(), input_structure=(state, input_dataset.element_spec),
                add_to_graph=False)
            if not (isinstance(wrapped.output_types, tuple) and len(wrapped.output_types) == 2):
                raise TypeError('The scan function must return a pair comprising the new state and the output value.')
            weakened = reductions.weakened_state(state, _StateOfPair(wrapped))
            if weakened is None:
                break
            state = weakened
        self._element_spec = wrapped.output_structure[1]
        self._scan_func = wrapped
        super().__init__(input_dataset, gen_experimental_dataset_ops.scan_dataset(
            input_dataset._variant_tensor, structure.to_tensor_list(state, initial_state),
            wrapped.function.captured_inputs, f=wrapped.function, preserve_cardinality=True, **self._flat_structure))

    def _functions(self):
        return [self._scan_func]

    @property
    def element_spec(self):
        return self._element_spec

    def _transformation_name(self):
        return 'tf.data.experimental.scan()'


def scan(initial_state, scan_func):
    """A transformation into the second of what `scan_func(state, element)` gives, the first being the next state."""

    def _apply_fn(input_dataset):
        return _ScanDataset(input_dataset, initial_state, scan_func)

    return _apply_fn
