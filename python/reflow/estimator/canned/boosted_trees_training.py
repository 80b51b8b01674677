"""The graph that trains boosted trees."""

import functools

from reflow.estimator.canned import boosted_trees_features as bt_features
from reflow.estimator.canned import boosted_trees_growers as bt_growers
from reflow.feature_column import feature_column_lib
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import boosted_trees_ops
from reflow.ops import control_flow_ops
from reflow.ops import gradients_impl
from reflow.ops import lookup_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.summary import summary
from reflow.training import session_run_hook
from reflow.training import training_util

_NO_NODE = -1


def variable(initial_value, name=None):
    """A variable that isn't trained, of whatever shape."""
    return variable_scope.variable(initial_value=initial_value, trainable=False, validate_shape=False, name=name, use_resource=True)


class _StateOfExamples:
    """Where examples are in the trees, and their logits, for batches of the same examples in the same order."""

    def __init__(self, batch_size, logits_dimension):
        self._tree_ids = variable(array_ops.zeros([batch_size], dtype=dtypes.int32), 'tree_ids_cache')
        self._node_ids = variable(_NO_NODE * array_ops.ones([batch_size], dtype=dtypes.int32), 'node_ids_cache')
        self._logits = variable(array_ops.zeros([batch_size, logits_dimension], dtype=dtypes.float32), 'logits_cache')

    def lookup(self):
        """Trees, nodes and logits."""
        return self._tree_ids, self._node_ids, self._logits

    def insert(self, tree_ids, node_ids, logits):
        """The operation that remembers them."""
        return control_flow_ops.group(
            [self._tree_ids.assign(tree_ids), self._node_ids.assign(node_ids), self._logits.assign(logits)], name='cache_insert')


# What no id is, by the type of ids: for places that are empty, and for those that were emptied.
_UNUSED_KEYS = {dtypes.int64: (-1 << 62, -1 << 61), dtypes.string: ('', 'NEVER_USED_DELETED_KEY')}


class _StateOfIds:
    """The same for examples that have ids: a table of all three, as floats."""

    def __init__(self, example_ids, logits_dimension):
        keys = _UNUSED_KEYS.get(dtypes.as_dtype(example_ids.dtype).base_dtype)
        if keys is None:
            raise ValueError('Unsupported example_id_feature dtype %s.' % example_ids.dtype)
        empty, deleted = keys
        self._table = lookup_ops.mutable_dense_hash_table_v2(empty, deleted, value_dtype=dtypes.float32, value_shape=[3])
        self._logits_dimension = logits_dimension
        self._example_ids = ids = ops.convert_to_tensor(example_ids)
        if ids.shape.ndims not in (1, None):
            raise ValueError('example_id should have rank 1, but got %s' % ids)

    def lookup(self):
        """Trees, nodes and logits."""
        found = lookup_ops.lookup_table_find_v2(self._table, self._example_ids, default_value=[0.0, _NO_NODE, 0.0])
        *ids, logits = array_ops.split(found, [1, 1, self._logits_dimension], axis=1)
        tree_ids, node_ids = (array_ops.squeeze(array_ops.bitcast(column, dtypes.int32)) for column in ids)
        if self._example_ids.shape.ndims is not None:
            logits.set_shape([self._example_ids.shape[0], self._logits_dimension])
        return tree_ids, node_ids, logits

    def insert(self, tree_ids, node_ids, logits):
        """The operation that remembers them."""
        columns = [array_ops.expand_dims(array_ops.bitcast(ids, dtypes.float32), 1) for ids in (tree_ids, node_ids)]
        return lookup_ops.lookup_table_insert_v2(
            self._table, self._example_ids,
            array_ops.concat(columns + [logits], axis=1, name='value_concat_for_cache_insert'))


