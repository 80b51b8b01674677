"""Which files wheels are made of."""
import pathlib
import tomllib

import pathspec

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_nothing_of_the_package_is_left_out():
    settings = tomllib.loads((ROOT / 'pyproject.toml').read_text())['tool']['scikit-build']
    excluded = pathspec.GitIgnoreSpec.from_lines(settings['sdist']['exclude'])
    package = [str(path.relative_to(ROOT)) for path in (ROOT / 'python/reflow').rglob('*.py')]
    assert len(package) > 100
    assert not list(excluded.match_files(package))
    assert excluded.match_file('data/mnist/README.md')
