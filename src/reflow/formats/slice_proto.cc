#include "reflow/formats/slice_proto.h"

namespace reflow::formats {

void slice_to_proto(const TensorSlice& slice, tensorflow::TensorSliceProto* proto) {
  for (const TensorSlice::Extent& e : slice.extents()) {
    auto* extent = proto->add_extent();
    if (e.is_full()) continue;
    extent->set_start(e.start);
    extent->set_length(e.length);
  }
}

StatusOr<TensorSlice> slice_from_proto(const tensorflow::TensorSliceProto& proto) {
  if (proto.extent_size() > Shape::kMaxRank) return data_loss("A slice of {} dimensions", proto.extent_size());
  std::vector<TensorSlice::Extent> extents;
  for (const auto& e : proto.extent()) {
    const bool full = e.has_length_case() == tensorflow::TensorSliceProto::Extent::HAS_LENGTH_NOT_SET;
    if (e.start() < 0 || (full ? e.start() != 0 : e.length() < 0)) {
      return data_loss("Invalid extent of a slice: {}", e.ShortDebugString());
    }
    extents.push_back(full ? TensorSlice::Extent{} : TensorSlice::Extent{e.start(), e.length()});
  }
  return TensorSlice(std::move(extents));
}

}  // namespace reflow::formats
