#include "reflow/graph/function_call.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "reflow/graph/function_body.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/op_def.h"

namespace reflow::graph {
namespace {

constexpr size_t kMostCallsDeep = 100;
constexpr int kMostBodies = 1000;

// The calls that this thread is looking into, one within the other.
struct Walk {
  std::vector<std::string> functions;
  int bodies = 0;
};
thread_local Walk* walk = nullptr;

// The outermost call of a thread begins a walk, and each is in it as long as it is looked into.
class WalkScope {
 public:
  explicit WalkScope(const std::string& function) {
    if (walk == nullptr) walk = &own_;
    walk->functions.push_back(function);
    ++walk->bodies;
  }
  ~WalkScope() {
    walk->functions.pop_back();
    if (walk == &own_) walk = nullptr;
  }
  WalkScope(const WalkScope&) = delete;

 private:
  Walk own_;
};

bool leads_too_far(const std::string& function) {
  if (walk == nullptr) return false;
  return walk->functions.size() >= kMostCallsDeep || walk->bodies >= kMostBodies ||
         std::ranges::find(walk->functions, function) != walk->functions.end();
}

std::string key_of(const NameAttrList& function, std::span<const Shape> inputs) {
  std::string key = function.name;
  for (const auto& [name, value] : function.attrs ? *function.attrs : AttrMap()) {
    if (!name.starts_with('_')) key += fmt::format(";{}={}", name, value.str());
  }
  for (const Shape& shape : inputs) key += shape.str();
  return key;
}

}  // namespace

std::optional<NameAttrList> function_called_by(const Node& node) {
  const std::string& type = node.type();
  if (OpRegistry::global().find(type) != &node.op()) {
    return NameAttrList{type, std::make_shared<AttrMap>(node.attrs())};
  }
  if (type != "PartitionedCall" && type != "StatefulPartitionedCall") return std::nullopt;
  const AttrValue* f = node.find_attr("f");
  const NameAttrList* function = f ? f->get<NameAttrList>() : nullptr;
  return function ? std::optional(*function) : std::nullopt;
}

StatusOr<std::optional<std::vector<Shape>>> shapes_of_call(const Node& node, std::span<const Shape> inputs) {
  const std::optional<NameAttrList> function = function_called_by(node);
  const FunctionLibrary& library = node.graph().functions();
  if (!function || !library.contains(function->name)) return std::nullopt;
  if (const AttrValue* disabled = node.find_attr("_disable_call_shape_inference")) {
    if (const bool* is = disabled->get<bool>(); is != nullptr && *is) return std::nullopt;
  }
  std::vector<Shape> shapes(static_cast<size_t>(node.num_outputs()), Shape::unknown());
  if (leads_too_far(function->name)) return shapes;
  const std::string key = key_of(*function, inputs);
  if (auto known = library.known_call_shapes(key)) return *std::move(known);

  const WalkScope scope(function->name);
  const auto body = instantiate_function(node.graph(), function->name, function->attrs ? *function->attrs : AttrMap(), inputs);
  if (body.status().code() == StatusCode::kNotFound) return shapes;
  RETURN_IF_ERROR(body.status());
  if (body->results.size() != shapes.size()) {
    return invalid_argument("Function {} gives {} results, where '{}' has {} outputs", function->name, body->results.size(),
                            node.name(), shapes.size());
  }
  for (size_t i = 0; i < shapes.size(); ++i) shapes[i] = body->results[i].shape();
  library.remember_call_shapes(key, shapes);
  return shapes;
}

}  // namespace reflow::graph
