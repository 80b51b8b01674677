"""DatasetSpec: what is known of a dataset that is a component of an element; datasets as variant tensors."""
from reflow.data.ops import dataset
from reflow.framework import composite_tensor, dtypes, tensor_shape, tensor_spec, type_spec


class _VariantDataset(dataset.DatasetV2):
    """The dataset that a variant tensor holds."""

    def __init__(self, dataset_variant, structure):
        self._structure = structure
        super().__init__(dataset_variant)

    def _inputs(self):
        return []

    @property
    def element_spec(self):
        return self._structure


class _NestedVariant(composite_tensor.CompositeTensor):
    """Datasets of one element spec in a variant tensor of a shape."""

    def __init__(self, variant_tensor, element_spec, dataset_shape):
        self._variant_tensor = variant_tensor
        self._element_spec = element_spec
        self._dataset_shape = dataset_shape

    @property
    def _type_spec(self):
        return DatasetSpec(self._element_spec, self._dataset_shape)


def from_variant(variant, structure):
    """The dataset that a variant tensor holds, whose elements have the spec `structure`."""
    return _VariantDataset(variant, structure)


def to_variant(dataset):
    """The variant tensor that holds the dataset."""
    return dataset._variant_tensor


class DatasetSpec(type_spec.BatchableTypeSpec):
    """The element spec of a dataset, or of datasets in a variant tensor of shape `dataset_shape`."""

    __slots__ = ['_element_spec', '_dataset_shape']

    def __init__(self, element_spec, dataset_shape=()):
        self._element_spec = element_spec
        self._dataset_shape = tensor_shape.as_shape(dataset_shape)

    @property
    def value_type(self):
        return _VariantDataset

    def _serialize(self):
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self):
        return tensor_spec.TensorSpec(self._dataset_shape, dtypes.variant)

    def _to_components(self, value):
        return value._variant_tensor

    def _from_components(self, components):
        if self._dataset_shape.ndims == 0:
            return _VariantDataset(components, self._element_spec)
        return _NestedVariant(components, self._element_spec, self._dataset_shape)

    @staticmethod
    def from_value(value):
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def _batch(self, batch_size):
        return DatasetSpec(self._element_spec, tensor_shape.TensorShape([batch_size]).concatenate(self._dataset_shape))

    def _unbatch(self):
        if self._dataset_shape.ndims == 0:
            raise ValueError('Unbatching a dataset is only supported for rank >= 1')
        return DatasetSpec(self._element_spec, self._dataset_shape[1:])

    def _to_tensor_list(self, value):
        return [value._variant_tensor]

    def _to_batched_tensor_list(self, value):
        if self._dataset_shape.ndims == 0:
            raise ValueError('Unbatching a dataset is only supported for rank >= 1')
        return self._to_tensor_list(value)

    def _from_compatible_tensor_list(self, tensor_list):
        return self._from_components(tensor_list[0])

    @property
    def _flat_tensor_specs(self):
        return [tensor_spec.TensorSpec(self._dataset_shape, dtypes.variant)]

    def _to_legacy_output_types(self):
        return self

    def _to_legacy_output_shapes(self):
        return self

    def _to_legacy_output_classes(self):
        return self
