"""The names of the predictions of tf.contrib.learn."""


class PredictionKey:
    """The names of the predictions of tf.contrib.learn."""

    CLASSES = 'classes'
    PROBABILITIES = 'probabilities'
    LOGITS = 'logits'
    LOGISTIC = 'logistic'
    SCORES = 'scores'
    TOP_K = 'top_k'
    GENERIC = 'output'
