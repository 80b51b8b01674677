#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/update_rule.h"
#include "reflow/op/variable.h"

// The ops that apply gradients, made from update rules (op/update_rule.h): ApplyX, SparseApplyX, ResourceApplyX and
// ResourceSparseApplyX come from one description, and so do _ScaledApplyX and _ScaledResourceApplyX, which the pass
// `scaled_updates` makes of a gradient times a number and the op that takes the product.
//
// A description is a struct with
//   static constexpr int kVariables: the variable and its slots, the first inputs of all four ops;
//   template <typename C> static void with_rule(const op::UpdateArguments<C>&, auto&& run): calls run(rule).
namespace reflow::ops {

using namespace ::reflow::op;

inline constexpr int kMaxVariables = 5;

// Where a kernel finds its inputs; read from the op's definition once.
struct UpdateInputs {
  UpdateInputs(KernelInit& c, int num_variables);
  int num_variables, gradient = -1, indices = -1, global_step = -1, scale = -1, num_scalars = 0;
  std::array<int, 8> scalars{};
  bool resource, use_locking, use_nesterov, update_slots, wants_signs;
};

// The variables of one execution, checked and locked (in the order of their addresses), with writable values.
class UpdateTargets {
 public:
  // FailedPrecondition: a ref variable has no value. Internal: a resource variable has none, as TensorFlow says it.
  // InvalidArgument: a variable is of another type or shape than the first.
  Status open(KernelContext& c, const UpdateInputs& inputs, DType type);
  ~UpdateTargets();
  UpdateTargets() = default;
  UpdateTargets(const UpdateTargets&) = delete;
  UpdateTargets& operator=(const UpdateTargets&) = delete;
  Tensor& operator[](int i) { return variables_[i]->tensor; }

 private:
  std::array<Variable*, kMaxVariables> variables_{};
  std::array<std::mutex*, kMaxVariables> locked_{};
  int num_locked_ = 0;
};

// Scalars are scalars, and the gradient fits. InvalidArgument in TensorFlow's words.
Status check_dense_update(KernelContext& c, const UpdateInputs& inputs, const Tensor& var);
Status check_sparse_update(KernelContext& c, const UpdateInputs& inputs, const Tensor& var);

// The rows that a sparse op updates: an int32 or int64 vector.
struct RowIndices {
  explicit RowIndices(const Tensor& t) : size(t.num_elements()), wide(t.dtype() == DType::kInt64), data(t.raw_data()) {}
  int64_t operator[](int64_t i) const {
    return wide ? static_cast<const int64_t*>(data)[i] : static_cast<const int32_t*>(data)[i];
  }
  // InvalidArgument: one of them isn't in [0, rows).
  Status check(int64_t rows) const;
  const int64_t size;
  const bool wide;
  const void* data;
};

Status dense_update_shape(ShapeContext& c);
Status sparse_update_shape(ShapeContext& c);

template <typename T>
UpdateArguments<ComputeType<T>> update_arguments(KernelContext& c, const UpdateInputs& inputs) {
  UpdateArguments<ComputeType<T>> a;
  for (int i = 0; i < inputs.num_scalars; ++i) {
    a.scalars[i] = static_cast<ComputeType<T>>(c.input(inputs.scalars[i]).item<T>());
  }
  if (inputs.global_step >= 0) a.global_step = c.input(inputs.global_step).item<int64_t>();
  a.use_nesterov = inputs.use_nesterov;
  a.update_slots = inputs.update_slots;
  return a;
}

// Elements of a gradient as they are.
template <typename T>
struct PlainGradient {
  const T* g;
  PlainGradient from(int64_t i) const { return {g + i}; }
  REFLOW_SIMD_BODY inline ComputeType<T> operator[](int64_t i) const { return static_cast<ComputeType<T>>(g[i]); }
};

// The same times a number, rounded before the rule gets them, as by an op of its own.
struct ScaledGradient {
  const float* g;
  float scale;
  ScaledGradient from(int64_t i) const { return {g + i, scale}; }
  REFLOW_SIMD_BODY inline float operator[](int64_t i) const { return g[i] * scale; }
};

// Applies `rule` to n elements of the variables at `data`.
template <typename T, typename Rule, typename Gradient, size_t... kIs>
void apply_rule(const Rule& rule, const std::array<T*, sizeof...(kIs)>& data, const Gradient& gradient, int64_t n,
                std::index_sequence<kIs...>) {
  using C = ComputeType<T>;
  const auto loop = [&]() REFLOW_SIMD_BODY {
    const Rule r = rule;
    const Gradient g = gradient;
    const std::array<T*, sizeof...(kIs)> at = data;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      C values[] = {static_cast<C>(at[kIs][i])...};
      r(values[kIs]..., g[i]);
      ((at[kIs][i] = static_cast<T>(values[kIs])), ...);
    }
  };
  if constexpr (std::is_floating_point_v<T>) simd_loop(loop);
  else loop();
}

template <typename Description>
struct UpdateOp {
  static constexpr int kVariables = Description::kVariables;
  static constexpr auto kIndices = std::make_index_sequence<kVariables>();
  static constexpr double kCostNs = 0.3 * (kVariables + 1);

