"""Rows and columns matched by distance."""

from reflow.contrib.image.ops import gen_image_ops

__all__ = ['bipartite_match']


def bipartite_match(distance_mat, num_valid_rows, top_k=-1, name='bipartite_match'):
    """(the column of each row, the row of each column), -1 where there is none, by distances of [rows, columns].

    The nearest are matched first. Only the first `num_valid_rows` rows count (all, where it is negative), and at most `top_k`
    matches are made, where that is positive.
    """
    return gen_image_ops.bipartite_match(distance_mat, num_valid_rows, top_k, name=name)
