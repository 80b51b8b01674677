#!/usr/bin/env python3
"""Writes the names of the ops in an OpList (text format, .gz or not) as C++ string literals, one a line.

usage: op_names.py OPS_PBTXT OUTPUT
"""
import gzip
import re
import sys


def main(ops, output):
    data = (gzip.open if ops.endswith('.gz') else open)(ops, 'rb').read().decode()
    names = re.findall(r'^op \{\n  name: "(\w+)"', data, re.MULTILINE)
    with open(output, 'w') as out:
        out.writelines(f'"{name}",\n' for name in sorted(names))


if __name__ == '__main__':
    main(*sys.argv[1:])
