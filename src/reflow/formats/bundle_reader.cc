#include "reflow/formats/bundle_reader.h"

#include <algorithm>
#include <cstring>

#include "reflow/formats/bundle_strings.h"
#include "reflow/formats/bundle_variants.h"
#include "reflow/formats/byte_order.h"
#include "reflow/formats/parallel_read.h"
#include "reflow/io/crc32c.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::formats {

StatusOr<std::unique_ptr<BundleReader>> BundleReader::open(std::string_view prefix, ThreadPool& pool) {
  ASSIGN_OR_RETURN(std::string local, io::local_path(prefix));
  ASSIGN_OR_RETURN(BundleIndex index, BundleIndex::open(local));
  return std::unique_ptr<BundleReader>(new BundleReader(std::move(local), std::move(index), &pool));
}

StatusOr<BundleEntry> BundleReader::find(io::TableCursor& cursor, std::string_view name) const {
  RETURN_IF_ERROR(cursor.seek(name));
  if (!cursor.valid() || cursor.key() != name || name.empty()) {
    return not_found("Key {} not found in checkpoint", readable_key(name));
  }
  return BundleEntry::decode(name, cursor.value());
}

StatusOr<BundleEntry> BundleReader::find(std::string_view name) const {
  io::TableCursor cursor(index_.table());
  return find(cursor, name);
}

StatusOr<std::vector<BundleEntry>> BundleReader::find_all(std::span<const std::string> names) const {
  io::TableCursor cursor(index_.table());
  std::vector<BundleEntry> entries;
  entries.reserve(names.size());
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(BundleEntry entry, find(cursor, name));
    entries.push_back(std::move(entry));
  }
  return entries;
}

StatusOr<const io::ReadableFile*> BundleReader::shard(int i) const {
  const std::lock_guard lock(mutex_);
  const int num_shards = header().num_shards;
  if (i >= num_shards) return data_loss("Invalid shard {} of a checkpoint of {}: {}", i, num_shards, prefix_);
  // Not for as many as a damaged header says.
  if (shards_.size() <= static_cast<size_t>(i)) shards_.resize(static_cast<size_t>(i) + 1);
  std::unique_ptr<io::ReadableFile>& file = shards_[static_cast<size_t>(i)];
  if (!file) {
    ASSIGN_OR_RETURN(file, io::ReadableFile::open(bundle_data_path(prefix_, i, num_shards)));
  }
  return file.get();
}

// Sizes are checked before anything is allocated or read.
Status BundleReader::check(Stored* s, KnownSize* known) const {
  const BundleEntry& entry = s->entry;
  ASSIGN_OR_RETURN(const int64_t n, checked_num_elements(entry.shape));
  if (entry.dtype == DType::kString || entry.dtype == DType::kVariant) {
    if (entry.size_bytes < n) {
      return data_loss("Invalid size in bundle entry: key {}; stored size {}; expected size is at least {}",
                       readable_key(s->name), entry.size_bytes, n);
    }
  } else if (!is_plain(entry.dtype)) {
    return unimplemented("Values of type {} can't be restored: {}", dtype_name(entry.dtype), readable_key(s->name));
  } else if (n > INT64_MAX / 16 || entry.size_bytes != n * dtype_size(entry.dtype)) {
    return data_loss("Invalid size in bundle entry: key {}; stored size {}; expected size {}", readable_key(s->name),
                     entry.size_bytes, n > INT64_MAX / 16 ? INT64_MAX : n * dtype_size(entry.dtype));
  }
  ASSIGN_OR_RETURN(s->file, shard(entry.shard));
  if (known->file != s->file) {
    ASSIGN_OR_RETURN(known->bytes, s->file->size());
    known->file = s->file;
  }
  const auto offset = static_cast<uint64_t>(entry.offset);
  if (offset > known->bytes || static_cast<uint64_t>(entry.size_bytes) > known->bytes - offset) {
    return out_of_range("Read less bytes than requested: {} has {} bytes, and {} are wanted at offset {} for {}",
                        s->file->path(), known->bytes, entry.size_bytes, entry.offset, readable_key(s->name));
  }
  return OkStatus();
}

Status BundleReader::check_crc(const Stored& s, uint32_t crc) const {
  const uint32_t stored = io::unmask_crc(s.entry.masked_crc);
  if (stored == crc) return OkStatus();
  return data_loss("Checksum does not match: stored {} vs. calculated on the restored bytes {} (tensor {}, {} bytes at offset "
                   "{} of {})", stored, crc, readable_key(s.name), s.entry.size_bytes, s.entry.offset,
                   bundle_data_path(prefix_, s.entry.shard, header().num_shards));
}

Status BundleReader::read_plain(std::span<Stored* const> stored) const {
  std::vector<FilePiece> pieces;
  pieces.reserve(stored.size());
  for (const Stored* s : stored) {
    pieces.push_back({s->file, static_cast<uint64_t>(s->entry.offset), static_cast<uint64_t>(s->entry.size_bytes),
                      static_cast<char*>(s->value->raw_data())});
  }
  RETURN_IF_ERROR(read_pieces(pieces, *pool_));
  for (size_t i = 0; i < stored.size(); ++i) {
    RETURN_IF_ERROR(check_crc(*stored[i], pieces[i].crc));
    if (header().big_endian) swap_bytes(*stored[i]->value);
  }
  return OkStatus();
}

