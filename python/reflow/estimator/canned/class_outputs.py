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
