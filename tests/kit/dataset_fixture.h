#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/graph/graph_to_function.h"
#include "tests/kit/session_fixture.h"

namespace reflow::testing {

using graph::OpInput;

// Graphs of datasets, mostly of single int64 numbers, and what iterators over them give.
class DatasetFixture : public SessionFixture {
 protected:
  static AttrMap elements(std::vector<DType> types, std::vector<Shape> shapes) {
    return {{"output_types", std::move(types)}, {"output_shapes", std::move(shapes)}};
  }
  static AttrMap numbers() { return elements({DType::kInt64}, {Shape{}}); }
  static AttrMap with(AttrMap attrs, std::string_view name, graph::AttrValue value) {
    attrs.set(name, std::move(value));
    return attrs;
  }
  Endpoint number(int64_t value) { return constant(Tensor::scalar(value)); }
  Endpoint flag(bool value) { return constant(Tensor::scalar(value)); }
  Endpoint text(const char* value) { return constant(Tensor::scalar(value)); }
  Endpoint range(int64_t stop) { return op("RangeDataset", {number(0), number(stop), number(1)}, numbers()); }
  Endpoint batch(Endpoint dataset, int64_t size, bool drop = false) {
    return op("BatchDatasetV2", {dataset, number(size), flag(drop)}, elements({DType::kInt64}, {{-1}}));
  }

  // A function of the library: results = body(arguments).
  using Body = std::function<std::vector<Endpoint>(Graph&, const std::vector<Endpoint>&)>;
  std::string function_of(const std::string& name, const std::vector<DType>& types, const Body& body) {
    Graph graph;
    graph::FunctionOutline outline;
    outline.name = name;
    for (const DType type : types) {
      Node* const x = *graph::create_op(graph, "Placeholder", {}, {{"dtype", type}, {"shape", Shape{}}});
      outline.inputs.push_back(x->output(0));
    }
    outline.outputs = body(graph, outline.inputs);
    return *graph::add_function(graph, outline, &graph_);
  }
  // The same of one int64.
  std::string function(const std::string& name, const std::function<Endpoint(Graph&, Endpoint)>& body) {
    return function_of(name, {DType::kInt64}, [&](Graph& graph, const std::vector<Endpoint>& x) { return std::vector{body(graph, x[0])}; });
  }
  std::string square() {
    return function("square", [](Graph& graph, Endpoint x) { return (*graph::create_op(graph, "Square", {x}))->output(0); });
  }
  // 1 / x, which fails for 0.
  std::string divide() {
    return function("divide", [](Graph& graph, Endpoint x) {
      Node* const one = *graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{6})}, {"dtype", DType::kInt64}});
      return (*graph::create_op(graph, "FloorDiv", {one->output(0), x}))->output(0);
    });
  }
  AttrMap calling(std::string_view attr, const std::string& function, AttrMap attrs = numbers()) {
    attrs.set(attr, graph::NameAttrList{function, nullptr});
    attrs.set("Targuments", std::vector<DType>{});
    return attrs;
  }
  static OpInput none() { return OpInput(std::vector<Endpoint>{}); }
  Endpoint map(Endpoint dataset, const std::string& f) { return op("MapDataset", {dataset, none()}, calling("f", f)); }

  struct Iteration {
    Node* initializer;
    std::vector<Endpoint> next;
  };
  Iteration iterate(Endpoint dataset, AttrMap attrs = numbers()) {
    const Endpoint iterator = op("IteratorV2", {}, with(with(attrs, "shared_name", ""), "container", ""));
    Node* const initializer = node("MakeIterator", {dataset, iterator});
    Node* const next = node("IteratorGetNext", {iterator}, attrs);
    std::vector<Endpoint> outputs;
    for (int i = 0; i < next->num_outputs(); ++i) outputs.push_back(next->output(i));
    return {initializer, outputs};
  }
  // All elements of one pass as text: "0 1 2", "[0 1][2]"; an error ends it with "error: ...".
  std::string all(Endpoint dataset, AttrMap attrs = numbers()) {
    const Iteration iteration = iterate(dataset, std::move(attrs));
    const Status started = try_run({}, {}, {iteration.initializer});
    if (!started.ok()) return "error: " + std::string(message_of(started));
    std::string result;
    for (int i = 0; i < 100; ++i) {
      std::vector<Tensor> element;
      const Status status = try_run(iteration.next, {}, {}, &element);
      if (status.code() == StatusCode::kOutOfRange) return result;
      if (!status.ok()) return result + "error: " + std::string(message_of(status).substr(0, message_of(status).find('\n')));
      if (!result.empty()) result += " ";
      for (const Tensor& component : element) {
        result += component.rank() == 0 ? component.summarize(100) : "[" + component.summarize(100) + "]";
      }
    }
    return result + " ...";
  }
};

}  // namespace reflow::testing
