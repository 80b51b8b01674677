"""Forests: their hyperparameters, their trees as variables, and the graphs that train and ask them."""
import math
import numbers
import random

from google.protobuf import text_format

from reflow.contrib.decision_trees.proto import generic_tree_model_pb2 as _tree_proto
from reflow.contrib.framework.python.ops import assigned_values
from reflow.contrib.tensor_forest.proto import tensor_forest_params_pb2 as _params_proto
from reflow.contrib.tensor_forest.python.ops import data_ops
from reflow.contrib.tensor_forest.python.ops import model_ops
from reflow.contrib.tensor_forest.python.ops import stats_ops
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import variable_scope
from reflow.ops import variables as tf_variables
from reflow.platform import tf_logging as logging

# How leaves and statistics are kept.
CLASSIFICATION_LEAF_MODEL_TYPES = {
    'all_dense': (_params_proto.MODEL_DENSE_CLASSIFICATION, _params_proto.STATS_DENSE_GINI),
    'all_sparse': (_params_proto.MODEL_SPARSE_CLASSIFICATION, _params_proto.STATS_SPARSE_GINI),
    'sparse_then_dense': (_params_proto.MODEL_SPARSE_OR_DENSE_CLASSIFICATION, _params_proto.STATS_SPARSE_THEN_DENSE_GINI)}
REGRESSION_MODEL_TYPE = (
    _params_proto.MODEL_REGRESSION, _params_proto.STATS_LEAST_SQUARES_REGRESSION, _params_proto.COLLECTION_BASIC)

FINISH_TYPES = {
    'basic': _params_proto.SPLIT_FINISH_BASIC,
    'hoeffding': _params_proto.SPLIT_FINISH_DOMINATE_HOEFFDING,
    'bootstrap': _params_proto.SPLIT_FINISH_DOMINATE_BOOTSTRAP}
PRUNING_TYPES = {
    'none': _params_proto.SPLIT_PRUNE_NONE,
    'half': _params_proto.SPLIT_PRUNE_HALF,
    'quarter': _params_proto.SPLIT_PRUNE_QUARTER,
    '10_percent': _params_proto.SPLIT_PRUNE_10_PERCENT,
    'hoeffding': _params_proto.SPLIT_PRUNE_HOEFFDING}
SPLIT_TYPES = {
    'less_or_equal': _tree_proto.InequalityTest.LESS_OR_EQUAL,
    'less': _tree_proto.InequalityTest.LESS_THAN}


def parse_number_or_string_to_proto(proto, param):
    """Sets a DepthDependentParam to a number, or to what a string says: a number, or the message as text."""
    if isinstance(param, numbers.Number):
        proto.constant_value = param
    elif param.isdigit():
        proto.constant_value = int(param)
    else:
        text_format.Merge(param, proto)


def build_params_proto(params):
    """The TensorForestParams of hyperparameters."""
    proto = _params_proto.TensorForestParams(
        num_trees=params.num_trees, max_nodes=params.max_nodes, is_regression=params.regression,
        num_outputs=params.num_classes, num_features=params.num_features, leaf_type=params.leaf_model_type,
        stats_type=params.stats_model_type, collection_type=_params_proto.COLLECTION_BASIC,
        inequality_test_type=params.split_type, drop_final_class=False)
    proto.pruning_type.type = params.pruning_type
    proto.finish_type.type = params.finish_type
    for name in ('collate_examples', 'checkpoint_stats', 'use_running_stats_method', 'initialize_average_splits',
                 'inference_tree_paths'):
        setattr(proto, name, getattr(params, name))
    for message, value in ((proto.pruning_type.prune_every_samples, params.prune_every_samples),
                           (proto.finish_type.check_every_steps, params.early_finish_check_every_samples),
                           (proto.split_after_samples, params.split_after_samples),
                           (proto.num_splits_to_consider, params.num_splits_to_consider)):
        parse_number_or_string_to_proto(message, value)
    proto.dominate_fraction.constant_value = params.dominate_fraction
    if params.param_file:
        with open(params.param_file) as file:
            text_format.Merge(file.read(), proto)
    return proto


