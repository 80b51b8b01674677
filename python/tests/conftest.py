"""The tests use the package as it was built, build/release/python, or what REFLOW_PYTHONPATH names."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / 'build/release/python'
# Without a build there are the names, but no engine.
PACKAGE_PATH = os.environ.get('REFLOW_PYTHONPATH', str(BUILT if (BUILT / 'reflow/__init__.py').exists() else ROOT / 'python'))
sys.path.insert(0, PACKAGE_PATH)
os.environ['PYTHONPATH'] = PACKAGE_PATH  # for the programs that tests start

if not list(pathlib.Path(PACKAGE_PATH, 'reflow').glob('_core*')):
    collect_ignore = ['api_test.py', 'import_test.py', 'mnist_test.py', 'op_wrappers_test.py', 'test_case_test.py']
