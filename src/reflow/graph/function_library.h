#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"

namespace tensorflow {
class FunctionDef;
class FunctionDefLibrary;
class GradientDef;
}  // namespace tensorflow

namespace reflow::graph {

struct OpDef;

// The functions of a graph, by name, with their gradients. Shared by copies of the graph. Thread-safe.
class FunctionLibrary {
 public:
  FunctionLibrary();
  ~FunctionLibrary();
  // Nothing when the same function is there already. InvalidArgument: another one of the name.
  Status add(const tensorflow::FunctionDef& function);
  // Undoes add. REQUIRES: no node calls the function.
  void remove(std::string_view name);
  Status add_gradient(const tensorflow::GradientDef& gradient);
  Status add_gradient(const std::string& function, const std::string& gradient);
  // A copy. NotFound: no such function.
  Status find(std::string_view name, tensorflow::FunctionDef* function) const;
  // The function's signature, as the definition of nodes that call it. Null: no such function. Valid as long as this.
  const OpDef* find_op(std::string_view name) const;
  bool contains(std::string_view name) const;
  std::string gradient_of(std::string_view name) const;  // "": none
  std::vector<std::string> names() const;
  // Is there a node within `function`, or within the functions that it names in turn, whose op `is_such` is true of?
  bool any_op_within(const NameAttrList& function, const std::function<bool(const std::string& op)>& is_such) const;
  // What shapes_of_call (graph/function_call.h) has found out of calls, which are told apart by a text.
  std::optional<std::vector<Shape>> known_call_shapes(const std::string& call) const;
  void remember_call_shapes(const std::string& call, std::vector<Shape> shapes) const;
  void to_proto(tensorflow::FunctionDefLibrary* proto) const;
  Status add_all(const tensorflow::FunctionDefLibrary& proto);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reflow::graph
