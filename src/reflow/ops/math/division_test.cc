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
// Enough of them for vectors, and some more; the largest and smallest numbers too.
Tensor many(int64_t first, int64_t step) {
  Tensor t(DType::kInt32, {101});
  for (int64_t i = 0; i < 101; ++i) t.data<int32_t>()[i] = static_cast<int32_t>(first + i * step);
  return t;
}
Tensor many_dividends() { return many(kIntMin, 42949672); }
Tensor many_divisors() {
  Tensor t = many(-1000000000, 19999999);
  t.data<int32_t>()[0] = -1, t.data<int32_t>()[1] = 1, t.data<int32_t>()[2] = kIntMin;
  return t;
}
template <typename F>
Tensor expected(const Tensor& a, const Tensor& b, F f) {
  Tensor t(DType::kInt32, {101});
  for (int64_t i = 0; i < 101; ++i) {
    t.data<int32_t>()[i] = static_cast<int32_t>(f(int64_t{a.data<int32_t>()[i]}, int64_t{b.data<int32_t>()[b.rank() == 0 ? 0 : i]}));
  }
  return t;
}
int64_t truncated(int64_t a, int64_t b) { return a / b; }
int64_t truncated_rest(int64_t a, int64_t b) { return a % b; }
int64_t floored(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
int64_t floored_rest(int64_t a, int64_t b) { return a - floored(a, b) * b; }
testing::OpCase of_many(const std::string& op, const std::string& name, const Tensor& b, int64_t (*f)(int64_t, int64_t)) {
  return {.op = op, .name = name, .inputs = {many_dividends(), b}, .outputs = {expected(many_dividends(), b, f)}};
}
const OpCaseTest div_many(of_many("Div", "Many", many_divisors(), truncated));
const OpCaseTest floor_div_many(of_many("FloorDiv", "Many", many_divisors(), floored));
const OpCaseTest floor_div_by_one(of_many("FloorDiv", "ByOneNumber", Tensor::scalar(int32_t{-7}), floored));
const OpCaseTest floor_mod_many(of_many("FloorMod", "Many", many_divisors(), floored_rest));
const OpCaseTest truncate_mod_many(of_many("TruncateMod", "Many", many_divisors(), truncated_rest));

const OpCaseTest floor_div_small{{.op = "FloorDiv",
                                  .name = "Int8",
                                  .inputs = {Tensor::vector<int8_t>({-128, -7}), Tensor::vector<int8_t>({-1, 2})},
                                  .outputs = {Tensor::vector<int8_t>({-128, -4})}}};
const OpCaseTest nothing_by_zero{{.op = "FloorDiv",
                                  .name = "NothingByZero",
                                  .inputs = {Tensor(DType::kInt32, {0, 1}), Tensor::vector<int32_t>({0})},
                                  .outputs = {Tensor(DType::kInt32, {0, 1})}}};
const OpCaseTest floor_div_float{{.op = "FloorDiv",
                                  .name = "Float",
                                  .inputs = {Tensor::vector<float>({7.5f, -7.5f, 7.5f, -1, 1}),
                                             Tensor::vector<float>({2, 2, -2, kInf, 0})},
                                  .outputs = {Tensor::vector<float>({3, -4, -4, 0, kInf})},
                                  .has_gradient_check = false}};
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
const OpCaseTest xlogy_of_one{{.op = "Xlogy",
                               .name = "OfOneNumber",
                               .inputs = {Tensor::vector<float>({0, 2, -1, kNaN}), Tensor::scalar(0.5f)},
                               .outputs = {Tensor::vector<float>({0, -1.386294f, 0.6931472f, kNaN})},
                               .has_gradient_check = false}};
const OpCaseTest xlogy_gradient{{.op = "Xlogy",
                                 .name = "Gradient",
                                 .inputs = {Tensor::vector<float>({0.5f, 2}), Tensor::scalar<float>(3)}}};

}  // namespace
}  // namespace reflow::ops
