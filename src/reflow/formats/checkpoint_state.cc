#include "reflow/formats/checkpoint_state.h"

#include <absl/strings/escaping.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <tensorflow/python/training/checkpoint_state.pb.h>

#include <cmath>

namespace reflow::formats {
namespace {

std::string quoted(std::string_view text) {
  return '"' + absl::CEscape(absl::string_view(text.data(), text.size())) + '"';
}

// As Python's repr has it: the shortest digits, with a point or an exponent.
std::string number_text(double value) {
  std::string text = fmt::format("{}", value);
  const bool is_integer = std::isfinite(value) && text.find_first_of(".e") == std::string::npos;
  return is_integer ? text + ".0" : text;
}

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = fmt::format("{}:{} : {}", line + 1, column + 1, message);
  }
  std::string text;
};

}  // namespace

std::string CheckpointState::text() const {
  std::string text = fmt::format("model_checkpoint_path: {}\n", quoted(model_checkpoint_path));
  for (const std::string& path : all_model_checkpoint_paths) {
    text += fmt::format("all_model_checkpoint_paths: {}\n", quoted(path));
  }
  for (const double time : all_model_checkpoint_timestamps) {
    text += fmt::format("all_model_checkpoint_timestamps: {}\n", number_text(time));
  }
  if (last_preserved_timestamp != 0) {
    text += fmt::format("last_preserved_timestamp: {}\n", number_text(last_preserved_timestamp));
  }
  return text;
}

StatusOr<CheckpointState> CheckpointState::parse(std::string_view text) {
  tensorflow::CheckpointState message;
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(std::string(text), &message)) return invalid_argument("{}", error.text);
  CheckpointState state;
  state.model_checkpoint_path = message.model_checkpoint_path();
  state.all_model_checkpoint_paths.assign(message.all_model_checkpoint_paths().begin(),
                                          message.all_model_checkpoint_paths().end());
  state.all_model_checkpoint_timestamps.assign(message.all_model_checkpoint_timestamps().begin(),
                                               message.all_model_checkpoint_timestamps().end());
  state.last_preserved_timestamp = message.last_preserved_timestamp();
  return state;
}

}  // namespace reflow::formats
