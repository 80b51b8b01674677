#pragma once

#include <any>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/graph.h"

namespace reflow {

// Names of the collections that the library itself uses.
struct GraphKeys {
  static constexpr const char* GLOBAL_VARIABLES = "variables";
  static constexpr const char* LOCAL_VARIABLES = "local_variables";
  static constexpr const char* METRIC_VARIABLES = "metric_variables";
  static constexpr const char* MODEL_VARIABLES = "model_variables";
  static constexpr const char* TRAINABLE_VARIABLES = "trainable_variables";
  static constexpr const char* SUMMARIES = "summaries";
  static constexpr const char* QUEUE_RUNNERS = "queue_runners";
  static constexpr const char* TABLE_INITIALIZERS = "table_initializer";
  static constexpr const char* ASSET_FILEPATHS = "asset_filepaths";
  static constexpr const char* MOVING_AVERAGE_VARIABLES = "moving_average_variables";
  static constexpr const char* REGULARIZATION_LOSSES = "regularization_losses";
  static constexpr const char* CONCATENATED_VARIABLES = "concatenated_variables";
  static constexpr const char* SAVERS = "savers";
  static constexpr const char* WEIGHTS = "weights";
  static constexpr const char* BIASES = "biases";
  static constexpr const char* ACTIVATIONS = "activations";
  static constexpr const char* UPDATE_OPS = "update_ops";
  static constexpr const char* LOSSES = "losses";
  static constexpr const char* SAVEABLE_OBJECTS = "saveable_objects";
  static constexpr const char* RESOURCES = "resources";
  static constexpr const char* LOCAL_RESOURCES = "local_resources";
  static constexpr const char* INIT_OP = "init_op";
  static constexpr const char* LOCAL_INIT_OP = "local_init_op";
  static constexpr const char* READY_OP = "ready_op";
  static constexpr const char* READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op";
  static constexpr const char* SUMMARY_OP = "summary_op";
  static constexpr const char* GLOBAL_STEP = "global_step";
  static constexpr const char* EVAL_STEP = "eval_step";
  static constexpr const char* TRAIN_OP = "train_op";
  static constexpr const char* COND_CONTEXT = "cond_context";
  static constexpr const char* WHILE_CONTEXT = "while_context";
};

namespace client {
// True when `name` begins with what the regular expression `scope` matches, as Python's re.match.
bool matches_scope(const std::string& name, std::string_view scope);
// The name of an Output, Operation or Variable; "" for anything else.
std::string name_of_item(const std::any& item);
[[noreturn]] void throw_wrong_item(std::string_view collection, const std::any& item);
}  // namespace client

// Puts `value` (an Output, Operation, Variable, std::string or anything else that can be copied) into a collection of
// the default graph.
template <typename T>
void add_to_collection(std::string_view name, const T& value) {
  get_default_graph().add_item(name, std::any(value));
}
template <typename T>
void add_to_collections(const std::vector<std::string>& names, const T& value) {
  for (const std::string& name : names) add_to_collection(name, value);
}

// The items of a collection, as what was put in: get_collection("losses") gives tensors,
// get_collection<tf::Variable>(..) variables. With `scope`: those whose names match from their beginning.
// TypeError: an item is something else.
template <typename T = Output>
std::vector<T> get_collection(std::string_view name, std::string_view scope = "") {
  std::vector<T> values;
  for (const std::any& item : get_default_graph().get_items(name)) {
    if (!scope.empty() && !client::matches_scope(client::name_of_item(item), scope)) continue;
    const T* value = std::any_cast<T>(&item);
    if (!value) client::throw_wrong_item(name, item);
    values.push_back(*value);
  }
  return values;
}

}  // namespace reflow
