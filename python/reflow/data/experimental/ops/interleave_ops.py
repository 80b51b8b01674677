"""Elements of several datasets in turn."""
from reflow.data.experimental.ops import random_ops
from reflow.data.ops import dataset, mapped, readers
from reflow.data.util import nest, structure
from reflow.framework import dtypes, ops, tensor_spec
from reflow.ops import array_ops, gen_experimental_dataset_ops, gen_stateless_random_ops, math_ops
from reflow.util import deprecation


@deprecation.deprecated(None, 'Use `tf.data.Dataset.interleave(map_func, cycle_length, block_length, '
                        'num_parallel_calls=tf.data.experimental.AUTOTUNE)` instead. If sloppy execution is desired, use '
                        '`tf.data.Options.experimental_determinstic`.')
def parallel_interleave(map_func, cycle_length, block_length=1, sloppy=False, buffer_output_elements=None,
                        prefetch_input_elements=None):
    """A transformation into the elements of the datasets that `map_func` makes, each on a thread of its own."""

    def _apply_fn(input_dataset):
        return readers.ParallelInterleaveDataset(input_dataset, map_func, cycle_length, block_length, sloppy,
                                                 buffer_output_elements, prefetch_input_elements)

    return _apply_fn


class _DirectedInterleaveDataset(dataset.DatasetV1):
    """Elements of several datasets, in the order that another one says."""

    def __init__(self, selector_input, data_inputs):
        self._selector_input = selector_input
        self._data_inputs = list(data_inputs)
        specs = [each.element_spec for each in self._data_inputs]
        types, classes = structure.legacy_types(specs[0]), structure.legacy_classes(specs[0])
        if any(structure.legacy_types(spec) != types or structure.legacy_classes(spec) != classes for spec in specs[1:]):
            raise TypeError('All datasets must have the same type and class.')
        shapes = structure.legacy_shapes(specs[0])
        for spec in specs[1:]:
            shapes = nest.pack_sequence_as(shapes, [
                a.most_specific_compatible_shape(b) for a, b in zip(
                    nest.flatten(shapes), nest.flatten(structure.legacy_shapes(spec)))])
        self._element_spec = structure.convert_legacy_structure(types, shapes, classes)
        super().__init__()

    def _as_variant_tensor(self):
        return gen_experimental_dataset_ops.directed_interleave_dataset(
            self._selector_input._variant_tensor, [each._variant_tensor for each in self._data_inputs],
            **self._flat_structure)

    def _inputs(self):
        return [self._selector_input] + self._data_inputs

    @property
    def element_spec(self):
        return self._element_spec


def _constant_logits(weights, num_datasets):
    if weights is None:
        return [[1.0] * num_datasets]
    weights = ops.convert_to_tensor(weights, name='weights')
    if weights.dtype not in (dtypes.float32, dtypes.float64):
        raise TypeError('`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` elements.')
    if not weights.shape.is_compatible_with([num_datasets]):
        raise ValueError('`weights` must be a vector of length `len(datasets)`.')
    return array_ops.expand_dims(math_ops.log(weights, name='logits'), 0)


def _draw(logits, seed):
    return array_ops.squeeze(gen_stateless_random_ops.stateless_multinomial(logits, 1, seed=seed), axis=[0, 1])


def sample_from_datasets_v2(datasets, weights=None, seed=None):
    """The elements of datasets that are drawn at random, with `weights`, a vector or a dataset of such."""
    if not isinstance(weights, dataset.DatasetV2):
        logits = _constant_logits(weights, len(datasets))
        if len(datasets) == 1:
            return datasets[0]

        def select_dataset_constant_logits(seed):
            return _draw(logits, seed)

        selector = mapped.MapDataset(random_ops.RandomDataset(seed).batch(2), select_dataset_constant_logits,
                                     use_inter_op_parallelism=False)
    else:
        logits_ds = weights.map(lambda *p: math_ops.log(p, name='logits'))

        def select_dataset_varying_logits(logits, seed):
            return _draw(logits, seed)

        selector = mapped.MapDataset(dataset.DatasetV1.zip((logits_ds, random_ops.RandomDataset(seed).batch(2))),
                                     select_dataset_varying_logits, use_inter_op_parallelism=False)
    return _DirectedInterleaveDataset(selector, datasets)


def sample_from_datasets_v1(datasets, weights=None, seed=None):
    """The elements of datasets that are drawn at random, with `weights`, a vector or a dataset of such."""
    return dataset.DatasetV1Adapter(sample_from_datasets_v2(datasets, weights, seed))


def choose_from_datasets_v2(datasets, choice_dataset):
    """The elements of the datasets whose numbers `choice_dataset` says."""
    if not structure.are_compatible(choice_dataset.element_spec, tensor_spec.TensorSpec([], dtypes.int64)):
        raise TypeError('`choice_dataset` must be a dataset of scalar `tf.int64` tensors.')
    return _DirectedInterleaveDataset(choice_dataset, datasets)


def choose_from_datasets_v1(datasets, choice_dataset):
    """The elements of the datasets whose numbers `choice_dataset` says."""
    return dataset.DatasetV1Adapter(choose_from_datasets_v2(datasets, choice_dataset))


choose_from_datasets = choose_from_datasets_v1
sample_from_datasets = sample_from_datasets_v1
