#pragma once

// What the opaque types of the C interface are. TF_Operation is a graph::Node, and TF_Output has the layout of a
// graph::Endpoint, so that arrays of outputs are read where they are.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/client/graph.h"
#include "reflow/graph/graph.h"
#include "reflow/tensor/tensor.h"
#include "tensorflow/c/c_api.h"

struct TF_Status {
  TF_Code code = TF_OK;
  std::string message;
};

struct TF_Tensor {
  reflow::DType dtype;
  reflow::Shape shape;
  reflow::BufferRef buffer;
  void* data;
  size_t size_bytes;
};

struct TF_Graph {
  reflow::Graph graph;
  reflow::graph::Graph& impl() const { return graph.impl(); }
};

struct TF_SessionOptions {
  std::string target, config;  // the latter a ConfigProto
};

namespace reflow::capi {

using graph::Endpoint;
using graph::Node;

static_assert(sizeof(TF_Output) == sizeof(Endpoint) && offsetof(TF_Output, index) == offsetof(Endpoint, index));

inline Node* node_of(const TF_Operation* op) { return reinterpret_cast<Node*>(const_cast<TF_Operation*>(op)); }
inline TF_Operation* operation_of(const Node* node) { return reinterpret_cast<TF_Operation*>(const_cast<Node*>(node)); }
inline Endpoint endpoint_of(TF_Output o) { return {node_of(o.oper), o.index}; }
inline TF_Output output_of(Endpoint e) { return {operation_of(e.node), e.index}; }
inline std::span<const Endpoint> endpoints_of(const TF_Output* outputs, int n) {
  return {reinterpret_cast<const Endpoint*>(outputs), static_cast<size_t>(n)};
}
inline std::span<Node* const> nodes_of(const TF_Operation* const* ops, int n) {
  return {reinterpret_cast<Node* const*>(const_cast<TF_Operation**>(ops)), static_cast<size_t>(n)};
}
inline TF_DataType data_type_of(DType type) { return static_cast<TF_DataType>(type); }
inline DType dtype_of_c(TF_DataType type) { return static_cast<DType>(type); }
// num_dims < 0: unknown rank.
Shape shape_of(const int64_t* dims, int num_dims);

// InvalidArgument: "Node {} was not found in the graph", or it has no such output.
Status check_tensor(const TF_Graph* g, const Endpoint& e);
Status check_operation(const TF_Graph* g, const Node* node);

void set_status(TF_Status* status, const Status& value);
// What the exception that is being handled says. REQUIRES: within a catch block.
Status status_of_exception();

// Runs f, which returns a Status, and tells `status`; true: OK. No exception leaves.
template <typename F>
bool report(TF_Status* status, F&& f) noexcept {
  try {
    set_status(status, f());
  } catch (...) {
    set_status(status, status_of_exception());
  }
  return status->code == TF_OK;
}

// The value of a tensor of the caller's, with its memory where the type allows. InvalidArgument: "Malformed TF_STRING
// tensor; ..." and the like.
StatusOr<Tensor> tensor_of(const TF_Tensor& tensor);
// A new TF_Tensor, with the memory of `tensor` where the type allows. FailedPrecondition: it has no value.
StatusOr<TF_Tensor*> make_tensor(const Tensor& tensor);

// Fills `buffer`. InvalidArgument: "Passing non-empty TF_Buffer is invalid.".
Status write_bytes(std::string_view bytes, TF_Buffer* buffer);
template <typename Message>
Status write_message(const Message& message, TF_Buffer* buffer) {
  return write_bytes(message.SerializeAsString(), buffer);
}

// False: they aren't a message of the type.
template <typename Message>
bool parse(const void* bytes, size_t length, Message* message) {
  return message->ParseFromArray(bytes, static_cast<int>(length));
}

}  // namespace reflow::capi
