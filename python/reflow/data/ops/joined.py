"""Datasets that are made of several: side by side, or one after the other."""
from reflow.data.ops import dataset
from reflow.data.util import nest, structure
from reflow.ops import gen_dataset_ops


class ZipDataset(dataset.DatasetV2):
    """Elements that have one element of each dataset of a nested structure."""

    def __init__(self, datasets):
        for each in nest.flatten(datasets):
            if not isinstance(each, dataset.DatasetV2):
                if isinstance(each, list):
                    raise TypeError('The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects. Nested '
                                    'structures do not support Python lists; please use a tuple instead.')
                raise TypeError('The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects.')
        self._datasets = datasets
        self._structure = nest.pack_sequence_as(datasets, [each.element_spec for each in nest.flatten(datasets)])
        super().__init__(gen_dataset_ops.zip_dataset(
            [each._variant_tensor for each in nest.flatten(datasets)], **self._flat_structure))

    def _inputs(self):
        return nest.flatten(self._datasets)

    @property
    def element_spec(self):
        return self._structure


class ConcatenateDataset(dataset.DatasetV2):
    """The elements of one dataset, then those of another."""

    def __init__(self, input_dataset, dataset_to_concatenate):
        self._input_dataset = input_dataset
        self._dataset_to_concatenate = dataset_to_concatenate
        first, second = input_dataset.element_spec, dataset_to_concatenate.element_spec
        if structure.legacy_types(first) != structure.legacy_types(second):
            raise TypeError('Two datasets to concatenate have different types %s and %s' % (
                structure.legacy_types(first), structure.legacy_types(second)))
        if structure.legacy_classes(first) != structure.legacy_classes(second):
            raise TypeError('Two datasets to concatenate have different classes %s and %s' % (
                structure.legacy_classes(first), structure.legacy_classes(second)))
        shapes = [a.most_specific_compatible_shape(b) for a, b in zip(
            nest.flatten(structure.legacy_shapes(first)), nest.flatten(structure.legacy_shapes(second)))]
        self._structure = structure.convert_legacy_structure(
            structure.legacy_types(first), nest.pack_sequence_as(structure.legacy_shapes(first), shapes),
            structure.legacy_classes(first))
        super().__init__(gen_dataset_ops.concatenate_dataset(
            input_dataset._variant_tensor, dataset_to_concatenate._variant_tensor, **self._flat_structure))

    def _inputs(self):
        return [self._input_dataset, self._dataset_to_concatenate]

    @property
    def element_spec(self):
        return self._structure
