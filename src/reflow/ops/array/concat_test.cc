#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor ints(std::initializer_list<int32_t> values) { return Tensor::vector<int32_t>(values); }

const OpCaseTest concat_offset{
    {.op = "ConcatOffset",
     .inputs = {Tensor::scalar(int32_t{1}), std::vector<Tensor>{ints({2, 3}), ints({2, 5}), ints({2, 1})}},
     .outputs = {ints({0, 0}), ints({0, 3}), ints({0, 8})},
     .shapes = {"[];[2];[2];[2] -> [2];[2];[2]"}}};

}  // namespace
}  // namespace reflow::ops
