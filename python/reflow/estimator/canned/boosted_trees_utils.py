"""What trees say of features: how much each has gained, and what it has added to one example's prediction."""

import collections

import numpy as np

from reflow.framework import protos

_DEBUG_PROTO_KEY = '_serialized_debug_outputs_proto'


def sum_by_name(names, values):
    """{name: the sum of its values}, the largest first."""
    sums = {}
    for name, value in zip(names, values):
        sums[name] = sums.get(name, 0) + value
    return collections.OrderedDict(sorted(sums.items(), key=lambda item: abs(item[1]), reverse=True))


def feature_importances(serialized, num_features, normalize):
    """What splits by each feature have gained; normalize: in all 1. AssertionError: that makes no sense."""
    ensemble = protos.message('tensorflow.boosted_trees.TreeEnsemble').FromString(serialized)
    importances = np.zeros(num_features)
    for tree, weight in zip(ensemble.trees, ensemble.tree_weights):
        for node in tree.nodes:
            kind = node.WhichOneof('node')
            if kind == 'bucketized_split':
                importances[node.bucketized_split.feature_id] += weight * node.metadata.gain
            elif kind == 'leaf':
                assert node.metadata.gain == 0
            else:
                raise ValueError('Unexpected split type %s' % kind)
    if normalize:
        assert np.all(importances >= 0), 'feature_importances must be non-negative.'
        assert np.sum(importances) > 0, 'Trees are all empty or contain only a root node.'
        importances /= np.sum(importances)
    return importances


def explanation(serialized, names, is_classification):
    """(what is predicted of all, {name: what the feature has changed}), of an example's DebugOutput."""
    output = protos.message('tensorflow.boosted_trees.DebugOutput').FromString(serialized)
    predictions = np.array(output.logits_path)
    if is_classification:
        predictions = 1 / (1 + np.exp(-predictions))
    changes = np.bincount(np.array(output.feature_ids, np.int64), weights=predictions[1:] - predictions[:-1], minlength=len(names))
    return predictions[0], sum_by_name(names, changes)
