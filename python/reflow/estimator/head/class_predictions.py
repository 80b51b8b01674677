"""What the heads of classes share: names of classes, and predictions of them."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned.prediction_keys import PredictionKeys as Keys


def list_of_names(label_vocabulary):
    """Raises ValueError where the names of classes are no list."""
    if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
        raise ValueError('label_vocabulary should be a list or a tuple. Given type: {}'.format(type(label_vocabulary)))


def classes(logits, keys, n_classes, label_vocabulary):
    """Of the predictions `keys` those that are classes; `logits` has one for each class."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    found = {}
    if Keys.CLASS_IDS in keys or Keys.CLASSES in keys:
        class_ids = array_ops.expand_dims(math_ops.argmax(logits, axis=-1, name=Keys.CLASS_IDS), axis=-1)
        if Keys.CLASS_IDS in keys:
            found[Keys.CLASS_IDS] = class_ids
        if Keys.CLASSES in keys:
            found[Keys.CLASSES] = class_outputs.names_of_ids(class_ids, label_vocabulary)
    if Keys.ALL_CLASS_IDS in keys:
        found[Keys.ALL_CLASS_IDS] = class_outputs.all_class_ids(logits, n_classes)
    if Keys.ALL_CLASSES in keys:
        found[Keys.ALL_CLASSES] = class_outputs.all_classes(logits, n_classes, label_vocabulary)
    return found


def update_auc(metric, labels, predictions, weights):
    """Adds predictions, whose weights are broadcast, to the area under a curve."""
    from reflow.ops import math_ops
    from reflow.ops import weights_broadcast_ops
    predictions = math_ops.to_float(predictions)
    if weights is not None:
        weights = weights_broadcast_ops.broadcast_weights(weights, predictions)
    metric.update_state(y_true=labels, y_pred=predictions, sample_weight=weights)