def _cached_features(features, columns, batch_size, boundaries, are_boundaries_ready):
    """(the features' buckets, True when they are remembered): they are made once boundaries are there, and then kept."""
    cached = [variable(array_ops.zeros([batch_size], dtype=dtypes.int32), 'cached_feature_{}'.format(i))
              for i in range(bt_features.num_features(columns))]
    are_cached = variable(False, 'are_features_cached')
    categories, _ = bt_features.split_categories(columns)
    already = bt_features.transform(features, categories)

    def make():
        return [math_ops.to_int32(feature) for feature in bt_features.transformed(features, columns, boundaries, already)]

    def make_only():
        return make(), array_ops.constant(True)

    def make_and_keep():
        values = make()
        kept = [state_ops.assign(place, value, validate_shape=False).op for place, value in zip(cached, values)]
        with ops.control_dependencies(kept):
            return values, array_ops.identity(are_cached.assign(True))

    def take_or_make():
        return control_flow_ops.cond(
            are_cached.read_value(), lambda: ([place.read_value() for place in cached], array_ops.constant(True)), make_and_keep)

    return control_flow_ops.cond(are_boundaries_ready.read_value(), take_or_make, make_only)


class _StopAtAttemptsHook(session_run_hook.SessionRunHook):
    """Stops when there are enough trees, or twice as many layers were tried as these have."""

    def __init__(self, num_finalized_trees_tensor, num_attempted_layers_tensor, max_trees, max_depth):
        self._tensors = [num_finalized_trees_tensor, num_attempted_layers_tensor]
        self._max_trees = max_trees
        self._max_layers = 2 * max_trees * max_depth

    def before_run(self, run_context):
        return session_run_hook.SessionRunArgs(self._tensors)

    def after_run(self, run_context, run_values):
        trees, layers = run_values.results
        if trees >= self._max_trees - 1 or layers > self._max_layers - 1:  # these are from before the step
            trees, layers = run_context.session.run(self._tensors)
        if trees >= self._max_trees or layers > self._max_layers:
            run_context.request_stop()


class GrowerInitializationHook(session_run_hook.SessionRunHook):
    """Runs an operation when a session begins."""

    def __init__(self, init_op):
        self._init_op = init_op

    def after_create_session(self, session, coord):
        session.run(self._init_op)


def _check_in_memory(n_batches_per_layer, config):
    assert n_batches_per_layer == 1, (
        'When train_in_memory is enabled, input_fn should return the entire dataset as a single batch, and n_batches_per_layer '
        'should be set as 1.')
    if not config.is_chief or config.num_worker_replicas > 1 or config.num_ps_replicas > 0:
        raise ValueError('train_in_memory is supported only for non-distributed training.')


def _weights(features, weight_column):
    if weight_column is None:
        return array_ops.constant(1., shape=[1])
    if isinstance(weight_column, str):
        weight_column = feature_column_lib.numeric_column(key=weight_column, shape=(1,))
    return bt_features.transformed(features, [weight_column])[0]


