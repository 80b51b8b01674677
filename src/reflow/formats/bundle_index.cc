#include "reflow/formats/bundle_index.h"

#include "reflow/formats/bundle_commit.h"

namespace reflow::formats {
namespace {

Status corrupt(const Status& status, const std::string& path, std::string_view detail) {
  return data_loss("Unable to read file ({}). Perhaps the file is corrupt or was produced by a newer version of TensorFlow "
                   "with format changes ({}): {}", path, detail, message_of(status));
}

}  // namespace

StatusOr<BundleIndex> BundleIndex::open(std::string_view prefix) {
  finish_commit(prefix);
  BundleIndex index;
  const std::string path = bundle_index_path(prefix);
  ASSIGN_OR_RETURN(index.table_, io::Table::open(path));
  io::TableCursor cursor(index.table_);
  const Status found = cursor.seek("");
  if (!found.ok() || !cursor.valid() || !cursor.key().empty()) return corrupt(found, path, "failed to seek to header entry");
  StatusOr<BundleHeader> header = BundleHeader::decode(cursor.value());
  if (header.status().code() == StatusCode::kDataLoss) return corrupt(header.status(), path, "unable to parse header");
  ASSIGN_OR_RETURN(index.header_, std::move(header));
  return index;
}

}  // namespace reflow::formats
