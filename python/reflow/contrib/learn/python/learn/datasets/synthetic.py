"""Points of a plane in classes that no line parts."""
import numpy as np

from reflow.contrib.learn.python.learn.datasets.base import Dataset


def circles(n_samples=100, noise=None, seed=None, factor=0.8, n_classes=2, *args, **kwargs):
    """Circles about the origin, each smaller by `factor` than the one before. Points left over are on the first."""
    if seed is not None:
        np.random.seed(seed)
    size = n_samples // n_classes
    angles = np.linspace(0, 2 * np.pi, size)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    parts = []
    for _ in range(n_classes):
        parts.append(circle.copy())
        circle *= factor
    left = n_samples % n_classes
    parts.append(np.stack([np.cos(np.random.rand(left) * 2 * np.pi), np.sin(np.random.rand(left) * 2 * np.pi)]))
    return _shuffled(np.concatenate(parts, axis=1).T, _classes(n_classes, size, left), noise)


def spirals(n_samples=100, noise=None, seed=None, mode='archimedes', n_loops=2, *args, **kwargs):
    """Two spirals, one turned by half a circle: `archimedes`, `bernoulli` (logarithmic) or `fermat` (parabolic)."""
    if mode not in _RADII:
        raise ValueError('Cannot generate spiral with mode %s' % mode)
    if seed is not None:
        np.random.seed(seed)
    size, left = n_samples // 2, n_samples % 2
    angles = np.linspace(0, 2 * n_loops * np.pi, size)
    parts = [_spiral(mode, angles, i * np.pi, **kwargs) for i in range(2)]
    if left:
        parts.append(_spiral(mode, np.random.rand(left) * 2 * np.pi, 0., **kwargs))
    return _shuffled(np.concatenate(parts, axis=1).T, _classes(2, size, left), noise)


_RADII = {
    'archimedes': lambda angles, exp_scale: angles,
    'bernoulli': lambda angles, exp_scale: np.exp(exp_scale * angles),
    'fermat': lambda angles, exp_scale: np.sqrt(angles),
}


def _spiral(mode, angles, offset, exp_scale=0.1, **kwargs):
    points = _RADII[mode](angles, exp_scale) * np.stack([np.cos(angles + offset), np.sin(angles + offset)])
    return points / np.max(np.abs(points), axis=1, keepdims=True)


def _classes(n_classes, size, left):
    return np.concatenate([np.repeat(np.arange(n_classes, dtype=np.int32), size), np.zeros(left, np.int32)])


def _shuffled(points, classes, noise):
    order = np.random.permutation(range(len(points)))
    if noise is not None:
        points = points + np.random.normal(scale=noise, size=points.shape)
    return Dataset(data=points[order], target=classes[order])
