#include "reflow/ops/training/update_op.h"

namespace reflow::ops {
namespace {

std::vector<std::string_view> split_names(std::string_view names) {
  std::vector<std::string_view> result;
  while (!names.empty()) {
    const size_t end = std::min(names.find(' '), names.size());
    result.push_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return result;
}

bool is_gradient(std::string_view name) { return name == "grad" || name == "delta"; }

// The rules that divide by a power of a learning rate, or by it, want signs.
bool wants_signs(std::string_view op) { return op.find("Ftrl") != op.npos || op.find("ProximalAdagrad") != op.npos; }

// "", or what a scalar input has to be besides.
std::string_view wanted_sign(std::string_view op, std::string_view name) {
  if (!wants_signs(op)) return "";
  if (name == "lr") return "positive ";
  return name == "lr_power" ? "non-positive " : "non-negative ";
}

bool has_wanted_sign(std::string_view sign, double value) {
  if (sign.empty()) return true;
  if (sign == "positive ") return value > 0;
  return sign == "non-positive " ? value <= 0 : value >= 0;
}

Status scalar_error(std::string_view op, std::string_view name, std::string_view sign, const Shape& shape) {
  const bool sparse = op.find("Sparse") != op.npos;
  std::string_view label = name;
  if (name == "l1") label = "l1 regularization strength";
  if (name == "l2") label = "l2 regularization strength";
  if (name == "l2_shrinkage") label = "l2 shrinkage regularization strength";
  if (name == "alpha" && sparse) label = "lr";
  // TensorFlow has a space more in the texts of some ops.
  const bool spaced = name == "lr" && (op.find("ApplyAdam") != op.npos || op.find("ApplyAdaMax") != op.npos ||
                                       (!sparse && op.find("RMSProp") != op.npos) ||
                                       (sparse && op.find("Momentum") != op.npos));
  return invalid_argument("{} is not a {}scalar{}: {}", label, sign, spaced ? " " : "", shape.str());
}

double scalar_value(const Tensor& t) {
  double value = 0;
  with_type(kFloatTypes, t.dtype(), [&]<typename T>() { value = static_cast<double>(t.item<T>()); });
  return value;
}

Status check_scalars(KernelContext& c, const UpdateInputs& inputs) {
  const std::string& op = c.node().type();
  const bool signs = inputs.wants_signs;
  for (int i = 0; i < inputs.num_scalars; ++i) {
    const int input = inputs.scalars[i];
    const Tensor& value = c.input(input);
    if (value.rank() == 0 && !signs) [[likely]] continue;
    const std::string& name = c.node().op().inputs[input].name;
    const std::string_view sign = wanted_sign(op, name);
    if (value.rank() != 0 || !has_wanted_sign(sign, scalar_value(value))) {
      return scalar_error(op, name, sign, value.shape());
    }
  }
  if (inputs.global_step >= 0 && c.input(inputs.global_step).rank() != 0) {
    return scalar_error(op, "global_step", "", c.input(inputs.global_step).shape());
  }
  if (inputs.scale >= 0 && c.input(inputs.scale).rank() != 0) {
    return scalar_error(op, "scale", "", c.input(inputs.scale).shape());
  }
  return OkStatus();
}

const std::string& input_name(KernelContext& c, int i) { return c.node().op().inputs[i].name; }

// The shape of variable i of the op, at graph building.
Status variable_shape(ShapeContext& c, int i, Shape* shape) {
  if (base_type(c.node().op().inputs[i].type) == DType::kResource) {
    return handle_shape(c, i, c.attr_or("T", DType::kInvalid), shape);
  }
  *shape = c.input(i);
  return OkStatus();
}

bool is_variable(const ArgDef& arg) { return arg.is_ref || arg.type == DType::kResource; }

Status update_shape(ShapeContext& c, bool sparse) {
  const std::vector<ArgDef>& args = c.node().op().inputs;
  if (c.concrete()) {
    // The kernel sees the variables themselves, and checks.
    if (c.num_outputs() > 0) c.set_output(0, c.input(0));
    return OkStatus();
  }
  Shape var;
  RETURN_IF_ERROR(variable_shape(c, 0, &var));
  int gradient = -1, indices = -1;
  for (int i = 1; i < c.num_inputs(); ++i) {
    if (is_variable(args[i])) {
      Shape slot;
      RETURN_IF_ERROR(variable_shape(c, i, &slot));
      RETURN_IF_ERROR(c.merge(var, slot, &var));
    } else if (is_gradient(args[i].name)) {
      gradient = i;
    } else if (args[i].name == "indices") {
      indices = i;
    } else {
      Shape scalar;
      RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
    }
  }
  if (!sparse) {
    RETURN_IF_ERROR(c.merge(var, c.input(gradient), &var));
  } else {
    Shape rows, trimmed = c.input(gradient);
    RETURN_IF_ERROR(c.with_rank(c.input(indices), 1, &rows));
    if (trimmed.rank() > 0) {
      int64_t merged;
      RETURN_IF_ERROR(c.merge_dim(rows.dim(0), trimmed.dim(0), &merged));
      trimmed.set_dim(0, Shape::kUnknown);
    }
    RETURN_IF_ERROR(c.merge(var, trimmed, &var));
  }
  if (c.num_outputs() > 0) c.set_output(0, var);
  return OkStatus();
}

}  // namespace

UpdateInputs::UpdateInputs(KernelInit& c, int n) : num_variables(n) {
  const std::vector<ArgDef>& args = c.node().op().inputs;
  resource = args[0].type == DType::kResource;
  use_locking = c.attr_or<bool>("use_locking", false);
  use_nesterov = c.attr_or<bool>("use_nesterov", false);
  update_slots = c.attr_or<bool>("update_slots", true);
  wants_signs = ops::wants_signs(c.node().type());
  for (int i = n; i < static_cast<int>(args.size()); ++i) {
    if (is_gradient(args[i].name)) gradient = i;
    else if (args[i].name == "indices") indices = i;
    else if (args[i].name == "global_step") global_step = i;
    else if (args[i].name == "scale") scale = i;
    else scalars[num_scalars++] = i;
  }
}

Status UpdateTargets::open(KernelContext& c, const UpdateInputs& inputs, DType type) {
  const int n = inputs.num_variables;
  for (int i = 0; i < n; ++i) {
    if (inputs.resource) {
      const StatusOr<Variable*> variable = resource_variable(c, i);
      if (!variable.ok() || !(*variable)->tensor.valid()) [[unlikely]] return internal_error("Invalid variable reference.");
      variables_[i] = *variable;
    } else {
      ASSIGN_OR_RETURN(variables_[i], initialized_ref(c, i));
    }
  }
  // A writer of a resource variable may have to replace its buffer, which readers mustn't see.
  if (inputs.resource || inputs.use_locking) {
    for (int i = 0; i < n; ++i) locked_[i] = &variables_[i]->mutex;
    std::sort(locked_.begin(), locked_.begin() + n, std::less<>());
    const int distinct = static_cast<int>(std::unique(locked_.begin(), locked_.begin() + n) - locked_.begin());
    for (; num_locked_ < distinct; ++num_locked_) locked_[num_locked_]->lock();
  }
  for (int i = 0; i < n; ++i) {
    const Tensor& value = variables_[i]->tensor;
    if (base_type(value.dtype()) != type) [[unlikely]] {
      return invalid_argument("Trying to update variable with wrong dtype. Expected {} got {}", dtype_spec_name(type),
                              dtype_spec_name(value.dtype()));
    }
    if (i > 0 && !(value.shape() == variables_[0]->tensor.shape())) [[unlikely]] {
      return invalid_argument("{} and {} do not have the same shape{} {}", input_name(c, 0), input_name(c, i),
                              variables_[0]->tensor.shape().str(), value.shape().str());
    }
    if (inputs.resource) make_writable(*variables_[i]);
  }
  return OkStatus();
}

UpdateTargets::~UpdateTargets() {
  while (num_locked_ > 0) locked_[--num_locked_]->unlock();
}

Status check_dense_update(KernelContext& c, const UpdateInputs& inputs, const Tensor& var) {
  RETURN_IF_ERROR(check_scalars(c, inputs));
  const Shape& gradient = c.input(inputs.gradient).shape();
  if (gradient == var.shape()) [[likely]] return OkStatus();
  return invalid_argument("{} and {} do not have the same shape{} {}", input_name(c, 0), input_name(c, inputs.gradient),
                          var.shape().str(), gradient.str());
}

Status check_sparse_update(KernelContext& c, const UpdateInputs& inputs, const Tensor& var) {
  if (var.rank() < 1) return invalid_argument("var must be at least 1 dimensional");
  RETURN_IF_ERROR(check_scalars(c, inputs));
  const Shape &gradient = c.input(inputs.gradient).shape(), &indices = c.input(inputs.indices).shape();
  for (int i = 1; i < std::max(var.rank(), gradient.rank()); ++i) {
    if (i >= var.rank() || i >= gradient.rank() || var.dim(i) != gradient.dim(i)) {
      return invalid_argument("var and grad must match in dimension {}", i);
    }
  }
  if (indices.rank() != 1) return invalid_argument("indices must be one-dimensional");
  if (gradient.rank() < 1 || gradient.dim(0) != indices.dim(0)) {
    return invalid_argument("grad must be the same size as indices in the first dimension.");
  }
  return OkStatus();
}

Status RowIndices::check(int64_t rows) const {
  for (int64_t i = 0; i < size; ++i) {
    const int64_t row = (*this)[i];
    if (row < 0 || row >= rows) [[unlikely]] {
      return invalid_argument("Index {} at offset {} in indices is out of range", row, i);
    }
  }
  return OkStatus();
}

Status dense_update_shape(ShapeContext& c) { return update_shape(c, false); }
Status sparse_update_shape(ShapeContext& c) { return update_shape(c, true); }

OpBuilder update_op_definition(const UpdateSpec& spec, int num_variables, UpdateForm form) {
  const auto [resource, sparse, scaled] = form;
  OpBuilder op(fmt::format("{}{}{}Apply{}", scaled ? "_Scaled" : "", resource ? "Resource" : "", sparse ? "Sparse" : "",
                           spec.name));
  const std::vector<std::string_view> names = split_names(sparse ? spec.sparse_inputs : spec.inputs);
  for (size_t i = 0; i < names.size(); ++i) {
    std::string_view type = "T";
    if (i < static_cast<size_t>(num_variables)) type = resource ? "resource" : "Ref(T)";
    if (names[i] == "indices") type = "Tindices";
    if (names[i] == "global_step") type = "int64";
    std::move(op).input(fmt::format("{}: {}", names[i], type));
  }
  if (scaled) std::move(op).input("scale: T");
  if (!resource) std::move(op).output("out: Ref(T)");
  std::move(op).attr(
      "T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
      "complex128, half, uint32, uint64}");
  if (sparse) std::move(op).attr("Tindices: {int32, int64}");
  std::move(op).attr("use_locking: bool = false");
  if (!spec.attr.empty()) std::move(op).attr(spec.attr);
  std::string doc(spec.doc);
  if (sparse) doc += " Only the rows of the variables that indices names are updated, with the rows of grad.";
  if (scaled) doc += " The gradient is multiplied by scale first. Made by the pass `scaled_updates`.";
  std::move(op).doc(doc).shape(sparse ? sparse_update_shape : dense_update_shape).sets_outputs();
  if (resource) std::move(op).stateful();
  return op;
}

}  // namespace reflow::ops
