from reflow.contrib.tensor_forest.python import tensor_forest  # noqa: F401
from reflow.contrib.tensor_forest.python.ops import data_ops  # noqa: F401
from reflow.contrib.tensor_forest.python.ops import model_ops  # noqa: F401
from reflow.contrib.tensor_forest.python.ops import stats_ops  # noqa: F401
from reflow.contrib.tensor_forest.python.ops import tensor_forest_ops  # noqa: F401
