#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/graph/graph_to_function.h"
#include "reflow/graph/node_builder.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/runtime/session.h"
#include "tests/kit/byte_source.h"

namespace reflow::testing {

// A call of any op of the registry with attributes, types, shapes and values that bytes say: it ends in values or in an
// error. What takes a table, a queue, a list or a dataset gets one in most cases, made as arbitrarily.
class AnyOp {
 public:
  explicit AnyOp(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  static const std::vector<const graph::OpDef*>& ops() {
    static const std::vector<const graph::OpDef*> ops = [] {
      std::vector<const graph::OpDef*> all = graph::OpRegistry::global().all();
      std::erase_if(all, [](const graph::OpDef* op) { return is_left_out(op->name); });
      return all;
    }();
    return ops;
  }

  // Makes the op that the bytes say and runs it a few times, its feeds being others each time. The last run's status, or
  // why there was none.
  Status run() { return run(*bytes_.one_of(ops())); }
  Status run(const graph::OpDef& op) {
    graph::Node* node = any(op, 0);
    if (node == nullptr) return error_;
    runtime::SessionOptions options;
    options.operation_timeout_ms = 20;
    options.intra_op_parallelism_threads = 1;
    if (bytes_.one_in(4)) options.disabled_passes = {"all"};
    auto made = runtime::DirectSession::create(&graph_, options);
    if (!made.ok()) return made.status();
    runtime::DirectSession& session = **made;
    std::vector<Tensor> values, results;
    for (graph::Node* initializer : initializers_) {
      runtime::Signature signature;
      signature.feeds = feeds_;
      signature.targets = {initializer};
      (void)session.run(signature, feed_values(), &results);
    }
    runtime::Signature signature;
    signature.feeds = feeds_;
    for (int i = 0; i < node->num_outputs(); ++i) signature.fetches.push_back(node->output(i));
    signature.targets = {node};
    Status status = OkStatus();
    for (int round = 0; round < kRounds && (round == 0 || !bytes_.empty()); ++round) {
      status = session.run(signature, feed_values(), &results);
    }
    (void)session.close();
    return status;
  }

 private:
  static constexpr int kRounds = 6, kMostMakers = 2;

  // Ops that may do harm that is no fault of theirs: that read and write files, print, or wait by design.
  static bool is_left_out(std::string_view op) {
    for (const char* part : {"File", "Save", "Restore", "Print", "Reader", "Checkpoint", "PyFunc", "Summary", "Record", "Abort"}) {
      if (op.find(part) != op.npos) return true;
    }
    return false;
  }

  // ---- numbers, types, shapes

  // Small numbers mostly: large ones only ask for much memory.
  int64_t number() {
    switch (bytes_.below(16)) {
      case 0: return bytes_.bits<int64_t>();
      case 1: return bytes_.one_of(std::array<int64_t, 8>{INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, -1, 20, 100, 300});
      default: return bytes_.between(-2, 6);
    }
  }
  double real() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (bytes_.below(8)) {
      case 0: return bytes_.bits<double>();
      case 1:
        return bytes_.one_of(std::array<double, 8>{0.0, -0.0, 1e300, -1e300, kInfinity, -kInfinity,
                                                   std::numeric_limits<double>::quiet_NaN(), 1e-40});
      default: return static_cast<double>(bytes_.between(-96, 96)) / 32;
    }
  }
  // Types and shapes of one call are often the same.
  DType type() {
    if (last_type_ != DType::kInvalid && bytes_.flip()) return last_type_;
    return last_type_ = bytes_.one_of(std::array{DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64, DType::kBool,
                                                 DType::kUint8, DType::kString, DType::kComplex64, DType::kHalf,
                                                 DType::kBfloat16, DType::kInt8});
  }
  DType type_of(std::span<const DType> allowed) {
    if (allowed.empty()) return type();
    if (std::ranges::find(allowed, last_type_) != allowed.end() && bytes_.flip()) return last_type_;
    return last_type_ = bytes_.one_of(allowed);
  }
  Shape shape() {
    if (bytes_.flip()) {
      Shape shape = last_shape_;
      if (bytes_.one_in(3)) {
        Shape changed;
        for (int i = 0; i < shape.rank(); ++i) changed.add_dim(bytes_.one_in(4) ? bytes_.between(0, 4) : shape.dim(i));
        return changed;
      }
      return shape;
    }
    Shape shape;
    for (int64_t rank = bytes_.one_of(std::array{0, 1, 1, 2, 2, 3, 4, 4, 5, 8}); rank > 0; --rank) {
      shape.add_dim(bytes_.between(0, rank > 5 ? 2 : 4));
    }
    return last_shape_ = shape;
  }

  // ---- attributes

