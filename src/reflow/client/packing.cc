#include "reflow/client/packing.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/name_stack.h"
#include "reflow/client/python_text.h"
#include "reflow/client/variable_state.h"

namespace reflow::client {
namespace {

// `value` with each symbolic tensor of another type than `dtype` cast.
TensorLike cast_elements(const TensorLike& value, DType dtype) {
  if (const TensorLike::List* list = value.list()) {
    TensorList elements;
    for (const TensorLike& element : *list) elements.push_back(cast_elements(element, dtype));
    return TensorLike(elements);
  }
  const DType own = symbolic_dtype(value);
  if (own == DType::kInvalid || own == dtype) return value;
  return apply_op("Cast", "", {value}, {{"DstT", dtype}});
}

Output pack_list(const TensorLike::List& list, DType dtype, std::string_view name) {
  const NameStack scope(default_graph(), name);
  TensorList elements;
  for (size_t i = 0; i < list.size(); ++i) {
    const TensorLike& element = list[i];
    if (element.list() && is_symbolic(element)) {
      elements.push_back(pack_list(*element.list(), dtype, std::to_string(i)));
      continue;
    }
    if (const DType own = symbolic_dtype(element); own != DType::kInvalid && own != dtype) {
      throw TypeError(fmt::format("Cannot convert a list containing a tensor of dtype {} to {} (Tensor is: {})",
                                  python_dtype(own), python_dtype(dtype), describe(element)));
    }
    // TensorFlow looks through each inner list in a scope of its own: the constant that it becomes gets the next name.
    if (element.list()) const NameStack looked_through(default_graph(), std::to_string(i));
    elements.push_back(element);
  }
  for (size_t i = 0; i < elements.size(); ++i) {
    if (symbolic_dtype(elements[i]) == DType::kInvalid) elements[i] = convert(elements[i], dtype, std::to_string(i));
  }
  return apply_op("Pack", scope.name() + "/", {TensorLike(elements)}, {{"axis", 0}});
}

}  // namespace

DType symbolic_dtype(const TensorLike& value) {
  if (const TensorLike::List* list = value.list()) {
    for (const TensorLike& element : *list) {
      if (const DType type = symbolic_dtype(element); type != DType::kInvalid) return type;
    }
    return DType::kInvalid;
  }
  if (const Output* output = value.output()) return base_type(output->dtype());
  if (const auto* variable = std::get_if<std::shared_ptr<VariableState>>(&value.value())) return (*variable)->dtype;
  if (const Convertible* convertible = value.convertible()) return convertible->dtype();
  return DType::kInvalid;
}

Output pack(const TensorLike& list, DType dtype, std::string_view name) {
  const DType first = symbolic_dtype(list);
  if (dtype == DType::kInvalid || base_type(dtype) == first) return pack_list(*list.list(), first, name);
  const TensorLike cast = cast_elements(list, base_type(dtype));
  return pack_list(*cast.list(), base_type(dtype), name);
}

}  // namespace reflow::client
