#!/usr/bin/env python3
"""Writes docs/conformance.md: what of the facts about TensorFlow 1.15 in tests/data holds, and each miss with its reason.

usage: conformance.py [--tests build/release/tests/reflow_tests] [--python python3] [OUT]

Runs the tests that compare Reflow with these facts; a test that fails is an error, since the page would not be true.
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# What each table compares, in the order of the page.
TABLES = {
    'shape_fns': 'Shapes that are known statically, and their errors: one op each',
    'kernels': 'Values, gradients and errors of kernels: one op each',
    'kernel_types': 'Types that kernels for CPUs are there for: one combination of an op each',
    'gradients': 'Which ops have a gradient, none, or are not registered',
    'graphs': 'Programs that build a graph: the GraphDef node by node, collections, static shapes',
    'errors': "Users' mistakes in Python: class, code and text",
}
CPP_TESTS = ('ShapeFns.*:GoldenKernelsCoverage.*:Ops/GoldenKernels.*:KernelTypes.*:OpCompleteness.GradientsAsInTensorFlow:'
             'NumericGradients.*')
PYTHON_TESTS = {'graphs': 'python/tests/graph_goldens_test.py', 'errors': 'python/tests/error_vectors_test.py'}


class Result:
    def __init__(self):
        self.passed, self.total, self.misses = 0, 0, []


def run(command, **options):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit('%s failed:\n%s' % (' '.join(map(str, command)), done.stdout[-4000:]))
    return done.stdout


def cpp_results(program, results):
    for line in run([program, '--gtest_filter=' + CPP_TESTS, '--gtest_brief=1']).splitlines():
        words = line.split('\t')
        if words[0] == 'conformance':
            results[words[1]].passed, results[words[1]].total = int(words[2]), int(words[3])
        elif words[0] == 'miss':
            results[words[1]].misses.append((words[2], words[3]))


def python_results(python, table, path, results):
    # -rxp lists what passes and what is expected to fail, with the reason.
    out = run([python, '-m', 'pytest', '-q', '-rxp', '-p', 'no:cacheprovider', path])
    result = results[table]
    for line in out.splitlines():
        found = re.match(r'(PASSED|XFAIL) \S+\[([^\]]+)\](?: - (.*))?', line)
        if not found:
            continue
        result.total += 1
        if found[1] == 'PASSED':
            result.passed += 1
        else:
            result.misses.append((found[2], found[3] or ''))


def page(results):
    lines = ['# Conformance', '',
             'What Reflow does of what TensorFlow 1.15.5 was seen to do (`tests/data`). `tools/conformance.py` writes this page after it has',
             'run the tests that compare the two.', '', '| what is compared | as TensorFlow | of |', '| --- | --- | --- |']
    for name, text in TABLES.items():
        lines.append('| %s | %d | %d |' % (text, results[name].passed, results[name].total))
    for name, text in TABLES.items():
        misses = results[name].misses
        if not misses:
            continue
        lines += ['', '## %s' % text.split(':')[0], '']
        by_reason = collections.OrderedDict()
        for what, why in misses:
            by_reason.setdefault(why, []).append(what)
        lines += ['| case | reason |', '| --- | --- |']
        lines += ['| %s | %s |' % (', '.join('`%s`' % w for w in what), why) for why, what in by_reason.items()]
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--tests', default=ROOT / 'build/release/tests/reflow_tests')
    parser.add_argument('--python', default=sys.executable)
    parser.add_argument('out', nargs='?', default=ROOT / 'docs/conformance.md')
    options = parser.parse_args()
    results = {name: Result() for name in TABLES}
    cpp_results(options.tests, results)
    for table, path in PYTHON_TESTS.items():
        python_results(options.python, table, path, results)
    pathlib.Path(options.out).write_text(page(results), encoding='utf-8')


if __name__ == '__main__':
    main()
