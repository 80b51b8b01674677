"""How an ensemble grows: by each batch alone, which has all examples, or when batches of all workers are added up."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import boosted_trees_ops
from reflow.ops import control_flow_ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops


def max_splits(tree_hparams):
    """How many nodes a tree may split."""
    return (1 << tree_hparams.max_depth) - 1


class _EnsembleGrower:
    """The operations that grow an ensemble. ValueError: the hyperparameters contradict each other about pruning."""

    def __init__(self, tree_ensemble, quantile_accumulator, tree_hparams, feature_ids_list):
        self._tree_ensemble = tree_ensemble
        self._tree_hparams = tree_hparams
        self._quantile_accumulator = quantile_accumulator
        self._feature_ids_list = feature_ids_list
        self._pruning_mode = boosted_trees_ops.PruningMode.from_str(tree_hparams.pruning_mode)
        is_pruned = self._pruning_mode != boosted_trees_ops.PruningMode.NO_PRUNING
        if tree_hparams.tree_complexity > 0 and not is_pruned:
            raise ValueError('Tree complexity have no effect unless pruning mode is chosen.')
        if tree_hparams.tree_complexity <= 0 and is_pruned:
            raise ValueError('For pruning, tree_complexity must be positive.')

    def accumulate_quantiles(self, float_features, weights, are_boundaries_ready):
        """Adds numbers to the streams of quantiles, and makes buckets when there are enough."""
        raise NotImplementedError

    def center_bias(self, center_bias_var, gradients, hessians):
        """Moves the root of the first tree to what is best for all examples."""
        raise NotImplementedError

    def grow_tree(self, stats_summaries_list, last_layer_nodes_range):
        """Adds a layer, by sums of gradients and hessians: a list for each number of buckets, of a tensor for each feature."""
        raise NotImplementedError

    def chief_init_op(self):
        """What the chief runs first."""
        return control_flow_ops.no_op()

    def _center(self, center_bias_var, mean_gradients, mean_hessians):
        hparams = self._tree_hparams
        goes_on = boosted_trees_ops.center_bias(
            self._tree_ensemble.resource_handle, mean_gradients, mean_hessians, hparams.l1, hparams.l2)
        return center_bias_var.assign(goes_on)

    def _grow(self, stats_summaries_list, last_layer_nodes_range):
        hparams = self._tree_hparams
        assert len(stats_summaries_list) == len(self._feature_ids_list)
        feature_ids, splits = [], [[] for _ in range(5)]
        for ids, summaries in zip(self._feature_ids_list, stats_summaries_list):
            gains = boosted_trees_ops.calculate_best_gains_per_feature(
                node_id_range=last_layer_nodes_range, stats_summary_list=summaries, l1=hparams.l1, l2=hparams.l2,
                tree_complexity=hparams.tree_complexity, min_node_weight=hparams.min_node_weight,
                max_splits=max_splits(hparams))
            feature_ids += ids
            for all_tensors, tensors in zip(splits, gains):
                all_tensors.extend(tensors)
        nodes, gains, thresholds, left, right = splits
        return boosted_trees_ops.update_ensemble(
            self._tree_ensemble.resource_handle, feature_ids=feature_ids, node_ids=nodes, gains=gains, thresholds=thresholds,
            left_node_contribs=left, right_node_contribs=right, learning_rate=hparams.learning_rate,
            max_depth=hparams.max_depth, pruning_mode=self._pruning_mode)


class InMemoryEnsembleGrower(_EnsembleGrower):
    """Grows by each batch, which has all examples."""

    def accumulate_quantiles(self, float_features, weights, are_boundaries_ready):
        """Makes buckets of the one batch."""
        added = self._quantile_accumulator.add_summaries(float_features, weights)
        with ops.control_dependencies([added]):
            flushed = self._quantile_accumulator.flush()
            with ops.control_dependencies([flushed]):
                return are_boundaries_ready.assign(True).op

    def center_bias(self, center_bias_var, gradients, hessians):
        """Moves the root by the batch's means."""
        means = [array_ops.expand_dims(math_ops.reduce_mean(tensor, 0), 0) for tensor in (gradients, hessians)]
        return self._center(center_bias_var, *means)

    def grow_tree(self, stats_summaries_list, last_layer_nodes_range):
        """Adds a layer by the batch's sums."""
        return self._grow(stats_summaries_list, last_layer_nodes_range)


def _accumulator(shape, shared_name):
    return data_flow_ops.ConditionalAccumulator(dtype=dtypes.float32, shape=shape, shared_name=shared_name)


