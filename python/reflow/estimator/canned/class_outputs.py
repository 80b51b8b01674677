"""The classes that classifiers give for each example."""

from reflow.saved_model.model_utils import export_output


def _tiled(logits, values):
    from reflow.ops import array_ops
    batch_size = array_ops.shape(logits)[0]
    return array_ops.tile(input=array_ops.expand_dims(input=values(), axis=0), multiples=[batch_size, 1])


def _class_names(n_classes, label_vocabulary):
    from reflow.ops import math_ops
    from reflow.ops import string_ops
    return label_vocabulary if label_vocabulary else string_ops.as_string(math_ops.range(n_classes))


def all_class_ids(logits, n_classes):
    """[batch_size, n_classes] of 0, 1, ..."""
    from reflow.ops import math_ops
    return _tiled(logits, lambda: math_ops.range(n_classes))


def all_classes(logits, n_classes, label_vocabulary=None):
    """[batch_size, n_classes] of the classes' names, or of their ids as strings."""
    return _tiled(logits, lambda: _class_names(n_classes, label_vocabulary))


def names_of_ids(class_ids, label_vocabulary):
    """The names of ids, or the ids as strings."""
    from reflow.ops import lookup_ops
    from reflow.ops import string_ops
    if not label_vocabulary:
        return string_ops.as_string(class_ids, name='str_classes')
    table = lookup_ops.index_to_string_table_from_tensor(vocabulary_list=label_vocabulary, name='class_string_lookup')
    return table.lookup(class_ids)


def ids_of_names(labels, label_vocabulary):
    """The ids of names."""
    from reflow.ops import lookup_ops
    table = lookup_ops.index_table_from_tensor(vocabulary_list=tuple(label_vocabulary), name='class_id_lookup')
    return table.lookup(labels)


def classification_output(scores, n_classes, label_vocabulary=None):
    """The output of a signature: scores and names."""
    return export_output.ClassificationOutput(
        scores=scores, classes=_tiled(scores, lambda: _class_names(n_classes, label_vocabulary)))


def ids_of_classes(classes, label_vocabulary, n_classes):
    """Names or ids of classes as ids."""
    classes = tuple(classes or ())
    if classes and isinstance(classes[0], str):
        if not label_vocabulary:
            raise ValueError('label_vocabulary must be provided when classes_for_class_based_metrics are sting.')
        return tuple(label_vocabulary.index(each) for each in classes)
    for class_id in classes:
        if not 0 <= class_id < n_classes:
            raise ValueError('All classes_for_class_based_metrics must be in range [0, {}]. Given: {}'.format(
                n_classes - 1, class_id))
    return classes


def columns_of_class(class_id, *several):
    """[D0, D1, ..., 1] of each of several tensors [D0, D1, ..., n_classes]: what belongs to a class."""
    from reflow.framework import dtypes
    from reflow.ops import array_ops
    rank = array_ops.rank(several[0]) - 1
    first = array_ops.concat([array_ops.zeros([rank], dtype=dtypes.int32), [class_id]], axis=0)
    all_of_the_others = -1 * array_ops.ones([rank], dtype=dtypes.int32)
    sizes = array_ops.concat([all_of_the_others, [1]], axis=0)
    return [array_ops.slice(values, first, sizes) for values in several]
