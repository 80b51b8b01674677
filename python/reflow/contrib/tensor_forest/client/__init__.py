from reflow.contrib.tensor_forest.client import eval_metrics  # noqa: F401
from reflow.contrib.tensor_forest.client import random_forest  # noqa: F401
