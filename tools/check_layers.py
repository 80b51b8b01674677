#!/usr/bin/env python3
"""Checks that src/reflow keeps the levels of docs/architecture.md.

usage: check_layers.py [ROOT]

The table under "Rooms" gives each folder its level. A file includes only its own folder and folders of lower levels;
nobody includes a header of ops/AREA from outside of that area; some libraries belong to few folders (LIBRARIES below).
Tests, benchmarks and fuzzers look at their room from above and are not checked.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
UNCHECKED = re.compile(r'_(test|bench|fuzz)\.(cc|h)$')


# The sources of graph/graph_def.h.
GRAPH_DEF_SOURCES = [f'graph/{stem}.cc' for stem in
                     ('graph_def', 'graph_def_text', 'graph_export', 'graph_import', 'import_plan', 'read_graph_def')]


def protobuf_allowed(file):
    return (
        re.fullmatch(r'.*_proto\.(h|cc)|graph/graph_def\.h', file)
        or file in GRAPH_DEF_SOURCES
        or re.match(r'(distributed|tools)/', file)
        or re.fullmatch(r'(capi|summary|formats|saved_model|transforms)/.*\.cc', file)
    )


# What an include looks like, which files may have it, and the sentence for those that may not.
LIBRARIES = [
    (re.compile(r'\.pb\.h$|^google/protobuf/'), protobuf_allowed,
     'protobuf stays in conversion files (tensor/tensor_proto, graph/graph_def, *_proto), in distributed/ and tools/, '
     'and in sources of capi/, summary/, formats/, saved_model/, transforms/'),
    (re.compile(r'^(unsupported/)?Eigen/'), lambda file: file.startswith('ops/linalg/'),
     'Eigen is included in ops/linalg/ only'),
    (re.compile(r'^(grpc|grpcpp|grpc\+\+)/'), lambda file: file.startswith('distributed/'),
     'gRPC is included in distributed/ only'),
    (re.compile(r'^absl/'), lambda file: not re.match(r'(client|train)/.*\.h$', file),
     'headers of client/ and train/ are for users and show no abseil'),
]


def read_levels(page):
    """The level of each folder, from the table whose header starts with `| level | folder |`."""
    levels = {}
    lines = iter(page.splitlines())
    for line in lines:
        if re.match(r'\|\s*level\s*\|\s*folder\s*\|', line):
            break
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if not line.startswith('|'):
            break
        if re.fullmatch(r'\d+', cells[0]):
            for folder in re.findall(r'`([a-z_0-9]+)/', cells[1]):
                levels[folder] = int(cells[0])
    return levels


def check_include(file, target, levels):
    """What is wrong with `file` including `target`, both relative to src/reflow; None when nothing is."""
    here, there = file.split('/'), target.split('/')
    if len(here) == 1:  # reflow.h, the umbrella
        return None
    if len(there) == 1:
        return f'{target} is for users of the library'
    if there[0] not in levels:
        return f'{there[0]}/ is not in the table of docs/architecture.md'
    if there[0] == 'ops':
        if here[0] != 'ops':
            return f'headers of ops/ are for their own area (what others need belongs in op/): {target}'
        if here[1:2] != there[1:2] and len(there) > 2:
            return f'an area of ops/ does not include another (what they share belongs in op/): {target}'
    if here[0] != there[0] and levels[there[0]] >= levels[here[0]]:
        return f'{here[0]}/ (level {levels[here[0]]}) includes {there[0]}/ (level {levels[there[0]]}): {target}'
    return None


def check_file(file, text, levels):
    """Yields `line number, complaint` for a file, named relative to src/reflow."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match[2]
        if target.startswith('reflow/'):
            complaint = check_include(file, target.removeprefix('reflow/'), levels)
            if complaint:
                yield number, complaint
        for pattern, allowed, sentence in LIBRARIES:
            if pattern.search(target) and not allowed(file):
                yield number, f'{sentence}: {target}'


def check(root):
    """All complaints about the tree at `root`, as lines `path:line: complaint`."""
    root = Path(root)
    levels = read_levels((root / 'docs/architecture.md').read_text())
    if not levels:
        return ['docs/architecture.md: no table with the columns level and folder']
    source = root / 'src/reflow'
    complaints = []
    for path in sorted(source.rglob('*')):
        file = path.relative_to(source).as_posix()
        if path.is_dir() and '/' not in file and file not in levels:
            complaints.append(f'src/reflow/{file}: not in the table of docs/architecture.md')
        if path.suffix not in ('.h', '.cc') or UNCHECKED.search(file) or ('/' in file and file.split('/')[0] not in levels):
            continue
        for number, complaint in check_file(file, path.read_text(), levels):
            complaints.append(f'src/reflow/{file}:{number}: {complaint}')
    return complaints


def main(arguments):
    complaints = check(arguments[0] if arguments else Path(__file__).resolve().parent.parent)
    for complaint in complaints:
        print(complaint)
    print('layers: ' + (f'{len(complaints)} wrong' if complaints else 'all includes go down'))
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
