// Any op of the registry with attributes, types, shapes and values that the bytes say: it ends in values or in an error.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reflow/graph/node_builder.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {
namespace {

using graph::AttrDef;
using graph::AttrMap;
using graph::AttrValue;
using graph::Endpoint;
using graph::Node;

// Ops that may do harm that is no fault of theirs: that read and write files, print, or wait by design.
bool is_left_out(const std::string& op) {
  for (const char* part : {"File", "Save", "Restore", "Print", "Reader", "Checkpoint", "PyFunc", "Summary", "Record", "Abort"}) {
    if (op.find(part) != std::string::npos) return true;
  }
  return false;
}

class AnyOp {
 public:
  AnyOp(const uint8_t* data, size_t size) : bytes_(data, size) {}

  void run() {
    static const std::vector<const graph::OpDef*> kOps = [] {
      std::vector<const graph::OpDef*> ops = graph::OpRegistry::global().all();
      std::erase_if(ops, [](const graph::OpDef* op) { return is_left_out(op->name); });
      return ops;
    }();
    const graph::OpDef& op = *kOps[bytes_.ConsumeIntegralInRange<size_t>(0, kOps.size() - 1)];
    AttrMap attrs;
    for (const AttrDef& def : op.attrs) {
      if (def.default_value.set() && bytes_.ConsumeBool()) continue;
      attrs.set(def.name, attr(def));
    }
    std::vector<graph::OpInput> inputs;
    for (const graph::ArgDef& arg : op.inputs) {
      std::vector<DType> types;
      if (!arg.type_list_attr.empty()) {
        const AttrValue* list = attrs.find(arg.type_list_attr);
        if (list != nullptr && list->get<std::vector<DType>>()) types = *list->get<std::vector<DType>>();
      } else {
        int64_t n = 1;
        if (!arg.number_attr.empty()) {
          const AttrValue* number = attrs.find(arg.number_attr);
          n = number != nullptr && number->get<int64_t>() ? std::clamp<int64_t>(*number->get<int64_t>(), 0, 4) : 1;
        }
        DType type = arg.type;
        if (type == DType::kInvalid) {
          const AttrValue* attr = attrs.find(arg.type_attr);
          type = attr != nullptr && attr->get<DType>() ? *attr->get<DType>() : DType::kFloat32;
        }
        types.assign(n, type);
      }
      std::vector<Endpoint> list;
      for (const DType type : types) {
        const Endpoint e = arg.is_ref ? variable(type) : source(type);
        if (!e) return;
        list.push_back(e);
      }
      if (arg.is_list()) {
        inputs.emplace_back(std::move(list));
      } else {
        inputs.emplace_back(list.at(0));
      }
    }
    auto node = graph::create_op(graph_, op.name, std::move(inputs), std::move(attrs));
    if (!node.ok()) return;
    SessionOptions options;
    options.operation_timeout_ms = 20;
    options.intra_op_parallelism_threads = 1;
    auto session = DirectSession::create(&graph_, options);
    if (!session.ok()) return;
    std::vector<Tensor> results;
    if (!initializers_.empty()) {
      Signature signature;
      signature.targets = initializers_;
      (void)(*session)->run(signature, {}, &results);
    }
    Signature signature;
    signature.feeds = feeds_;
    for (int i = 0; i < (*node)->num_outputs(); ++i) signature.fetches.push_back((*node)->output(i));
    signature.targets = {*node};
    (void)(*session)->run(signature, values_, &results);
    (void)(*session)->close();
  }

