#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

const std::vector<std::string> kBroadcastShapes = {
    "[2,3];[3] -> [d0_0,d0_1]", "[2,?];[2,?] -> [2,?]", "[?,3];[1,3] -> [?,3]", "[2,1];[1,3] -> [2,3]", "?;[2] -> ?",
    "[2];[3] -> error: Dimensions must be equal, but are 2 and 3"};

const OpCaseTest add{{.op = "Add",
                      .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}), Tensor::vector<float>({10, 20, 30})},
                      .outputs = {Tensor::from<float>({11, 22, 33, 14, 25, 36}, {2, 3})},
                      .shapes = kBroadcastShapes,
                      .bad_inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
                      .error = "Incompatible shapes: [2] vs. [3]"}};
const OpCaseTest add_strings{{.op = "Add",
                              .name = "Strings",
                              .inputs = {Tensor::vector<std::string>({"a", "b"}), Tensor::scalar("!")},
                              .outputs = {Tensor::vector<std::string>({"a!", "b!"})}}};
const OpCaseTest add_wraps{{.op = "AddV2",
                            .name = "Wraps",
                            .inputs = {Tensor::vector<int8_t>({127, -128}), Tensor::scalar<int8_t>(1)},
                            .outputs = {Tensor::vector<int8_t>({-128, -127})}}};
const OpCaseTest add_half{{.op = "AddV2",
                           .name = "Half",
                           .inputs = {Tensor::vector<Half>({Half(1.5f), Half(2048.f)}), Tensor::scalar(Half(1.f))},
                           .outputs = {Tensor::vector<Half>({Half(2.5f), Half(2048.f)})}}};
// Operands that are repeated along different dimensions.
const OpCaseTest sub_both{{.op = "Sub",
                           .name = "BothRepeated",
                           .inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 1, 2}),
                                      Tensor::from<float>({10, 20, 30}, {1, 3, 1})},
                           .outputs = {Tensor::from<float>({-9, -8, -19, -18, -29, -28, -7, -6, -17, -16, -27, -26},
                                                           {2, 3, 2})},
                           .shapes = kBroadcastShapes}};
const OpCaseTest sub_columns{{.op = "Sub",
                              .name = "Columns",
                              .inputs = {Tensor::from<float>({1, 2, 3, 4}, {2, 2}), Tensor::from<float>({1, 3}, {2, 1})},
                              .outputs = {Tensor::from<float>({0, 1, 0, 1}, {2, 2})}}};
const OpCaseTest mul_empty{{.op = "Mul",
                            .name = "Empty",
                            .inputs = {Tensor(DType::kFloat32, {0, 3}), Tensor::vector<float>({1, 2, 3})},
                            .outputs = {Tensor(DType::kFloat32, {0, 3})},
                            .shapes = kBroadcastShapes}};
const OpCaseTest mul_complex{{.op = "Mul",
                              .name = "Complex",
                              .inputs = {Tensor::scalar(std::complex<float>(1, 2)),
                                         Tensor::scalar(std::complex<float>(3, -1))},
                              .outputs = {Tensor::scalar(std::complex<float>(5, 5))}}};
const OpCaseTest mul_no_nan{{.op = "MulNoNan",
                             .inputs = {Tensor::vector<float>({std::numeric_limits<float>::infinity(), 2}),
                                        Tensor::vector<float>({0, 3})},
                             .outputs = {Tensor::vector<float>({0, 6})},
                             .has_gradient_check = false}};
const OpCaseTest squared_difference{{.op = "SquaredDifference",
                                     .inputs = {Tensor::vector<float>({1, 5}), Tensor::scalar<float>(3)},
                                     .outputs = {Tensor::vector<float>({4, 4})}}};
const OpCaseTest squared_difference_complex{
    {.op = "SquaredDifference",
     .name = "Complex",
     .inputs = {Tensor::scalar(std::complex<float>(1, 2)), Tensor::scalar(std::complex<float>(0, 0))},
     .outputs = {Tensor::scalar(std::complex<float>(5, 0))},
     .has_gradient_check = false}};  // TensorFlow's is that of (x - y)^2, though the value is |x - y|^2
const OpCaseTest maximum{{.op = "Maximum",
                          .inputs = {Tensor::vector<float>({1, 5, -2}), Tensor::scalar<float>(2)},
                          .outputs = {Tensor::vector<float>({2, 5, 2})}}};
const OpCaseTest minimum_int{{.op = "Minimum",
                              .inputs = {Tensor::vector<int64_t>({1, 5, -2}), Tensor::scalar<int64_t>(2)},
                              .outputs = {Tensor::vector<int64_t>({1, 2, -2})}}};

const OpCaseTest add_n{{.op = "AddN",
                        .inputs = {std::vector<Tensor>{Tensor::vector<float>({1, 2}), Tensor::vector<float>({10, 20}),
                                                       Tensor::vector<float>({100, 200})}},
                        .outputs = {Tensor::vector<float>({111, 222})},
                        .shapes = {"[2,?];?;[?,3] -> [2,3]"},
                        .bad_inputs = {std::vector<Tensor>{Tensor::vector<float>({1, 2}), Tensor::vector<float>({1})}},
                        .error = "Inputs to operation op of type AddN must have the same size and shape.  Input 0: [2] "
                                 "!= input 1: [1]"}};
const OpCaseTest accumulate_n{{.op = "AccumulateNV2",
                               .attrs = {{"shape", Shape{2}}},
                               .inputs = {std::vector<Tensor>{Tensor::vector<float>({1, 2}), Tensor::vector<float>({3, 4})}},
                               .outputs = {Tensor::vector<float>({4, 6})}}};

}  // namespace
}  // namespace reflow::ops
