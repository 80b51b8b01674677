// What is known of the outputs of single ops, and the errors, as TensorFlow 1.15 has them (tf-1.15/shape_fns and
// shape_fns).

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reflow/graph/node_builder.h"
#include "reflow/graph/shape_context.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

using graph::AttrMap;
using graph::AttrValue;
using graph::Endpoint;
using nlohmann::json;

// Cases in which we give something else, "Op/n" being the nth case of the op, with the reason.
const std::map<std::string, std::string>& known_deviations() {
  static const std::map<std::string, std::string> all = {
      // Where the variable isn't known, TensorFlow takes the shape of its handle, a scalar, for that of the variable.
      {"ResourceApplyGradientDescent/0", "unknown variable"},
      {"ResourceApplyGradientDescent/1", "unknown variable"},
      {"ResourceApplyGradientDescent/2", "unknown variable"},
      {"ResourceApplyGradientDescent/3", "unknown variable"},
      {"ResourceApplyAdam/0", "unknown variable"},
      {"ResourceApplyAdam/1", "unknown variable"},
  };
  return all;
}

DType type_of(const json& name) { return dtype_from_name(name.get<std::string>()); }

Shape shape_of(const json& j) {
  if (j.is_null()) return Shape::unknown();
  Shape shape;
  for (const json& size : j) shape.add_dim(size.is_null() ? -1 : size.get<int64_t>());
  return shape;
}

template <typename T, typename F>
AttrValue list_of(const json& j, F element) {
  std::vector<T> list;
  for (const json& e : j) list.push_back(element(e));
  return list;
}

AttrValue attr_of(const std::string& kind, const json& j) {
  const auto text = [](const json& e) { return e.get<std::string>(); };
  if (kind == "string") return text(j);
  if (kind == "int") return j.get<int64_t>();
  if (kind == "float") return j.get<float>();
  if (kind == "bool") return j.get<bool>();
  if (kind == "type") return type_of(j);
  if (kind == "shape") return shape_of(j);
  if (kind == "list(string)") return list_of<std::string>(j, text);
  if (kind == "list(int)") return list_of<int64_t>(j, [](const json& e) { return e.get<int64_t>(); });
  if (kind == "list(float)") return list_of<float>(j, [](const json& e) { return e.get<float>(); });
  if (kind == "list(bool)") return list_of<bool>(j, [](const json& e) { return e.get<bool>(); });
  if (kind == "list(type)") return list_of<DType>(j, type_of);
  if (kind == "list(shape)") return list_of<Shape>(j, shape_of);
  return {};
}

Tensor constant_of(const json& j) {
  Tensor t(type_of(j.at("dtype")), shape_of(j.at("shape")));
  const json& values = j.at("const");
  with_type(kAllIntTypes + Types<bool>{}, t.dtype(), [&]<typename T>() {
    for (int64_t i = 0; i < t.num_elements(); ++i) t.data<T>()[i] = values.at(i).get<T>();
  });
  return t;
}

bool has_op(const char* name) { return graph::OpRegistry::global().find(name) != nullptr; }

class Case {
 public:
  explicit Case(const json& spec) : spec_(spec) {}

  // "": as expected; otherwise what isn't.
  std::string run() {
    const auto& op = *graph::OpRegistry::global().find(spec_.at("op").get<std::string>());
    std::vector<graph::OpInput> inputs;
    for (const json& input : spec_.at("inputs")) {
      if (!input.is_array()) {
        inputs.emplace_back(tensor(input));
        continue;
      }
      std::vector<Endpoint> list;
      for (const json& element : input) list.push_back(tensor(element));
      inputs.emplace_back(std::move(list));
    }
    AttrMap attrs;
    for (const auto& [name, value] : spec_.at("attrs").items()) {
      const graph::AttrDef* def = op.find_attr(name);
      if (def == nullptr) continue;
      if (AttrValue attr = attr_of(def->type, value); attr.set()) attrs.set(name, std::move(attr));
    }
    const auto node = graph::create_op(graph_, op.name, std::move(inputs), std::move(attrs), {.name = "op"});
    if (!node.ok()) return spec_.contains("error") ? compare(spec_["error"], message_of(node.status())) : std::string(message_of(node.status()));
    if (spec_.contains("error")) return "no error: " + spec_["error"].get<std::string>();
    return compare_outputs(**node);
  }

