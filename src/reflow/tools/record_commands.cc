#include "reflow/tools/record_commands.h"

namespace reflow::tools {
namespace {

void add_compression(CLI::App* command, std::string* compression) {
  command->add_option("--compression", *compression, "How the file is compressed; auto: as its first bytes tell")
      ->check(CLI::IsMember({"auto", "none", "zlib", "gzip"}))
      ->capture_default_str();
}

void add_writing(CLI::App* command, CopyRecordsOptions* options) {
  add_compression(command, &options->compression);
  command->add_option("--to_compression", options->to_compression, "How to compress what is written")
      ->check(CLI::IsMember({"none", "zlib", "gzip"}))
      ->capture_default_str();
  command->add_flag("--skip_damaged", options->skip_damaged, "Go on behind damaged records, and say where they are");
}

}  // namespace

RecordCommands::RecordCommands(CLI::App& app) {
  CLI::App* group = app.add_subcommand("records", "Look into TFRecord files, check, join and split them");
  group->require_subcommand(1)->footer("Example:\n  reflow records show train.tfrecords");

  show_ = group->add_subcommand("show", "List records: offset, size, and the features of Examples");
  show_->add_option("FILE", file_, "A TFRecord file")->required();
  show_->add_option("--first", show_options_.first, "Begin with record N, counted from 0")->type_name("N");
  show_->add_option("--count", show_options_.count, "Show N records; -1: all")->type_name("N")->capture_default_str();
  show_->add_flag("--values", show_options_.values, "Show the values of features");
  show_->add_flag("--json", show_options_.json, "Print JSON, one object for each record, with all values");
  add_compression(show_, &show_options_.compression);
  show_->footer("Example:\n  reflow records show train.tfrecords --first 100 --count 2 --values");

  check_ = group->add_subcommand("check", "Read every record; say where damage is; exit status 1: there is some");
  check_->add_option("FILE", files_, "TFRecord files")->required();
  check_->add_flag("--json", check_options_.json, "Print JSON, one object for each file");
  add_compression(check_, &check_options_.compression);
  check_->footer("Example:\n  reflow records check data/*.tfrecords");

  copy_ = group->add_subcommand("copy", "Write the records of files to one: joined, or compressed otherwise");
  copy_->add_option("FILE", files_, "The files to read, and last the one to write")->required()->expected(2, -1);
  add_writing(copy_, &copy_options_);
  copy_->footer("Example:\n  reflow records copy a.tfrecords b.tfrecords all.tfrecords.gz --to_compression gzip");

  split_ = group->add_subcommand("split", "Deal the records of a file out to several: PREFIX-00000-of-00004 and so on");
  split_->add_option("FILE", file_, "A TFRecord file")->required();
  split_->add_option("PREFIX", prefix_, "What the names of the new files begin with")->required();
  split_->add_option("--shards", num_shards_, "How many files")->required()->type_name("N")->check(CLI::Range(1, 10000));
  add_writing(split_, &copy_options_);
  split_->footer("Example:\n  reflow records split all.tfrecords shards/train --shards 4");
}

bool RecordCommands::chosen() const { return *show_ || *check_ || *copy_ || *split_; }

StatusOr<std::string> RecordCommands::run(int* exit_status) {
  if (*show_) return show_records(file_, show_options_);
  if (*copy_) {
    const std::string to = files_.back();
    files_.pop_back();
    return copy_records(files_, to, copy_options_);
  }
  if (*split_) return split_records(file_, prefix_, num_shards_, copy_options_);
  ASSIGN_OR_RETURN(const RecordsReport report, check_records(files_, check_options_));
  *exit_status = report.sound ? 0 : 1;
  return report.text;
}

}  // namespace reflow::tools
