#include "reflow/formats/bundle_entry.h"

#include <tensorflow/core/protobuf/tensor_bundle.pb.h>

#include "reflow/formats/slice_proto.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow::formats {
namespace {

constexpr int kVersion = 1;  // of bundles: what is written, and the newest that is read

bool parse(google::protobuf::MessageLite& message, std::string_view bytes) {
  return bytes.size() <= INT32_MAX && message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

std::string BundleHeader::encoded() const {
  tensorflow::BundleHeaderProto proto;
  proto.set_num_shards(num_shards);
  proto.set_endianness(big_endian ? tensorflow::BundleHeaderProto::BIG : tensorflow::BundleHeaderProto::LITTLE);
  proto.mutable_version()->set_producer(producer);
  proto.mutable_version()->set_min_consumer(min_consumer);
  return proto.SerializeAsString();
}

StatusOr<BundleHeader> BundleHeader::decode(std::string_view bytes) {
  tensorflow::BundleHeaderProto proto;
  if (!parse(proto, bytes)) return data_loss("Entry for key  not parseable.");
  const auto& version = proto.version();
  if (version.min_consumer() > kVersion) {
    return invalid_argument("Checkpoint min consumer version {} above current version {} for TensorFlow 1.15.5.  Please "
                            "upgrade TensorFlow.", version.min_consumer(), kVersion);
  }
  for (const int bad : version.bad_consumers()) {
    if (bad == kVersion) {
      return invalid_argument("Checkpoint disallows consumer version {}.  Please upgrade TensorFlow: this version is likely "
                              "buggy.", bad);
    }
  }
  if (proto.num_shards() < 0) return data_loss("Header of a checkpoint with {} shards", proto.num_shards());
  return BundleHeader{proto.num_shards(), proto.endianness() == tensorflow::BundleHeaderProto::BIG, version.producer(),
                      version.min_consumer()};
}

std::string BundleEntry::encoded() const {
  tensorflow::BundleEntryProto proto;
  proto.set_dtype(static_cast<tensorflow::DataType>(dtype));
  shape_to_proto(shape, proto.mutable_shape());
  proto.set_shard_id(shard);
  proto.set_offset(offset);
  proto.set_size(size_bytes);
  proto.set_crc32c(masked_crc);
  for (const TensorSlice& slice : slices) slice_to_proto(slice, proto.add_slices());
  return proto.SerializeAsString();
}

StatusOr<BundleEntry> BundleEntry::decode(std::string_view key, std::string_view bytes) {
  tensorflow::BundleEntryProto proto;
  if (!parse(proto, bytes)) return data_loss("Entry for key {} not parseable.", readable_key(key));
  BundleEntry entry;
  const StatusOr<Shape> shape = shape_from_proto(proto.shape());
  if (!shape.ok() || !shape->fully_defined()) {
    return data_loss("Invalid tensor shape: {} {}", readable_key(key), proto.shape().ShortDebugString());
  }
  entry.shape = *shape;
  const int number = proto.dtype();
  if (number <= 0 || number > static_cast<int>(DType::kUint64)) {
    return data_loss("Invalid type of tensor {}: {}", readable_key(key), number);
  }
  entry.dtype = static_cast<DType>(number);
  entry.shard = proto.shard_id();
  entry.offset = proto.offset();
  entry.size_bytes = proto.size();
  entry.masked_crc = proto.crc32c();
  if (entry.shard < 0 || entry.offset < 0 || entry.size_bytes < 0) {
    return data_loss("Invalid place of tensor {}: {} bytes at offset {} of shard {}", readable_key(key), entry.size_bytes,
                     entry.offset, entry.shard);
  }
  for (const auto& slice : proto.slices()) {
    ASSIGN_OR_RETURN(TensorSlice added, slice_from_proto(slice));
    if (!added.shape_within(entry.shape).ok()) {
      return data_loss("Invalid slice of tensor {}: {} of {}", readable_key(key), added.str(), entry.shape.str());
    }
    entry.slices.push_back(std::move(added));
  }
  return entry;
}

std::string bundle_index_path(std::string_view prefix) { return fmt::format("{}.index", prefix); }

std::string bundle_data_path(std::string_view prefix, int shard, int num_shards) {
  return fmt::format("{}.data-{:05d}-of-{:05d}", prefix, shard, num_shards);
}

std::string readable_key(std::string_view key) {
  std::string name;
  TensorSlice slice;
  if (key.empty() || key[0] != '\0' || !parse_slice_key(key, &name, &slice)) return std::string(key);
  return fmt::format("{} (slice {})", name, slice.str());
}

}  // namespace reflow::formats