class ForestHParams:
    """The hyperparameters of a forest. `num_classes` and `num_features` have to be given; fill() sets what depends on others."""

    def __init__(self, num_trees=100, max_nodes=10000, bagging_fraction=1.0, num_splits_to_consider=0,
                 feature_bagging_fraction=1.0, max_fertile_nodes=0, split_after_samples=250, valid_leaf_threshold=1,
                 dominate_method='bootstrap', dominate_fraction=0.99, model_name='all_dense', split_finish_name='basic',
                 split_pruning_name='none', prune_every_samples=0, early_finish_check_every_samples=0, collate_examples=False,
                 checkpoint_stats=False, use_running_stats_method=False, initialize_average_splits=False,
                 inference_tree_paths=False, param_file=None, split_name='less_or_equal', **kwargs):
        given = dict(locals(), **kwargs)
        for name in ('self', 'kwargs', '__class__'):
            given.pop(name, None)
        self.__dict__.update(given)

    def values(self):
        """{name: value}, with what fill() has set."""
        return self.__dict__

    def fill(self):
        """Sets what wasn't given; returns itself. AttributeError: there is no `num_classes` or no `num_features`."""
        for required in ('num_classes', 'num_features'):
            getattr(self, required)
        fraction, size = self.feature_bagging_fraction, self.num_features
        self.bagged_num_features = int(fraction * size)
        self.bagged_features = None if fraction >= 1 else [
            random.sample(range(size), self.bagged_num_features) for _ in range(self.num_trees)]
        self.regression = getattr(self, 'regression', False)
        self.num_outputs = self.num_classes if self.regression else 1
        self.num_output_columns = self.num_classes + 1
        self.num_splits_to_consider = (
            self.num_splits_to_consider or min(max(10, math.floor(math.sqrt(self.num_features))), 1000))
        self.base_random_seed = getattr(self, 'base_random_seed', 0)
        model = REGRESSION_MODEL_TYPE if self.regression else CLASSIFICATION_LEAF_MODEL_TYPES[self.model_name]
        self.leaf_model_type, self.stats_model_type = model[:2]
        self.finish_type = _params_proto.SPLIT_FINISH_BASIC if self.regression else FINISH_TYPES[self.split_finish_name]
        self.pruning_type = PRUNING_TYPES[self.split_pruning_name]
        prunes = self.pruning_type != _params_proto.SPLIT_PRUNE_NONE
        checks = self.finish_type != _params_proto.SPLIT_FINISH_BASIC
        self.prune_every_samples = self._samples(self.prune_every_samples, 2) if prunes else 0
        self.early_finish_check_every_samples = self._samples(self.early_finish_check_every_samples, 4) if checks else 0
        self.split_type = SPLIT_TYPES[self.split_name]
        return self

    def _samples(self, given, parts):
        """After how many samples something is done: a part of those that split a leaf, unless that is given."""
        if given:
            return given
        if not isinstance(self.split_after_samples, numbers.Number) and not self.split_after_samples.isdigit():
            logging.error('Must specify prune_every_samples if using a depth-dependent split_after_samples')
        return int(self.split_after_samples) / parts


def get_epoch_variable():
    """The variable of tf.train.limit_epochs as a vector; [0]: there is none."""
    for variable in tf_variables.local_variables():
        if 'limit_epochs/epoch' in variable.op.name:
            return array_ops.reshape(variable, [1])
    return [0]


class TreeVariables:
    """A tree and, for training, its statistics."""

    def __init__(self, params, tree_num, training, tree_config='', tree_stat=''):
        if not isinstance(getattr(params, 'params_proto', None), _params_proto.TensorForestParams):
            params.params_proto = build_params_proto(params)
        params.serialized_params_proto = params.params_proto.SerializeToString()
        names = [self.get_tree_name(what, tree_num) for what in ('stats', 'tree')]
        self.stats = stats_ops.fertile_stats_variable(params, tree_stat, names[0]) if training else None
        self.tree = model_ops.tree_variable(params, tree_config, self.stats, names[1])

    def get_tree_name(self, name, num):
        """'tree-3'."""
        return '{0}-{1}'.format(name, num)


