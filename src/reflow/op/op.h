#pragma once

// The op author's kit: one header for a file that defines ops. docs/add_an_op.md walks through an example.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/op_def.h"
#include "reflow/graph/shape_context.h"
#include "reflow/op/gradient.h"
#include "reflow/op/kernel.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::op {

// A new K. A function template over the kernel's class and not a lambda within OpBuilder::kernel, which GCC would name
// after the template argument alone: two files with an alias of one name in their anonymous namespaces would share it.
template <typename K>
std::unique_ptr<Kernel> make_kernel_of(KernelInit& c) {
  return std::make_unique<K>(c);
}

// Collects what one REFLOW_OP says and registers it at the end of the statement. A mistake in a spec aborts at start
// with the op's name: it is a bug of ours.
class OpBuilder {
 public:
  explicit OpBuilder(std::string_view name);
  // Specs are TensorFlow's: "x: T", "values: N * T", "ref: Ref(T)"; see graph/op_def.h.
  OpBuilder&& input(std::string_view spec) &&;
  OpBuilder&& output(std::string_view spec) &&;
  OpBuilder&& attr(std::string_view spec) &&;
  OpBuilder&& doc(std::string_view text) &&;
  OpBuilder&& stateful() &&;
  OpBuilder&& commutative() &&;
  OpBuilder&& aggregate() &&;
  OpBuilder&& allows_uninitialized_input() &&;
  OpBuilder&& deprecated(int version, std::string_view explanation) &&;
  OpBuilder&& shape(ShapeFn fn) &&;

  // Kernel K for every node on `device`.
  template <typename K>
  OpBuilder&& kernel(std::string_view device) && {
    add_kernel(device, {}, make_kernel_of<K>);
    return std::move(*this);
  }
  // Kernel K<T> where attribute `type_attr` is T, for each T of the set.
  template <template <typename> class K, typename... Ts>
  OpBuilder&& kernel(std::string_view device, Types<Ts...>, std::string_view type_attr = "T") && {
    (add_kernel(device, {{std::string(type_attr), {dtype_of<Ts>}}}, make_kernel_of<K<Ts>>), ...);
    return std::move(*this);
  }
  // Kernel K<T, I> for all pairs of two type attributes.
  template <template <typename, typename> class K, typename... Ts, typename... Is>
  OpBuilder&& kernel(std::string_view device, Types<Ts...> types, Types<Is...>, std::string_view type_attr,
                     std::string_view index_attr) && {
    (add_kernels_of_index<K, Is>(device, types, type_attr, index_attr), ...);
    return std::move(*this);
  }
  // One kernel class without a type parameter, for nodes whose `type_attr` is in the set.
  template <typename K, typename... Ts>
  OpBuilder&& kernel_for(std::string_view device, Types<Ts...>, std::string_view type_attr = "T") && {
    add_kernel(device, {{std::string(type_attr), {dtype_of<Ts>...}}}, make_kernel_of<K>);
    return std::move(*this);
  }

  // Memory: see OpTraits.
  OpBuilder&& in_place(int output, int input) &&;
  OpBuilder&& alias(int output, int input) &&;
  OpBuilder&& sets_outputs() &&;
  OpBuilder&& value_from_shapes() &&;
  OpBuilder&& control_flow() &&;  // which kind is told by the op's name
  OpBuilder&& blocking() &&;

  // The gradient: a callable (GradContext&) that returns nothing or a Status.
  template <typename F>
  OpBuilder&& gradient(F fn) && {
    if constexpr (std::is_void_v<decltype(fn(std::declval<GradContext&>()))>) {
      grad_ = [fn](GradContext& g) { fn(g); return g.status(); };
    } else {
      grad_ = fn;
    }
    return std::move(*this);
  }
  OpBuilder&& not_differentiable() &&;

  void register_op();  // by OpRegistrar

 private:
  template <template <typename, typename> class K, typename I, typename... Ts>
  void add_kernels_of_index(std::string_view device, Types<Ts...>, std::string_view type_attr, std::string_view index_attr) {
    (add_kernel(device, {{std::string(type_attr), {dtype_of<Ts>}}, {std::string(index_attr), {dtype_of<I>}}},
                make_kernel_of<K<Ts, I>>),
     ...);
  }
  void add_kernel(std::string_view device, std::vector<std::pair<std::string, std::vector<DType>>> constraints,
                  std::unique_ptr<Kernel> (*make)(KernelInit&));
  void fail(const Status& status) const;

  OpDef def_;
  std::vector<std::string> input_specs_, output_specs_;
  std::vector<KernelDef> kernels_;
  OpTraits traits_;
  GradFn grad_;
  bool not_differentiable_ = false;
};

struct OpRegistrar {
  OpRegistrar(OpBuilder&& builder) { builder.register_op(); }
};

}  // namespace reflow::op

// REFLOW_OP("Softplus").input(..)...; at namespace scope.
#define REFLOW_OP(name) \
  static const ::reflow::op::OpRegistrar REFLOW_CONCAT(reflow_op_, __COUNTER__) = ::reflow::op::OpBuilder(name)
