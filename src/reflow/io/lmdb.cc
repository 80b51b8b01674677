#include "reflow/io/lmdb.h"

#include <cstring>
#include <filesystem>

#include "reflow/io/file.h"

namespace reflow::io {
namespace {

constexpr uint64_t kHeaderSize = 16, kNodeHeaderSize = 8, kNoPage = ~uint64_t{0};
constexpr uint16_t kBranchPage = 0x01, kLeafPage = 0x02, kOverflowPage = 0x04, kMetaPage = 0x08;
constexpr uint16_t kBigData = 0x01, kSubData = 0x02, kDuplicates = 0x04;
constexpr uint32_t kMagic = 0xBEEFC0DE, kVersion = 1;
constexpr size_t kMaxDepth = 64;
// Of a meta page: fields behind the page's header.
constexpr uint64_t kMetaVersion = 4, kMetaPageSize = 24, kMetaFlags = 76, kMetaRoot = 112, kMetaTransaction = 128,
                   kMetaSize = 136;

template <typename T>
T number_at(std::string_view bytes, uint64_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

Status damaged() { return data_loss("The LMDB database is damaged"); }

int num_nodes(std::string_view page) { return (number_at<uint16_t>(page, 12) - static_cast<int>(kHeaderSize)) / 2; }

// Node `i` of a page, from its header to the end of the page.
StatusOr<std::string_view> node_of(std::string_view page, int i) {
  const uint64_t at = number_at<uint16_t>(page, kHeaderSize + 2 * static_cast<uint64_t>(i));
  if (at < kHeaderSize || at + kNodeHeaderSize > page.size()) return damaged();
  return page.substr(at);
}

}  // namespace

StatusOr<LmdbReader> LmdbReader::open(const std::string& path) {
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(path, ignored);
  ASSIGN_OR_RETURN(std::string bytes, read_file(is_folder ? path + "/data.mdb" : path));
  LmdbReader reader(std::move(bytes));
  RETURN_IF_ERROR(reader.begin());
  return reader;
}

Status LmdbReader::begin() {
  const std::string_view all = bytes_;
  if (all.size() < kHeaderSize + kMetaSize || number_at<uint32_t>(all, kHeaderSize) != kMagic) {
    return data_loss("The file is no LMDB database");
  }
  page_size_ = number_at<uint32_t>(all, kHeaderSize + kMetaPageSize);
  if (page_size_ < 256 || page_size_ > 65536 || all.size() < 2 * page_size_) return damaged();
  std::string_view meta;
  for (const uint64_t number : {0, 1}) {
    ASSIGN_OR_RETURN(const std::string_view page, this->page(number));
    const std::string_view other = page.substr(kHeaderSize);
    if (!(number_at<uint16_t>(page, 10) & kMetaPage) || number_at<uint32_t>(other, 0) != kMagic) return damaged();
    if (number_at<uint32_t>(other, kMetaVersion) != kVersion) {
      return unimplemented("LMDB databases of version {} can't be read", number_at<uint32_t>(other, kMetaVersion));
    }
    const bool is_newer = meta.empty() || number_at<uint64_t>(other, kMetaTransaction) > number_at<uint64_t>(meta, kMetaTransaction);
    if (is_newer) meta = other;
  }
  if (number_at<uint16_t>(meta, kMetaFlags) & kDuplicates) {
    return unimplemented("LMDB databases with several values for a key can't be read");
  }
  const uint64_t root = number_at<uint64_t>(meta, kMetaRoot);
  return root == kNoPage ? OkStatus() : descend(root);
}

StatusOr<std::string_view> LmdbReader::page(uint64_t number) const {
  if (number >= bytes_.size() / page_size_) return damaged();
  return std::string_view(bytes_).substr(number * page_size_, page_size_);
}

Status LmdbReader::descend(uint64_t number) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string_view page, this->page(number));
    const uint16_t flags = number_at<uint16_t>(page, 10);
    const int nodes = num_nodes(page);
    if (nodes < 0 || kHeaderSize + 2 * static_cast<uint64_t>(nodes) > page.size() || path_.size() >= kMaxDepth) return damaged();
    path_.push_back({number, 0});
    if (nodes == 0 && path_.size() > 1) return damaged();
    if (flags & kLeafPage) return OkStatus();
    if (!(flags & kBranchPage) || nodes == 0) return damaged();
    ASSIGN_OR_RETURN(const std::string_view node, node_of(page, path_.back().node++));
    number = number_at<uint32_t>(node, 0) | static_cast<uint64_t>(number_at<uint16_t>(node, 4)) << 32;
  }
}

StatusOr<bool> LmdbReader::next(std::string_view* key, std::string_view* value) {
  // Up to the next page that has a node left, and down from there.
  while (!path_.empty()) {
    ASSIGN_OR_RETURN(const std::string_view page, this->page(path_.back().page));
    if (path_.back().node >= num_nodes(page)) {
      path_.pop_back();
      continue;
    }
    ASSIGN_OR_RETURN(const std::string_view node, node_of(page, path_.back().node++));
    if (number_at<uint16_t>(page, 10) & kBranchPage) {
      RETURN_IF_ERROR(descend(number_at<uint32_t>(node, 0) | static_cast<uint64_t>(number_at<uint16_t>(node, 4)) << 32));
      continue;
    }
    const uint64_t size = number_at<uint32_t>(node, 0), key_size = number_at<uint16_t>(node, 6);
    const uint16_t flags = number_at<uint16_t>(node, 4);
    if (flags & (kSubData | kDuplicates)) return unimplemented("LMDB databases within others can't be read");
    const std::string_view rest = node.substr(kNodeHeaderSize);
    const bool is_big = flags & kBigData;
    if (key_size + (is_big ? 8 : size) > rest.size()) return damaged();
    *key = rest.substr(0, key_size);
    *value = rest.substr(key_size, size);
    if (!is_big) return true;
    const uint64_t first = number_at<uint64_t>(rest, key_size);
    ASSIGN_OR_RETURN(const std::string_view overflow, this->page(first));
    const uint64_t begin = first * page_size_ + kHeaderSize;
    if (!(number_at<uint16_t>(overflow, 10) & kOverflowPage) || size > bytes_.size() - begin) return damaged();
    *value = std::string_view(bytes_).substr(begin, size);
    return true;
  }
  return false;
}

}  // namespace reflow::io
