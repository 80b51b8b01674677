#include "reflow/op/elementwise.h"

#include <algorithm>
#include <utility>

namespace reflow::op {
namespace {

using Row = std::pair<std::string_view, VecOp>;

constexpr Row kRows[] = {  // sorted by name
    {"Abs", VecOp::kAbs},
    {"Add", VecOp::kAdd},
    {"AddV2", VecOp::kAdd},
    {"Ceil", VecOp::kCeil},
    {"Div", VecOp::kDiv},
    {"DivNoNan", VecOp::kDivNoNan},
    {"Elu", VecOp::kElu},
    {"EluGrad", VecOp::kEluGrad},
    {"Exp", VecOp::kExp},
    {"Expm1", VecOp::kExpm1},
    {"Floor", VecOp::kFloor},
    {"Inv", VecOp::kReciprocal},
    {"InvGrad", VecOp::kReciprocalGrad},
    {"Log", VecOp::kLog},
    {"Log1p", VecOp::kLog1p},
    {"Maximum", VecOp::kMaximum},
    {"Minimum", VecOp::kMinimum},
    {"Mul", VecOp::kMul},
    {"MulNoNan", VecOp::kMulNoNan},
    {"Neg", VecOp::kNeg},
    {"Pow", VecOp::kPow},
    {"RealDiv", VecOp::kDiv},
    {"Reciprocal", VecOp::kReciprocal},
    {"ReciprocalGrad", VecOp::kReciprocalGrad},
    {"Relu", VecOp::kRelu},
    {"Relu6", VecOp::kRelu6},
    {"Relu6Grad", VecOp::kRelu6Grad},
    {"ReluGrad", VecOp::kReluGrad},
    {"Rint", VecOp::kRound},
    {"Round", VecOp::kRound},
    {"Rsqrt", VecOp::kRsqrt},
    {"RsqrtGrad", VecOp::kRsqrtGrad},
    {"Selu", VecOp::kSelu},
    {"SeluGrad", VecOp::kSeluGrad},
    {"Sigmoid", VecOp::kSigmoid},
    {"SigmoidGrad", VecOp::kSigmoidGrad},
    {"Sign", VecOp::kSign},
    {"Softplus", VecOp::kSoftplus},
    {"SoftplusGrad", VecOp::kSoftplusGrad},
    {"Softsign", VecOp::kSoftsign},
    {"SoftsignGrad", VecOp::kSoftsignGrad},
    {"Sqrt", VecOp::kSqrt},
    {"SqrtGrad", VecOp::kSqrtGrad},
    {"Square", VecOp::kSquare},
    {"SquaredDifference", VecOp::kSquaredDifference},
    {"Sub", VecOp::kSub},
    {"Tanh", VecOp::kTanh},
    {"TanhGrad", VecOp::kTanhGrad},
    {"_FloatMaskEqual", VecOp::kEqual},
    {"_FloatMaskGreater", VecOp::kGreater},
    {"_FloatMaskGreaterEqual", VecOp::kGreaterEqual},
    {"_FloatMaskLess", VecOp::kLess},
    {"_FloatMaskLessEqual", VecOp::kLessEqual},
    {"_FloatMaskNotEqual", VecOp::kNotEqual},
};
static_assert(std::is_sorted(std::begin(kRows), std::end(kRows),
                             [](const Row& a, const Row& b) { return a.first < b.first; }));

}  // namespace

std::optional<ElementwiseInfo> elementwise_info(std::string_view op_type) {
  const Row* row = std::lower_bound(std::begin(kRows), std::end(kRows), op_type,
                                    [](const Row& r, std::string_view name) { return r.first < name; });
  if (row == std::end(kRows) || row->first != op_type) return std::nullopt;
  return ElementwiseInfo{row->second, is_unary(row->second) ? 1 : 2};
}

}  // namespace reflow::op
