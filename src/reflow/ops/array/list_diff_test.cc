#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const OpCaseTest list_diff{
    {.op = "ListDiff",
     .inputs = {Tensor::vector<int32_t>({1, 2, 3, 2, 5}), Tensor::vector<int32_t>({2, 7})},
     .outputs = {Tensor::vector<int32_t>({1, 3, 5}), Tensor::vector<int32_t>({0, 2, 4})},
     .shapes = {"[5];[2] -> [?];[?]", "?;? -> [?];[?]", "[2,2];[3] -> error: Shape must be rank 1 but is rank 2"},
     .bad_inputs = {Tensor::vector<int32_t>({1}), Tensor::from<int32_t>({1}, {1, 1})},
     .error = "y should be a 1D vector."}};
const OpCaseTest list_diff_strings{
    {.op = "ListDiff",
     .name = "Strings",
     .attrs = {{"out_idx", DType::kInt64}},
     .inputs = {Tensor::vector<std::string>({"a", "b", "a"}), Tensor::vector<std::string>({"b"})},
     .outputs = {Tensor::vector<std::string>({"a", "a"}), Tensor::vector<int64_t>({0, 2})}}};

}  // namespace
}  // namespace reflow::ops
