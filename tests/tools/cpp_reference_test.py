"""docs/reference is what tools/cpp_reference.py writes."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools'))
import cpp_reference  # noqa: E402


def test_the_pages_are_up_to_date():
    assert not cpp_reference.stale(), 'run tools/cpp_reference.py'


def test_bodies_and_private_members_are_left_out():
    code = ('class A {\n public:\n  A(int x) : x_(x), y_{0} {}\n  int x() const { return x_; }  // the number\n\n'
            ' private:\n  int x_, y_;\n};\ninline A f() { return A(1); }\n')
    assert cpp_reference.without_bodies(code) == (
        'class A {\n public:\n  A(int x);\n  int x() const;  // the number\n};\nA f();')


def test_a_struct_of_options_keeps_its_defaults():
    code = 'struct O {\n  std::vector<int> dilations = {1, 1};\n  int axis = 0;\n};'
    assert cpp_reference.without_bodies(code) == code


def test_namespaces_are_told_apart():
    text = ('namespace reflow {\nint a();\n}  // namespace reflow\n\n'
            'namespace reflow::nn {\nint b();\n}  // namespace reflow::nn\n')
    assert cpp_reference.namespaces(text) == [('reflow', 'int a();\n'), ('reflow::nn', 'int b();\n')]
