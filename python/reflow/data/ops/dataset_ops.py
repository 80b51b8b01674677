"""`tf.data`: datasets and what makes them."""
from reflow.data.ops.batches import (  # noqa: F401
    BatchDataset, PaddedBatchDataset, _RestructuredDataset, _UnbatchDataset)
from reflow.data.ops.dataset import (  # noqa: F401
    AUTOTUNE, AutotuneAlgorithm, DatasetSource, DatasetV1, DatasetV1Adapter, DatasetV2, UnaryDataset,
    UnaryUnchangedStructureDataset, _ensure_same_dataset_graph)
from reflow.data.ops.dataset_options import Options  # noqa: F401
from reflow.data.ops.dataset_spec import (  # noqa: F401
    DatasetSpec, _NestedVariant, _VariantDataset, from_variant, to_variant)
from reflow.data.ops.generators import _GeneratorDataset  # noqa: F401
from reflow.data.ops.joined import ConcatenateDataset, ZipDataset  # noqa: F401
from reflow.data.ops.mapped import (  # noqa: F401
    FilterDataset, FlatMapDataset, InterleaveDataset, MapDataset, ParallelInterleaveDataset, ParallelMapDataset)
from reflow.data.ops.sources import (  # noqa: F401
    RangeDataset, SparseTensorSliceDataset, TensorDataset, TensorSliceDataset)
from reflow.data.ops.structured_function import StructuredFunctionWrapper, _should_unpack_args  # noqa: F401
from reflow.data.ops.transformations import (  # noqa: F401
    CacheDataset, PrefetchDataset, RepeatDataset, ShardDataset, ShuffleDataset, SkipDataset, TakeDataset, WindowDataset)
from reflow.data.ops.wrappers import (  # noqa: F401
    _MaxIntraOpParallelismDataset, _ModelDataset, _OptimizeDataset, _OptionsDataset, _PrivateThreadPoolDataset)
from reflow.data.util import structure as _structure

Dataset = DatasetV1


def make_one_shot_iterator(dataset):
    """An iterator that passes over the dataset once, without being initialized."""
    try:
        return dataset._make_one_shot_iterator()
    except AttributeError:
        return DatasetV1Adapter(dataset)._make_one_shot_iterator()


def make_initializable_iterator(dataset, shared_name=None):
    """An iterator whose `initializer` has to be run before it passes over the dataset."""
    try:
        return dataset._make_initializable_iterator(shared_name)
    except AttributeError:
        return DatasetV1Adapter(dataset)._make_initializable_iterator(shared_name)


def get_structure(dataset_or_iterator):
    """The spec of the elements."""
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError('`dataset_or_iterator` must be a Dataset or Iterator object, but got %s.'
                        % type(dataset_or_iterator)) from None


def get_legacy_output_classes(dataset_or_iterator):
    """The classes of the components of an element."""
    return _structure.legacy_classes(get_structure(dataset_or_iterator))


def get_legacy_output_shapes(dataset_or_iterator):
    """The shapes of the components of an element."""
    return _structure.legacy_shapes(get_structure(dataset_or_iterator))


def get_legacy_output_types(dataset_or_iterator):
    """The types of the components of an element."""
    return _structure.legacy_types(get_structure(dataset_or_iterator))
