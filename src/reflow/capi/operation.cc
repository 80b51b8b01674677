// Describing operations: the functions of TF_OperationDescription.

#include <memory>

#include "reflow/capi/description.h"
#include "reflow/graph/graph_def.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/attr_value.pb.h"

using namespace reflow;
using namespace reflow::capi;
using graph::AttrValue;

TF_OperationDescription* TF_NewOperation(TF_Graph* g, const char* op_type, const char* oper_name) {
  const std::lock_guard lock(g->impl().mutex());
  return new TF_OperationDescription(g, op_type, oper_name);
}

void TF_SetDevice(TF_OperationDescription* d, const char* device) { d->spec.device = device; }
void TF_AddInput(TF_OperationDescription* d, TF_Output input) { d->add_input(endpoint_of(input)); }
void TF_AddInputList(TF_OperationDescription* d, const TF_Output* inputs, int n) { d->add_input_list(endpoints_of(inputs, n)); }
void TF_AddControlInput(TF_OperationDescription* d, TF_Operation* input) { d->spec.control_inputs.push_back(node_of(input)); }
void TF_ColocateWith(TF_OperationDescription* d, TF_Operation* op) { d->colocation.insert("loc:@" + node_of(op)->name()); }

namespace {

std::string text_of(const void* value, size_t length) { return {static_cast<const char*>(value), length}; }

template <typename T, typename From, typename Convert>
std::vector<T> list_of(const From* values, int n, Convert&& convert) {
  std::vector<T> list;
  for (int i = 0; i < n; ++i) list.push_back(convert(values[i]));
  return list;
}

StatusOr<Shape> parse_shape(const void* bytes, size_t length) {
  tensorflow::TensorShapeProto proto;
  if (!parse(bytes, length, &proto)) return invalid_argument("Unparseable TensorShapeProto");
  return shape_from_proto(proto);
}

// The caller may change the memory later.
StatusOr<Tensor> copy_of(const TF_Tensor* t) {
  ASSIGN_OR_RETURN(const Tensor tensor, tensor_of(*t));
  return tensor.copy();
}

}  // namespace

void TF_SetAttrString(TF_OperationDescription* d, const char* name, const void* value, size_t length) {
  if (std::string_view(name) == "_class") {  // together with what TF_ColocateWith says
    d->colocation.insert(text_of(value, length));
  } else {
    d->set_attr(name, text_of(value, length));
  }
}
void TF_SetAttrStringList(TF_OperationDescription* d, const char* name, const void* const* values, const size_t* lengths, int n) {
  std::vector<std::string> list;
  for (int i = 0; i < n; ++i) list.push_back(text_of(values[i], lengths[i]));
  if (std::string_view(name) == "_class") {
    d->colocation.insert(list.begin(), list.end());
  } else {
    d->set_attr(name, std::move(list));
  }
}
void TF_SetAttrInt(TF_OperationDescription* d, const char* name, int64_t value) { d->set_attr(name, value); }
void TF_SetAttrIntList(TF_OperationDescription* d, const char* name, const int64_t* values, int n) {
  d->set_attr(name, std::vector<int64_t>(values, values + n));
}
void TF_SetAttrFloat(TF_OperationDescription* d, const char* name, float value) { d->set_attr(name, value); }
void TF_SetAttrFloatList(TF_OperationDescription* d, const char* name, const float* values, int n) {
  d->set_attr(name, std::vector<float>(values, values + n));
}
void TF_SetAttrBool(TF_OperationDescription* d, const char* name, unsigned char value) { d->set_attr(name, value != 0); }
void TF_SetAttrBoolList(TF_OperationDescription* d, const char* name, const unsigned char* values, int n) {
  d->set_attr(name, list_of<bool>(values, n, [](unsigned char v) { return v != 0; }));
}
void TF_SetAttrType(TF_OperationDescription* d, const char* name, TF_DataType value) { d->set_attr(name, dtype_of_c(value)); }
void TF_SetAttrTypeList(TF_OperationDescription* d, const char* name, const TF_DataType* values, int n) {
  d->set_attr(name, list_of<DType>(values, n, dtype_of_c));
}
void TF_SetAttrPlaceholder(TF_OperationDescription* d, const char* name, const char* placeholder) {
  d->set_attr(name, graph::AttrPlaceholder{placeholder});
}
void TF_SetAttrFuncName(TF_OperationDescription* d, const char* name, const char* value, size_t length) {
  d->set_attr(name, graph::NameAttrList{text_of(value, length), nullptr});
}
void TF_SetAttrShape(TF_OperationDescription* d, const char* name, const int64_t* dims, int num_dims) {
  d->set_attr(name, shape_of(dims, num_dims));
}
void TF_SetAttrShapeList(TF_OperationDescription* d, const char* name, const int64_t* const* dims, const int* num_dims, int n) {
  std::vector<Shape> list;
  for (int i = 0; i < n; ++i) list.push_back(shape_of(dims[i], num_dims[i]));
  d->set_attr(name, std::move(list));
}
void TF_SetAttrTensorShapeProto(TF_OperationDescription* d, const char* name, const void* proto, size_t proto_len, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(Shape shape, parse_shape(proto, proto_len));
    d->set_attr(name, std::move(shape));
    return OkStatus();
  });
}
void TF_SetAttrTensorShapeProtoList(TF_OperationDescription* d, const char* name, const void* const* protos,
                                    const size_t* proto_lens, int n, TF_Status* status) {
  report(status, [&]() -> Status {
    std::vector<Shape> list;
    for (int i = 0; i < n; ++i) {
      ASSIGN_OR_RETURN(Shape shape, parse_shape(protos[i], proto_lens[i]));
      list.push_back(std::move(shape));
    }
    d->set_attr(name, std::move(list));
    return OkStatus();
  });
}
void TF_SetAttrTensor(TF_OperationDescription* d, const char* name, TF_Tensor* value, TF_Status* status) {
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(Tensor tensor, copy_of(value));
    d->set_attr(name, std::move(tensor));
    return OkStatus();
  });
}
void TF_SetAttrTensorList(TF_OperationDescription* d, const char* name, TF_Tensor* const* values, int n, TF_Status* status) {
  report(status, [&]() -> Status {
    std::vector<Tensor> list;
    for (int i = 0; i < n; ++i) {
      ASSIGN_OR_RETURN(Tensor tensor, copy_of(values[i]));
      list.push_back(std::move(tensor));
    }
    d->set_attr(name, std::move(list));
    return OkStatus();
  });
}
void TF_SetAttrValueProto(TF_OperationDescription* d, const char* name, const void* proto, size_t proto_len, TF_Status* status) {
  report(status, [&]() -> Status {
    tensorflow::AttrValue def;
    if (!parse(proto, proto_len, &def)) return invalid_argument("Unparseable AttrValue proto");
    if (std::string_view(name) == "_class") {
      d->colocation.insert(def.list().s().begin(), def.list().s().end());
      if (def.value_case() == tensorflow::AttrValue::kS) d->colocation.insert(def.s());
      return OkStatus();
    }
    AttrValue value;
    RETURN_IF_ERROR(graph::attr_from_proto(def, &value));
    d->set_attr(name, std::move(value));
    return OkStatus();
  });
}

TF_Operation* TF_FinishOperation(TF_OperationDescription* d, TF_Status* status) {
  const std::unique_ptr<TF_OperationDescription> owned(d);
  TF_Operation* result = nullptr;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Node* const node, d->finish());
    result = operation_of(node);
    return OkStatus();
  });
  return result;
}
