"""File names that match a pattern."""
import fnmatch
import os
import re

from reflow.lib.io.os_errors import raised_as_tf_errors


def matching_files(pattern):
    """Paths that match `pattern`: * ? [abc] [!abc] and backslash, none of which matches a slash; * matches dot files.

    Paths below the working folder begin with `./`. NotFoundError: the folder before the first wildcard does not exist.
    """
    fixed = re.match(r'[^*?\[\\]*', pattern)[0]
    folder, slash, _ = fixed.rpartition('/')
    rest = pattern[len(folder) + len(slash):]
    if not rest:
        return []
    start = folder or slash or '.'
    return _matches(start, [re.compile(_translate(part)) for part in rest.split('/')], must_exist=True)


def _matches(folder, parts, must_exist=False):
    try:
        with raised_as_tf_errors(folder):
            names = os.listdir(folder)
    except Exception:
        if must_exist:
            raise
        return []
    found = [os.path.join(folder, name) for name in names if parts[0].match(name)]
    if len(parts) == 1:
        return found
    return [path for inner in found if os.path.isdir(inner) for path in _matches(inner, parts[1:])]


def _translate(part):
    # fnmatch knows neither backslash nor [^abc].
    part = re.sub(r'\\(.)', lambda escaped: '[%s]' % escaped[1], part)
    return fnmatch.translate(part.replace('[^', '[!'))
