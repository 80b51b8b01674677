#pragma once

// The commands on graphs and SavedModels as files: `graph freeze|optimize|diff`, `saved_model show|run`.

#include <CLI/CLI.hpp>
#include <string>

#include "reflow/base/status.h"
#include "reflow/tools/graph_rewrite_command.h"
#include "reflow/tools/saved_model_run.h"
#include "reflow/tools/saved_model_show.h"

namespace reflow::tools {

class ModelCommands {
 public:
  // Adds `freeze`, `optimize` and `diff` to the command `graph`, and `saved_model` to the program.
  ModelCommands(CLI::App& app, CLI::App& graph);

  // Whether one of them was given.
  bool chosen() const;
  // Runs it. `*exit_status`: 1 for graphs that differ.
  StatusOr<std::string> run(int* exit_status) const;

 private:
  void add_freeze(CLI::App& graph);
  void add_optimize(CLI::App& graph);
  void add_diff(CLI::App& graph);
  void add_show(CLI::App& saved_model);
  void add_run(CLI::App& saved_model);

  CLI::App *freeze_, *optimize_, *diff_, *show_, *run_;
  FreezeGraphOptions freeze_options_;
  OptimizeGraphOptions optimize_options_;
  std::string diff_a_, diff_b_, dir_;
  bool diff_json_ = false;
  ShowSavedModelOptions show_options_;
  RunSavedModelOptions run_options_;
};

}  // namespace reflow::tools
