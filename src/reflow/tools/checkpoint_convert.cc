#include "reflow/tools/checkpoint_convert.h"

#include <algorithm>

#include "reflow/base/clock.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/formats/slice_file_writer.h"
#include "reflow/tools/checkpoint_show.h"

namespace reflow::tools {
namespace {

using Renames = std::vector<std::pair<std::string, std::string>>;

StatusOr<Renames> parse_renames(const std::vector<std::string>& texts) {
  Renames renames;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return invalid_argument("--rename needs OLD=NEW, not {}", text);
    }
    renames.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return renames;
}

std::string renamed(const std::string& name, const Renames& renames) {
  for (const auto& [old_name, new_name] : renames) {
    if (name == old_name) return new_name;
    if (old_name.back() == '/' && name.starts_with(old_name)) return new_name + name.substr(old_name.size());
  }
  return name;
}

bool is_wanted(const std::string& name, const ConvertCheckpointOptions& options) {
  const auto begins = [&](const std::string& prefix) { return name.starts_with(prefix); };
  const auto contains = [&](const std::string& text) { return name.find(text) != std::string::npos; };
  return (options.only.empty() || std::ranges::any_of(options.only, begins)) && std::ranges::none_of(options.without, contains);
}

}  // namespace

StatusOr<std::string> convert_checkpoint(const std::string& from, const std::string& to, const ConvertCheckpointOptions& options,
                                         std::ostream& progress) {
  ASSIGN_OR_RETURN(const Renames renames, parse_renames(options.renames));
  ASSIGN_OR_RETURN(const auto reader, open_checkpoint(from));
  std::unique_ptr<formats::BundleWriter> bundle;
  std::unique_ptr<formats::SliceFileWriter> slices;
  if (options.version == 2) {
    ASSIGN_OR_RETURN(bundle, formats::BundleWriter::create(to));
  } else {
    ASSIGN_OR_RETURN(slices, formats::SliceFileWriter::create(to));
  }
  int written = 0;
  int64_t said_at_ns = monotonic_ns();
  for (const auto& info : reader->tensors()) {
    if (!is_wanted(info.name, options)) continue;
    ASSIGN_OR_RETURN(const Tensor value, reader->read(info.name));
    const std::string name = renamed(info.name, renames);
    RETURN_IF_ERROR(bundle ? bundle->add(name, value)
                           : slices->add(name, value.shape(), formats::TensorSlice::whole(value.rank()), value));
    ++written;
    if (monotonic_ns() - said_at_ns < 1000000000) continue;
    said_at_ns = monotonic_ns();
    progress << fmt::format("{} of {} tensors\n", written, reader->tensors().size()) << std::flush;
  }
  RETURN_IF_ERROR(bundle ? bundle->finish() : slices->finish());
  return fmt::format("{}: {} of {} tensors, checkpoint V{}\n", to, written, reader->tensors().size(), options.version);
}

}  // namespace reflow::tools