class AccumulatorEnsembleGrower(_EnsembleGrower):
    """Grows by the mean of at least `n_batches_per_layer` batches. The chief grows; other workers only add."""

    def __init__(self, tree_ensemble, quantile_accumulator, tree_hparams, stamp_token, n_batches_per_layer, bucket_size_list,
                 is_chief, center_bias, feature_ids_list):
        super().__init__(tree_ensemble, quantile_accumulator, tree_hparams, feature_ids_list)
        self._stamp_token = stamp_token
        self._n_batches_per_layer = n_batches_per_layer
        self._is_chief = is_chief
        self._accumulators = [
            _accumulator([len(ids), max_splits(tree_hparams), buckets, 2], 'numeric_stats_summary_accumulator_%d' % i)
            for i, (ids, buckets) in enumerate(zip(feature_ids_list, bucket_size_list))]
        self._bias_accumulator = _accumulator([2, 1], 'bias_accumulator') if center_bias else None
        all_accumulators = self._accumulators + ([self._bias_accumulator] if center_bias else [])
        self._chief_init_ops = [accumulator.set_global_step(stamp_token) for accumulator in all_accumulators]

    def _is_enough(self, num_accumulated):
        return math_ops.greater_equal(num_accumulated, self._n_batches_per_layer)

    def accumulate_quantiles(self, float_features, weights, are_boundaries_ready):
        """Adds the batch to the streams; the chief makes buckets when there are enough batches."""
        added = self._quantile_accumulator.add_summaries(float_features, weights)
        counter = _accumulator({}, 'quantile_summary_accum')
        step = counter.set_global_step(self._stamp_token)
        counted = counter.apply_grad(array_ops.constant(0.), self._stamp_token)
        update = control_flow_ops.group(added, step, counted)
        if not self._is_chief:
            return update
        with ops.control_dependencies([update]):
            def flush():
                taken = counter.take_grad(1)
                flushed = self._quantile_accumulator.flush()
                return control_flow_ops.group(flushed, taken, are_boundaries_ready.assign(True).op)

            return control_flow_ops.cond(self._is_enough(counter.num_accumulated()), flush, control_flow_ops.no_op,
                                         name='wait_until_quaniles_accumulated')

    def center_bias(self, center_bias_var, gradients, hessians):
        """Adds the batch's means; the chief moves the root when there are enough batches."""
        means = math_ops.reduce_mean(array_ops.stack([gradients, hessians], axis=0), axis=1)
        added = self._bias_accumulator.apply_grad(means, self._stamp_token)
        with ops.control_dependencies([added]):
            if not self._is_chief:
                return control_flow_ops.no_op()

            def count_on():
                return control_flow_ops.group([accumulator.set_global_step(self._stamp_token + 1)
                                               for accumulator in self._accumulators])

            def center():
                means = array_ops.unstack(self._bias_accumulator.take_grad(1), axis=0)
                goes_on = self._center(center_bias_var, *(array_ops.expand_dims(mean, 0) for mean in means))
                with ops.control_dependencies([goes_on]):
                    return control_flow_ops.cond(array_ops.identity(goes_on), control_flow_ops.no_op, count_on)

            return control_flow_ops.cond(self._is_enough(self._bias_accumulator.num_accumulated()), center,
                                         control_flow_ops.no_op, name='wait_until_n_batches_for_bias_accumulated')

    def grow_tree(self, stats_summaries_list, last_layer_nodes_range):
        """Adds the batch's sums; the chief adds a layer when there are enough batches."""
        added = [accumulator.apply_grad(array_ops.stack(summaries, axis=0), self._stamp_token)
                 for accumulator, summaries in zip(self._accumulators, stats_summaries_list)]
        with ops.control_dependencies(added):
            if not self._is_chief:
                return control_flow_ops.no_op()
            fewest = math_ops.reduce_min(
                array_ops.stack([accumulator.num_accumulated() for accumulator in self._accumulators]))

            def grow():
                means = [array_ops.unstack(accumulator.take_grad(1), axis=0) for accumulator in self._accumulators]
                return self._grow(means, last_layer_nodes_range)

            return control_flow_ops.cond(self._is_enough(fewest), grow, control_flow_ops.no_op,
                                         name='wait_until_n_batches_accumulated')

    def chief_init_op(self):
        """Has the accumulators begin with the ensemble's stamp."""
        return control_flow_ops.group(self._chief_init_ops)
