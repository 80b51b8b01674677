// Eager execution: contexts, functions, tensors.

#include "reflow/capi/device_list.h"
#include "reflow/capi/eager.h"
#include "reflow/client/eager.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/immediate_scope.h"
#include "tensorflow/core/framework/function.pb.h"
#include "tensorflow/core/protobuf/config.pb.h"

using namespace reflow;
using namespace reflow::capi;

namespace reflow::capi {

eager::Executor& executor() {
  static const Graph graph = eager_graph();  // which makes the executor
  return *eager::Executor::instance();
}

}  // namespace reflow::capi

TFE_TensorHandle::TFE_TensorHandle(Endpoint e) : value(e) { executor().retain(e.node); }
TFE_TensorHandle::~TFE_TensorHandle() { executor().release(value.node); }

TFE_ContextOptions* TFE_NewContextOptions() { return new TFE_ContextOptions; }
void TFE_ContextOptionsSetConfig(TFE_ContextOptions*, const void* proto, size_t proto_len, TF_Status* status) {
  report(status, [&] {
    tensorflow::ConfigProto config;
    return parse(proto, proto_len, &config) ? OkStatus() : invalid_argument("Unparseable ConfigProto");
  });
}
void TFE_ContextOptionsSetAsync(TFE_ContextOptions*, unsigned char) {}
void TFE_ContextOptionsSetDevicePlacementPolicy(TFE_ContextOptions*, TFE_ContextDevicePlacementPolicy) {}
void TFE_DeleteContextOptions(TFE_ContextOptions* options) { delete options; }

TFE_Context* TFE_NewContext(const TFE_ContextOptions*, TF_Status* status) {
  const bool ok = report(status, [] {
    executor();
    return OkStatus();
  });
  return ok ? new TFE_Context : nullptr;
}
void TFE_DeleteContext(TFE_Context* context) { delete context; }
TF_DeviceList* TFE_ContextListDevices(TFE_Context*, TF_Status* status) {
  set_status(status, OkStatus());
  constexpr int64_t kMemoryLimitBytes = 256 << 20;  // what TensorFlow says of CPUs
  return new TF_DeviceList{{{executor().device_name(), "CPU", kMemoryLimitBytes, 0}}};
}
void TFE_ContextClearCaches(TFE_Context*) {}
void TFE_ContextSetThreadLocalDevicePlacementPolicy(TFE_Context* context, TFE_ContextDevicePlacementPolicy policy) {
  context->policy = policy;
}
TFE_ContextDevicePlacementPolicy TFE_ContextGetDevicePlacementPolicy(TFE_Context* context) { return context->policy; }
void TFE_ContextSetServerDef(TFE_Context*, int, const void*, size_t, TF_Status* status) {
  set_status(status, unimplemented("Eager execution on other tasks"));
}

void TFE_ContextAddFunctionDef(TFE_Context*, const char* serialized_function_def, size_t size, TF_Status* status) {
  report(status, [&] {
    tensorflow::FunctionDef def;
    if (!parse(serialized_function_def, size, &def)) return invalid_argument("Invalid FunctionDef proto");
    return executor().graph().functions().add(def);
  });
}
void TFE_ContextAddFunction(TFE_Context* context, TF_Function* function, TF_Status* status) {
  TF_Buffer* const def = TF_NewBuffer();
  TF_FunctionToFunctionDef(function, def, status);
  if (status->code == TF_OK) TFE_ContextAddFunctionDef(context, static_cast<const char*>(def->data), def->length, status);
  TF_DeleteBuffer(def);
}
void TFE_ContextRemoveFunction(TFE_Context*, const char* name, TF_Status* status) {
  report(status, [&] {
    graph::FunctionLibrary& functions = executor().graph().functions();
    if (!functions.contains(name)) return invalid_argument("Tried to remove non-existent function '{}'.", name);
    functions.remove(name);
    return OkStatus();
  });
}
unsigned char TFE_ContextHasFunction(TFE_Context*, const char* name) { return executor().graph().functions().contains(name); }

void TFE_ContextEnableRunMetadata(TFE_Context*) {}
void TFE_ContextDisableRunMetadata(TFE_Context*) {}
void TFE_ContextExportRunMetadata(TFE_Context*, TF_Buffer* buf, TF_Status* status) {
  report(status, [&] { return write_message(tensorflow::RunMetadata(), buf); });
}
void TFE_ContextStartStep(TFE_Context*) {}
void TFE_ContextEndStep(TFE_Context*) {}

