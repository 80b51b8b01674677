#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor matrix(float first) { return Tensor::from<float>({first, first + 1, first + 2, first + 3}, {2, 2}); }

const OpCaseTest same_shape{{.op = "Select",
                             .inputs = {Tensor::from<bool>({true, false, false, true}, {2, 2}), matrix(1), matrix(11)},
                             .outputs = {Tensor::from<float>({1, 12, 13, 4}, {2, 2})},
                             .shapes = {"[2,2];[2,2];[2,2] -> in1", "?;[2,?];[?,3] -> [2,3]", "[2];[?,3];? -> [?,3]",
                                        "[2];[3,2];[3,2] -> error: Dimension 0 in both shapes must be equal, but are 2 "
                                        "and 3. Shapes are [2] and [3]."},
                             .bad_inputs = {Tensor::vector<bool>({true, false}), Tensor::vector<float>({1, 2, 3}),
                                            Tensor::vector<float>({1, 2, 3})},
                             .error = "Inputs to operation op of type Select must have the same size and shape.  Input "
                                      "0: [2] != input 1: [3]"}};
const OpCaseTest rows{{.op = "Select",
                       .name = "Rows",
                       .inputs = {Tensor::vector<bool>({true, false}), matrix(1), matrix(11)},
                       .outputs = {Tensor::from<float>({1, 2, 13, 14}, {2, 2})},
                       .bad_inputs = {Tensor::vector<bool>({true}), matrix(1), matrix(1)},
                       .error = "Number of batches of 'then' must match size of 'cond', but saw: 2 vs. 1"}};
const OpCaseTest scalar{{.op = "Select",
                         .name = "Scalar",
                         .inputs = {Tensor::scalar(false), matrix(1), matrix(11)},
                         .outputs = {matrix(11)},
                         .bad_inputs = {Tensor::scalar(false), Tensor::vector<float>({1}), Tensor::vector<float>({1, 2})},
                         .error = "'then' and 'else' must have the same size.  but received: [1] vs. [2]"}};
const OpCaseTest strings{{.op = "Select",
                          .name = "Strings",
                          .inputs = {Tensor::vector<bool>({true, false}), Tensor::vector<std::string>({"a", "b"}),
                                     Tensor::vector<std::string>({"x", "y"})},
                          .outputs = {Tensor::vector<std::string>({"a", "y"})}}};
const OpCaseTest broadcast{{.op = "SelectV2",
                            .inputs = {Tensor::from<bool>({true, false}, {2, 1}), Tensor::vector<float>({1, 2, 3}),
                                       Tensor::scalar<float>(9)},
                            .outputs = {Tensor::from<float>({1, 2, 3, 9, 9, 9}, {2, 3})},
                            .shapes = {"[2,1];[3];[] -> [2,3]", "?;[3];[] -> ?",
                                       "[2];[3];[3] -> error: Dimensions must be equal, but are 2 and 3"},
                            .bad_inputs = {Tensor::vector<bool>({true, false}), Tensor::vector<float>({1, 2, 3}),
                                           Tensor::vector<float>({1, 2, 3})},
                            .error = "condition [2], then [3], and else [3] must be broadcastable"}};
const OpCaseTest broadcast_complex{{.op = "SelectV2",
                                    .name = "Complex128",
                                    .inputs = {Tensor::vector<bool>({true, false}),
                                               Tensor::scalar(std::complex<double>(1, 2)),
                                               Tensor::scalar(std::complex<double>(3, 4))},
                                    .outputs = {Tensor::vector<std::complex<double>>({{1, 2}, {3, 4}})},
                                    .has_gradient_check = false}};
const OpCaseTest clip{{.op = "ClipByValue",
                       .inputs = {Tensor::vector<float>({1, 5, -3, kNaN}), Tensor::scalar<float>(0),
                                  Tensor::scalar<float>(2)},
                       .outputs = {Tensor::vector<float>({1, 2, 0, kNaN})},
                       .shapes = {"[2,?];[];[] -> in0"},
                       .bad_inputs = {Tensor::vector<float>({1, 5, -3}), Tensor::vector<float>({0, 0}),
                                      Tensor::scalar<float>(2)},
                       .error = "clip_value_min and clip_value_max must be either of the same shape as input, or a "
                                "scalar. input shape: [3]clip_value_min shape: [2]clip_value_max shape: []"}};
const OpCaseTest clip_each{{.op = "ClipByValue",
                            .name = "EachByItsOwn",
                            .inputs = {Tensor::vector<int32_t>({1, 5}), Tensor::vector<int32_t>({2, 0}),
                                       Tensor::vector<int32_t>({9, 4})},
                            .outputs = {Tensor::vector<int32_t>({2, 4})}}};
const OpCaseTest gradient_args{{.op = "BroadcastGradientArgs",
                                .inputs = {Tensor::vector<int32_t>({5, 1, 3}), Tensor::vector<int32_t>({4, 1})},
                                .outputs = {Tensor::vector<int32_t>({1}), Tensor::vector<int32_t>({0, 2})},
                                .shapes = {"[3];[2] -> [?];[?]"},
                                .bad_inputs = {Tensor::vector<int32_t>({2, 3}), Tensor::vector<int32_t>({2, 4})},
                                .error = "Incompatible shapes: [2,3] vs. [2,4]"}};
const OpCaseTest broadcast_args{{.op = "BroadcastArgs",
                                 .inputs = {Tensor::vector<int64_t>({5, 1, 3}), Tensor::vector<int64_t>({4, 1})},
                                 .outputs = {Tensor::vector<int64_t>({5, 4, 3})},
                                 .shapes = {"[3];[2] -> [3]"},
                                 .bad_inputs = {Tensor::scalar<int64_t>(2), Tensor::vector<int64_t>({2})},
                                 .error = "In[0] must be a vector.[]"}};

}  // namespace
}  // namespace reflow::ops
