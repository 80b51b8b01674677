#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const OpCaseTest mirror_pad_grad_symmetric{
    {.op = "MirrorPadGrad",
     .name = "Symmetric",
     .attrs = {{"mode", "SYMMETRIC"}},
     .inputs = {Tensor::from<float>({1, 2, 3, 4}, {1, 4}), Tensor::from<int32_t>({0, 0, 1, 1}, {2, 2})},
     .outputs = {Tensor::from<float>({3, 7}, {1, 2})}}};
const OpCaseTest mirror_pad_grad_reflect{{.op = "MirrorPadGrad",
                                          .name = "Reflect",
                                          .attrs = {{"mode", "REFLECT"}},
                                          .inputs = {Tensor::vector<float>({1, 2, 3, 4, 5}),
                                                     Tensor::from<int32_t>({1, 1}, {1, 2})},
                                          .outputs = {Tensor::vector<float>({2, 9, 4})}}};

}  // namespace
}  // namespace reflow::ops
