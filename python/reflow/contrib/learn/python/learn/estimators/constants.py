"""The kinds of problems that heads of tf.contrib.learn solve."""


class ProblemType:
    """What a model tells of its inputs."""

    UNSPECIFIED = 0
    CLASSIFICATION = 1
    LINEAR_REGRESSION = 2
    LOGISTIC_REGRESSION = 3
