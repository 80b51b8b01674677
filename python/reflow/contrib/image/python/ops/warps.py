"""Images warped by a flow, at each pixel or at control points, and splines that go through points."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops

__all__ = ['dense_image_warp', 'interpolate_spline', 'sparse_image_warp']


def _interpolate_bilinear(grid, query_points, name='interpolate_bilinear', indexing='ij'):
    """What is between the pixels of `grid` at points [batch, n, 2]; points outside count as at the edge."""
    if indexing not in ('ij', 'xy'):
        raise ValueError("Indexing mode must be 'ij' or 'xy'")
    with ops.name_scope(name):
        grid, query_points = ops.convert_to_tensor(grid), ops.convert_to_tensor(query_points)
        if grid.get_shape().ndims != 4:
            raise ValueError('Grid must be 4 dimensional. Received size: ' + str(grid.get_shape()))
        batch_size, height, width, channels = [array_ops.shape(grid)[i] for i in range(4)]
        with ops.control_dependencies([
                check_ops.assert_equal(len(query_points.get_shape()), 3, message='Query points must be 3 dimensional.'),
                check_ops.assert_equal(array_ops.shape(query_points)[2], 2,
                                       message='Query points must be size 2 in dim 2.')]):
            count = array_ops.shape(query_points)[1]
        with ops.control_dependencies([
                check_ops.assert_greater_equal(height, 2, message='Grid height must be at least 2.'),
                check_ops.assert_greater_equal(width, 2, message='Grid width must be at least 2.')]):
            coordinates = array_ops.unstack(query_points, axis=2)
        lower, upper, weights = [], [], []
        for dim in (0, 1) if indexing == 'ij' else (1, 0):
            with ops.name_scope('dim-' + str(dim)):
                position = coordinates[dim]
                largest = math_ops.cast((height, width)[dim] - 2, position.dtype)
                smallest = ops.convert_to_tensor(0.0, dtype=position.dtype)
                floor = math_ops.minimum(math_ops.maximum(smallest, math_ops.floor(position)), largest)
                lower.append(math_ops.cast(floor, dtypes.int32))
                upper.append(lower[-1] + 1)
                weight = math_ops.cast(position - floor, grid.dtype)
                zero, one = ops.convert_to_tensor(0.0, dtype=grid.dtype), ops.convert_to_tensor(1.0, dtype=grid.dtype)
                weight = math_ops.minimum(math_ops.maximum(zero, weight), one)
                weights.append(array_ops.expand_dims(weight, 2))
        with ops.control_dependencies([check_ops.assert_less_equal(
                math_ops.cast(batch_size * height * width, dtype=dtypes.float32), np.iinfo(np.int32).max / 8,
                message='The image size or batch size is sufficiently large that the linearized addresses used by '
                        'array_ops.gather may exceed the int32 limit.')]):
            pixels = array_ops.reshape(grid, [batch_size * height * width, channels])
            offsets = array_ops.reshape(math_ops.range(batch_size) * height * width, [batch_size, 1])

        def read(y, x, name):
            with ops.name_scope('gather-' + name):
                values = array_ops.gather(pixels, offsets + y * width + x)
                return array_ops.reshape(values, [batch_size, count, channels])

        top_left = read(lower[0], lower[1], 'top_left')
        top_right = read(lower[0], upper[1], 'top_right')
        bottom_left = read(upper[0], lower[1], 'bottom_left')
        bottom_right = read(upper[0], upper[1], 'bottom_right')
        with ops.name_scope('interpolate'):
            top = weights[1] * (top_right - top_left) + top_left
            bottom = weights[1] * (bottom_right - bottom_left) + bottom_left
            return weights[0] * (bottom - top) + top


def dense_image_warp(image, flow, name='dense_image_warp'):
    """The image whose pixel (y, x) comes from (y, x) - flow[y, x], bilinearly."""
    with ops.name_scope(name):
        batch_size, height, width, channels = [array_ops.shape(image)[i] for i in range(4)]
        columns, rows = array_ops.meshgrid(math_ops.range(width), math_ops.range(height))
        positions = math_ops.cast(array_ops.stack([rows, columns], axis=2), flow.dtype)
        sources = array_ops.expand_dims(positions, axis=0) - flow
        flat = array_ops.reshape(sources, [batch_size, height * width, 2])
        return array_ops.reshape(_interpolate_bilinear(image, flat), [batch_size, height, width, channels])


def sparse_image_warp(image, source_control_point_locations, dest_control_point_locations, interpolation_order=2,
                      regularization_weight=0.0, num_boundary_points=0, name='sparse_image_warp'):
    """The image with points moved from where they are to where they go, and all between by a spline; and the flow."""
    image = ops.convert_to_tensor(image)
    source = ops.convert_to_tensor(source_control_point_locations)
    destination = ops.convert_to_tensor(dest_control_point_locations)
    flows = destination - source
    with ops.name_scope(name):
        batch_size, height, width, _ = image.get_shape().as_list()
        grid = np.stack(np.meshgrid(np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64), indexing='ij'),
                        -1).reshape([height * width, 2])

        def of_batch(array, dtype):
            return ops.convert_to_tensor(np.tile(array[None], [batch_size, 1, 1]), dtype=dtype)

        positions = of_batch(grid, image.dtype)
        if num_boundary_points > 0:
            edge = _boundary_points(height, width, num_boundary_points - 1)
            still = of_batch(np.zeros([len(edge), 2]), destination.dtype)
            destination = array_ops.concat([destination, of_batch(edge, destination.dtype)], 1)
            flows = array_ops.concat([flows, still], 1)
        flat = interpolate_spline(destination, flows, positions, interpolation_order, regularization_weight)
        dense_flows = array_ops.reshape(flat, [batch_size, height, width, 2])
        return dense_image_warp(image, dense_flows), dense_flows


def _boundary_points(height, width, points_per_edge):
    """Points on the edges of an image: its corners and `points_per_edge` between them."""
    ys, xs = np.meshgrid(np.linspace(0, height - 1, points_per_edge + 2), np.linspace(0, width - 1, points_per_edge + 2),
                         indexing='ij')
    is_edge = (xs == 0) | (xs == width - 1) | (ys == 0) | (ys == height - 1)
    return np.stack([ys[is_edge], xs[is_edge]], axis=-1)


def interpolate_spline(train_points, train_values, query_points, order, regularization_weight=0.0,
                       name='interpolate_spline'):
    """The values at `query_points` of the polyharmonic spline through `train_values` at `train_points`."""
    with ops.name_scope(name):
        points, values = ops.convert_to_tensor(train_points), ops.convert_to_tensor(train_values)
        queries = ops.convert_to_tensor(query_points)
        with ops.name_scope('solve'):
            weights, linear = _spline_weights(points, values, order, regularization_weight)
        with ops.name_scope('predict'):
            distances = _squared_distances(queries, points)
            radial = math_ops.matmul(_radial_basis(distances, order), weights)
            padded = array_ops.concat([queries, array_ops.ones_like(queries[..., :1], points.dtype)], 2)
            return radial + math_ops.matmul(padded, linear)


def _squared_distances(x, y):
    x_norm = array_ops.expand_dims(math_ops.reduce_sum(math_ops.square(x), 2), 2)
    y_norm = array_ops.expand_dims(math_ops.reduce_sum(math_ops.square(y), 2), 1)
    return x_norm - 2 * math_ops.matmul(x, y, adjoint_b=True) + y_norm


def _radial_basis(squared_distance, order):
    """r^order, times log(r) for even orders, of r^2."""
    with ops.name_scope('phi'):
        r = squared_distance
        positive = math_ops.maximum(r, 1e-10)
        if order == 1:
            return math_ops.sqrt(positive)
        if order == 2:
            return 0.5 * r * math_ops.log(positive)
        if order == 4:
            return 0.5 * math_ops.square(r) * math_ops.log(positive)
        power = math_ops.pow(positive, 0.5 * order)
        return 0.5 * power * math_ops.log(positive) if order % 2 == 0 else power


def _spline_weights(points, values, order, regularization_weight):
    """The weights of the radial functions and of the linear one: a linear system."""
    batch, count, _ = array_ops.unstack(array_ops.shape(points), num=3)
    depth = tensor_shape.dimension_value(values.shape[-1])
    for size, text in ((tensor_shape.dimension_value(points.shape[-1]), 'input points (d)'), (depth, 'output values (k)')):
        if size is None:
            raise ValueError('The dimensionality of the %s must be statically-inferrable.' % text)
    with ops.name_scope('construct_linear_system'):
        square = _radial_basis(_squared_distances(points, points), order)
        if regularization_weight > 0:
            square += regularization_weight * array_ops.expand_dims(linalg_ops.eye(count, dtype=points.dtype), 0)
        sides = array_ops.concat([points, array_ops.ones_like(points[..., :1], dtype=points.dtype)], 2)
        width = tensor_shape.dimension_value(sides.get_shape()[2])
        corner = array_ops.zeros([batch, width, width], points.dtype)
        left = array_ops.concat([square, array_ops.transpose(sides, [0, 2, 1])], 1)
        matrix = array_ops.concat([left, array_ops.concat([sides, corner], 1)], 2)
        right = array_ops.concat([values, array_ops.zeros([batch, width, depth], points.dtype)], 1)
    with ops.name_scope('solve_linear_system'):
        solution = linalg_ops.matrix_solve(matrix, right)
        return solution[:, :count, :], solution[:, count:, :]
