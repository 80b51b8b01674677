#include "reflow/op/variable.h"

#include "reflow/op/resource_handle.h"

namespace reflow::op {
namespace {

// The type that TensorFlow's messages and handles name.
constexpr char kVariableType[] = "N10tensorflow3VarE";

// There is one in each container where a resource variable has got a value.
class ContainerInUse : public Resource {
 public:
  std::string debug_string() const override { return "container in use"; }
};
constexpr char kContainerInUse[] = "container with variables that have values";

const ResourceHandle& handle_of(KernelContext& c, int i) { return c.input(i).item<ResourceHandle>(); }

bool passes_handle_on(const std::string& type) {
  return type == "Identity" || type == "Switch" || type == "Enter" || type == "Exit" || type == "NextIteration" ||
         type == "Merge" || type == "Snapshot";
}

}  // namespace

Status uninitialized_ref_error(const Node& node, int i) {
  const Endpoint& source = node.input(i);
  std::string name = source.node->name();
  if (source.index > 0) name += ":" + std::to_string(source.index);
  return failed_precondition("Attempting to use uninitialized value {}", name);
}

StatusOr<Variable*> initialized_ref(KernelContext& c, int i) {
  if (!c.is_ref(i)) return internal_error("Input {} of {} is no reference", i, c.node().name());
  Variable& variable = c.ref(i);
  if (!variable.tensor.valid()) [[unlikely]] return uninitialized_ref_error(c.node(), i);
  return &variable;
}

HandleData handle_data(const Node& reader, int i) {
  HandleData data;
  const Node* node = reader.input(i).node;
  for (int steps = 0; steps < 64 && passes_handle_on(node->type()) && node->num_inputs() > 0; ++steps) {
    node = node->input(0).node;
  }
  if (const graph::AttrValue* types = node->find_attr("_handle_dtypes")) {  // what a function takes
    const graph::AttrValue* shapes = node->find_attr("_handle_shapes");
    if (const auto* list = types->get<std::vector<DType>>(); list && list->size() == 1) data.dtype = list->front();
    const auto* list = shapes ? shapes->get<std::vector<Shape>>() : nullptr;
    if (list && list->size() == 1) data.shape = list->front();
    return data;
  }
  if (node->type() != "VarHandleOp") return data;
  if (auto dtype = node->attr<DType>("dtype"); dtype.ok()) data.dtype = *dtype;
  if (auto shape = node->attr<Shape>("shape"); shape.ok()) data.shape = *shape;
  return data;
}

Status handle_shape(const ShapeContext& c, int i, DType dtype, Shape* shape) {
  HandleData data = handle_data(c, i);
  if (data.dtype != DType::kInvalid && data.dtype != dtype) {
    return invalid_argument("Trying to read variable with wrong dtype. Expected {} got {}", dtype_spec_name(data.dtype),
                            dtype_spec_name(dtype));
  }
  *shape = std::move(data.shape);
  return OkStatus();
}

StatusOr<Variable*> resource_variable(KernelContext& c, int i) {
  if (c.input(i).num_elements() < 1) return invalid_argument("Input {} is not a resource handle", i);
  const ResourceHandle& handle = handle_of(c, i);
  if (!is_handle_of<Variable>(handle)) return wrong_resource_type(handle, Variable::kTypeName);
  if (handle.resource) [[likely]] return static_cast<Variable*>(handle.resource.get());
  auto found = c.resources().lookup<Variable>(handle.container, handle.name);
  if (!found.ok()) return found.status();
  return found->get();
}

StatusOr<Variable*> initialized_resource_variable(KernelContext& c, int i) {
  auto variable = resource_variable(c, i);
  if (variable.status().code() == StatusCode::kInvalidArgument) return variable;
  if (!variable.ok() || !(*variable)->tensor.valid()) [[unlikely]] return variable_not_found_error(c, i);
  return *variable;
}

Status variable_not_found_error(KernelContext& c, int i) {
  if (c.input(i).num_elements() < 1) return invalid_argument("Input {} is not a resource handle", i);
  const ResourceHandle& handle = handle_of(c, i);
  if (c.resources().lookup<ContainerInUse>(handle.container, kContainerInUse).ok()) {
    return not_found("Resource {}/{}/{} does not exist.", handle.container, handle.name, kVariableType);
  }
  return not_found("Container {} does not exist. (Could not find resource: {}/{})", handle.container, handle.container,
                   handle.name);
}

void note_first_value(KernelContext& c, int i) {
  const ResourceHandle& handle = handle_of(c, i);
  (void)c.resources().lookup_or_create<ContainerInUse>(
      handle.container, kContainerInUse,
      []() -> StatusOr<std::shared_ptr<ContainerInUse>> { return std::make_shared<ContainerInUse>(); });
}

void make_writable(Variable& variable) {
  if (!variable.tensor.owns_alone()) variable.tensor = variable.tensor.copy();
}

}  // namespace reflow::op
