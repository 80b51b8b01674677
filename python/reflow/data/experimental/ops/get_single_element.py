"""A dataset of one element."""
from reflow.data.ops import dataset as dataset_lib
from reflow.data.util import structure
from reflow.ops import gen_dataset_ops


def get_single_element(dataset):
    """The only element. InvalidArgumentError where it runs: there is none, or several."""
    if not isinstance(dataset, dataset_lib.DatasetV2):
        raise TypeError('`dataset` must be a `tf.data.Dataset` object.')
    return structure.from_compatible_tensor_list(dataset.element_spec, gen_dataset_ops.dataset_to_single_element(
        dataset._variant_tensor, **dataset._flat_structure))
