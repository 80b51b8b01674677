#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor matrix() { return Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}); }
// [2, 2, 2, 2] of 0 to 15.
Tensor hypercube() {
  return Tensor::from<float>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {2, 2, 2, 2});
}
Tensor axes(std::initializer_list<int32_t> list) { return Tensor::vector<int32_t>(list); }

const OpCaseTest rows{{.op = "Sum",
                       .name = "Rows",
                       .inputs = {matrix(), axes({-1})},
                       .outputs = {Tensor::vector<float>({6, 15})},
                       .shapes = {"[2,3];=[1] -> [2]", "[2,3];[1] -> ?", "?;=[0] -> ?", "[?,3];=0 -> [3]",
                                  "[2,3];=[2] -> error: Invalid reduction dimension 2 for input with 2 dimensions."},
                       .bad_inputs = {matrix(), axes({2})},
                       .error = "Invalid reduction dimension (2 for input with 2 dimension(s)"}};
const OpCaseTest columns{{.op = "Sum",
                          .name = "Columns",
                          .attrs = {{"keep_dims", true}},
                          .inputs = {matrix(), axes({0})},
                          .outputs = {Tensor::from<float>({5, 7, 9}, {1, 3})},
                          .shapes = {"[2,?];=[0] -> [1,?]", "[2,3];[1] -> [?,?]"}}};
const OpCaseTest all_axes{{.op = "Sum",
                           .name = "All",
                           .inputs = {matrix(), axes({1, 0})},
                           .outputs = {Tensor::scalar<float>(21)}}};
const OpCaseTest twice{{.op = "Sum",
                        .name = "AnAxisTwice",
                        .inputs = {matrix(), axes({0, -2})},
                        .outputs = {Tensor::vector<float>({5, 7, 9})},
                        .has_gradient_check = false}};
const OpCaseTest no_axes{{.op = "Sum", .name = "NoAxes", .inputs = {matrix(), axes({})}, .outputs = {matrix()}}};
const OpCaseTest middle{{.op = "Sum",
                         .name = "Middle",
                         .inputs = {hypercube(), axes({1, 2})},
                         .outputs = {Tensor::from<float>({12, 16, 44, 48}, {2, 2})}}};
const OpCaseTest every_other{{.op = "Sum",
                              .name = "EveryOther",
                              .inputs = {hypercube(), axes({0, 2})},
                              .outputs = {Tensor::from<float>({20, 24, 36, 40}, {2, 2})}}};
const OpCaseTest every_other_last{{.op = "Sum",
                                   .name = "EveryOtherAndTheLast",
                                   .inputs = {hypercube(), axes({1, 3})},
                                   .outputs = {Tensor::from<float>({10, 18, 42, 50}, {2, 2})}}};
const OpCaseTest wraps{{.op = "Sum",
                        .name = "Int8Wraps",
                        .inputs = {Tensor::vector<int8_t>({100, 100}), axes({0})},
                        .outputs = {Tensor::scalar<int8_t>(-56)}}};
const OpCaseTest empty_sum{{.op = "Sum",
                            .name = "Empty",
                            .inputs = {Tensor(DType::kFloat32, {0, 2}), axes({0})},
                            .outputs = {Tensor::vector<float>({0, 0})},
                            .has_gradient_check = false}};
const OpCaseTest mean{{.op = "Mean", .inputs = {matrix(), axes({0})}, .outputs = {Tensor::vector<float>({2.5f, 3.5f, 4.5f})}}};
const OpCaseTest mean_int{{.op = "Mean",
                           .name = "IntRoundsTowardsZero",
                           .inputs = {Tensor::vector<int32_t>({1, 2, -4, -5}), axes({0})},
                           .outputs = {Tensor::scalar<int32_t>(-1)}}};
const OpCaseTest mean_of_nothing{{.op = "Mean",
                                  .name = "OfNothing",
                                  .inputs = {Tensor(DType::kFloat32, {0}), axes({0})},
                                  .outputs = {Tensor::scalar(kNaN)},
                                  .has_gradient_check = false}};
const OpCaseTest prod{{.op = "Prod", .inputs = {matrix(), axes({1})}, .outputs = {Tensor::vector<float>({6, 120})}}};
const OpCaseTest max{{.op = "Max", .inputs = {matrix(), axes({1})}, .outputs = {Tensor::vector<float>({3, 6})}}};
const OpCaseTest max_of_nothing{{.op = "Max",
                                 .name = "OfNothing",
                                 .inputs = {Tensor(DType::kFloat32, {0, 1}), axes({0})},
                                 .outputs = {Tensor::vector<float>({-kInf})},
                                 .has_gradient_check = false}};
