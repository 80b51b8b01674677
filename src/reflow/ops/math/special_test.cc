#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const OpCaseTest igamma_grad_a{{.op = "IgammaGradA",
                                .inputs = {Tensor::vector<float>({0.5f, 2, 3}), Tensor::vector<float>({1, 0.5f, 4})},
                                .outputs = {Tensor::vector<float>({-0.3898373f, -0.1510342f, -0.1782474f})},
                                .shapes = {"[2,1];[3] -> [2,3]"},
                                .has_gradient_check = false}};
const OpCaseTest next_after{{.op = "NextAfter",
                             .inputs = {Tensor::vector<float>({1, 0, -1}), Tensor::vector<float>({2, -1, -1})},
                             .outputs = {Tensor::vector<float>({1.0000001f, -1.4012985e-45f, -1})},
                             .shapes = {"[2,1];[3] -> [2,3]"}}};

}  // namespace
}  // namespace reflow::ops
