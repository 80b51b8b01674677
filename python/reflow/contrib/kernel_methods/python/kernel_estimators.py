"""A linear classifier of mapped features."""
from reflow.contrib.kernel_methods.python.mappers import dense_kernel_mapper
from reflow.contrib.layers.python.layers import feature_column as contrib_columns
from reflow.contrib.learn.python.learn.estimators import column_models
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import head as head_lib
from reflow.contrib.learn.python.learn.estimators.prediction_key import PredictionKey
from reflow.ops import array_ops
from reflow.platform import tf_logging as logging


def _with_mapped_columns(features, feature_columns, kernel_mappers):
    """Features and columns, and for each column that is mapped one of the mapped features side by side."""
    mapped = {}
    columns = set()
    for column, mappers in (kernel_mappers or {}).items():
        if not isinstance(column, contrib_columns._RealValuedColumn):
            logging.warning('Updates are currently supported on RealValuedColumns only. '
                            'Metadata for FeatureColumn {} will not be updated.'.format(column.name))
            continue
        name = column.name + '_MAPPED'
        columns.add(contrib_columns.real_valued_column(name, sum(mapper.output_dim for mapper in mappers)))
        mapped[name] = array_ops.concat([mapper.map(features[column.name]) for mapper in mappers], 1)
    return dict(features, **mapped), set(feature_columns) | columns


def _kernel_model_fn(features, labels, mode, params, config=None):
    features, columns = _with_mapped_columns(features, params['feature_columns'], params['kernel_mappers'])
    return column_models._linear_model_fn(
        features, labels, mode, dict(params, feature_columns=columns, gradient_clip_norm=None), config)


class KernelLinearClassifier(estimator.Estimator):
    """A linear model of `feature_columns` and of what `kernel_mappers`, {column: its maps}, make of columns."""

    def __init__(self, feature_columns=None, model_dir=None, n_classes=2, weight_column_name=None, optimizer=None,
                 kernel_mappers=None, config=None):
        if not feature_columns and not kernel_mappers:
            raise ValueError('You should set at least one of feature_columns, kernel_mappers.')
        for mappers in (kernel_mappers or {}).values():
            if not all(isinstance(mapper, dense_kernel_mapper.DenseKernelMapper) for mapper in mappers):
                raise ValueError('Invalid kernel mappers.')
        head = head_lib.multi_class_head(n_classes=n_classes, weight_column_name=weight_column_name)
        super().__init__(model_fn=_kernel_model_fn, model_dir=model_dir, config=config, params={
            'head': head, 'feature_columns': feature_columns or [], 'optimizer': optimizer, 'kernel_mappers': kernel_mappers})

    def predict_classes(self, input_fn=None):
        """The classes, one by one."""
        return self._each(PredictionKey.CLASSES, input_fn)

    def predict_proba(self, input_fn=None):
        """The probabilities of all classes, example by example."""
        return self._each(PredictionKey.PROBABILITIES, input_fn)

    def _each(self, key, input_fn):
        return (prediction[key] for prediction in self.predict(input_fn=input_fn, outputs=[key]))
