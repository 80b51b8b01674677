"""GCC gives a function whose template argument is an alias template of an anonymous namespace external linkage: of two such
functions with one name, in two files, the linker keeps one, and an op gets the kernel of another."""
import collections
import pathlib
import re

SOURCES = pathlib.Path(__file__).resolve().parents[2] / 'src/reflow'
ALIAS = re.compile(r'^template <[^\n]*>\s+using (\w+) =', re.MULTILINE)


def test_alias_templates_of_kernels_have_names_of_their_own():
    files = collections.defaultdict(set)
    for source in SOURCES.rglob('*.cc'):
        for name in ALIAS.findall(source.read_text()):
            files[name].add(str(source.relative_to(SOURCES)))
    assert files
    assert {name: where for name, where in files.items() if len(where) > 1} == {}
