#include "reflow/train/warm_start.h"

#include <algorithm>

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/initializers.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/variable_state.h"
#include "reflow/train/checkpoint_reader.h"
#include "reflow/train/init_from_checkpoint.h"
#include "reflow/train/object_graph.h"

namespace reflow::train {
namespace {

// Variables, or the parts of one, in the order in which they are found.
using Grouped = std::vector<std::pair<std::string, std::vector<Variable>>>;

std::vector<Variable> variables_meant(const std::optional<VariablesToWarmStart>& meant) {
  if (!meant) return trainable_variables();
  if (const auto* scope = std::get_if<std::string>(&*meant)) return trainable_variables(*scope);
  if (const auto* variables = std::get_if<std::vector<Variable>>(&*meant)) return *variables;
  std::vector<Variable> found;
  for (const std::string& scope : std::get<std::vector<std::string>>(*meant)) {
    const std::vector<Variable> more = global_variables(scope);
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

Grouped grouped(const std::vector<Variable>& variables) {
  Grouped groups;
  const auto add = [&groups](const Variable& variable) {
    const auto& slice = variable.save_slice_info();
    const std::string name = slice ? slice->full_name : variable.op().name();
    const auto same = std::ranges::find(groups, name, &Grouped::value_type::first);
    if (same == groups.end()) groups.emplace_back(name, std::vector<Variable>{variable});
    else same->second.push_back(variable);
  };
  for (const Variable& variable : variables) {
    if (variable.is_partitioned()) std::ranges::for_each(variable.parts(), add);
    else add(variable);
  }
  return groups;
}

std::string quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}'{}'", text.empty() ? "" : ", ", name);
  return text;
}

// {name: key} where the checkpoint is one that Checkpoint wrote.
std::map<std::string, std::string> object_renames(const std::string& checkpoint, const Grouped& groups) {
  const CheckpointReader reader = load_checkpoint(checkpoint);
  if (!reader.has_tensor(kObjectGraphKey)) return {};
  std::map<std::string, std::string> keys, renames;
  for (const auto& node : ObjectGraph::parse(reader.get_tensor(kObjectGraphKey).item<std::string>()).nodes) {
    for (const auto& attribute : node.attributes) keys[attribute.full_name] = attribute.key;
  }
  std::vector<std::string> missing;
  for (const auto& [name, variables] : groups) {
    if (const auto key = keys.find(name); key != keys.end()) renames[name] = key->second;
    else missing.push_back(name);
  }
  if (!missing.empty()) {
    throw ValueError(fmt::format("Attempting to warm-start from an object-based checkpoint, but found that the checkpoint did "
                                 "not contain values for all variables. The following variables were missing: {{{}}}",
                                 quoted(missing)));
  }
  return renames;
}

// A matrix of a checkpoint with its rows or columns where the words of the new vocabulary are.
struct Matrix {
  std::string checkpoint, tensor;
  const VocabInfo& vocabulary;
  Initializer initializer;  // of what the checkpoint doesn't have

  struct Remapping {
    TensorLike places, count;
  };
  Remapping remapping(int64_t offset, int64_t size) const {
    graph::Node* node = client::make_op("GenerateVocabRemapping", "", {vocabulary.new_vocab, vocabulary.old_vocab},
                                        {{"new_vocab_offset", offset},
                                         {"num_new_vocab", size},
                                         {"old_vocab_size", vocabulary.axis == 0 ? vocabulary.old_vocab_size : int64_t{-1}}});
    return {Output(node, 0), Output(node, 1)};
  }