class ForestVariables:
    """The variables of all trees, by number. `device_dummies` are on the trees' devices."""

    def __init__(self, params, device_assigner, training=True, tree_variables_class=TreeVariables, tree_configs=None,
                 tree_stats=None):
        self.variables = []
        with ops.device(device_assigner):
            self.device_dummies = [
                variable_scope.get_variable(name='device_dummy_%d' % i, shape=0) for i in range(params.num_trees)]
        for i, dummy in enumerate(self.device_dummies):
            with ops.device(dummy.device):
                begins = {} if tree_configs is None else {'tree_config': tree_configs[i]}
                if tree_stats is not None:
                    begins['tree_stat'] = tree_stats[i]
                self.variables.append(tree_variables_class(params, i, training, **begins))

    def __setitem__(self, t, val):
        self.variables[t] = val

    def __getitem__(self, t):
        return self.variables[t]


class RandomForestGraphs:
    """Makes the graphs of a forest."""

    def __init__(self, params, tree_configs=None, tree_stats=None, device_assigner=None, variables=None,
                 tree_variables_class=TreeVariables, tree_graphs=None, training=True):
        self.params = params
        self.device_assigner = device_assigner or assigned_values.VariableDeviceChooser()
        logging.info('Constructing forest with params = ')
        logging.info(self.params.__dict__)
        self.variables = variables or ForestVariables(
            self.params, device_assigner=self.device_assigner, training=training, tree_variables_class=tree_variables_class,
            tree_configs=tree_configs, tree_stats=tree_stats)
        tree_class = tree_graphs or RandomTreeGraphs
        self.trees = [tree_class(self.variables[i], self.params, i) for i in range(self.params.num_trees)]

    def _device(self, i):
        return ops.device(self.variables.device_dummies[i].device)

    def _bag_features(self, tree_num, input_data):
        columns = array_ops.split(value=input_data, num_or_size_splits=self.params.num_features, axis=1)
        return array_ops.concat([columns[i] for i in self.params.bagged_features[tree_num]], 1)

    def _bagged_features(self, tree_num, dense, sparse):
        if not self.params.bagged_features:
            return dense
        if sparse is not None:
            raise NotImplementedError('Feature bagging not supported with sparse features.')
        return self._bag_features(tree_num, dense)

    def _bagged_examples(self, seed, dense, sparse, labels):
        if not self.params.bagging_fraction < 1.0:
            return dense, labels
        if sparse is not None:
            raise NotImplementedError('Bagging not supported with sparse features.')
        batch_size = array_ops.strided_slice(array_ops.shape(dense), [0], [1])
        drawn = random_ops.random_uniform(batch_size, seed=seed)
        mask = math_ops.less(drawn, array_ops.ones_like(drawn) * self.params.bagging_fraction)
        indices = array_ops.squeeze(array_ops.where_v2(mask), axis=[1])
        dense = array_ops.gather(dense, indices)
        return dense, array_ops.gather(labels, indices)

    def get_all_resource_handles(self):
        """The handles of all trees, then those of their statistics."""
        variables = [self.variables[i] for i in range(len(self.trees))]
        return [v.tree for v in variables] + [v.stats for v in variables]

    def training_graph(self, input_data, input_labels, num_trainers=1, trainer_id=0, **tree_kwargs):
        """The operation that grows the trees of this trainer by a batch, see data_ops for what that may be."""
        dense, sparse, spec = data_ops.ParseDataTensorOrDict(input_data)
        labels = data_ops.ParseLabelTensorOrDict(input_labels)
        trees_per_trainer = self.params.num_trees / num_trainers
        grown = []
        for i in range(int(trainer_id * trees_per_trainer), int((trainer_id + 1) * trees_per_trainer)):
            with self._device(i):
                seed = self.params.base_random_seed
                seed += i if seed else 0
                data, tree_labels = self._bagged_examples(seed, dense, sparse, labels)
                data = self._bagged_features(i, data, sparse)
                grown.append(self.trees[i].training_graph(
                    data, tree_labels, seed, data_spec=spec, sparse_features=sparse, **tree_kwargs))
        return control_flow_ops.group(*grown, name='train')

    def inference_graph(self, input_data, **inference_args):
        """(what the trees say on average [batch, outputs], paths [batch or 0, trees], variance of the trees [batch, outputs])."""
        dense, sparse, spec = data_ops.ParseDataTensorOrDict(input_data)
        outputs = []
        for i, tree in enumerate(self.trees[:self.params.num_trees]):
            with self._device(i):
                data = self._bagged_features(i, dense, sparse)
                outputs.append(tree.inference_graph(data, spec, sparse_features=sparse, **inference_args))
        with self._device(0):
            every = array_ops.stack([predictions for predictions, _ in outputs], axis=1)
            average = math_ops.div(math_ops.reduce_sum(every, 1), self.params.num_trees, name='probabilities')
            paths = array_ops.stack([path for _, path in outputs], axis=1)
            squares = math_ops.div(math_ops.reduce_sum(every * every, 1), self.params.num_trees)
            return average, paths, math_ops.maximum(0., squares - average * average)

    def average_size(self):
        """The number of nodes of a tree on average."""
        sizes = []
        for i in range(self.params.num_trees):
            with self._device(i):
                sizes.append(self.trees[i].size())
        return math_ops.reduce_mean(math_ops.cast(array_ops.stack(sizes), dtypes.float32))

    def training_loss(self, features, labels, name='training_loss'):
        """How small the trees are: they grow as long as there is something to tell apart."""
        del features, labels
        return math_ops.negative(self.average_size(), name=name)

    def validation_loss(self, features, labels):
        """As training_loss."""
        del features, labels
        return math_ops.negative(self.average_size())

    def average_impurity(self):
        """The mean of what the trees' average_impurity() say; RandomTreeGraphs has none."""
        impurities = []
        for i in range(self.params.num_trees):
            with self._device(i):
                impurities.append(self.trees[i].average_impurity())
        return math_ops.reduce_mean(array_ops.stack(impurities))

    def feature_importances(self):
        """The part of all splits that each feature makes, [features]."""
        counts = [self.trees[i].feature_usage_counts() for i in range(self.params.num_trees)]
        total = math_ops.reduce_sum(array_ops.stack(counts, 0), 0)
        return total / math_ops.reduce_sum(total)


