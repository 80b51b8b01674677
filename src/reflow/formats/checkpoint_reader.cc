#include "reflow/formats/checkpoint_reader.h"

#include <algorithm>

#include "reflow/io/file.h"

namespace reflow::formats {
namespace {

std::string line(const std::string& name, DType dtype, const Shape& shape) {
  return fmt::format("{} ({}) {}", name, dtype_enum_name(dtype), shape.str());
}

}  // namespace

StatusOr<std::unique_ptr<CheckpointReader>> CheckpointReader::open(std::string_view prefix) {
  auto reader = std::make_unique<CheckpointReader>();
  if (io::file_exists(bundle_index_path(prefix))) {
    ASSIGN_OR_RETURN(reader->bundle_, BundleReader::open(prefix));
    // Names may be cut short against one another in the index, and its file be damaged: what they take is limited by
    // the file's size.
    const uint64_t most_bytes = 2 * reader->bundle_->index_size_bytes() + (1 << 20);
    uint64_t bytes = 0;
    RETURN_IF_ERROR(reader->bundle_->for_each([&](const std::string& name, const BundleEntry& entry) {
      bytes += name.size() / 16;
      if (bytes > most_bytes) return data_loss("Names of tensors are longer than the index of the checkpoint: {}", prefix);
      reader->tensors_.push_back({name, entry.dtype, entry.shape});
      return OkStatus();
    }));
  } else {
    ASSIGN_OR_RETURN(reader->slice_files_, SliceFileReader::open(prefix));
    for (const auto& [name, tensor] : reader->slice_files_->tensors()) {
      reader->tensors_.push_back({name, tensor.dtype, tensor.shape});
    }
  }
  return reader;
}

const CheckpointReader::TensorInfo* CheckpointReader::find(std::string_view name) const {
  const auto found = std::lower_bound(tensors_.begin(), tensors_.end(), name,
                                      [](const TensorInfo& t, std::string_view n) { return t.name < n; });
  return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

StatusOr<Tensor> CheckpointReader::read(std::string_view name) const {
  if (bundle_) return bundle_->read(name);
  if (!find(name)) return not_found("Key {} not found in checkpoint", name);
  return slice_files_->read(name);
}

std::string CheckpointReader::debug_string() const {
  std::string text;
  if (slice_files_) {
    for (const auto& [name, tensor] : slice_files_->tensors()) {
      const size_t n = tensor.slices.size();
      text += fmt::format("{}{}\n", line(name, tensor.dtype, tensor.shape), n == 1 ? "" : fmt::format(", {} slices", n));
    }
    return text;
  }
  // As TensorFlow has it: instead of tensors that lie in slices, the slices by their keys.
  io::TableCursor cursor(bundle_->table());
  Status status = cursor.seek_to_first();
  for (; status.ok() && cursor.valid(); status = cursor.next()) {
    const StatusOr<BundleEntry> entry =
        cursor.key().empty() ? StatusOr<BundleEntry>(not_found("the header")) : BundleEntry::decode(cursor.key(), cursor.value());
    if (entry.ok() && entry->slices.empty()) text += line(cursor.key(), entry->dtype, entry->shape) + '\n';
  }
  return text;
}

}  // namespace reflow::formats