TFE_TensorHandle* TFE_NewTensorHandle(TF_Tensor* t, TF_Status* status) {
  TFE_TensorHandle* handle = nullptr;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(const Tensor tensor, tensor_of(*t));
    const graph::ImmediateScope scope;
    graph::Node* const node = executor().constant(tensor.copy());  // the caller may write to its memory
    if (node == nullptr) return resource_exhausted("Too many eager tensors are alive");
    handle = new TFE_TensorHandle({node, 0});
    return OkStatus();
  });
  return handle;
}
void TFE_DeleteTensorHandle(TFE_TensorHandle* h) { delete h; }
TF_DataType TFE_TensorHandleDataType(TFE_TensorHandle* h) { return data_type_of(h->tensor().dtype()); }

namespace {

// Null handles are errors, of which TensorFlow's tests want to hear.
bool check_handle(const TFE_TensorHandle* h, TF_Status* status) {
  return report(status, [&] { return h ? OkStatus() : invalid_argument("The passed in handle is a nullptr"); });
}

}  // namespace

int TFE_TensorHandleNumDims(TFE_TensorHandle* h, TF_Status* status) { return check_handle(h, status) ? h->tensor().rank() : -1; }
int64_t TFE_TensorHandleNumElements(TFE_TensorHandle* h, TF_Status* status) {
  return check_handle(h, status) ? h->tensor().num_elements() : -1;
}
int64_t TFE_TensorHandleDim(TFE_TensorHandle* h, int dim_index, TF_Status* status) {
  if (!check_handle(h, status)) return -1;
  const Tensor tensor = h->tensor();
  const bool ok = report(status, [&] {
    return dim_index >= 0 && dim_index < tensor.rank() ? OkStatus() : invalid_argument("There is no dimension {}", dim_index);
  });
  return ok ? tensor.dim(dim_index) : -1;
}
const char* TFE_TensorHandleDeviceName(TFE_TensorHandle* h, TF_Status* status) {
  return check_handle(h, status) ? executor().device_name().c_str() : nullptr;
}
const char* TFE_TensorHandleBackingDeviceName(TFE_TensorHandle* h, TF_Status* status) { return TFE_TensorHandleDeviceName(h, status); }
TFE_TensorHandle* TFE_TensorHandleCopySharingTensor(TFE_TensorHandle* h, TF_Status* status) {
  return check_handle(h, status) ? new TFE_TensorHandle(h->value) : nullptr;
}
TF_Tensor* TFE_TensorHandleResolve(TFE_TensorHandle* h, TF_Status* status) {
  TF_Tensor* result = nullptr;
  if (!check_handle(h, status)) return result;
  report(status, [&]() -> Status {
    ASSIGN_OR_RETURN(result, make_tensor(h->tensor()));
    return OkStatus();
  });
  return result;
}
TFE_TensorHandle* TFE_TensorHandleCopyToDevice(TFE_TensorHandle* h, TFE_Context*, const char* device_name, TF_Status* status) {
  if (!check_handle(h, status)) return nullptr;
  const bool ok = report(status, [&] {
    const std::string_view name = device_name;
    return name.empty() || executor().device_name().ends_with(name) || name == "CPU:0" || name == "cpu:0"
               ? OkStatus() : invalid_argument("{} unknown device.", device_name);
  });
  return ok ? new TFE_TensorHandle(h->value) : nullptr;
}

struct TFE_TensorDebugInfo {
  Shape shape;
};

TFE_TensorDebugInfo* TFE_TensorHandleTensorDebugInfo(TFE_TensorHandle* h, TF_Status* status) {
  return check_handle(h, status) ? new TFE_TensorDebugInfo{h->tensor().shape()} : nullptr;
}
void TFE_DeleteTensorDebugInfo(TFE_TensorDebugInfo* info) { delete info; }
int TFE_TensorDebugInfoOnDeviceNumDims(TFE_TensorDebugInfo* info) { return info->shape.rank(); }
int64_t TFE_TensorDebugInfoOnDeviceDim(TFE_TensorDebugInfo* info, int dim_index) { return info->shape.dim(dim_index); }
