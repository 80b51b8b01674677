// What a run costs through the C interface.

#include <stdexcept>

#include "harness.h"
#include "tensorflow/c/c_api.h"
#include "workloads.h"

namespace reflow::bench {
namespace {

TF_Status* const status = TF_NewStatus();

void check() {
  if (TF_GetCode(status) != TF_OK) throw std::runtime_error(TF_Message(status));
}

TF_Output finish(TF_OperationDescription* description) {
  TF_Operation* const op = TF_FinishOperation(description, status);
  check();
  return {op, 0};
}

TF_Output placeholder(TF_Graph* graph, const char* name) {
  TF_OperationDescription* const d = TF_NewOperation(graph, "Placeholder", name);
  TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_SetAttrShape(d, "shape", nullptr, 0);
  return finish(d);
}

alignas(64) float values[2] = {1, 2};

TF_Tensor* lend(float* value) {
  return TF_NewTensor(TF_FLOAT, nullptr, 0, value, sizeof(float), [](void*, size_t, void*) {}, nullptr);
}

}  // namespace

// Tensors are made and deleted in each call, as language bindings do.
void capi_null_run() {
  TF_Graph* const graph = TF_NewGraph();
  const TF_Output inputs[2] = {placeholder(graph, "a"), placeholder(graph, "b")};
  TF_OperationDescription* d = TF_NewOperation(graph, "Add", "sum");
  for (const TF_Output& input : inputs) TF_AddInput(d, input);
  const TF_Output sum = finish(d);
  d = TF_NewOperation(graph, "Const", "one");
  TF_Tensor* const one_value = lend(values);
  TF_SetAttrTensor(d, "value", one_value, status);
  TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_DeleteTensor(one_value);
  const TF_Output one = finish(d);
  TF_SessionOptions* const options = TF_NewSessionOptions();
  TF_Session* const session = TF_NewSession(graph, options, status);
  check();
  const auto run = [&](int feeds, const TF_Output& fetch) {
    TF_Tensor *given[2] = {nullptr, nullptr}, *result = nullptr;
    for (int k = 0; k < feeds; ++k) given[k] = lend(&values[k]);
    TF_SessionRun(session, nullptr, inputs, given, feeds, &fetch, &result, 1, nullptr, 0, nullptr, status);
    check();
    for (int k = 0; k < feeds; ++k) TF_DeleteTensor(given[k]);
    TF_DeleteTensor(result);
  };
  emit("capi_null_run", "const_fetch", "us", scaled(seconds_per_call([&] { run(0, one); }), 1e6));
  emit("capi_null_run", "add_two_feeds", "us", scaled(seconds_per_call([&] { run(2, sum); }), 1e6));
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
}

}  // namespace reflow::bench
