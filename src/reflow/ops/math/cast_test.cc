#include <limits>
#include <string>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor floats() { return Tensor::vector<float>({1.9f, -1.9f, 3e9f, -3e9f, kNaN, kInf}); }
graph::AttrMap to(DType type) { return {{"DstT", type}}; }

const OpCaseTest to_int32{{.op = "Cast",
                           .name = "FloatToInt32",
                           .attrs = to(DType::kInt32),
                           .inputs = {floats()},
                           .outputs = {Tensor::vector<int32_t>({1, -1, INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN})},
                           .shapes = {"[2,?] -> in0", "? -> ?"}}};
const OpCaseTest to_int64{{.op = "Cast",
                           .name = "FloatToInt64",
                           .attrs = to(DType::kInt64),
                           .inputs = {floats()},
                           .outputs = {Tensor::vector<int64_t>({1, -1, 3000000000, -3000000000, INT64_MIN, INT64_MIN})}}};
const OpCaseTest to_int8{{.op = "Cast",
                          .name = "FloatToInt8TakesTheLowByte",
                          .attrs = to(DType::kInt8),
                          .inputs = {Tensor::vector<float>({200, -1.5f, 257})},
                          .outputs = {Tensor::vector<int8_t>({-56, -1, 1})}}};
const OpCaseTest to_uint64{{.op = "Cast",
                            .name = "FloatToUint64",
                            .attrs = to(DType::kUint64),
                            .inputs = {Tensor::vector<double>({1.5, -1, 9223372036854775808.0})},
                            .outputs = {Tensor::vector<uint64_t>({1, UINT64_MAX, uint64_t{1} << 63})}}};
const OpCaseTest to_bool{{.op = "Cast",
                          .name = "FloatToBool",
                          .attrs = to(DType::kBool),
                          .inputs = {Tensor::vector<float>({0, -0.0f, 0.1f, kNaN})},
                          .outputs = {Tensor::vector<bool>({false, false, true, true})}}};
const OpCaseTest from_bool{{.op = "Cast",
                            .name = "BoolToFloat",
                            .attrs = to(DType::kFloat32),
                            .inputs = {Tensor::vector<bool>({true, false})},
                            .outputs = {Tensor::vector<float>({1, 0})}}};
const OpCaseTest narrow_ints{{.op = "Cast",
                              .name = "Int32ToUint8Wraps",
                              .attrs = to(DType::kUint8),
                              .inputs = {Tensor::vector<int32_t>({-1, 256, 7})},
                              .outputs = {Tensor::vector<uint8_t>({255, 0, 7})}}};
const OpCaseTest from_complex{{.op = "Cast",
                               .name = "ComplexToFloat",
                               .attrs = to(DType::kFloat32),
                               .inputs = {Tensor::scalar(std::complex<double>(2.5, 9))},
                               .outputs = {Tensor::scalar(2.5f)},
                               .has_gradient_check = false}};
const OpCaseTest to_complex{{.op = "Cast",
                             .name = "HalfToComplex",
                             .attrs = to(DType::kComplex64),
                             .inputs = {Tensor::scalar(Half(1.5f))},
                             .outputs = {Tensor::scalar(std::complex<float>(1.5f, 0))},
                             .has_gradient_check = false}};
const OpCaseTest rounds{{.op = "Cast",
                         .name = "RoundsToBfloat16",
                         .attrs = to(DType::kBfloat16),
                         .inputs = {Tensor::vector<float>({1.00390625f * 1.9999f, 1.006f})},
                         .outputs = {Tensor::vector<Bfloat16>({Bfloat16(2.0078125f), Bfloat16(1.0078125f)})},
                         .has_gradient_check = false}};
const OpCaseTest truncates{{.op = "Cast",
                            .name = "TruncatesToBfloat16",
                            .attrs = {{"DstT", DType::kBfloat16}, {"Truncate", true}},
                            .inputs = {Tensor::vector<float>({1.006f, -1.006f})},
                            .outputs = {Tensor::vector<Bfloat16>({Bfloat16(1.f), Bfloat16(-1.f)})},
                            .has_gradient_check = false}};
const OpCaseTest same_type{{.op = "Cast",
                            .name = "StringToString",
                            .attrs = to(DType::kString),
                            .inputs = {Tensor::vector<std::string>({"a", "b"})},
                            .outputs = {Tensor::vector<std::string>({"a", "b"})}}};
const OpCaseTest not_supported{{.op = "Cast",
                                .name = "StringToFloat",
                                .attrs = to(DType::kFloat32),
                                .bad_inputs = {Tensor::scalar("1")},
                                .error = "Cast string to float is not supported"}};

}  // namespace
}  // namespace reflow::ops
