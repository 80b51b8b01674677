"""Tests of tools/check_layers.py on small trees."""
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools'))
import check_layers  # noqa: E402

PAGE = """
| level | other | table |
| 9 | `graph/` | is not it |

| level | folder | what lives there |
| --- | --- | --- |
| 0 | `base/` | status |
| 1 | `tensor/` | Tensor |
| 1 | `io/` | files |
| 2 | `graph/` | `Node` |
| 3 | `op/` | kernels |
| 5 | `ops/AREA/` | ops |
| 6 | `runtime/` | executor |
| 7 | `client/` `distributed/` | users |

after
"""


@pytest.fixture
def complaints(tmp_path):
    """complaints({'graph/a.h': 'reflow/base/b.h'}): what check() says of a tree of files that include one thing each."""

    def run(files):
        (tmp_path / 'docs').mkdir()
        (tmp_path / 'docs/architecture.md').write_text(PAGE)
        for name, included in files.items():
            path = tmp_path / 'src/reflow' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'// first line\n#include "{included}"\n')
        return check_layers.check(tmp_path)

    return run


def test_levels_are_read_from_the_table():
    levels = check_layers.read_levels(PAGE)
    assert levels == {'base': 0, 'tensor': 1, 'io': 1, 'graph': 2, 'op': 3, 'ops': 5, 'runtime': 6,
                      'client': 7, 'distributed': 7}


@pytest.mark.parametrize('file, included', [
    ('graph/node.h', 'reflow/tensor/tensor.h'),       # down
    ('graph/node.h', 'reflow/graph/op_def.h'),        # its own folder
    ('ops/math/add.cc', 'reflow/ops/math/loops.h'),   # its own area
    ('ops/math/add.cc', 'reflow/op/op.h'),
    ('reflow.h', 'reflow/client/session.h'),          # the umbrella
    ('graph/node_test.cc', 'reflow/client/session.h'),  # tests look from above
    ('graph/node.h', 'vector'),
    ('tensor/tensor_proto.h', 'tensorflow/core/framework/tensor.pb.h'),
    ('graph/graph_def.cc', 'google/protobuf/text_format.h'),
    ('client/config_proto.cc', 'tensorflow/core/protobuf/config.pb.h'),
    ('distributed/master.h', 'tensorflow/core/protobuf/master.pb.h'),
    ('ops/linalg/svd.cc', 'Eigen/SVD'),
    ('client/session.cc', 'absl/status/status.h'),
])
def test_allowed(complaints, file, included):
    assert complaints({file: included}) == []


@pytest.mark.parametrize('file, included, message', [
    ('graph/node.h', 'reflow/op/op.h', 'graph/ (level 2) includes op/ (level 3)'),
    ('tensor/tensor.cc', 'reflow/io/file.h', 'tensor/ (level 1) includes io/ (level 1)'),
    ('ops/math/add.cc', 'reflow/ops/nn/window.h', 'does not include another'),
    ('ops/math/add.cc', 'reflow/runtime/plan.h', 'ops/ (level 5) includes runtime/'),
    ('runtime/plan.cc', 'reflow/ops/math/loops.h', 'headers of ops/'),
    ('client/session.cc', 'reflow/reflow.h', 'for users'),
    ('graph/node.h', 'reflow/nowhere/x.h', 'nowhere/ is not in the table'),
    ('graph/graph.h', 'tensorflow/core/framework/graph.pb.h', 'protobuf stays'),
    ('graph/graph.cc', 'google/protobuf/message.h', 'protobuf stays'),
    ('ops/math/matmul.cc', 'Eigen/Core', 'Eigen'),
    ('client/session.cc', 'grpcpp/grpcpp.h', 'gRPC'),
    ('client/session.h', 'absl/status/status.h', 'abseil'),
])
def test_forbidden(complaints, file, included, message):
    found = complaints({file: included})
    assert len(found) == 1
    assert found[0].startswith(f'src/reflow/{file}:2: ')
    assert message in found[0]


def test_folder_without_a_level(complaints):
    assert complaints({'misc/x.h': 'reflow/base/b.h'}) == ['src/reflow/misc: not in the table of docs/architecture.md']


def test_page_without_a_table(tmp_path):
    (tmp_path / 'docs').mkdir()
    (tmp_path / 'docs/architecture.md').write_text('nothing')
    assert check_layers.check(tmp_path) == ['docs/architecture.md: no table with the columns level and folder']


def test_exit_code(tmp_path, capsys):
    (tmp_path / 'docs').mkdir()
    (tmp_path / 'docs/architecture.md').write_text(PAGE)
    assert check_layers.main([str(tmp_path)]) == 0
    (tmp_path / 'src/reflow/base').mkdir(parents=True)
    (tmp_path / 'src/reflow/base/b.cc').write_text('#  include <reflow/graph/graph.h>\n')
    assert check_layers.main([str(tmp_path)]) == 1
    assert 'src/reflow/base/b.cc:1: base/ (level 0) includes graph/ (level 2)' in capsys.readouterr().out


def test_the_page_names_every_room_once():
    page = (ROOT / 'docs/architecture.md').read_text()
    levels = check_layers.read_levels(page)
    assert levels['base'] == 0 and levels['runtime'] > levels['ops'] > levels['op'] > levels['graph']
    assert {'client', 'train', 'distributed', 'capi', 'python', 'tools', 'contrib'} <= levels.keys()