def _features(input_data, sparse_features):
    """Dense features, and indices, values and shape of sparse ones; [] what isn't there."""
    dense = [] if input_data is None else input_data
    if sparse_features is None:
        return dense, [], [], []
    return dense, sparse_features.indices, sparse_features.values, sparse_features.dense_shape


class RandomTreeGraphs:
    """Makes the graphs of a tree."""

    def __init__(self, variables, params, tree_num):
        self.variables = variables
        self.params = params
        self.tree_num = tree_num

    def training_graph(self, input_data, input_labels, random_seed, data_spec, sparse_features=None, input_weights=None):
        """The operation that counts labels in the leaves and splits those of which enough is known."""
        math_ops.cast(get_epoch_variable(), dtypes.int32)  # TensorFlow's graph has it, for nothing
        weights = [] if input_weights is None else input_weights
        features = _features(input_data, sparse_features)
        tree, stats = self.variables.tree, self.variables.stats
        params = self.params.serialized_params_proto
        spec = data_spec.SerializeToString()
        leaf_ids = model_ops.traverse_tree_v4(tree, *features, input_spec=spec, params=params)
        update = model_ops.update_model_v4(tree, leaf_ids, input_labels, weights, params=params)
        finished = stats_ops.process_input_v4(
            tree, stats, *features, input_labels, weights, leaf_ids, input_spec=spec, random_seed=random_seed, params=params)
        with ops.control_dependencies([update]):
            return stats_ops.grow_tree_v4(tree, stats, finished, params=params)

    def inference_graph(self, input_data, data_spec, sparse_features=None):
        """(what the tree says [batch, outputs], paths [batch or 0])."""
        return model_ops.tree_predictions_v4(
            self.variables.tree, *_features(input_data, sparse_features), input_spec=data_spec.SerializeToString(),
            params=self.params.serialized_params_proto)

    def size(self):
        """The number of nodes."""
        return model_ops.tree_size(self.variables.tree)

    def feature_usage_counts(self):
        """How often each feature splits, [features]."""
        return model_ops.feature_usage_counts(self.variables.tree, params=self.params.serialized_params_proto)
