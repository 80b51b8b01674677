#pragma once

// How the client makes ops. Not for users: this header knows graph/.

#include <initializer_list>
#include <string_view>
#include <vector>

#include "reflow/client/tensor_like.h"
#include "reflow/graph/attr_value.h"
#include "reflow/graph/node.h"

namespace reflow::client {

// Makes an op of `type` in the default graph as Python's generated functions do: enters a scope of its `name` ("": the
// type), turns arguments into tensors there (a Const for argument `y` of `add` is `add/y`), with the type that earlier
// arguments have settled, and creates the node. An argument that is a list in the op's definition takes a list.
// TypeError and ValueError with TensorFlow's texts.
graph::Node* make_op(std::string_view type, std::string_view name, std::initializer_list<TensorLike> inputs,
                     graph::AttrMap attrs = {});
graph::Node* make_op(std::string_view type, std::string_view name, const TensorList& inputs, graph::AttrMap attrs = {});

// The first output of such an op.
inline Output apply_op(std::string_view type, std::string_view name, std::initializer_list<TensorLike> inputs,
                       graph::AttrMap attrs = {}) {
  return Output(make_op(type, name, inputs, std::move(attrs)), 0);
}

// `value` as a tensor called `name`; `dtype` and `preferred` may be kInvalid. as_ref: a variable gives its ref.
Output convert(const TensorLike& value, DType dtype, std::string_view name, DType preferred = DType::kInvalid,
               bool as_ref = false);

// The type that `value` brings along (of an Output, a Variable or a Tensor); kInvalid: it has none of its own.
DType dtype_of_value(const TensorLike& value);

// `value`, which holds no symbolic tensors, as a Tensor of `dtype` (kInvalid: its own). Errors as constant().
Tensor to_tensor(const TensorLike& value, DType dtype);
// True when `value` or an element of it is a symbolic tensor or a variable.
bool is_symbolic(const TensorLike& value);
// `tensor` as `shape`, which has more elements: the last one is repeated.
Tensor fill_up(const Tensor& tensor, const Shape& shape);
// `shape`, where {} (which is None for other arguments) stands for [], a scalar's.
TensorLike shape_argument(const TensorLike& shape);
// "int", "list": the name of its type in Python.
std::string python_type_name(const TensorLike& value);
// As Python prints it: [1, 2.5, 'a'].
std::string describe(const TensorLike& value);

inline Output to_output(const graph::Endpoint& e) { return Output(e.node, e.index); }
inline graph::Endpoint to_endpoint(const Output& o) { return {o.node(), o.index()}; }
std::vector<Output> all_outputs(graph::Node* node);

}  // namespace reflow::client
