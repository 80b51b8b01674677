#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor x() { return Tensor::vector<float>({1, -2, 3}); }
const std::vector<std::string> kSameShape = {"[2,?] -> in0", "? -> ?"};

const OpCaseTest identity_n{{.op = "IdentityN",
                             .inputs = {std::vector<Tensor>{x(), Tensor::scalar(int32_t{7})}},
                             .outputs = {x(), Tensor::scalar(int32_t{7})},
                             .shapes = {"[2,?];? -> in0;in1"}}};
const OpCaseTest snapshot{{.op = "Snapshot", .inputs = {x()}, .outputs = {x()}, .shapes = kSameShape}};
const OpCaseTest guarantee_const{{.op = "GuaranteeConst", .inputs = {x()}, .outputs = {x()}, .shapes = kSameShape}};
const OpCaseTest deep_copy{{.op = "DeepCopy", .inputs = {x()}, .outputs = {x()}, .shapes = kSameShape}};
const OpCaseTest prevent_gradient{{.op = "PreventGradient",
                                   .attrs = {{"message", "not twice"}},
                                   .inputs = {x()},
                                   .outputs = {x()},
                                   .shapes = kSameShape,
                                   .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