Status BundleReader::read_objects(const Stored& s) const {
  const io::ReadableFile* const file = s.file;
  std::string bytes(static_cast<size_t>(s.entry.size_bytes), '\0');
  ASSIGN_OR_RETURN(const size_t got, file->read(static_cast<uint64_t>(s.entry.offset), bytes.size(), bytes.data()));
  if (got != bytes.size()) return out_of_range("Read less bytes than requested: {}", file->path());
  uint32_t crc;
  const Status decoded = s.entry.dtype == DType::kVariant
                             ? decode_variants(bytes, s.value->flat<Variant>(), header().big_endian, &crc)
                             : decode_strings(bytes, s.value->flat<std::string>(), header().big_endian, &crc);
  if (!decoded.ok()) {
    return append_message(decoded, fmt::format(" (tensor {} at offset {} of {})", readable_key(s.name), s.entry.offset, file->path()));
  }
  return check_crc(s, crc);
}

Status BundleReader::read_stored(std::span<Stored> stored) const {
  std::vector<Stored*> plain;
  KnownSize known;
  for (Stored& s : stored) {
    RETURN_IF_ERROR(check(&s, &known));
    ASSIGN_OR_RETURN(*s.value, allocate_tensor(s.entry.dtype, s.entry.shape));
    if (!is_plain(s.entry.dtype)) {
      RETURN_IF_ERROR(read_objects(s));
    } else {
      plain.push_back(&s);
    }
  }
  return read_plain(plain);
}

StatusOr<BundleEntry> BundleReader::find_slice(const Request& request, const TensorSlice& slice) const {
  ASSIGN_OR_RETURN(BundleEntry entry, find(slice_key(request.name, slice)));
  ASSIGN_OR_RETURN(const Shape shape, slice.shape_within(request.entry.shape));
  if (entry.dtype == request.entry.dtype && entry.shape == shape && entry.slices.empty()) return entry;
  return data_loss("Slice {} of {} is a {} {}, and the tensor a {} {}", slice.str(), request.name, dtype_name(entry.dtype),
                   entry.shape.str(), dtype_name(request.entry.dtype), request.entry.shape.str());
}

// The stored values that have elements of `wanted`, checked, with the slice that each is.
StatusOr<std::vector<std::pair<TensorSlice, BundleReader::Stored>>> BundleReader::parts_of(const Request& request,
                                                                                           const TensorSlice& wanted) const {
  const BundleEntry& entry = request.entry;
  std::vector<std::pair<TensorSlice, Stored>> parts;
  if (entry.slices.empty()) parts.push_back({TensorSlice::whole(entry.shape.rank()), {request.name, entry, nullptr}});
  for (const TensorSlice& slice : entry.slices) {
    if (count_common(entry.shape, slice, wanted) == 0) continue;
    ASSIGN_OR_RETURN(BundleEntry stored, find_slice(request, slice));
    parts.push_back({slice, {slice_key(request.name, slice), std::move(stored), nullptr}});
  }
  KnownSize known;
  for (auto& [slice, stored] : parts) RETURN_IF_ERROR(check(&stored, &known));
  return parts;
}

// Puts a value together from all stored ones that it has elements of.
Status BundleReader::read_parts(Request& request) const {
  const BundleEntry& entry = request.entry;
  if (entry.dtype == DType::kVariant) return unimplemented("Parts of variants can't be restored: {}", request.name);
  const TensorSlice wanted = request.slice.value_or(TensorSlice::whole(entry.shape.rank()));
  ASSIGN_OR_RETURN(const Shape shape, wanted.shape_within(entry.shape));
  ASSIGN_OR_RETURN(int64_t missing, checked_num_elements(shape));
  ASSIGN_OR_RETURN(auto parts, parts_of(request, wanted));
  int64_t stored_bytes = 0;
  for (const auto& [slice, stored] : parts) {
    missing -= count_common(entry.shape, slice, wanted);
    stored_bytes += stored.entry.size_bytes;
  }
  // Elements that several slices have don't make up for others; nothing is allocated for more than what is stored.
  if (missing > 0 || shape.num_elements() > stored_bytes) {
    return invalid_argument("Does not have sufficient slices for partitioned tensor {} to restore in slice_spec: {}",
                            request.name, wanted.str());
  }
  ASSIGN_OR_RETURN(request.value, allocate_tensor(entry.dtype, shape));
  const bool is_string = entry.dtype == DType::kString;
  const auto value_bytes = static_cast<size_t>(is_string ? 0 : request.value.size_bytes());
  if (value_bytes > 0) std::memset(request.value.raw_data(), 0, value_bytes);
  for (auto& [slice, stored] : parts) {
    Tensor part;
    stored.value = &part;
    RETURN_IF_ERROR(read_stored({&stored, 1}));
    copy_common(entry.shape, slice, part.raw_data(), wanted, request.value.raw_data(),
                is_string ? 0 : dtype_size(entry.dtype));
  }
  return OkStatus();
}

Status BundleReader::read(std::span<Request> requests) const {
  std::vector<Stored> stored;
  stored.reserve(requests.size());
  for (Request& r : requests) {
    const bool all = !r.slice || r.slice->is_whole(r.entry.shape);
    if (r.entry.slices.empty() && all) {
      stored.push_back({r.name, r.entry, &r.value});
      continue;
    }
    const auto same = r.slice ? std::find(r.entry.slices.begin(), r.entry.slices.end(), *r.slice) : r.entry.slices.end();
    if (same == r.entry.slices.end()) {
      RETURN_IF_ERROR(read_parts(r));
    } else {
      ASSIGN_OR_RETURN(BundleEntry entry, find_slice(r, *same));
      stored.push_back({slice_key(r.name, *same), std::move(entry), &r.value});
    }
  }
  return read_stored(stored);
}

StatusOr<Tensor> BundleReader::read(std::string_view name) const {
  Request request;
  request.name = name;
  ASSIGN_OR_RETURN(request.entry, find(name));
  RETURN_IF_ERROR(read({&request, 1}));
  return request.value;
}

}  // namespace reflow::formats
