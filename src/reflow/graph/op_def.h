#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"

namespace reflow::graph {

class ShapeContext;
// Says what is known of an op's output shapes. A plain function: op definitions are static data.
using ShapeFn = Status (*)(ShapeContext&);

// An input or output of an op: one tensor, `number_attr` tensors of one type, or a list typed by `type_list_attr`.
struct ArgDef {
  std::string name;
  DType type = DType::kInvalid;  // kInvalid: given by type_attr or type_list_attr
  std::string type_attr, number_attr, type_list_attr;
  bool is_ref = false;
  bool is_list() const { return !number_attr.empty() || !type_list_attr.empty(); }
};

// An attribute: `type` is one of string int float bool type shape tensor func, or list(..) of these.
struct AttrDef {
  std::string name, type;
  AttrValue default_value;                  // !set(): none
  std::vector<DType> allowed_types;         // empty: any
  std::vector<std::string> allowed_strings;  // empty: any
  bool has_minimum = false;
  int64_t minimum = 0;
  bool is_list() const { return type.starts_with("list("); }
};

// The definition of an op type, equal in meaning to TensorFlow's OpDef, with its shape function. Immutable once
// registered; lives as long as the process.
struct OpDef {
  std::string name;
  std::vector<ArgDef> inputs, outputs;
  std::vector<AttrDef> attrs;
  std::string doc;  // first sentence: the summary
  bool is_commutative = false, is_aggregate = false, is_stateful = false, allows_uninitialized_input = false;
  int deprecated_in = 0;  // GraphDef version; 0: not deprecated
  std::string deprecation;
  ShapeFn shape_fn = nullptr;

  const AttrDef* find_attr(std::string_view attr) const;
};

// Parsers of the specs in REFLOW_OP: "x: T", "values: N * T", "input: Ref(float)", "components: Tcomponents";
// "T: {half, float} = DT_FLOAT", "N: int >= 1", "padding: {'SAME', 'VALID'}", "shape: shape = {}". They follow
// TensorFlow's grammar. InvalidArgument: what isn't understood.
Status parse_arg(std::string_view spec, std::vector<AttrDef> const& attrs, ArgDef* arg);
Status parse_attr(std::string_view spec, AttrDef* attr);

// All op types. Filled by static registrars (op/op.h), and later by load_op_library. Thread-safe.
class OpRegistry {
 public:
  static OpRegistry& global();
  // Null: no such op. The pointer stays valid.
  const OpDef* find(std::string_view name) const;
  // AlreadyExists: the name is taken. Returns the stored definition.
  StatusOr<OpDef*> add(OpDef def);
  std::vector<const OpDef*> all() const;  // by name

 private:
  OpRegistry();
  struct Impl;
  Impl* impl_;
};

}  // namespace reflow::graph