 private:
  static std::string compare(const json& expected, std::string_view actual) {
    return expected.get<std::string>() == actual ? "" : fmt::format("{}\n    instead of {}", actual, expected.get<std::string>());
  }

  std::string compare_outputs(const graph::Node& node) {
    const json& outputs = spec_.at("outputs");
    if (static_cast<int>(outputs.size()) != node.num_outputs()) return fmt::format("{} outputs", node.num_outputs());
    for (int i = 0; i < node.num_outputs(); ++i) {
      const Shape expected = shape_of(outputs[i]);
      if (!(node.output_shape(i) == expected)) {
        return fmt::format("output {} is {} instead of {}", i, node.output_shape(i).str(), expected.str());
      }
    }
    return "";
  }

  Endpoint make(const char* op, std::vector<graph::OpInput> inputs, AttrMap attrs) {
    const auto node = graph::create_op(graph_, op, std::move(inputs), std::move(attrs));
    if (!node.ok()) throw std::runtime_error(node.status().ToString());
    return (*node)->output(0);
  }
  Endpoint placeholder(DType type, const Shape& shape) { return make("Placeholder", {}, {{"dtype", type}, {"shape", shape}}); }
  Endpoint constant(Tensor value) { return make("Const", {}, {{"dtype", value.dtype()}, {"value", value}}); }

  Endpoint tensor(const json& j) {
    const DType type = type_of(j.at("dtype"));
    if (j.contains("const")) return constant(constant_of(j));
    if (j.contains("pack")) {
      std::vector<Endpoint> scalars;
      for (const json& e : j["pack"]) {
        const json scalar = {{"dtype", j["dtype"]}, {"shape", json::array()}, {"const", {e}}};
        scalars.push_back(e.is_null() ? placeholder(type, {}) : constant(constant_of(scalar)));
      }
      return make("Pack", {scalars}, {});
    }
    if (j.contains("shape_of")) return make("Shape", {placeholder(DType::kFloat32, shape_of(j["shape_of"]))}, {{"out_type", type}});
    return placeholder(type, shape_of(j.at("shape")));
  }

  const json& spec_;
  graph::Graph graph_;
};

TEST(ShapeFns, EqualTensorFlows) {
  for (const char* op : {"Placeholder", "Const", "Pack", "Shape"}) {
    if (!has_op(op)) GTEST_SKIP() << "no op " << op << " yet";
  }
  std::map<std::string, int> seen;
  std::set<std::string> missing_ops, met;
  int passed = 0, total = 0;
  std::vector<json> specs;
  for (const char* file : {"tf-1.15/shape_fns/shape_fns.jsonl", "shape_fns/core_ops.jsonl"}) {
    for (json& spec : read_golden_jsonl(file)) specs.push_back(std::move(spec));
  }
  for (const json& spec : specs) {
    const std::string op = spec.at("op");
    const std::string name = fmt::format("{}/{}", op, seen[op]++);
    ++total;
    if (!has_op(op.c_str())) {
      missing_ops.insert(op);
      continue;
    }
    const std::string problem = Case(spec).run();
    const bool known = known_deviations().contains(name);
    if (known) met.insert(name);
    if (problem.empty()) {
      ++passed;
      EXPECT_FALSE(known) << name << " is as it should be: take it off the list of deviations";
    } else {
      EXPECT_TRUE(known) << name << ": " << problem << "\n    " << spec.at("inputs").dump() << " " << spec.at("attrs").dump();
    }
  }
  for (const auto& [name, reason] : known_deviations()) EXPECT_TRUE(met.contains(name)) << name << " is no case";
  // For tools/conformance.py.
  printf("conformance\tshape_fns\t%d\t%d\n", passed, total);
  for (const auto& [name, reason] : known_deviations()) printf("miss\tshape_fns\t%s\t%s\n", name.c_str(), reason.c_str());
  for (const std::string& op : missing_ops) printf("miss\tshape_fns\t%s\tthere is no such op\n", op.c_str());
  printf("%d of %d cases as TensorFlow's, %zu known deviations, %zu ops not there yet\n", passed, total, known_deviations().size(),
         missing_ops.size());
}

}  // namespace
}  // namespace reflow::testing
