#pragma once

// warm_start: variables begin with the values that an earlier model ended with.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reflow/client/initializer.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// Two vocabularies, files of one word a line, and how the rows (axis 0) or the columns (axis 1) of a variable go from the
// old one to the new one.
struct VocabInfo {
  std::string new_vocab;
  int64_t new_vocab_size = 0;
  int64_t num_oov_buckets = 0;  // rows or columns for words in no vocabulary, behind the others
  std::string old_vocab;
  int64_t old_vocab_size = -1;     // so many words of it count; -1: all
  Initializer backup_initializer;  // of new words; default: zeros
  int axis = 0;
};

// Trainable variables whose names begin as a regular expression says; global variables, by several of these; or variables,
// where the parts of a partitioned one are meant together.
using VariablesToWarmStart = std::variant<std::string, std::vector<std::string>, std::vector<Variable>>;

struct WarmStartOptions {
  std::optional<VariablesToWarmStart> vars_to_warm_start = VariablesToWarmStart(".*");  // unset: those with a vocabulary
  std::map<std::string, VocabInfo> var_name_to_vocab_info;
  std::map<std::string, std::string> var_name_to_prev_var_name;  // for those that have another name in the checkpoint
};

// Has variables initialized with what a checkpoint (a prefix, or the newest one of a folder) has under their names, or under
// their earlier ones. ValueError: a name that no variable has, an axis that isn't 0 or 1, and as init_from_checkpoint.
void warm_start(const std::string& ckpt_to_initialize_from, const WarmStartOptions& options = {});

}  // namespace reflow::train