 private:
  // Small numbers mostly: large ones only ask for much memory.
  int64_t number() {
    switch (bytes_.ConsumeIntegralInRange(0, 15)) {
      case 0: return bytes_.ConsumeIntegral<int64_t>();
      case 1: return bytes_.PickValueInArray<int64_t>({INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, -1});
      default: return bytes_.ConsumeIntegralInRange<int64_t>(-2, 6);
    }
  }
  double real() {
    switch (bytes_.ConsumeIntegralInRange(0, 7)) {
      case 0: return bytes_.ConsumeFloatingPoint<double>();
      case 1: return bytes_.PickValueInArray<double>({0.0, -0.0, 1e300, -1e300, 1.0 / 0.0, -1.0 / 0.0, 0.0 / 0.0});
      default: return bytes_.ConsumeFloatingPointInRange<double>(-3, 3);
    }
  }
  DType type() {
    return bytes_.PickValueInArray({DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64, DType::kBool, DType::kUint8,
                                    DType::kString, DType::kComplex64, DType::kHalf, DType::kBfloat16, DType::kInt8});
  }
  Shape shape() {
    Shape shape;
    for (int rank = bytes_.ConsumeIntegralInRange(0, 5); rank > 0; --rank) shape.add_dim(bytes_.ConsumeIntegralInRange(0, 4));
    return shape;
  }
  std::string text() { return bytes_.ConsumeRandomLengthString(12); }

  AttrValue one(const AttrDef& def, const std::string& kind) {
    if (kind == "type") {
      if (def.allowed_types.empty()) return type();
      return def.allowed_types[bytes_.ConsumeIntegralInRange<size_t>(0, def.allowed_types.size() - 1)];
    }
    if (kind == "string") {
      if (def.allowed_strings.empty() || bytes_.ConsumeIntegralInRange(0, 15) == 0) return text();
      return def.allowed_strings[bytes_.ConsumeIntegralInRange<size_t>(0, def.allowed_strings.size() - 1)];
    }
    if (kind == "int") return number();
    if (kind == "float") return static_cast<float>(real());
    if (kind == "bool") return bytes_.ConsumeBool();
    if (kind == "shape") return bytes_.ConsumeBool() ? shape() : Shape::unknown();
    if (kind == "tensor") return tensor(type());
    return graph::NameAttrList{text(), nullptr};
  }
  template <typename T>
  AttrValue list(const AttrDef& def, const std::string& kind) {
    std::vector<T> values;
    for (int n = bytes_.ConsumeIntegralInRange(0, 5); n > 0; --n) values.push_back(*one(def, kind).get<T>());
    return values;
  }
  AttrValue attr(const AttrDef& def) {
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
        case DType::kBool: t.data<bool>()[i] = bytes_.ConsumeBool(); break;
        case DType::kString: t.data<std::string>()[i] = text(); break;
        case DType::kResource:
        case DType::kVariant: break;
        default: {
          auto* element = static_cast<uint8_t*>(t.raw_data()) + i * dtype_size(t.dtype());
          for (int b = 0; b < dtype_size(t.dtype()); ++b) element[b] = bytes_.ConsumeIntegral<uint8_t>();
        }
      }
    }
    return t;
  }

  Node* op(std::string_view type, std::vector<graph::OpInput> inputs, AttrMap attrs) {
    auto node = graph::create_op(graph_, type, std::move(inputs), std::move(attrs));
    return node.ok() ? *node : nullptr;
  }
  Endpoint constant(DType type) {
    const Tensor value = tensor(type);
    Node* node = op("Const", {}, {{"value", value}, {"dtype", value.dtype()}});
    return node == nullptr ? Endpoint() : node->output(0);
  }
  // A constant, or a placeholder that is fed.
  Endpoint source(DType type) {
    if (type != DType::kResource && type != DType::kVariant && bytes_.ConsumeBool()) return constant(type);
    Node* node = op("Placeholder", {}, {{"dtype", type}, {"shape", Shape::unknown()}});
    if (node == nullptr) return {};
    feeds_.push_back(node->output(0));
    values_.push_back(tensor(type));
    return node->output(0);
  }
  Endpoint variable(DType type) {
    Node* node = op("VariableV2", {}, {{"dtype", type}, {"shape", Shape::unknown()}});
    if (node == nullptr) return {};
    const Endpoint value = constant(type);
    if (value) {
      if (Node* assign = op("Assign", {node->output(0), value}, {{"validate_shape", false}})) initializers_.push_back(assign);
    }
    return node->output(0);
  }

  FuzzedDataProvider bytes_;
  graph::Graph graph_;
  std::vector<Endpoint> feeds_;
  std::vector<Tensor> values_;
  std::vector<Node*> initializers_;
};

}  // namespace
}  // namespace reflow::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  reflow::runtime::AnyOp(data, size).run();
  return 0;
}
