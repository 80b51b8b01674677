#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::CaseArgument;
using testing::OpCaseTest;

Tensor floats(std::initializer_list<float> values) { return Tensor::vector<float>(values); }
Tensor rows(std::initializer_list<int32_t> values) {
  return Tensor::from<int32_t>(values, {static_cast<int64_t>(values.size()), 1});
}
std::vector<CaseArgument> twice_the_first() { return {floats({1, 2, 3}), rows({0, 2, 0}), floats({10, 20, 30})}; }
std::vector<CaseArgument> beyond_the_end() { return {floats({1, 2, 3}), rows({0, 3}), floats({1, 2})}; }
constexpr char kBeyondTheEnd[] = "indices[1] = [3] does not index into shape [3]";
const std::vector<std::string> kShapes = {"[3];[?,1];[?] -> in0"};

const OpCaseTest add{{.op = "TensorScatterAdd",
                      .inputs = twice_the_first(),
                      .outputs = {floats({41, 2, 23})},
                      .shapes = kShapes,
                      .bad_inputs = beyond_the_end(),
                      .error = kBeyondTheEnd}};
const OpCaseTest sub{{.op = "TensorScatterSub",
                      .inputs = twice_the_first(),
                      .outputs = {floats({-39, 2, -17})},
                      .shapes = kShapes,
                      .bad_inputs = beyond_the_end(),
                      .error = kBeyondTheEnd}};
const OpCaseTest update{{.op = "TensorScatterUpdate",
                         .inputs = {floats({1, 2, 3}), rows({0, 2}), floats({10, 20})},
                         .outputs = {floats({10, 2, 20})},
                         .shapes = kShapes,
                         .bad_inputs = beyond_the_end(),
                         .error = kBeyondTheEnd}};
const OpCaseTest non_aliasing_add{{.op = "ScatterNdNonAliasingAdd",
                                   .inputs = twice_the_first(),
                                   .outputs = {floats({41, 2, 23})},
                                   .bad_inputs = beyond_the_end(),
                                   .error = kBeyondTheEnd}};

}  // namespace
}  // namespace reflow::ops
