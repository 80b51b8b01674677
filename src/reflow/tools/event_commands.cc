#include "reflow/tools/event_commands.h"

namespace reflow::tools {

EventCommands::EventCommands(CLI::App& app) {
  CLI::App* group = app.add_subcommand("events", "Look into event files, what TensorBoard shows");
  group->require_subcommand(1)->footer("Example:\n  reflow events show logs/");

  show_ = group->add_subcommand("show", "List the tags of event files: kind, number, steps, last value; graphs and traces");
  show_->add_option("PATH", path_, "An event file, or a folder that has some")->required();
  show_->add_flag("--all", show_options_.all, "List every event");
  show_->add_flag("--json", show_options_.json, "Print JSON, one object for each tag, or with --all for each event");
  show_->footer("Example:\n  reflow events show logs/ --json");

  export_ = group->add_subcommand("export", "Print scalars as comma-separated values; save images and sounds");
  export_->add_option("PATH", path_, "An event file, or a folder that has some")->required();
  export_->add_option("--tag", export_options_.tag, "Only this tag")->type_name("TAG");
  export_->add_option("--to", export_options_.folder, "Save images and sounds in FOLDER")->type_name("FOLDER");
  export_->add_flag("--json", export_options_.json, "Print JSON, one object for each value");
  export_->footer("Example:\n  reflow events export logs/ --tag loss > loss.csv");
}

bool EventCommands::chosen() const { return *show_ || *export_; }

StatusOr<std::string> EventCommands::run() const {
  return *show_ ? show_events(path_, show_options_) : export_events(path_, export_options_);
}

}  // namespace reflow::tools
