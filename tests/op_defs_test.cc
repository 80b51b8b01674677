// Every registered op is defined as TensorFlow 1.15 defines it (ops.pbtxt), documentation aside.

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/op_def.pb.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

void forget_documentation(tensorflow::OpDef* op) {
  op->clear_summary();
  op->clear_description();
  for (auto* args : {op->mutable_input_arg(), op->mutable_output_arg()}) {
    for (auto& arg : *args) arg.clear_description();
  }
  for (auto& attr : *op->mutable_attr()) attr.clear_description();
}

// ops.pbtxt is the list that TensorFlow 1.15's sources keep for compatibility; the ops of 1.15.5 itself, which write the
// attributes of graphs, have a little more.
void add_what_the_release_has(std::map<std::string, tensorflow::OpDef>* ops) {
  for (const char* name : {"Equal", "NotEqual"}) {
    auto* attr = (*ops)[name].add_attr();
    attr->set_name("incompatible_shape_error");
    attr->set_type("bool");
    attr->mutable_default_value()->set_b(true);
  }
  auto* types = (*ops)["Abs"].mutable_attr(0)->mutable_allowed_values()->mutable_list()->mutable_type();
  types->Clear();
  for (const auto type : {tensorflow::DT_BFLOAT16, tensorflow::DT_HALF, tensorflow::DT_FLOAT, tensorflow::DT_DOUBLE,
                          tensorflow::DT_INT8, tensorflow::DT_INT16, tensorflow::DT_INT32, tensorflow::DT_INT64}) {
    types->Add(type);
  }
}

// Ops that TensorFlow 1.15 keeps in libraries of tf.contrib, as these define them.
constexpr const char* kContrib = R"ops(
op { name: "GatherTree"
     input_arg { name: "step_ids" type_attr: "T" } input_arg { name: "parent_ids" type_attr: "T" }
     input_arg { name: "max_sequence_lengths" type: DT_INT32 } input_arg { name: "end_token" type_attr: "T" }
     output_arg { name: "beams" type_attr: "T" }
     attr { name: "T" type: "type" allowed_values { list { type: DT_INT32 } } } }
op { name: "BipartiteMatch"
     input_arg { name: "distance_mat" type: DT_FLOAT } input_arg { name: "num_valid_rows" type: DT_FLOAT }
     output_arg { name: "row_to_col_match_indices" type: DT_INT32 } output_arg { name: "col_to_row_match_indices" type: DT_INT32 }
     attr { name: "top_k" type: "int" default_value { i: -1 } } is_stateful: true }
op { name: "Resampler"
     input_arg { name: "data" type_attr: "T" } input_arg { name: "warp" type_attr: "T" } output_arg { name: "output" type_attr: "T" }
     attr { name: "T" type: "type" allowed_values { list { type: DT_HALF type: DT_BFLOAT16 type: DT_FLOAT type: DT_DOUBLE } } } }
op { name: "ResamplerGrad"
     input_arg { name: "data" type_attr: "T" } input_arg { name: "warp" type_attr: "T" } input_arg { name: "grad_output" type_attr: "T" }
     output_arg { name: "grad_data" type_attr: "T" } output_arg { name: "grad_warp" type_attr: "T" }
     attr { name: "T" type: "type" allowed_values { list { type: DT_HALF type: DT_BFLOAT16 type: DT_FLOAT type: DT_DOUBLE } } } }
op { name: "SparseFeatureCross"
     input_arg { name: "indices" type: DT_INT64 number_attr: "N" } input_arg { name: "values" type_list_attr: "sparse_types" }
     input_arg { name: "shapes" type: DT_INT64 number_attr: "N" } input_arg { name: "dense" type_list_attr: "dense_types" }
     output_arg { name: "output_indices" type: DT_INT64 } output_arg { name: "output_values" type_attr: "out_type" }
     output_arg { name: "output_shape" type: DT_INT64 }
     attr { name: "N" type: "int" has_minimum: true } attr { name: "hashed_output" type: "bool" }
     attr { name: "num_buckets" type: "int" has_minimum: true }
     attr { name: "sparse_types" type: "list(type)" has_minimum: true allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "dense_types" type: "list(type)" has_minimum: true allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "out_type" type: "type" allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "internal_type" type: "type" allowed_values { list { type: DT_INT64 type: DT_STRING } } } }
