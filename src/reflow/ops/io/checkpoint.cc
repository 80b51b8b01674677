// Saving tensors in checkpoints and restoring them: V2, docs/formats/checkpoint.md. What has to do with V1 is in
// slice_checkpoint.cc.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "reflow/formats/bundle_reader.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/checkpoint_inputs.h"
#include "reflow/ops/io/restore_slices.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SaveV2 : public Kernel {
 public:
  explicit SaveV2(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_checkpoint_inputs(c, true));
    ASSIGN_OR_RETURN(const auto writer, formats::BundleWriter::create(c.input(0).item<std::string>(), c.pool()));
    const auto names = c.input(1).flat<std::string>(), slices = c.input(2).flat<std::string>();
    for (size_t i = 0; i < names.size(); ++i) {
      const Tensor& tensor = c.input(kCheckpointInputs + static_cast<int>(i));
      if (slices[i].empty()) {
        RETURN_IF_ERROR(writer->add(names[i], tensor));
        continue;
      }
      ASSIGN_OR_RETURN(const formats::ShapeAndSlice spec, formats::parse_shape_and_slice(slices[i]));
      if (spec.slice_shape != tensor.shape()) {
        return invalid_argument("Slice in shape_and_slice specification does not match the shape of the tensor to  save: "
                                "{}, tensor: {}", slices[i], tensor.shape().str());
      }
      RETURN_IF_ERROR(writer->add_slice(names[i], spec.shape, spec.slice, tensor));
    }
    return writer->finish();
  }
};

class RestoreV2 : public Kernel {
 public:
  explicit RestoreV2(KernelInit& init) : dtypes_(init.attr<std::vector<DType>>("dtypes")) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_checkpoint_inputs(c, false));
    const std::string& prefix = c.input(0).item<std::string>();
    if (!io::file_exists(formats::bundle_index_path(prefix))) return restore_v1(c, prefix);
    ASSIGN_OR_RETURN(const auto reader, formats::BundleReader::open(prefix, c.pool()));
    const auto names = c.input(1).flat<std::string>(), slices = c.input(2).flat<std::string>();
    std::vector<formats::BundleReader::Request> requests(names.size());
    RETURN_IF_ERROR(find(*reader, names, requests));
    for (size_t i = 0; i < names.size(); ++i) {
      if (slices[i].empty()) continue;
      ASSIGN_OR_RETURN(formats::ShapeAndSlice spec, formats::parse_shape_and_slice(slices[i]));
      if (spec.shape != requests[i].entry.shape) {
        return invalid_argument("tensor_name = {}; shape in shape_and_slice spec {} does not match the shape stored in "
                                "checkpoint: {}", names[i], spec.shape.str(), requests[i].entry.shape.str());
      }
      requests[i].slice = std::move(spec.slice);
    }
    RETURN_IF_ERROR(reader->read(requests));
    for (size_t i = 0; i < names.size(); ++i) c.set_output(static_cast<int>(i), std::move(requests[i].value));
    return OkStatus();
  }

 private:
  // Looks the entries up in the order of their names, which is theirs in the index.
  Status find(const formats::BundleReader& reader, std::span<const std::string> names,
              std::vector<formats::BundleReader::Request>& requests) const {
    std::vector<size_t> order(names.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return names[a] < names[b]; });
    std::vector<std::string> sorted;
    for (const size_t i : order) sorted.push_back(names[i]);
    ASSIGN_OR_RETURN(std::vector<formats::BundleEntry> entries, reader.find_all(sorted));
    std::vector<std::string> mismatches;
    for (size_t k = 0; k < order.size(); ++k) {
      const size_t i = order[k];
      if (entries[k].dtype != dtypes_[i]) {
        mismatches.push_back(fmt::format("tensor_name = {}; expected dtype {} does not equal original dtype {}", names[i],
                                         dtype_spec_name(dtypes_[i]), dtype_spec_name(entries[k].dtype)));
      }
      requests[i].name = names[i];
      requests[i].entry = std::move(entries[k]);
    }
    if (mismatches.empty()) return OkStatus();
    return invalid_argument("{}", fmt::join(mismatches, "\n"));
  }

  // What V2 programs restore may be of the time before.
  Status restore_v1(KernelContext& c, const std::string& pattern) const {
    ASSIGN_OR_RETURN(const auto reader, formats::SliceFileReader::open(pattern));
    for (size_t i = 0; i < dtypes_.size(); ++i) {
      ASSIGN_OR_RETURN(Tensor value, restore_from_slices(*reader, c.input(1).flat<std::string>()[i], dtypes_[i],
                                                         c.input(2).flat<std::string>()[i]));
      c.set_output(static_cast<int>(i), std::move(value));
    }
    return OkStatus();
  }

  std::vector<DType> dtypes_;
};

class MergeV2Checkpoints : public Kernel {
 public:
  explicit MergeV2Checkpoints(KernelInit& init) : delete_old_dirs_(init.attr<bool>("delete_old_dirs")) {}
  Status compute(KernelContext& c) override {
    const auto prefixes = c.input(0).flat<std::string>();
    const std::string& merged = c.input(1).item<std::string>();
    RETURN_IF_ERROR(formats::merge_bundles(prefixes, merged));
    if (!delete_old_dirs_) return OkStatus();
    std::set<std::filesystem::path> folders;
    for (const std::string& prefix : prefixes) folders.insert(std::filesystem::path(prefix).parent_path());
    folders.erase(std::filesystem::path(merged).parent_path());
    for (const std::filesystem::path& folder : folders) {
      std::error_code not_empty;  // then it stays
      std::filesystem::remove(folder, not_empty);
    }
    return OkStatus();
  }

 private:
  bool delete_old_dirs_;
};

Status restored_shapes(ShapeContext& c) {
  RETURN_IF_ERROR(checkpoint_names_shape(c));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape::unknown());
  return OkStatus();
}

Status merge_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &shape));
  return c.with_rank(c.input(1), 0, &shape);
}

REFLOW_OP("SaveV2")
    .input("prefix: string")
    .input("tensor_names: string")
    .input("shape_and_slices: string")
    .input("tensors: dtypes")
    .attr("dtypes: list(type) >= 1")
    .stateful()
    .doc("Saves tensors in a checkpoint V2, `prefix`.index and `prefix`.data-*. An empty string of `shape_and_slices` "
         "stands for the whole tensor.")
    .shape(checkpoint_names_shape)
    .kernel<SaveV2>(kCpu)
    .sets_outputs();

REFLOW_OP("RestoreV2")
    .input("prefix: string")
    .input("tensor_names: string")
    .input("shape_and_slices: string")
    .output("tensors: dtypes")
    .attr("dtypes: list(type) >= 1")
    .stateful()
    .doc("Restores tensors from a checkpoint, V2 or V1. An empty string of `shape_and_slices` stands for the whole "
         "tensor.")
    .shape(restored_shapes)
    .kernel<RestoreV2>(kCpu)
    .sets_outputs();

REFLOW_OP("MergeV2Checkpoints")
    .input("checkpoint_prefixes: string")
    .input("destination_prefix: string")
    .attr("delete_old_dirs: bool = true")
    .stateful()
    .doc("Makes one checkpoint of those that were saved by several SaveV2, and deletes their folders where "
         "`delete_old_dirs` says so.")
    .shape(merge_shape)
    .kernel<MergeV2Checkpoints>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