  template <typename T>
  class Dense : public Kernel {
   public:
    explicit Dense(KernelInit& c) : inputs_(c, kVariables) {}
    Status compute(KernelContext& c) override {
      UpdateTargets targets;
      RETURN_IF_ERROR(targets.open(c, inputs_, dtype_of<T>));
      RETURN_IF_ERROR(check_dense_update(c, inputs_, targets[0]));
      std::array<T*, kVariables> data;
      for (int i = 0; i < kVariables; ++i) data[i] = targets[i].template data<T>();
      const T* g = c.input(inputs_.gradient).template data<T>();
      const int64_t n = targets[0].num_elements();
      Description::with_rule(update_arguments<T>(c, inputs_), [&](const auto& rule) {
        const auto apply = [&](const auto& gradient) {
          c.pool().parallel_for(n, kCostNs, [&](int64_t begin, int64_t end) {
            std::array<T*, kVariables> at;
            for (int i = 0; i < kVariables; ++i) at[i] = data[i] + begin;
            apply_rule(rule, at, gradient.from(begin), end - begin, kIndices);
          });
        };
        if constexpr (std::is_same_v<T, float>) {
          if (inputs_.scale >= 0) return apply(ScaledGradient{g, c.input(inputs_.scale).template item<float>()});
        }
        apply(PlainGradient<T>{g});
      });
      if (!inputs_.resource) c.forward(0, 0);
      return OkStatus();
    }

   private:
    const UpdateInputs inputs_;
  };

  template <typename T>
  class Sparse : public Kernel {
   public:
    explicit Sparse(KernelInit& c) : inputs_(c, kVariables) {}
    Status compute(KernelContext& c) override {
      UpdateTargets targets;
      RETURN_IF_ERROR(targets.open(c, inputs_, dtype_of<T>));
      RETURN_IF_ERROR(check_sparse_update(c, inputs_, targets[0]));
      const RowIndices indices(c.input(inputs_.indices));
      const int64_t rows = targets[0].dim(0), width = rows > 0 ? targets[0].num_elements() / rows : 0;
      RETURN_IF_ERROR(indices.check(rows));
      std::array<T*, kVariables> data;
      for (int i = 0; i < kVariables; ++i) data[i] = targets[i].template data<T>();
      const T* g = c.input(inputs_.gradient).template data<T>();
      const int64_t n = indices.size;
      Description::with_rule(update_arguments<T>(c, inputs_), [&](const auto& rule) {
        // A part of the variable's rows for each task, which takes their updates in the order in which they come: rows
        // that come twice are updated twice, one after the other.
        const int64_t parts = width < 8 ? 1 : std::min<int64_t>(rows, 2 * c.pool().num_threads());
        c.pool().parallel_for(parts, kCostNs * n * width / std::max<int64_t>(parts, 1), [&](int64_t begin, int64_t end) {
          const int64_t first = rows * begin / parts, last = rows * end / parts;
          for (int64_t i = 0; i < n; ++i) {
            const int64_t row = indices[i];
            if (row < first || row >= last) continue;
            std::array<T*, kVariables> at;
            for (int v = 0; v < kVariables; ++v) at[v] = data[v] + row * width;
            apply_rule(rule, at, PlainGradient<T>{g + i * width}, width, kIndices);
          }
        });
      });
      if (!inputs_.resource) c.forward(0, 0);
      return OkStatus();
    }

   private:
    const UpdateInputs inputs_;
  };
};

// What the ops of a description look like. Names are separated by spaces; the first kVariables of `inputs` are the
// variables.
struct UpdateSpec {
  std::string_view name;            // "Adam": ApplyAdam, ResourceApplyAdam
  std::string_view inputs;          // of the dense ops; empty: there are none
  std::string_view sparse_inputs;   // of the sparse ops; empty: there are none
  std::string_view attr;            // beside T, Tindices and use_locking; may be empty
  std::string_view doc;
  bool resource_only = false;
};

struct UpdateForm {
  bool resource = false, sparse = false;
  bool scaled = false;  // has a last input, `scale`, that the gradient is multiplied by
};

// Definition of one op, without kernels.
OpBuilder update_op_definition(const UpdateSpec& spec, int num_variables, UpdateForm form);

// Registers up to six ops.
template <typename Description, typename... Ts>
bool register_update(const UpdateSpec& spec, Types<Ts...> types) {
  using Op = UpdateOp<Description>;
  for (const bool resource : {false, true}) {
    if (spec.resource_only && !resource) continue;
    if (!spec.inputs.empty()) {
      OpBuilder op = update_op_definition(spec, Description::kVariables, {.resource = resource});
      std::move(op).template kernel<Op::template Dense>(kCpu, types);
      std::move(op).register_op();
      OpBuilder scaled = update_op_definition(spec, Description::kVariables, {.resource = resource, .scaled = true});
      std::move(scaled).template kernel<Op::template Dense>(kCpu, Types<float>());
      std::move(scaled).register_op();
    }
    if (!spec.sparse_inputs.empty()) {
      OpBuilder op = update_op_definition(spec, Description::kVariables, {.resource = resource, .sparse = true});
      std::move(op).template kernel<Op::template Sparse>(kCpu, types);
      std::move(op).register_op();
    }
  }
  return true;
}

}  // namespace reflow::ops
