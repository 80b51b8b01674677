#include "reflow/tools/checkpoint_commands.h"

namespace reflow::tools {
namespace {

const char kPrefixHelp[] = "The prefix of a checkpoint (model.ckpt-7), V2 or V1, or a folder: its newest one";

}  // namespace

CheckpointCommands::CheckpointCommands(CLI::App& app) {
  CLI::App* group = app.add_subcommand("checkpoint", "Look into checkpoints, convert and compare them");
  group->require_subcommand(1)->footer("Example:\n  reflow checkpoint list model.ckpt-7");

  list_ = group->add_subcommand("list", "List the tensors of a checkpoint: type, shape, size and place");
  list_->add_option("CHECKPOINT", prefix_, kPrefixHelp)->required();
  list_->add_flag("--verify", list_options_.verify, "Read every tensor and check its checksum");
  list_->add_flag("--json", list_options_.json, "Print JSON, one object for each tensor");
  list_->footer("Example:\n  reflow checkpoint list train/ --verify");

  show_ = group->add_subcommand("show", "Print the values of a tensor, and what they range over");
  show_->add_option("CHECKPOINT", prefix_, kPrefixHelp)->required();
  show_->add_option("TENSOR", tensor_, "The tensor's name")->required();
  show_->add_option("--ends", show_options_.ends, "Print N elements at each end of a dimension; -1: all")
      ->type_name("N")
      ->capture_default_str();
  show_->add_flag("--json", show_options_.json, "Print JSON, with all values");
  show_->footer("Example:\n  reflow checkpoint show model.ckpt-7 layer1/weights --ends 5");

  convert_ = group->add_subcommand("convert", "Write a checkpoint anew: as V2 or V1, in one file, with other names");
  convert_->add_option("FROM", from_, kPrefixHelp)->required();
  convert_->add_option("TO", to_, "The prefix of the new checkpoint")->required();
  convert_->add_option("--version", convert_options_.version, "The format to write")
      ->type_name("2|1")
      ->check(CLI::IsMember({1, 2}))
      ->capture_default_str();
  convert_->add_option("--rename", convert_options_.renames, "Another name for a tensor, or for all of a scope (a/=b/)")
      ->type_name("OLD=NEW");
  convert_->add_option("--only", convert_options_.only, "Only tensors whose name begins so; may be given several times")
      ->type_name("PREFIX");
  convert_->add_option("--without", convert_options_.without, "No tensors whose name contains TEXT, such as /Adam")
      ->type_name("TEXT");
  convert_->footer("Example:\n  reflow checkpoint convert old.ckpt new.ckpt --without /Adam --rename conv/=encoder/");

  diff_ = group->add_subcommand("diff", "Compare two checkpoints: names, types, shapes, values; exit status 1: they differ");
  diff_->add_option("A", prefix_, kPrefixHelp)->required();
  diff_->add_option("B", other_, "The other one")->required();
  diff_->add_option("--tolerance", diff_options_.tolerance, "Numbers may differ by so much")->type_name("X");
  diff_->add_flag("--json", diff_options_.json, "Print JSON, one object for each tensor that differs");
  diff_->footer("Example:\n  reflow checkpoint diff model.ckpt-1 model.ckpt-2 --tolerance 1e-6");
}

bool CheckpointCommands::chosen() const { return *list_ || *show_ || *convert_ || *diff_; }

StatusOr<std::string> CheckpointCommands::run(std::ostream& progress, int* exit_status) const {
  if (*list_) return list_checkpoint(prefix_, list_options_);
  if (*show_) return show_tensor(prefix_, tensor_, show_options_);
  if (*convert_) return convert_checkpoint(from_, to_, convert_options_, progress);
  ASSIGN_OR_RETURN(const CheckpointDiff diff, diff_checkpoints(prefix_, other_, diff_options_));
  *exit_status = diff.same ? 0 : 1;
  return diff.text;
}

}  // namespace reflow::tools
