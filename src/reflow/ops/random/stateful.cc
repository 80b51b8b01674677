// Random numbers whose stream is kept in a variable: its elements are the counter of Philox (two) and the key. Each op goes
// on where the one before has stopped.

#include "reflow/op/op.h"
#include "reflow/ops/random/fill.h"
#include "reflow/ops/random/random_shape.h"
#include "reflow/ops/random/state_variable.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename D, typename T, bool kHasAlgorithm = true>
class Stateful : public Kernel {
 public:
  explicit Stateful(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if constexpr (kHasAlgorithm) RETURN_IF_ERROR(check_algorithm(c));
    Tensor& out = c.output(0);
    ASSIGN_OR_RETURN(const Philox generator, take_blocks(c, static_cast<uint64_t>(out.num_elements()) * kBlocksPerNumber));
    fill_random<D, T>(c.pool(), generator, out);
    return OkStatus();
  }
};
template <typename T>
using StatefulUniform = Stateful<Uniform, T>;
template <typename T>
using StatefulNormal = Stateful<Normal, T>;
template <typename T>
using StatefulNormalV1 = Stateful<Normal, T, false>;
template <typename T>
using StatefulTruncated = Stateful<TruncatedNormal, T>;

template <typename T>
class StatefulInt : public Kernel {
 public:
  explicit StatefulInt(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_algorithm(c));
    RETURN_IF_ERROR(check_bounds<T>(c.input(3), c.input(4), 1));
    Tensor& out = c.output(0);
    ASSIGN_OR_RETURN(const Philox generator, take_blocks(c, static_cast<uint64_t>(out.num_elements()) * kBlocksPerNumber));
    fill_integers<T>(c.pool(), generator, c.input(3).template item<T>(), c.input(4).template item<T>(), out);
    return OkStatus();
  }
};

// All bits of the stream, as they come.
template <typename T>
void fill_bits(Philox generator, Tensor& tensor) {
  PhiloxWords words(generator);
  T* out = tensor.data<T>();
  for (int64_t i = 0, n = tensor.num_elements(); i < n; ++i) {
    uint64_t bits = words();
    if constexpr (sizeof(T) == 8) bits |= uint64_t{words()} << 32;
    out[i] = static_cast<T>(bits);
  }
}

template <typename T>
class StatefulFullInt : public Kernel {
 public:
  explicit StatefulFullInt(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_algorithm(c));
    Tensor& out = c.output(0);
    ASSIGN_OR_RETURN(const Philox generator, take_blocks(c, static_cast<uint64_t>(out.num_elements()) * kBlocksPerNumber));
    fill_bits<T>(generator, out);
    return OkStatus();
  }
};

template <typename T>
class NonDeterministicInts : public Kernel {
 public:
  explicit NonDeterministicInts(KernelInit&) {}
  Status compute(KernelContext& c) override {
    fill_bits<T>(Philox(system_random(), system_random()), c.output(0));
    return OkStatus();
  }
};

class RngSkip : public Kernel {
 public:
  explicit RngSkip(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_algorithm(c));
    if (c.input(2).num_elements() != 1) return invalid_argument("delta must be of shape [], not {}", c.input(2).shape().str());
    return take_blocks(c, static_cast<uint64_t>(c.input(2).item<int64_t>()) * kBlocksPerNumber).status();
  }
};

// All inputs are scalars but the shape, which is input `at`.
Status stateful_shape_at(ShapeContext& c, int at) {
  if (!c.concrete()) {
    Shape checked;
    for (int i = 0; i < c.num_inputs(); ++i) RETURN_IF_ERROR(i == at ? OkStatus() : c.with_rank(c.input(i), 0, &checked));
  }
  Shape out;
  RETURN_IF_ERROR(shape_from_input(c, at, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}
Status stateful_shape(ShapeContext& c) { return stateful_shape_at(c, 2); }
Status stateful_shape_v1(ShapeContext& c) { return stateful_shape_at(c, 1); }

Status skip_shape(ShapeContext& c) {
  Shape scalar;
  for (int i = 0; i < c.num_inputs() && !c.concrete(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  return OkStatus();
}

constexpr Types<int32_t, int64_t, uint32_t, uint64_t> kWholeTypes{};

OpBuilder stateful_op(const char* name) { return OpBuilder(name).input("resource: resource").input("algorithm: int64").input("shape: shape_dtype"); }
OpBuilder typed(OpBuilder op, const char* dtype) {
  return std::move(op).output("output: dtype").attr(dtype).attr("shape_dtype: type = DT_INT64").stateful();
}

const OpRegistrar kOps[] = {
    typed(stateful_op("StatefulUniform"), "dtype: type = DT_FLOAT")
        .doc("Numbers evenly distributed over [0, 1), of the stream in the variable `resource`.")
        .shape(stateful_shape).kernel<StatefulUniform>(kCpu, kFloatTypes, "dtype"),
    typed(stateful_op("StatefulStandardNormalV2"), "dtype: type = DT_FLOAT")
        .doc("Numbers of the standard normal distribution, of the stream in the variable `resource`.")
        .shape(stateful_shape).kernel<StatefulNormal>(kCpu, kFloatTypes, "dtype"),
    typed(OpBuilder("StatefulStandardNormal").input("resource: resource").input("shape: shape_dtype"), "dtype: type = DT_FLOAT")
        .deprecated(29, "Use StatefulStandardNormalV2 instead").doc("StatefulStandardNormalV2 with the only algorithm there is.")
        .shape(stateful_shape_v1).kernel<StatefulNormalV1>(kCpu, kFloatTypes, "dtype"),
    typed(stateful_op("StatefulTruncatedNormal"), "dtype: type = DT_FLOAT")
        .doc("Numbers of the standard normal distribution within 2 standard deviations, of the stream in the variable `resource`.")
        .shape(stateful_shape).kernel<StatefulTruncated>(kCpu, kFloatTypes, "dtype"),
    typed(stateful_op("StatefulUniformInt").input("minval: dtype").input("maxval: dtype"), "dtype: type = DT_INT64")
        .doc("Integers evenly distributed over [minval, maxval), of the stream in the variable `resource`.")
        .shape(stateful_shape).kernel<StatefulInt>(kCpu, kWholeTypes, "dtype"),
    typed(stateful_op("StatefulUniformFullInt"), "dtype: type = DT_UINT64")
        .doc("Integers evenly distributed over all of their type, of the stream in the variable `resource`.")
        .shape(stateful_shape).kernel<StatefulFullInt>(kCpu, kWholeTypes, "dtype"),
    typed(OpBuilder("NonDeterministicInts").input("shape: shape_dtype"), "dtype: type = DT_INT64")
        .doc("Integers that nobody can foretell.")
        .shape(random_shape).kernel<NonDeterministicInts>(kCpu, kWholeTypes, "dtype"),
    OpBuilder("RngSkip").input("resource: resource").input("algorithm: int64").input("delta: int64").stateful()
        .doc("Moves the stream in the variable `resource` on by as much as `delta` numbers take.")
        .shape(skip_shape).kernel<RngSkip>(kCpu),
};

}  // namespace
}  // namespace reflow::ops
