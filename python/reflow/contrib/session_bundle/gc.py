"""Which exports of a folder are kept."""
from reflow.estimator.gc import Path  # noqa: F401
from reflow.estimator.gc import _get_paths as get_paths  # noqa: F401
from reflow.estimator.gc import _largest_export_versions as largest_export_versions  # noqa: F401
from reflow.estimator.gc import _mod_export_version as mod_export_version  # noqa: F401
from reflow.estimator.gc import _negation as negation  # noqa: F401
from reflow.estimator.gc import _one_of_every_n_export_versions as one_of_every_n_export_versions  # noqa: F401
from reflow.estimator.gc import _union as union  # noqa: F401
