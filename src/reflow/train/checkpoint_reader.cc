#include "reflow/train/checkpoint_reader.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "reflow/client/status_errors.h"
#include "reflow/formats/checkpoint_reader.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/init_from_checkpoint.h"

namespace reflow::train {

struct CheckpointReader::State {
  std::unique_ptr<formats::CheckpointReader> reader;
};

CheckpointReader::CheckpointReader(const std::string& prefix) {
  auto reader = formats::CheckpointReader::open(prefix);
  errors::throw_if_error(reader.status());
  auto state = std::make_shared<State>();
  state->reader = *std::move(reader);
  state_ = std::move(state);
}

bool CheckpointReader::has_tensor(const std::string& name) const { return state_->reader->find(name) != nullptr; }

Tensor CheckpointReader::get_tensor(const std::string& name) const {
  auto tensor = state_->reader->read(name);
  errors::throw_if_error(tensor.status());
  return *std::move(tensor);
}

std::map<std::string, Shape> CheckpointReader::get_variable_to_shape_map() const {
  std::map<std::string, Shape> shapes;
  for (const auto& tensor : state_->reader->tensors()) shapes[tensor.name] = tensor.shape;
  return shapes;
}

std::map<std::string, DType> CheckpointReader::get_variable_to_dtype_map() const {
  std::map<std::string, DType> types;
  for (const auto& tensor : state_->reader->tensors()) types[tensor.name] = tensor.dtype;
  return types;
}

std::string CheckpointReader::debug_string() const { return state_->reader->debug_string(); }

CheckpointReader load_checkpoint(const std::string& ckpt_dir_or_file) {
  return CheckpointReader(checkpoint_prefix(ckpt_dir_or_file));
}

Tensor load_variable(const std::string& ckpt_dir_or_file, const std::string& name) {
  return load_checkpoint(ckpt_dir_or_file).get_tensor(name.ends_with(":0") ? name.substr(0, name.size() - 2) : name);
}

std::vector<std::pair<std::string, Shape>> list_variables(const std::string& ckpt_dir_or_file) {
  const std::map<std::string, Shape> shapes = load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map();
  return {shapes.begin(), shapes.end()};
}

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void sleep(double seconds) {
  if (seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace

checkpoints_iterator::checkpoints_iterator(std::string checkpoint_dir, CheckpointsIteratorOptions options)
    : folder_(std::move(checkpoint_dir)), options_(std::move(options)) {}

std::optional<std::string> checkpoints_iterator::next() {
  sleep(not_before_ - now());
  double end = options_.timeout_secs ? now() + *options_.timeout_secs : 0;
  while (true) {
    const std::optional<std::string> newest = latest_checkpoint(folder_);
    if (newest && newest != last_) {
      last_ = newest;
      not_before_ = now() + options_.min_interval_secs;
      return newest;
    }
    if (options_.timeout_secs && now() + options_.poll_secs > end) {
      if (!options_.timeout_fn || options_.timeout_fn()) return std::nullopt;
      end = now() + *options_.timeout_secs;
    }
    sleep(options_.poll_secs);
  }
}

}  // namespace reflow::train