  // Rows `offset`, ..., of which `oov_rows`, and `oov_columns` columns, are of words in no vocabulary.
  Output load(int64_t offset, int64_t rows, int64_t columns, int64_t oov_rows, int64_t oov_columns) const {
    Remapping row_map{TensorLike(), rows}, column_map{std::vector<int64_t>(), columns};
    Output missing;
    if (vocabulary.axis == 0) {
      row_map = remapping(offset, rows);
      missing = rows * columns - *row_map.count.output() * columns;
    } else {
      row_map.places = range(offset, offset + rows, {.dtype = int64});
      column_map = remapping(0, columns);
      missing = rows * columns - rows * *column_map.count.output();
    }
    const Output values = initializer(Shape{rows * columns, 1});
    const Output used = values[Slice({}, missing)];
    Output matrix = client::apply_op("LoadAndRemapMatrix", "",
                                     {checkpoint, tensor, row_map.places, column_map.places, used},
                                     {{"num_rows", rows}, {"num_cols", columns}, {"max_rows_in_memory", int64_t{-1}}});
    if (oov_rows > 0) matrix = concat({matrix, initializer(Shape{oov_rows, columns})}, 0);
    if (oov_columns > 0) matrix = concat({matrix, initializer(Shape{rows + oov_rows, oov_columns})}, 1);
    return matrix;
  }
};

void check_shape(const Shape& shape, int64_t columns, int64_t last_row, int64_t rows) {
  if (shape.rank() != 2) throw ValueError("Expected 2-dim shape, but received: " + shape.str());
  if (shape.dim(1) != columns) {
    throw ValueError(fmt::format("Expected 2nd dim of shape to be {}, but received shape: {}", columns, shape.str()));
  }
  if (last_row > rows) throw ValueError(fmt::format("Rows up to {} are to be initialized, but there are {}.", last_row, rows));
}

// Has a variable, or its parts, initialized with the rows or columns of the words that both vocabularies have.
void remap(const std::vector<Variable>& variables, const VocabInfo& vocabulary, const std::string& checkpoint,
           const std::string& tensor) {
  if (vocabulary.axis != 0 && vocabulary.axis != 1) {
    throw ValueError(fmt::format("The only supported values for the axis argument are 0 and 1.  Provided axis: {}",
                                 vocabulary.axis));
  }
  if (vocabulary.new_vocab.empty() || vocabulary.new_vocab_size == 0 || vocabulary.old_vocab.empty()) {
    throw ValueError("Invalid args: Must provide all of [current_vocab_path, current_vocab_size, prev_ckpt, "
                     "prev_vocab_path}.");
  }
  const bool by_rows = vocabulary.axis == 0;
  int64_t num_rows = 0;
  for (const Variable& variable : variables) num_rows += variable.shape().dim(0);
  const Matrix matrix{checkpoint_prefix(checkpoint), tensor, vocabulary,
                      vocabulary.backup_initializer.is_none() ? zeros_initializer() : vocabulary.backup_initializer};
  for (const Variable& variable : variables) {
    const Shape& shape = variable.shape();
    const auto& slice = variable.save_slice_info();
    const int64_t offset = slice ? slice->var_offset[0] : 0, last = offset + shape.dim(0);
    const int64_t words = by_rows ? vocabulary.new_vocab_size : num_rows;
    const int64_t oov_columns = by_rows ? 0 : vocabulary.num_oov_buckets;
    const int64_t columns = by_rows ? shape.dim(1) : vocabulary.new_vocab_size;
    check_shape(shape, columns + oov_columns, last, words + (by_rows ? vocabulary.num_oov_buckets : 0));
    const int64_t oov_rows = std::min(shape.dim(0), std::max<int64_t>(0, last - words));
    const int64_t rows = shape.dim(0) - oov_rows;
    const Output value = rows == 0 ? matrix.initializer(shape) : matrix.load(offset, rows, columns, oov_rows, oov_columns);
    variable.state()->initializer = variable.assign_op(value);
  }
}

// Fails where an option names variables that aren't there.
template <typename Value>
void check_names(const std::map<std::string, Value>& named, const Grouped& groups, const char* option) {
  std::vector<std::string> unused, viable;
  for (const auto& [name, variables] : groups) viable.push_back(name);
  for (const auto& [name, value] : named) {
    if (std::ranges::find(viable, name) == viable.end()) unused.push_back(name);
  }
  if (unused.empty()) return;
  throw ValueError(fmt::format("You provided the following variables in {} that were not used: {{{}}}.  Perhaps you misspelled "
                               "them?  Here is the list of viable variable names: dict_keys([{}])",
                               option, quoted(unused), quoted(viable)));
}

}  // namespace

void warm_start(const std::string& ckpt_to_initialize_from, const WarmStartOptions& options) {
  const Grouped groups = grouped(variables_meant(options.vars_to_warm_start));
  std::map<std::string, std::string> renames = options.var_name_to_prev_var_name;
  if (renames.empty()) renames = object_renames(ckpt_to_initialize_from, groups);
  AssignmentMap assignments;
  for (const auto& [name, variables] : groups) {
    const auto renamed = renames.find(name);
    const std::string& tensor = renamed == renames.end() ? name : renamed->second;
    const auto vocabulary = options.var_name_to_vocab_info.find(name);
    if (vocabulary != options.var_name_to_vocab_info.end()) {
      remap(variables, vocabulary->second, ckpt_to_initialize_from, tensor);
    } else if (options.vars_to_warm_start) {
      assignments.emplace_back(tensor, variables);
    }
  }
  init_from_checkpoint(ckpt_to_initialize_from, assignments);
  check_names(options.var_name_to_prev_var_name, groups, "var_name_to_prev_var_name");
  check_names(options.var_name_to_vocab_info, groups, "var_name_to_vocab_info");
}

}  // namespace reflow::train