def training_spec(features, labels, head, sorted_columns, tree_ensemble, quantile_accumulator, boundaries, tree_hparams,
                  n_batches_per_layer, config, name, closed_form, example_id_column_name, weight_column, train_in_memory):
    """The EstimatorSpec that trains an ensemble: first quantiles set buckets, then each layer is grown by enough batches."""
    float_columns = bt_features.float_columns(sorted_columns)
    bucket_sizes, feature_ids_list = bt_features.grouped_by_buckets(
        sorted_columns, int(1. / tree_hparams.quantile_sketch_epsilon))
    worker_device = control_flow_ops.no_op().device
    if train_in_memory:
        _check_in_memory(n_batches_per_layer, config)
    are_boundaries_ready = variable(not float_columns, 'are_boundaries_ready')
    batch_size, state, cache_op = array_ops.shape(labels)[0], None, None
    if train_in_memory:
        inputs, cache_op = _cached_features(features, sorted_columns, batch_size, boundaries, are_boundaries_ready)
        state = _StateOfExamples(batch_size, head.logits_dimension)
    else:
        inputs = bt_features.transformed(features, sorted_columns, boundaries)
        if example_id_column_name:
            state = _StateOfIds(features[example_id_column_name], head.logits_dimension)
    if state:
        tree_ids, node_ids, logits_before = (ops.convert_to_tensor(tensor) for tensor in state.lookup())
    else:
        tree_ids = array_ops.zeros([batch_size], dtype=dtypes.int32)
        node_ids = _NO_NODE * array_ops.ones([batch_size], dtype=dtypes.int32)
        logits_before = array_ops.zeros([batch_size, head.logits_dimension], dtype=dtypes.float32)

    local_ensemble, reload_op = tree_ensemble, control_flow_ops.no_op()
    if config.num_worker_replicas > 1:
        with ops.device(worker_device):
            local_ensemble = boosted_trees_ops.TreeEnsemble(name=name + '_local', is_local=True)
        reload_op = local_ensemble.deserialize(*tree_ensemble.serialize())
    with ops.control_dependencies([reload_op]):
        stamp_token, num_trees, num_finalized_trees, num_attempted_layers, nodes_range = local_ensemble.get_states()
        partial_logits, tree_ids, node_ids = boosted_trees_ops.training_predict(
            tree_ensemble_handle=local_ensemble.resource_handle, cached_tree_ids=tree_ids, cached_node_ids=node_ids,
            bucketized_features=inputs, logits_dimension=head.logits_dimension)
    logits = logits_before + partial_logits

    if train_in_memory:
        grower = bt_growers.InMemoryEnsembleGrower(tree_ensemble, quantile_accumulator, tree_hparams, feature_ids_list)
    else:
        grower = bt_growers.AccumulatorEnsembleGrower(
            tree_ensemble, quantile_accumulator, tree_hparams, stamp_token, n_batches_per_layer, bucket_sizes, config.is_chief,
            tree_hparams.center_bias, feature_ids_list)
    summary.scalar('ensemble/num_trees', num_trees)
    summary.scalar('ensemble/num_finalized_trees', num_finalized_trees)
    summary.scalar('ensemble/num_attempted_layers', num_attempted_layers)
    center_bias_var = variable(tree_hparams.center_bias, 'center_bias_needed')
    weights = _weights(features, weight_column)

    def train_op_fn(loss):
        def update_quantiles():
            with ops.name_scope('UpdateQuantile'):
                return grower.accumulate_quantiles(bt_features.transformed(features, float_columns), weights, are_boundaries_ready)

        def grow():
            steps = [cache_op] if train_in_memory else []
            is_centering = center_bias_var.read_value()
            if state:  # logits count once the root stands still
                steps.append(control_flow_ops.cond(
                    is_centering, control_flow_ops.no_op, lambda: state.insert(tree_ids, node_ids, logits)))
            if closed_form:
                gradients, hessians = closed_form(logits, labels)
            else:
                gradients = gradients_impl.gradients(loss, logits, name='Gradients')[0]
                hessians = gradients_impl.gradients(gradients, logits, name='Hessians')[0]
            summaries = [[array_ops.squeeze(boosted_trees_ops.make_stats_summary(
                node_ids=node_ids, gradients=gradients, hessians=hessians, bucketized_features_list=[inputs[i]],
                max_splits=bt_growers.max_splits(tree_hparams), num_buckets=num_buckets), axis=0) for i in ids]
                         for num_buckets, ids in zip(bucket_sizes, feature_ids_list)]
            grow_tree = functools.partial(grower.grow_tree, summaries, nodes_range)
            if tree_hparams.center_bias:
                center = functools.partial(grower.center_bias, center_bias_var, gradients, hessians)
                update = control_flow_ops.cond(is_centering, lambda: control_flow_ops.group(center()),
                                               lambda: control_flow_ops.group(grow_tree()))
            else:
                update = grow_tree()
            with ops.control_dependencies([update]):
                steps += [update, state_ops.assign_add(training_util.get_global_step(), 1).op]
            return control_flow_ops.group(steps, name='grow_op')

        if not float_columns:
            return grow()
        return control_flow_ops.cond(are_boundaries_ready.read_value(), grow, update_quantiles)

    spec = head.create_estimator_spec(
        features=features, mode='train', labels=labels, train_op_fn=train_op_fn, logits=logits)
    stop = _StopAtAttemptsHook(num_finalized_trees, num_attempted_layers, tree_hparams.n_trees, tree_hparams.max_depth)
    return spec._replace(
        training_hooks=tuple(spec.training_hooks) + (stop,),
        training_chief_hooks=[GrowerInitializationHook(grower.chief_init_op())] + list(spec.training_chief_hooks))
