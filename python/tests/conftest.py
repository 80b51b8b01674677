"""The tests use the built package: build/release/python, or what REFLOW_PYTHONPATH names."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE_PATH = os.environ.get('REFLOW_PYTHONPATH', str(ROOT / 'build/release/python'))
sys.path.insert(0, PACKAGE_PATH)
os.environ['PYTHONPATH'] = PACKAGE_PATH  # for the programs that tests start
