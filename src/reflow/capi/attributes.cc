// Asking operations for their attributes.

#include <algorithm>
#include <cstring>

#include "reflow/capi/objects.h"
#include "reflow/graph/graph_def.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/attr_value.pb.h"

using namespace reflow;
using namespace reflow::capi;
using graph::AttrValue;

namespace {

StatusOr<const AttrValue*> find(TF_Operation* oper, const char* name) {
  const AttrValue* const value = node_of(oper)->find_attr(name);
  if (value != nullptr) return value;
  return invalid_argument("Operation '{}' has no attr named '{}'.", node_of(oper)->name(), name);
}

// The attribute as a T, in the words in which the engine's own reading of attributes fails.
template <typename T>
StatusOr<T> value_of(TF_Operation* oper, const char* name, const char* kind) {
  const AttrValue* const value = node_of(oper)->find_attr(name);
  if (value == nullptr) return not_found("No attr named '{}' in NodeDef:", name);
  if (const T* typed = value->get<T>()) return *typed;
  if constexpr (requires(T v) { v.begin(); }) {
    if (value->get<graph::EmptyList>()) return T();
  }
  return invalid_argument("AttrValue had value with type '{}' when '{}' expected", value->kind(), kind);
}

// The list, empty when its elements are of another type.
template <typename T>
StatusOr<std::vector<T>> list_of(TF_Operation* oper, const char* name) {
  ASSIGN_OR_RETURN(const AttrValue* const value, find(oper, name));
  if (!value->kind().starts_with("list(") && !value->get<graph::EmptyList>()) return invalid_argument("Value for '{}' is not a list.", name);
  const auto* list = value->get<std::vector<T>>();
  return list ? *list : std::vector<T>();
}

template <typename T, typename To, typename Convert>
void get(TF_Operation* oper, const char* name, const char* kind, To* to, TF_Status* status, Convert&& convert) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const T value, value_of<T>(oper, name, kind));
    *to = convert(value);
    return OkStatus();
  });
}

template <typename T, typename To, typename Convert>
void get_list(TF_Operation* oper, const char* name, To* to, int max_values, TF_Status* status, Convert&& convert) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::vector<T> list, list_of<T>(oper, name));
    for (int i = 0; i < std::min<int>(max_values, list.size()); ++i) to[i] = convert(list[i]);
    return OkStatus();
  });
}

constexpr auto same = [](auto value) { return value; };
constexpr auto to_byte = [](bool value) { return static_cast<unsigned char>(value); };

// The kind of an attribute without "list()".
TF_AttrType type_of(std::string_view kind) {
  constexpr std::string_view kNames[] = {"string", "int", "float", "bool", "type", "shape", "tensor", "placeholder", "func"};
  if (kind.starts_with("list(")) kind = kind.substr(5, kind.size() - 6);
  return static_cast<TF_AttrType>(std::ranges::find(kNames, kind) - std::begin(kNames));
}

int64_t total_size(const AttrValue& value) {
  int64_t total = 0;
  if (const auto* s = value.get<std::string>()) return static_cast<int64_t>(s->size());
  if (const auto* shape = value.get<Shape>()) return shape->rank();
  if (const auto* list = value.get<std::vector<std::string>>(); list && !list->empty()) {
    for (const std::string& s : *list) total += static_cast<int64_t>(s.size());
    return total;
  }
  if (const auto* list = value.get<std::vector<Shape>>(); list && !list->empty()) {
    for (const Shape& shape : *list) total += std::max(0, shape.rank());
    return total;
  }
  return -1;
}

}  // namespace

TF_AttrMetadata TF_OperationGetAttrMetadata(TF_Operation* oper, const char* attr_name, TF_Status* status) {
  TF_AttrMetadata metadata{0, -1, TF_ATTR_STRING, -1};
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const AttrValue* const value, find(oper, attr_name));
    std::string kind = value->kind();
    metadata.is_list = kind.starts_with("list(") || value->get<graph::EmptyList>();
    if (metadata.is_list) metadata.list_size = value->list_size();
    if (value->get<graph::EmptyList>()) {  // what it would hold says the op
      const graph::AttrDef* const def = node_of(oper)->op().find_attr(attr_name);
      kind = def ? def->type : "string";
    }
    if (value->get<graph::AttrPlaceholder>()) kind = "placeholder";
    metadata.type = type_of(kind);
    metadata.total_size = total_size(*value);
    return OkStatus();
  });
  return metadata;
}

void TF_OperationGetAttrString(TF_Operation* oper, const char* name, void* value, size_t max_length, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const AttrValue* const attr, find(oper, name));
    const auto* text = attr->get<std::string>();
    if (text == nullptr) return invalid_argument("Attribute '{}' is not a string", name);
    std::memcpy(value, text->data(), std::min(text->size(), max_length));
    return OkStatus();
  });
}

