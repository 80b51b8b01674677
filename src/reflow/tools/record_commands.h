#pragma once

// The commands on records: `records show|check|copy|split`.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tools/records_copy.h"
#include "reflow/tools/records_show.h"

namespace reflow::tools {

class RecordCommands {
 public:
  // Adds `records` to the program.
  explicit RecordCommands(CLI::App& app);
  RecordCommands(const RecordCommands&) = delete;  // options point into it

  bool chosen() const;
  // Runs what was given. `*exit_status`: 1 for damaged files.
  StatusOr<std::string> run(int* exit_status);

 private:
  CLI::App *show_, *check_, *copy_, *split_;
  std::string file_, prefix_;
  std::vector<std::string> files_;
  int num_shards_ = 0;
  ShowRecordsOptions show_options_;
  CheckRecordsOptions check_options_;
  CopyRecordsOptions copy_options_;
};

}  // namespace reflow::tools
