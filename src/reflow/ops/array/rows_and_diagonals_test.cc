// What the vectors of TensorFlow don't have: static shapes, numeric gradients.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor matrix() { return Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}); }

const OpCaseTest roll{{.op = "Roll",
                       .inputs = {matrix(), Tensor::vector<int32_t>({1, -1}), Tensor::vector<int32_t>({0, 1})},
                       .outputs = {Tensor::from<float>({5, 6, 4, 2, 3, 1}, {2, 3})},
                       .shapes = {"[2,?];[];[] -> in0", "?;[2];[2] -> ?", "[];[];[] -> error: Shape must be at least rank 1 but is rank 0",
                                  "[2];[1,1];[1] -> error: Shape must be at most rank 1 but is rank 2"},
                       .bad_inputs = {matrix(), Tensor::scalar(1), Tensor::scalar(2)},
                       .error = "axis 2 is out of range"}};

const OpCaseTest diag{{.op = "MatrixDiagV2",
                       .inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 2}), Tensor::vector<int32_t>({-1, 0}), Tensor::scalar(-1),
                                  Tensor::scalar(-1), Tensor::scalar(9.0f)},
                       .outputs = {Tensor::from<float>({1, 9, 3, 2}, {2, 2})},
                       .shapes = {"[2,3];=0;=-1;=-1;[] -> [2,3,3]", "[2,3];=[-1,0];=-1;=-1;[] -> [3,3]", "[2,3];=1;=5;=-1;[] -> [2,5,4]",
                                  "[2,3];=1;=-1;=9;[] -> [2,3,9]", "[2,3];[];=-1;=-1;[] -> ?", "?;=0;=-1;=-1;[] -> ?",
                                  "[2,3];=1;[];[];[] -> [2,4,4]",
                                  "[2,3];=[1,0];=-1;=-1;[] -> error: lower_diag_index is greater than upper_diag_index",
                                  "[2,3];=1;=2;=-1;[] -> error: num_rows is too small",
                                  "[2,3];=1;=-1;=3;[] -> error: num_cols is too small.",
                                  "[2,3];=[1,2,3];=-1;=-1;[] -> error: diag_index must be a vector with one or two elements. It has 3 elements.",
                                  "[];=0;=-1;=-1;[] -> error: Shape must be at least rank 1 but is rank 0"},
                       .has_gradient_check = false}};
// The band is set on what TensorFlow shows, the gradient to its diagonals is that of the band.
const OpCaseTest set_diag{{.op = "MatrixSetDiagV2",
                           .inputs = {matrix(), Tensor::from<float>({7, 8, 9, 10}, {2, 2}), Tensor::vector<int32_t>({0, 1})},
                           .outputs = {Tensor::from<float>({9, 7, 3, 4, 10, 8}, {2, 3})},
                           .shapes = {"[2,3,4];[2,3];=0 -> in0", "[3,4];[3,3];=[-1,1] -> in0", "?;[3];=0 -> [?,?]", "?;?;=0 -> ?",
                                      "[3,4];?;=0 -> in0", "?;[2,3];=[0,1] -> [?,?]", "[?,4];[2];=0 -> in0",
                                      "[3,4];[3,3];=0 -> error: Shape must be rank 1 but is rank 2",
                                      "[3,4];[3];=[1,0] -> error: lower_diag_index is greater than upper_diag_index"}}};
const OpCaseTest diag_part{{.op = "MatrixDiagPartV2",
                            .inputs = {matrix(), Tensor::vector<int32_t>({0, 1}), Tensor::scalar(0.0f)},
                            .outputs = {Tensor::from<float>({2, 6, 1, 5}, {2, 2})},
                            .shapes = {"[2,3,4];=0;[] -> [2,3]", "[3,4];=[-1,1];[] -> [3,3]", "[?,4];=[0,1];[] -> [2,?]", "?;=0;[] -> ?",
                                       "[3,4];[];[] -> ?", "[0,0];=0;[] -> [0]", "[3,4];=-3;[] -> error: lower_diag_index is out of bound.",
                                       "[3,4];=[0,9];[] -> error: upper_diag_index is out of bound.",
                                       "[3];=0;[] -> error: Shape must be at least rank 2 but is rank 1"},
                            .has_gradient_check = false}};

const OpCaseTest parallel_concat{{.op = "ParallelConcat",
                                  .attrs = {{"shape", Shape{2, 2}}},
                                  .inputs = {std::vector<Tensor>{Tensor::from<float>({1, 2}, {1, 2}), Tensor::from<float>({3, 4}, {1, 2})}},
                                  .outputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 2})},
                                  .shapes = {"[1,2];[1,2] -> [2,2]", "[1,?];[1,2] -> error: All input shapes must be fully defined.",
                                             "[1,2];[2,2] -> error: Size of first dimension must be 1."},
                                  .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
