#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor x() { return Tensor::vector<float>({1, 2, 3, kNaN}); }
Tensor two() { return Tensor::scalar<float>(2); }

const OpCaseTest equal{{.op = "Equal",
                        .inputs = {Tensor::vector<float>({1, kNaN}), Tensor::vector<float>({1, kNaN})},
                        .outputs = {Tensor::vector<bool>({true, false})},
                        .bad_inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
                        .error = "Incompatible shapes: [2] vs. [3]"}};
const OpCaseTest equal_strings{{.op = "Equal",
                                .name = "Strings",
                                .inputs = {Tensor::vector<std::string>({"a", "b"}), Tensor::scalar("b")},
                                .outputs = {Tensor::vector<bool>({false, true})}}};
const OpCaseTest equal_shapes{{.op = "Equal",
                               .name = "OtherShapesAreUnequal",
                               .attrs = {{"incompatible_shape_error", false}},
                               .inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
                               .outputs = {Tensor::scalar(false)},
                               .shapes = {"[2];[3] -> []", "[2,?];[3] -> ?", "[?,3];[1,3] -> [?,3]", "[2];[2] -> [2]"}}};
const OpCaseTest not_equal_shapes{{.op = "NotEqual",
                                   .name = "OtherShapesAreUnequal",
                                   .attrs = {{"incompatible_shape_error", false}},
                                   .inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
                                   .outputs = {Tensor::scalar(true)}}};
const OpCaseTest not_equal{{.op = "NotEqual",
                            .inputs = {x(), two()},
                            .outputs = {Tensor::vector<bool>({true, false, true, true})}}};
const OpCaseTest less{{.op = "Less",
                       .inputs = {x(), two()},
                       .outputs = {Tensor::vector<bool>({true, false, false, false})}}};
const OpCaseTest less_equal{{.op = "LessEqual",
                             .inputs = {x(), two()},
                             .outputs = {Tensor::vector<bool>({true, true, false, false})}}};
const OpCaseTest greater{{.op = "Greater",
                          .inputs = {x(), two()},
                          .outputs = {Tensor::vector<bool>({false, false, true, false})}}};
const OpCaseTest greater_equal{{.op = "GreaterEqual",
                                .inputs = {x(), two()},
                                .outputs = {Tensor::vector<bool>({false, true, true, false})}}};
const OpCaseTest less_bytes{{.op = "Less",
                             .name = "Uint8",
                             .inputs = {Tensor::vector<uint8_t>({200, 3}), Tensor::vector<uint8_t>({100, 255})},
                             .outputs = {Tensor::vector<bool>({false, true})}}};
const OpCaseTest approximate_equal{{.op = "ApproximateEqual",
                                    .attrs = {{"tolerance", 0.1f}},
                                    .inputs = {Tensor::vector<float>({1, 1}), Tensor::vector<float>({1.05f, 1.2f})},
                                    .outputs = {Tensor::vector<bool>({true, false})},
                                    .bad_inputs = {Tensor::vector<float>({1, 2}), Tensor::vector<float>({1, 2, 3})},
                                    .error = "x and y must be of the same shape. x shape: [2]. y shape: [3]"}};

const OpCaseTest logical_and{{.op = "LogicalAnd",
                              .inputs = {Tensor::vector<bool>({true, true, false}), Tensor::vector<bool>({true, false, false})},
                              .outputs = {Tensor::vector<bool>({true, false, false})}}};
const OpCaseTest logical_or{{.op = "LogicalOr",
                             .inputs = {Tensor::vector<bool>({true, true, false}), Tensor::vector<bool>({true, false, false})},
                             .outputs = {Tensor::vector<bool>({true, true, false})}}};
const OpCaseTest logical_not{{.op = "LogicalNot",
                              .inputs = {Tensor::vector<bool>({true, false})},
                              .outputs = {Tensor::vector<bool>({false, true})}}};
const OpCaseTest bitwise_and{{.op = "BitwiseAnd",
                              .inputs = {Tensor::vector<uint8_t>({12, 255}), Tensor::scalar<uint8_t>(10)},
                              .outputs = {Tensor::vector<uint8_t>({8, 10})}}};
const OpCaseTest bitwise_or{{.op = "BitwiseOr",
                             .inputs = {Tensor::vector<int64_t>({12, -1}), Tensor::scalar<int64_t>(10)},
                             .outputs = {Tensor::vector<int64_t>({14, -1})}}};
const OpCaseTest bitwise_xor{{.op = "BitwiseXor",
                              .inputs = {Tensor::vector<uint32_t>({12, 0}), Tensor::scalar<uint32_t>(10)},
                              .outputs = {Tensor::vector<uint32_t>({6, 10})}}};
const OpCaseTest invert{{.op = "Invert",
                         .inputs = {Tensor::vector<int16_t>({0, -1, 5})},
                         .outputs = {Tensor::vector<int16_t>({-1, 0, -6})}}};
// Counts out of range are clamped.
const OpCaseTest left_shift{{.op = "LeftShift",
                             .inputs = {Tensor::vector<int32_t>({1, 1, 1, -1}), Tensor::vector<int32_t>({4, 31, 99, -1})},
                             .outputs = {Tensor::vector<int32_t>({16, INT32_MIN, INT32_MIN, -1})}}};
const OpCaseTest right_shift{{.op = "RightShift",
                              .inputs = {Tensor::vector<int32_t>({-8, -8, 8}), Tensor::vector<int32_t>({1, 40, -1})},
                              .outputs = {Tensor::vector<int32_t>({-4, -1, 8})}}};

}  // namespace
}  // namespace reflow::ops
