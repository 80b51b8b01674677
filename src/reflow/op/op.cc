#include "reflow/op/op.h"

#include <cstdio>
#include <cstdlib>

namespace reflow::op {

OpBuilder::OpBuilder(std::string_view name) { def_.name = name; }

OpBuilder&& OpBuilder::input(std::string_view spec) && {
  input_specs_.emplace_back(spec);
  return std::move(*this);
}

OpBuilder&& OpBuilder::output(std::string_view spec) && {
  output_specs_.emplace_back(spec);
  return std::move(*this);
}

OpBuilder&& OpBuilder::attr(std::string_view spec) && {
  AttrDef attr;
  fail(parse_attr(spec, &attr));
  def_.attrs.push_back(std::move(attr));
  return std::move(*this);
}

OpBuilder&& OpBuilder::doc(std::string_view text) && {
  def_.doc = text;
  return std::move(*this);
}

OpBuilder&& OpBuilder::stateful() && {
  def_.is_stateful = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::commutative() && {
  def_.is_commutative = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::aggregate() && {
  def_.is_aggregate = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::allows_uninitialized_input() && {
  def_.allows_uninitialized_input = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::deprecated(int version, std::string_view explanation) && {
  def_.deprecated_in = version;
  def_.deprecation = explanation;
  return std::move(*this);
}

OpBuilder&& OpBuilder::shape(ShapeFn fn) && {
  def_.shape_fn = fn;
  return std::move(*this);
}

OpBuilder&& OpBuilder::in_place(int output, int input) && {
  traits_.in_place.push_back({output, input});
  return std::move(*this);
}

OpBuilder&& OpBuilder::alias(int output, int input) && {
  traits_.alias.push_back({output, input});
  return std::move(*this);
}

OpBuilder&& OpBuilder::sets_outputs() && {
  traits_.sets_outputs = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::value_from_shapes() && {
  traits_.value_from_shapes = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::control_flow() && {
  std::string_view kind = def_.name;
  if (kind.starts_with("Ref")) kind.remove_prefix(3);
  traits_.control = kind == "Switch"           ? ControlKind::kSwitch
                    : kind == "Merge"          ? ControlKind::kMerge
                    : kind == "Enter"          ? ControlKind::kEnter
                    : kind == "Exit"           ? ControlKind::kExit
                    : kind == "NextIteration"  ? ControlKind::kNextIteration
                    : kind == "LoopCond"       ? ControlKind::kLoopCond
                    : kind == "ControlTrigger" ? ControlKind::kTrigger
                                               : ControlKind::kNone;
  if (traits_.control == ControlKind::kNone) fail(internal_error("no kind of control flow is known by this name"));
  return std::move(*this);
}

OpBuilder&& OpBuilder::blocking() && {
  traits_.blocking = true;
  return std::move(*this);
}

OpBuilder&& OpBuilder::not_differentiable() && {
  not_differentiable_ = true;
  return std::move(*this);
}

void OpBuilder::add_kernel(std::string_view device, std::vector<std::pair<std::string, std::vector<DType>>> constraints,
                           std::unique_ptr<Kernel> (*make)(KernelInit&)) {
  KernelDef kernel;
  kernel.device = device;
  kernel.constraints = std::move(constraints);
  kernel.make = make;
  kernels_.push_back(std::move(kernel));
}

void OpBuilder::fail(const Status& status) const {
  if (status.ok()) return;
  std::fprintf(stderr, "REFLOW_OP(\"%s\"): %s\n", def_.name.c_str(), std::string(message_of(status)).c_str());
  std::abort();
}

void OpBuilder::register_op() {
  for (const std::string& spec : input_specs_) fail(parse_arg(spec, def_.attrs, &def_.inputs.emplace_back()));
  for (const std::string& spec : output_specs_) fail(parse_arg(spec, def_.attrs, &def_.outputs.emplace_back()));
  const std::string name = def_.name;
  fail(OpRegistry::global().add(std::move(def_)).status());
  for (KernelDef& kernel : kernels_) {
    kernel.op = name;
    KernelRegistry::global().add(std::move(kernel));
  }
  KernelRegistry::global().traits_of(name) = std::move(traits_);
  if (grad_) fail(GradientRegistry::global().add(name, std::move(grad_)));
  if (not_differentiable_) fail(GradientRegistry::global().add_not_differentiable(name));
}

}  // namespace reflow::op