  graph::AttrValue one(const graph::AttrDef& def, std::string_view kind) {
    if (kind == "type") return type_of(def.allowed_types);
    if (kind == "string") {
      if (def.allowed_strings.empty() || bytes_.one_in(16)) return bytes_.text(12);
      return bytes_.one_of(def.allowed_strings);
    }
    if (kind == "int") {
      const int64_t n = number();
      return def.has_minimum && n < def.minimum && !bytes_.one_in(8) ? def.minimum + bytes_.between(0, 3) : n;
    }
    if (kind == "float") return static_cast<float>(real());
    if (kind == "bool") return bytes_.flip();
    if (kind == "shape") return bytes_.flip() ? shape() : Shape::unknown();
    if (kind == "tensor") return tensor(type());
    return graph::NameAttrList{bytes_.one_in(8) ? bytes_.text(12) : function(), nullptr};
  }
  template <typename T>
  graph::AttrValue list(const graph::AttrDef& def, std::string_view kind) {
    std::vector<T> values;
    for (int64_t n = bytes_.one_of(std::array{0, 1, 1, 2, 2, 3, 4, 4, 5}); n > 0; --n) values.push_back(*one(def, kind).template get<T>());
    return values;
  }
  graph::AttrValue attr(const graph::AttrDef& def) {
    if (!def.is_list()) return one(def, def.type);
    const std::string kind = def.type.substr(5, def.type.size() - 6);
    if (kind == "type") return list<DType>(def, kind);
    if (kind == "int") return list<int64_t>(def, kind);
    if (kind == "float") return list<float>(def, kind);
    if (kind == "bool") return list<bool>(def, kind);
    if (kind == "string") return list<std::string>(def, kind);
    if (kind == "shape") return list<Shape>(def, kind);
    return graph::EmptyList{};
  }
  // A function that returns its arguments, by its name.
  std::string function() {
    graph::Graph body;
    graph::FunctionOutline outline;
    outline.name = "f";
    outline.append_hash = true;
    for (int64_t n = bytes_.between(0, 2); n > 0; --n) {
      auto x = graph::create_op(body, "Placeholder", {}, {{"dtype", type()}, {"shape", Shape::unknown()}});
      if (!x.ok()) continue;
      outline.inputs.push_back((*x)->output(0));
      auto y = graph::create_op(body, bytes_.flip() ? "Identity" : "OnesLike", {(*x)->output(0)}, {});
      if (y.ok()) outline.outputs.push_back((*y)->output(0));
    }
    auto name = graph::add_function(body, outline, &graph_);
    return name.ok() ? *name : "";
  }

  // ---- values

  Tensor tensor(DType dtype) {
    auto allocated = allocate_tensor(dtype, shape());
    Tensor t = allocated.ok() ? *std::move(allocated) : Tensor::scalar(1.0f);
    const int64_t n = t.num_elements();
    for (int64_t i = 0; i < n; ++i) {
      switch (t.dtype()) {
        case DType::kFloat32: t.data<float>()[i] = static_cast<float>(real()); break;
        case DType::kFloat64: t.data<double>()[i] = real(); break;
        case DType::kInt32: t.data<int32_t>()[i] = static_cast<int32_t>(number()); break;
        case DType::kInt64: t.data<int64_t>()[i] = number(); break;
        case DType::kBool: t.data<bool>()[i] = bytes_.flip(); break;
        case DType::kString: t.data<std::string>()[i] = bytes_.text(12); break;
        case DType::kResource:
        case DType::kVariant: break;
        default: {
          auto* element = static_cast<uint8_t*>(t.raw_data()) + i * dtype_size(t.dtype());
          for (int b = 0; b < dtype_size(t.dtype()); ++b) element[b] = bytes_.byte();
        }
      }
    }
    return t;
  }
  std::vector<Tensor> feed_values() {
    std::vector<Tensor> values;
    for (const graph::Endpoint& feed : feeds_) values.push_back(tensor(feed.dtype()));
    return values;
  }

  // ---- nodes

