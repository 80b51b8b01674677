#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr int32_t kIntMin = std::numeric_limits<int32_t>::min();
constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor dividends() { return Tensor::vector<int32_t>({7, -7, 7, -7, kIntMin}); }
Tensor divisors() { return Tensor::vector<int32_t>({2, 2, -2, -2, -1}); }
std::vector<testing::CaseArgument> by_zero() { return {Tensor::vector<int32_t>({1, 2}), Tensor::vector<int32_t>({1, 0})}; }
constexpr char kByZero[] = "Integer division by zero";
constexpr char kUnexpected[] = "Unexpected error in binary operator (only integer div and mod should have errors)";

const OpCaseTest div_int{{.op = "Div",
                          .inputs = {dividends(), divisors()},
                          .outputs = {Tensor::vector<int32_t>({3, -3, -3, 3, kIntMin})},
                          .bad_inputs = by_zero(),
                          .error = kByZero}};
const OpCaseTest floor_div{{.op = "FloorDiv",
                            .inputs = {dividends(), divisors()},
                            .outputs = {Tensor::vector<int32_t>({3, -4, -4, 3, kIntMin})},
                            .bad_inputs = by_zero(),
                            .error = kByZero}};
const OpCaseTest truncate_div{{.op = "TruncateDiv",
                               .inputs = {dividends(), divisors()},
                               .outputs = {Tensor::vector<int32_t>({3, -3, -3, 3, kIntMin})},
                               .bad_inputs = by_zero(),
                               .error = kUnexpected}};
const OpCaseTest floor_mod{{.op = "FloorMod",
                            .inputs = {dividends(), divisors()},
                            .outputs = {Tensor::vector<int32_t>({1, 1, -1, -1, 0})},
                            .bad_inputs = by_zero(),
                            .error = kByZero}};
const OpCaseTest mod{{.op = "Mod",
                      .inputs = {dividends(), divisors()},
                      .outputs = {Tensor::vector<int32_t>({1, -1, 1, -1, 0})},
                      .bad_inputs = by_zero(),
                      .error = kByZero}};
const OpCaseTest truncate_mod{{.op = "TruncateMod",
                               .inputs = {dividends(), divisors()},
                               .outputs = {Tensor::vector<int32_t>({1, -1, 1, -1, 0})},
                               .bad_inputs = by_zero(),
                               .error = kUnexpected}};
const OpCaseTest floor_div_small{{.op = "FloorDiv",
                                  .name = "Int8",
                                  .inputs = {Tensor::vector<int8_t>({-128, -7}), Tensor::vector<int8_t>({-1, 2})},
                                  .outputs = {Tensor::vector<int8_t>({-128, -4})}}};
const OpCaseTest nothing_by_zero{{.op = "FloorDiv",
                                  .name = "NothingByZero",
                                  .inputs = {Tensor(DType::kInt32, {0, 1}), Tensor::vector<int32_t>({0})},
                                  .outputs = {Tensor(DType::kInt32, {0, 1})}}};
const OpCaseTest floor_mod_float{{.op = "FloorMod",
                                  .name = "Float",
                                  .inputs = {Tensor::vector<float>({7.5f, -7.5f, 7.5f, -1, 1}),
                                             Tensor::vector<float>({2, 2, -2, kInf, kInf})},
                                  .outputs = {Tensor::vector<float>({1.5f, 0.5f, -0.5f, kInf, 1})},
                                  .has_gradient_check = false}};
const OpCaseTest real_div{{.op = "RealDiv",
                           .inputs = {Tensor::vector<float>({1, -3}), Tensor::vector<float>({4, 2})},
                           .outputs = {Tensor::vector<float>({0.25f, -1.5f})}}};
const OpCaseTest real_div_by_zero{{.op = "RealDiv",
                                   .name = "ByZero",
                                   .inputs = {Tensor::vector<float>({1, -1, 0}), Tensor::scalar<float>(0)},
                                   .outputs = {Tensor::vector<float>({kInf, -kInf, kNaN})},
                                   .has_gradient_check = false}};
const OpCaseTest div_no_nan{{.op = "DivNoNan",
                             .inputs = {Tensor::vector<float>({1, kNaN, 3}), Tensor::vector<float>({0, 0, 2})},
                             .outputs = {Tensor::vector<float>({0, 0, 1.5f})},
                             .has_gradient_check = false}};
const OpCaseTest xdivy{{.op = "Xdivy",
                        .inputs = {Tensor::vector<float>({0, 6}), Tensor::vector<float>({0, 4})},
                        .outputs = {Tensor::vector<float>({0, 1.5f})},
                        .has_gradient_check = false}};
const OpCaseTest xlogy{{.op = "Xlogy",
                        .inputs = {Tensor::vector<float>({0, 2}), Tensor::vector<float>({0, 1})},
                        .outputs = {Tensor::vector<float>({0, 0})},
                        .has_gradient_check = false}};
const OpCaseTest xlogy_gradient{{.op = "Xlogy",
                                 .name = "Gradient",
                                 .inputs = {Tensor::vector<float>({0.5f, 2}), Tensor::scalar<float>(3)}}};

}  // namespace
}  // namespace reflow::ops
