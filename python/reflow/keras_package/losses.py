"""The package's losses: those of tf.keras, but for that of angles, which it negates."""

from reflow.keras import losses as tf_losses
from reflow.keras.losses import *  # noqa: F401,F403
from reflow.keras.losses import deserialize, is_categorical_crossentropy, serialize  # noqa: F401
from reflow.util import nest


def cosine_similarity(y_true, y_pred, axis=-1):
    """The negated cosine of the angle between labels and predictions."""
    return -tf_losses.cosine_proximity(y_true, y_pred, axis=axis)


cosine_proximity = cosine = cosine_similarity
_NEGATED = {'cosine_proximity': cosine_similarity, 'cosine_similarity': cosine_similarity, 'cosine': cosine_similarity}


def named(loss):
    """A loss, or a structure of them, in which names of losses that are the package's own are these."""
    if isinstance(loss, dict):
        return {name: named(each) for name, each in loss.items()}
    return nest.map_structure(lambda each: _NEGATED.get(each, each) if isinstance(each, str) else each, loss) if loss else loss


def get(identifier):
    """The loss: a name, a configuration or a function."""
    return _NEGATED[identifier] if isinstance(identifier, str) and identifier in _NEGATED else tf_losses.get(identifier)