  graph::Node* make(std::string_view type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs) {
    auto node = graph::create_op(graph_, type, std::move(inputs), std::move(attrs));
    if (!node.ok()) error_ = node.status();
    return node.ok() ? *node : nullptr;
  }
  graph::Endpoint constant(DType type) {
    const Tensor value = tensor(type);
    graph::Node* node = make("Const", {}, {{"value", value}, {"dtype", value.dtype()}});
    return node == nullptr ? graph::Endpoint() : node->output(0);
  }
  // What an input of an op named `consumer` reads: a constant, a placeholder that is fed, or what a suitable op makes.
  graph::Endpoint source(DType type, std::string_view consumer, int depth) {
    const bool is_handle = type == DType::kResource || type == DType::kVariant;
    if (is_handle && depth < kMostMakers && !bytes_.one_in(8)) return made(type, false, consumer, depth);
    if (!is_handle && bytes_.one_in(3)) return constant(type);
    graph::Node* node = make("Placeholder", {}, {{"dtype", type}, {"shape", Shape::unknown()}});
    if (node == nullptr) return {};
    feeds_.push_back(node->output(0));
    return node->output(0);
  }
  graph::Endpoint reference(DType type, std::string_view consumer, int depth) {
    if (type == DType::kString && depth < kMostMakers && !bytes_.one_in(4)) return made(type, true, consumer, depth);
    graph::Node* node = make("VariableV2", {}, {{"dtype", type}, {"shape", Shape::unknown()}});
    if (node == nullptr) return {};
    if (const graph::Endpoint value = constant(type); value && !bytes_.one_in(8)) {
      if (graph::Node* assign = make("Assign", {node->output(0), value}, {{"validate_shape", false}})) initializers_.push_back(assign);
    }
    return node->output(0);
  }
  // The first output of an op that makes such things, of the kind that goes with `consumer` in most cases.
  graph::Endpoint made(DType type, bool is_ref, std::string_view consumer, int depth) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kKinds{{
        {"Queue", "Queue"}, {"TensorArray", "TensorArray"}, {"Stack", "Stack"}, {"Table", "Table"}, {"Barrier", "Barrier"},
        {"Accumulator", "Accumulator"}, {"Iterator", "Iterator"}, {"Mutex", "Mutex"}, {"TensorList", "TensorList"},
        {"Optional", "Optional"}, {"Dataset", "Dataset"}, {"Ragged", "RaggedTensorToVariant"}, {"Variable", "VarHandleOp"},
        {"Resource", "VarHandleOp"}, {"BoostedTrees", "BoostedTrees"}, {"Tree", "Tree"}, {"Fertile", "Fertile"},
        {"Lookup", "Table"}, {"Sparse", "Sparse"}, {"Iterator", "Dataset"}, {"Stats", "Stats"}, {"Cache", "Cache"}}};
    std::string_view kind;
    for (const auto& [consumers, makers] : kKinds) {
      if (consumer.find(consumers) != consumer.npos && has_maker(type, is_ref, makers)) {
        kind = makers;
        break;
      }
    }
    if (bytes_.one_in(8)) kind = "";
    std::vector<const graph::OpDef*> makers;
    for (const graph::OpDef* op : ops()) {
      if (makes(*op, type, is_ref) && op->name.find(kind) != std::string::npos) makers.push_back(op);
    }
    if (makers.empty()) return {};
    graph::Node* node = any(*bytes_.one_of(makers), depth + 1);
    if (node == nullptr || node->num_outputs() == 0) return {};
    if (node->type() == "VarHandleOp") {
      const DType dtype = *node->attr<DType>("dtype");
      const graph::Endpoint value = bytes_.one_in(8) ? graph::Endpoint() : constant(dtype);
      graph::Node* assign = value ? make("AssignVariableOp", {node->output(0), value}, {}) : nullptr;
      if (assign != nullptr) initializers_.push_back(assign);
    }
    return node->output(0);
  }
  static bool makes(const graph::OpDef& op, DType type, bool is_ref) {
    return !op.outputs.empty() && op.outputs[0].type == type && op.outputs[0].is_ref == is_ref && !op.outputs[0].is_list();
  }
  static bool has_maker(DType type, bool is_ref, std::string_view kind) {
    return std::ranges::any_of(ops(), [&](const graph::OpDef* op) {
      return makes(*op, type, is_ref) && op->name.find(kind) != std::string::npos;
    });
  }

  // A node of `op`; null: it can't be made so.
  graph::Node* any(const graph::OpDef& op, int depth) {
    graph::AttrMap attrs;
    for (const graph::AttrDef& def : op.attrs) {
      const bool by_default = def.default_value.set() && bytes_.flip();
      attrs.set(def.name, by_default ? def.default_value : attr(def));
    }
    std::vector<graph::OpInput> inputs;
    for (const graph::ArgDef& arg : op.inputs) {
      std::vector<graph::Endpoint> list;
      for (const DType type : types_of(arg, attrs)) {
        list.push_back(arg.is_ref ? reference(type, op.name, depth) : source(type, op.name, depth));
        if (!list.back()) return nullptr;
      }
      if (arg.is_list()) {
        inputs.emplace_back(std::move(list));
      } else {
        inputs.emplace_back(list.at(0));
      }
    }
    return make(op.name, std::move(inputs), std::move(attrs));
  }
  static std::vector<DType> types_of(const graph::ArgDef& arg, const graph::AttrMap& attrs) {
    if (!arg.type_list_attr.empty()) {
      const auto* types = attrs.find(arg.type_list_attr)->get<std::vector<DType>>();
      return types == nullptr ? std::vector<DType>() : *types;
    }
    const DType type = arg.type != DType::kInvalid ? arg.type : *attrs.find(arg.type_attr)->get<DType>();
    const int64_t n = arg.number_attr.empty() ? 1 : *attrs.find(arg.number_attr)->get<int64_t>();
    return std::vector<DType>(std::clamp<int64_t>(n, 0, 4), type);
  }

  ByteSource bytes_;
  graph::Graph graph_;
  std::vector<graph::Endpoint> feeds_;
  std::vector<graph::Node*> initializers_;
  DType last_type_ = DType::kInvalid;
  Shape last_shape_;
  Status error_ = OkStatus();
};

}  // namespace reflow::testing