const OpCaseTest min_of_nothing{{.op = "Min",
                                 .name = "IntOfNothing",
                                 .inputs = {Tensor(DType::kInt32, {0}), axes({0})},
                                 .outputs = {Tensor::scalar<int32_t>(INT32_MAX)}}};
const OpCaseTest min_nan{{.op = "Min",
                          .name = "PassesOverNaN",
                          .inputs = {Tensor::vector<float>({kNaN, 2, 1}), axes({0})},
                          .outputs = {Tensor::scalar<float>(1)},
                          .has_gradient_check = false}};
const OpCaseTest all{{.op = "All",
                      .inputs = {Tensor::from<bool>({true, false, true, true}, {2, 2}), axes({1})},
                      .outputs = {Tensor::vector<bool>({false, true})}}};
const OpCaseTest any{{.op = "Any",
                      .inputs = {Tensor::from<bool>({true, false, false, false}, {2, 2}), axes({1})},
                      .outputs = {Tensor::vector<bool>({true, false})}}};
const OpCaseTest norm{{.op = "EuclideanNorm",
                       .inputs = {Tensor::from<float>({3, 4, 5, 12}, {2, 2}), axes({1})},
                       .outputs = {Tensor::vector<float>({5, 13})}}};

const OpCaseTest arg_max{{.op = "ArgMax",
                          .inputs = {Tensor::from<float>({1, 7, 7, 9, 2, 3}, {2, 3}), Tensor::scalar<int32_t>(1)},
                          .outputs = {Tensor::vector<int64_t>({1, 0})},
                          .shapes = {"[2,3];=1 -> [2]", "[2,3];? -> [?]", "?;=0 -> ?", "[5];? -> []",
                                     "[2,3];=2 -> error: Dimension (2) must be in the range [-2, 2), where 2 is the "
                                     "number of dimensions in the input."},
                          .bad_inputs = {matrix(), Tensor::scalar<int32_t>(-3)},
                          .error = "Expected dimension in the range [-2, 2), but got -3"}};
const OpCaseTest arg_min{{.op = "ArgMin",
                          .attrs = {{"output_type", DType::kInt32}},
                          .inputs = {Tensor::from<float>({1, 7, 0, 9, 2, 3}, {2, 3}), Tensor::scalar<int64_t>(-2)},
                          .outputs = {Tensor::vector<int32_t>({0, 1, 0})},
                          .bad_inputs = {Tensor(DType::kFloat32, {2, 0}), Tensor::scalar<int64_t>(1)},
                          .error = "Reduction axis 1 is empty in shape [2,0]"}};
const OpCaseTest arg_max_nan{{.op = "ArgMax",
                              .name = "PassesOverNaN",
                              .inputs = {Tensor::vector<float>({kNaN, 1, 2}), Tensor::scalar<int32_t>(0)},
                              .outputs = {Tensor::scalar<int64_t>(2)}}};

const OpCaseTest cumsum{{.op = "Cumsum",
                         .inputs = {matrix(), Tensor::scalar<int32_t>(1)},
                         .outputs = {Tensor::from<float>({1, 3, 6, 4, 9, 15}, {2, 3})},
                         .shapes = {"[2,?];[] -> in0"},
                         .bad_inputs = {matrix(), Tensor::scalar<int32_t>(-3)},
                         .error = "ScanOp: Expected scan axis in the range [-2, 2), but got -1"}};
const OpCaseTest cumsum_reverse{{.op = "Cumsum",
                                 .name = "ExclusiveReverse",
                                 .attrs = {{"exclusive", true}, {"reverse", true}},
                                 .inputs = {matrix(), Tensor::scalar<int32_t>(0)},
                                 .outputs = {Tensor::from<float>({4, 5, 6, 0, 0, 0}, {2, 3})}}};
const OpCaseTest cumprod{{.op = "Cumprod",
                          .attrs = {{"exclusive", true}},
                          .inputs = {matrix(), Tensor::scalar<int32_t>(1)},
                          .outputs = {Tensor::from<float>({1, 1, 2, 1, 4, 20}, {2, 3})}}};

}  // namespace
}  // namespace reflow::ops
