"""Sampling of classes, for losses that look at a few of many classes."""

from reflow.framework import random_seed
from reflow.ops import gen_candidate_sampling_ops


def _seeded(op, *inputs, seed, name, **attrs):
    """The op, with the seed of the graph and `seed` as its attributes."""
    of_graph, of_op = random_seed.get_seed(seed)
    return op(*inputs, seed=of_graph, seed2=of_op, name=name, **attrs)


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Classes, each as likely as the others, and how often the true and the sampled ones are expected."""
    return _seeded(gen_candidate_sampling_ops.uniform_candidate_sampler, true_classes, num_true, num_sampled, unique,
                   range_max, seed=seed, name=name)


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Classes, the first ones likelier than later ones, as words of a vocabulary sorted by frequency are."""
    return _seeded(gen_candidate_sampling_ops.log_uniform_candidate_sampler, true_classes, num_true, num_sampled, unique,
                   range_max, seed=seed, name=name)


def learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Classes as likely as they were among the true ones until now."""
    return _seeded(gen_candidate_sampling_ops.learned_unigram_candidate_sampler, true_classes, num_true, num_sampled, unique,
                   range_max, seed=seed, name=name)


def fixed_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, vocab_file='', distortion=1.0,
                                    num_reserved_ids=0, num_shards=1, shard=0, unigrams=(), seed=None, name=None):
    """Classes as likely as a file or a list says."""
    return _seeded(gen_candidate_sampling_ops.fixed_unigram_candidate_sampler, true_classes, num_true, num_sampled, unique,
                   range_max, vocab_file=vocab_file, distortion=distortion, num_reserved_ids=num_reserved_ids,
                   num_shards=num_shards, shard=shard, unigrams=unigrams, seed=seed, name=name)


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """All classes."""
    return _seeded(gen_candidate_sampling_ops.all_candidate_sampler, true_classes, num_true, num_sampled, unique, seed=seed,
                   name=name)


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """(rows, sampled classes, weights) of what was sampled and is true."""
    return _seeded(gen_candidate_sampling_ops.compute_accidental_hits, true_classes, sampled_candidates, num_true, seed=seed,
                   name=name)
