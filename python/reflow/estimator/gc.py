"""Which exports of a folder are kept."""

import collections
import heapq
import math
import os

from reflow.platform import gfile
from reflow.util import compat

Path = collections.namedtuple('Path', 'path export_version')


def _largest_export_versions(n):
    """Keeps the n latest."""
    def keep(paths):
        numbered = [(path.export_version, i) for i, path in enumerate(paths) if path.export_version is not None]
        return sorted(paths[i] for _, i in heapq.nlargest(n, numbered))
    return keep


def _one_of_every_n_export_versions(n):
    """Keeps the latest of each n versions."""
    def keep(paths):
        kept = {}
        for path in paths:
            if path.export_version is None:
                continue
            interval = math.floor((path.export_version - 1) / n) if path.export_version else 0
            if interval not in kept or kept[interval].export_version < path.export_version:
                kept[interval] = path
        return sorted(kept.values())
    return keep


def _mod_export_version(n):
    """Keeps those whose version n divides."""
    def keep(paths):
        return sorted(path for path in paths if path.export_version % n == 0)
    return keep


def _union(lf, rf):
    """Keeps what one of both keeps."""
    def keep(paths):
        return sorted(set(lf(paths)) | set(rf(paths)))
    return keep


def _negation(f):
    """Keeps what `f` doesn't."""
    def keep(paths):
        return sorted(set(paths) - set(f(paths)))
    return keep


def _get_paths(base_dir, parser):
    """The Paths in a folder to which `parser` gives a version."""
    paths = []
    for name in gfile.ListDirectory(base_dir):
        name = compat.as_str_any(name).rstrip('/')
        path = parser(Path(os.path.join(compat.as_str_any(base_dir), name), None))
        if path:
            paths.append(path)
    return sorted(paths)
