#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor steps(std::initializer_list<int32_t> values) {
  return Tensor::from(values, {static_cast<int64_t>(values.size()) / 3, 1, 3});
}

// The first sequence of TensorFlow's own documentation of the op.
const OpCaseTest gather_tree{
    {.op = "GatherTree",
     .inputs = {steps({1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1}), steps({0, 0, 0, 0, 1, 1, 2, 1, 2, -1, -1, -1}),
                Tensor::vector<int32_t>({3}), Tensor::scalar(int32_t{10})},
     .outputs = {steps({2, 2, 2, 6, 5, 6, 7, 8, 9, 10, 10, 10})},
     .shapes = {"[4,?,3];[?,1,3];[?];[] -> [4,1,3]", "[4,2,3];[4,2,3];[3];[] -> error: Dimensions must be equal, but are 2 and 3",
                "[4,2];?;?;? -> error: Shape must be rank 3 but is rank 2"},
     .has_gradient_check = false,
     .bad_inputs = {steps({1, 2, 3, 4, 5, 6}), steps({0, 0, 0, 0, 1, 7}), Tensor::vector<int32_t>({2}),
                    Tensor::scalar(int32_t{10})},
     .error = "Saw invalid parent id 7 at (batch, time, beam) == (0, 0, 2)"}};

const OpCaseTest gather_tree_ends{
    {.op = "GatherTree",
     .name = "Ends",
     .inputs = {steps({1, 2, 3, 9, 5, 6, 7, 8, 9}), steps({0, 1, 2, 0, 1, 2, 0, 1, 2}), Tensor::vector<int32_t>({5}),
                Tensor::scalar(int32_t{9})},
     .outputs = {steps({1, 2, 3, 9, 5, 6, 9, 8, 9})},
     .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
