#include <map>

#include "reflow/formats/bundle_commit.h"
#include "reflow/formats/bundle_index.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/io/file.h"

namespace reflow::formats {
namespace {

class Merger {
 public:
  Status add(const std::string& prefix) {
    ASSIGN_OR_RETURN(const BundleIndex index, BundleIndex::open(prefix));
    const BundleHeader& header = index.header();
    if (first_) {
      merged_ = header;
      first_ = false;
    } else if (merged_.big_endian != header.big_endian) {
      return invalid_argument("Merging bundles with conflicting endianness: inputs corrupted?");
    } else {
      merged_.num_shards += header.num_shards;
    }
    io::TableCursor cursor(index.table());
    RETURN_IF_ERROR(cursor.seek_to_first());
    RETURN_IF_ERROR(cursor.next());
    while (cursor.valid()) {
      ASSIGN_OR_RETURN(BundleEntry entry, BundleEntry::decode(cursor.key(), cursor.value()));
      RETURN_IF_ERROR(add_entry(prefix, header.num_shards, cursor.key(), std::move(entry)));
      RETURN_IF_ERROR(cursor.next());
    }
    return OkStatus();
  }

  Status write(const std::string& prefix) {
    const int num_shards = static_cast<int>(shards_.size());
    std::vector<Rename> renames;
    for (const auto& [path, shard] : shards_) renames.emplace_back(path, bundle_data_path(prefix, shard, num_shards));
    ASSIGN_OR_RETURN(const std::unique_ptr<io::StagedFile> file, io::StagedFile::create(bundle_index_path(prefix)));
    BundleIndexWriter writer(file.get());
    RETURN_IF_ERROR(writer.add_header(merged_));
    for (const auto& [key, entry] : entries_) RETURN_IF_ERROR(writer.add(key, entry));
    RETURN_IF_ERROR(writer.finish());
    RETURN_IF_ERROR(file->close());
    return commit_staged(prefix, {file.get()}, std::move(renames));
  }

 private:
  Status add_entry(const std::string& prefix, int num_shards, const std::string& key, BundleEntry entry) {
    const auto existing = entries_.find(key);
    if (existing == entries_.end()) {
      const std::string path = bundle_data_path(prefix, entry.shard, num_shards);
      entry.shard = shards_.try_emplace(path, static_cast<int>(shards_.size())).first->second;
      entries_.emplace(key, std::move(entry));
      return OkStatus();
    }
    BundleEntry& merged = existing->second;
    if (merged.slices.empty()) {
      return invalid_argument("Duplicate tensor keyed by {} encountered, when merging prefix: {}", readable_key(key), prefix);
    }
    if (entry.slices.empty()) {
      return internal_error("Duplicate tensor keyed by {}; attempting to merge in a non-slice bundle entry", key);
    }
    if (merged.dtype != entry.dtype || merged.shape != entry.shape) {
      return invalid_argument("Slices of {} are of {} {} and {} {}", key, dtype_name(merged.dtype), merged.shape.str(),
                              dtype_name(entry.dtype), entry.shape.str());
    }
    merged.slices.insert(merged.slices.end(), entry.slices.begin(), entry.slices.end());
    return OkStatus();
  }

  bool first_ = true;
  BundleHeader merged_;
  std::map<std::string, BundleEntry> entries_;
  std::map<std::string, int> shards_;  // by the file's path
};

}  // namespace

Status merge_bundles(std::span<const std::string> prefixes, std::string_view merged_prefix) {
  ASSIGN_OR_RETURN(const std::string merged, io::local_path(merged_prefix));
  RETURN_IF_ERROR(create_folder_of(merged));
  Merger merger;
  for (const std::string& prefix : prefixes) RETURN_IF_ERROR(merger.add(prefix));
  RETURN_IF_ERROR(merger.write(merged));
  for (const std::string& prefix : prefixes) {
    if (prefix != merged) (void)io::delete_file(bundle_index_path(prefix));
  }
  return OkStatus();
}

}  // namespace reflow::formats
