#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor at(int32_t i) { return Tensor::vector<int32_t>({i}); }

const OpCaseTest update{{.op = "TensorStridedSliceUpdate",
                         .inputs = {Tensor::vector<float>({1, 2, 3, 4}), at(1), at(3), at(1),
                                    Tensor::vector<float>({9, 8})},
                         .outputs = {Tensor::vector<float>({1, 9, 8, 4})}}};

}  // namespace
}  // namespace reflow::ops