op { name: "SparseFeatureCrossV2"
     input_arg { name: "indices" type: DT_INT64 number_attr: "N" } input_arg { name: "values" type_list_attr: "sparse_types" }
     input_arg { name: "shapes" type: DT_INT64 number_attr: "N" } input_arg { name: "dense" type_list_attr: "dense_types" }
     output_arg { name: "output_indices" type: DT_INT64 } output_arg { name: "output_values" type_attr: "out_type" }
     output_arg { name: "output_shape" type: DT_INT64 }
     attr { name: "N" type: "int" has_minimum: true } attr { name: "hashed_output" type: "bool" }
     attr { name: "num_buckets" type: "int" has_minimum: true } attr { name: "hash_key" type: "int" }
     attr { name: "sparse_types" type: "list(type)" has_minimum: true allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "dense_types" type: "list(type)" has_minimum: true allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "out_type" type: "type" allowed_values { list { type: DT_INT64 type: DT_STRING } } }
     attr { name: "internal_type" type: "type" allowed_values { list { type: DT_INT64 type: DT_STRING } } } }
)ops";

void add_contrib(std::map<std::string, tensorflow::OpDef>* ops) {
  for (const std::string& text : {std::string(kContrib), read_golden("tf-1.15/contrib_forest_ops.pbtxt")}) {
    tensorflow::OpList list;
    if (!google::protobuf::TextFormat::ParseFromString(text, &list)) throw std::runtime_error("ops of contrib don't parse");
    for (const tensorflow::OpDef& op : list.op()) (*ops)[op.name()] = op;
  }
}

std::map<std::string, tensorflow::OpDef> golden_ops() {
  tensorflow::OpList list;
  if (!google::protobuf::TextFormat::ParseFromString(read_golden("tf-1.15/ops.pbtxt"), &list)) {
    throw std::runtime_error("ops.pbtxt does not parse");
  }
  std::map<std::string, tensorflow::OpDef> ops;
  for (tensorflow::OpDef& op : *list.mutable_op()) {
    forget_documentation(&op);
    ops[op.name()] = std::move(op);
  }
  add_what_the_release_has(&ops);
  add_contrib(&ops);
  return ops;
}

// Ops of tests, and those that the engine has for itself, which TensorFlow's list doesn't show either.
bool is_internal(std::string_view name) { return name.starts_with("_") || name.starts_with("Test"); }

TEST(OpDefs, RegisteredOpsEqualTensorFlows) {
  const auto golden = golden_ops();
  int compared = 0;
  for (const graph::OpDef* op : graph::OpRegistry::global().all()) {
    if (is_internal(op->name)) continue;
    const auto it = golden.find(op->name);
    if (it == golden.end()) {
      ADD_FAILURE() << op->name << " is no op of TensorFlow 1.15";
      continue;
    }
    tensorflow::OpDef ours;
    graph::op_def_to_proto(*op, &ours);
    forget_documentation(&ours);
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(it->second, ours)) << op->name << " (TensorFlow's -> ours):\n" << differences;
    ++compared;
  }
  printf("%d of %zu ops compared\n", compared, golden.size());
}

TEST(OpDefs, ProtosOfAllOpsAreReadAndWrittenUnchanged) {
  for (const auto& [name, proto] : golden_ops()) {
    graph::OpDef op;
    const Status status = graph::op_def_from_proto(proto, &op);
    ASSERT_TRUE(status.ok()) << name << ": " << status;
    tensorflow::OpDef again;
    graph::op_def_to_proto(op, &again);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(proto, again)) << name;
  }
}

}  // namespace
}  // namespace reflow::testing
