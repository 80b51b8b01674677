#include "reflow/formats/bundle_writer.h"

#include "reflow/formats/bundle_commit.h"
#include "reflow/formats/bundle_index.h"
#include "reflow/io/crc32c.h"
#include "reflow/io/file.h"

namespace reflow::formats {

StatusOr<std::unique_ptr<BundleWriter>> BundleWriter::create(std::string_view prefix, ThreadPool& pool) {
  ASSIGN_OR_RETURN(std::string local, io::local_path(prefix));
  RETURN_IF_ERROR(create_folder_of(local));
  ASSIGN_OR_RETURN(std::unique_ptr<io::StagedFile> data, io::StagedFile::create(bundle_data_path(local, 0, 1)));
  return std::unique_ptr<BundleWriter>(new BundleWriter(std::move(local), std::move(data), &pool));
}

Status BundleWriter::add(std::string_view name, const Tensor& tensor) {
  if (name.empty()) return invalid_argument("A tensor in a checkpoint needs a name");
  const auto [it, inserted] = entries_.try_emplace(std::string(name));
  if (!inserted) return invalid_argument("Adding duplicate key: {}", readable_key(name));
  RETURN_IF_ERROR(data_.add(tensor));
  it->second.entry.dtype = tensor.dtype();
  it->second.entry.shape = tensor.shape();
  it->second.place = data_.places().size() - 1;
  return OkStatus();
}

Status BundleWriter::add_slice(std::string_view name, const Shape& shape, const TensorSlice& slice, const Tensor& tensor) {
  ASSIGN_OR_RETURN(const Shape slice_shape, slice.shape_within(shape));
  if (slice_shape != tensor.shape()) {
    return invalid_argument("Slice {} of {} does not match the shape of the tensor to save: {}", slice.str(), shape.str(),
                            tensor.shape().str());
  }
  if (slice.is_whole(shape)) return add(name, tensor);
  const auto [it, inserted] = entries_.try_emplace(std::string(name));
  BundleEntry& entry = it->second.entry;
  if (inserted) {
    entry.dtype = tensor.dtype();
    entry.shape = shape;
  } else if (entry.slices.empty()) {
    return invalid_argument("Adding duplicate key: {}", name);
  } else if (entry.dtype != tensor.dtype() || entry.shape != shape) {
    return invalid_argument("Slices of {} are of {} {} and {} {}", name, dtype_name(entry.dtype), entry.shape.str(),
                            dtype_name(tensor.dtype()), shape.str());
  }
  entry.slices.push_back(slice);
  return add(slice_key(name, slice), tensor);
}

Status BundleWriter::finish() {
  RETURN_IF_ERROR(data_.flush());
  RETURN_IF_ERROR(file_->close());
  ASSIGN_OR_RETURN(const std::unique_ptr<io::StagedFile> index, io::StagedFile::create(bundle_index_path(prefix_)));
  BundleIndexWriter writer(index.get());
  RETURN_IF_ERROR(writer.add_header({}));
  for (auto& [key, added] : entries_) {
    if (added.place != kNoPlace) {
      const BundleDataWriter::Place& place = data_.places()[added.place];
      added.entry.offset = place.offset;
      added.entry.size_bytes = place.size_bytes;
      added.entry.masked_crc = io::mask_crc(place.crc);
    }
    RETURN_IF_ERROR(writer.add(key, added.entry));
  }
  RETURN_IF_ERROR(writer.finish());
  RETURN_IF_ERROR(index->close());
  return commit_staged(prefix_, {file_.get(), index.get()});
}

}  // namespace reflow::formats
