#include "reflow/train/checkpoint_management.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>

#include "reflow/base/logging.h"
#include "reflow/client/errors.h"
#include "reflow/client/status_errors.h"
#include "reflow/formats/checkpoint_state.h"
#include "reflow/io/file.h"
#include "reflow/io/staged_file.h"
#include "reflow/train/python_path.h"

namespace reflow::train {
namespace {

std::vector<std::string> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (paths.empty() && io::file_exists(pattern)) paths.push_back(pattern);
  return paths;
}

// V2 is found by its index, V1 by its files.
std::vector<std::string> checkpoint_files(const std::string& prefix) {
  std::vector<std::string> files = matching_files(prefix + ".index");
  return files.empty() ? matching_files(prefix) : files;
}

std::string python_list(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += fmt::format("{}'{}'", text.empty() ? "" : ", ", item);
  return "[" + text + "]";
}

}  // namespace

std::optional<CheckpointState> get_checkpoint_state(const std::string& checkpoint_dir, const std::string& latest_filename) {
  const std::string path = join_path(checkpoint_dir, latest_filename);
  if (!io::file_exists(path)) return std::nullopt;
  const StatusOr<std::string> text = io::read_file(path);
  const StatusOr<formats::CheckpointState> state =
      text.ok() ? formats::CheckpointState::parse(*text) : StatusOr<formats::CheckpointState>(text.status());
  if (!state.ok()) {
    log_warning("{}", message_of(state.status()));
    log_warning("{}: Checkpoint ignored", path);
    return std::nullopt;
  }
  if (state->model_checkpoint_path.empty()) throw ValueError("Invalid checkpoint state loaded from " + checkpoint_dir);
  CheckpointState result{join_path(checkpoint_dir, state->model_checkpoint_path), {}, state->all_model_checkpoint_timestamps,
                         state->last_preserved_timestamp};
  for (const std::string& p : state->all_model_checkpoint_paths) {
    result.all_model_checkpoint_paths.push_back(join_path(checkpoint_dir, p));
  }
  return result;
}

CheckpointState generate_checkpoint_state(const std::string& save_dir, CheckpointState state) {
  std::vector<std::string>& all = state.all_model_checkpoint_paths;
  if (all.empty() || all.back() != state.model_checkpoint_path) {
    log_debug(1, "{} is not in all_model_checkpoint_paths. Manually adding it.", state.model_checkpoint_path);
    all.push_back(state.model_checkpoint_path);
  }
  const std::vector<double>& times = state.all_model_checkpoint_timestamps;
  if (!times.empty() && times.size() != all.size()) {
    std::string list;
    for (const double t : times) list += fmt::format("{}{}", list.empty() ? "" : ", ", t);
    throw ValueError(fmt::format("Checkpoint timestamps, if provided, must match checkpoint paths (got paths {} and "
                                 "timestamps [{}])", python_list(all), list));
  }
  if (is_absolute(save_dir)) return state;
  const auto relative = [&](std::string& path) {
    if (!is_absolute(path)) path = relative_path(path, save_dir);
  };
  relative(state.model_checkpoint_path);
  std::for_each(all.begin(), all.end(), relative);
  return state;
}

void update_checkpoint_state(const std::string& save_dir, CheckpointState state, const UpdateCheckpointStateOptions& options) {
  const std::string path = join_path(save_dir, options.latest_filename);
  const std::string given = state.model_checkpoint_path;
  if (options.save_relative_paths) {
    const auto relative = [&](std::string& p) {
      if (is_absolute(p)) p = relative_path(p, save_dir);
    };
    relative(state.model_checkpoint_path);
    std::for_each(state.all_model_checkpoint_paths.begin(), state.all_model_checkpoint_paths.end(), relative);
  }
  state = generate_checkpoint_state(save_dir, std::move(state));
  if (path == state.model_checkpoint_path) {
    throw RuntimeError(fmt::format("Save path '{}' conflicts with path used for checkpoint state.  Please use a different "
                                   "save path.", given));
  }
  const formats::CheckpointState written{state.model_checkpoint_path, state.all_model_checkpoint_paths,
                                         state.all_model_checkpoint_timestamps, state.last_preserved_timestamp};
  errors::throw_if_error(io::replace_file(path, written.text()));
}

std::optional<std::string> latest_checkpoint(const std::string& checkpoint_dir, const std::string& latest_filename) {
  const std::optional<CheckpointState> state = get_checkpoint_state(checkpoint_dir, latest_filename);
  if (!state) return std::nullopt;
  if (!checkpoint_files(state->model_checkpoint_path).empty()) return state->model_checkpoint_path;
  log_error("Couldn't match files for checkpoint {}", state->model_checkpoint_path);
  return std::nullopt;
}

bool checkpoint_exists(const std::string& checkpoint_prefix) { return !checkpoint_files(checkpoint_prefix).empty(); }

std::vector<double> get_checkpoint_mtimes(const std::vector<std::string>& checkpoint_prefixes) {
  std::vector<double> times;
  for (const std::string& prefix : checkpoint_prefixes) {
    const std::vector<std::string> files = checkpoint_files(prefix);
    struct stat status;
    if (!files.empty() && ::stat(files[0].c_str(), &status) == 0) {
      times.push_back(static_cast<double>(status.st_mtim.tv_sec) + 1e-9 * static_cast<double>(status.st_mtim.tv_nsec));
    }
  }
  return times;
}

void remove_checkpoint(const std::string& checkpoint_prefix, CheckpointFormat version, const std::string& meta_graph_suffix) {
  std::vector<std::string> patterns{meta_graph_filename(checkpoint_prefix, meta_graph_suffix)};
  if (version == CheckpointFormat::V2) {
    patterns.push_back(checkpoint_prefix + ".index");
    patterns.push_back(checkpoint_prefix + ".data-?\?\?\?\?-of-?\?\?\?\?");
  } else {
    patterns.push_back(checkpoint_prefix);
  }
  for (const std::string& pattern : patterns) {
    for (const std::string& file : matching_files(pattern)) errors::throw_if_error(io::delete_file(file));
  }
}

std::string meta_graph_filename(const std::string& checkpoint_filename, const std::string& meta_graph_suffix) {
  // Without "-00001-of-00002", which may have question marks for the first digits.
  const std::string_view name = checkpoint_filename;
  const auto skip_back = [&](size_t end, std::string_view allowed) {
    while (end > 0 && allowed.find(name[end - 1]) != std::string_view::npos) --end;
    return end;
  };
  const std::string_view digits = "0123456789", of = "-of-";
  size_t length = name.size();
  const size_t total = skip_back(length, digits);
  if (total < length && total >= of.size() && name.substr(total - of.size(), of.size()) == of) {
    const size_t shard_end = total - of.size(), shard = skip_back(shard_end, "0123456789?");
    if (shard < shard_end && shard > 0 && name[shard - 1] == '-') length = shard - 1;
  }
  return fmt::format("{}.{}", name.substr(0, length), meta_graph_suffix);
}

}  // namespace reflow::train