void TF_OperationGetAttrStringList(TF_Operation* oper, const char* name, void** values, size_t* lengths, int max_values,
                                   void* storage, size_t storage_size, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> list, list_of<std::string>(oper, name));
    char* to = static_cast<char*>(storage);
    char* const limit = to + storage_size;
    for (int i = 0; i < std::min<int>(max_values, list.size()); ++i) {
      if (list[i].size() > static_cast<size_t>(limit - to)) {
        return invalid_argument("Not enough storage to hold the requested list of strings");
      }
      std::memcpy(to, list[i].data(), list[i].size());
      values[i] = to;
      lengths[i] = list[i].size();
      to += list[i].size();
    }
    return OkStatus();
  });
}

void TF_OperationGetAttrInt(TF_Operation* oper, const char* name, int64_t* value, TF_Status* status) {
  get<int64_t>(oper, name, "int", value, status, same);
}
void TF_OperationGetAttrIntList(TF_Operation* oper, const char* name, int64_t* values, int max_values, TF_Status* status) {
  get_list<int64_t>(oper, name, values, max_values, status, same);
}
void TF_OperationGetAttrFloat(TF_Operation* oper, const char* name, float* value, TF_Status* status) {
  get<float>(oper, name, "float", value, status, same);
}
void TF_OperationGetAttrFloatList(TF_Operation* oper, const char* name, float* values, int max_values, TF_Status* status) {
  get_list<float>(oper, name, values, max_values, status, same);
}
void TF_OperationGetAttrBool(TF_Operation* oper, const char* name, unsigned char* value, TF_Status* status) {
  get<bool>(oper, name, "bool", value, status, to_byte);
}
void TF_OperationGetAttrBoolList(TF_Operation* oper, const char* name, unsigned char* values, int max_values, TF_Status* status) {
  get_list<bool>(oper, name, values, max_values, status, to_byte);
}
void TF_OperationGetAttrType(TF_Operation* oper, const char* name, TF_DataType* value, TF_Status* status) {
  get<DType>(oper, name, "type", value, status, data_type_of);
}
void TF_OperationGetAttrTypeList(TF_Operation* oper, const char* name, TF_DataType* values, int max_values, TF_Status* status) {
  get_list<DType>(oper, name, values, max_values, status, data_type_of);
}

void TF_OperationGetAttrShape(TF_Operation* oper, const char* name, int64_t* value, int num_dims, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Shape shape, value_of<Shape>(oper, name, "shape"));
    for (int i = 0; i < std::min(num_dims, shape.rank()); ++i) value[i] = shape.dim(i);
    return OkStatus();
  });
}

void TF_OperationGetAttrShapeList(TF_Operation* oper, const char* name, int64_t** dims, int* num_dims, int num_shapes,
                                  int64_t* storage, int storage_size, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::vector<Shape> list, value_of<std::vector<Shape>>(oper, name, "list(shape)"));
    const int64_t* const limit = storage + storage_size;
    for (int i = 0; i < std::min<int>(num_shapes, list.size()); ++i) {
      num_dims[i] = list[i].rank();
      dims[i] = storage;
      if (list[i].rank() > limit - storage) return invalid_argument("Not enough storage to hold the requested list of shapes");
      for (const int64_t size : list[i].dims()) *storage++ = size;
    }
    return OkStatus();
  });
}

void TF_OperationGetAttrTensorShapeProto(TF_Operation* oper, const char* name, TF_Buffer* value, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const AttrValue* const attr, find(oper, name));
    const auto* shape = attr->get<Shape>();
    if (shape == nullptr) return invalid_argument("Value for '{}' is not a shape.", name);
    tensorflow::TensorShapeProto proto;
    shape_to_proto(*shape, &proto);
    return write_message(proto, value);
  });
}

void TF_OperationGetAttrTensorShapeProtoList(TF_Operation* oper, const char* name, TF_Buffer** values, int max_values,
                                             TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::vector<Shape> list, list_of<Shape>(oper, name));
    for (int i = 0; i < std::min<int>(max_values, list.size()); ++i) {
      tensorflow::TensorShapeProto proto;
      shape_to_proto(list[i], &proto);
      values[i] = TF_NewBuffer();
      RETURN_IF_ERROR(write_message(proto, values[i]));
    }
    return OkStatus();
  });
}

void TF_OperationGetAttrTensor(TF_Operation* oper, const char* name, TF_Tensor** value, TF_Status* status) {
  *value = nullptr;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Tensor tensor, value_of<Tensor>(oper, name, "tensor"));
    ASSIGN_OR_RETURN(*value, make_tensor(tensor.copy()));
    return OkStatus();
  });
}

void TF_OperationGetAttrTensorList(TF_Operation* oper, const char* name, TF_Tensor** values, int max_values, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const std::vector<Tensor> list, value_of<std::vector<Tensor>>(oper, name, "list(tensor)"));
    for (int i = 0; i < std::min<int>(max_values, list.size()); ++i) {
      ASSIGN_OR_RETURN(values[i], make_tensor(list[i].copy()));
    }
    return OkStatus();
  });
}

void TF_OperationGetAttrValueProto(TF_Operation* oper, const char* name, TF_Buffer* output_attr_value, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const AttrValue* const attr, find(oper, name));
    tensorflow::AttrValue proto;
    graph::attr_to_proto(*attr, &proto);
    return write_message(proto, output_attr_value);
  });
}
