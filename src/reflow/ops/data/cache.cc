// CacheDataset: elements that are kept when they have been made once, in memory or in files.

#include <unistd.h>

#include "reflow/base/logging.h"
#include "reflow/data/dataset_op.h"
#include "reflow/formats/bundle_reader.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/io/file.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

void warn_of_partial_cache() {
  static std::once_flag once;
  std::call_once(once, [] {
    log_warning("The calling iterator did not fully read the dataset being cached. In order to avoid unexpected truncation of "
                "the dataset, the partially cached contents of the dataset will be discarded. This can happen if you have an "
                "input pipeline similar to `dataset.cache().take(k).repeat()`. You should use "
                "`dataset.take(k).cache().repeat()` instead.");
  });
}

// What a first pass has made, for the ones after it.
struct MemoryCache : public Resource {
  static constexpr std::string_view kTypeName = "N10tensorflow4data11MemoryCacheE";
  std::string debug_string() const override { return "MemoryCache"; }
  std::mutex mutex;
  std::shared_ptr<const std::vector<Element>> elements;  // null: no pass has come to the end
};

class MemoryCacheDataset : public Transformation<MemoryCacheDataset> {
 public:
  // cache: what all iterations share; null: each has its own.
  MemoryCacheDataset(ElementSpec spec, DatasetRef input, std::shared_ptr<MemoryCache> cache)
      : Transformation("MemoryCache", std::move(spec), std::move(input)), cache_(std::move(cache)) {}
  int64_t cardinality() const override { return input()->cardinality(); }
  Status check_saveable() const override {
    return cache_ == nullptr ? OkStatus()
                             : failed_precondition("CacheDatasetOp::MemoryDataset depends on memory cache resource.");
  }

 private:
  class Pass : public TransformingIterator<MemoryCacheDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    ~Pass() override {
      if (has_input() && !made_.empty()) warn_of_partial_cache();
    }
    Status initialize(IteratorContext& c) override {
      cache_ = dataset().cache_;
      if (cache_ == nullptr) {
        cache_ = c.iteration().kept<MemoryCache>(prefix(), [] { return std::make_shared<MemoryCache>(); });
      }
      const std::lock_guard lock(cache_->mutex);
      kept_ = cache_->elements;
      return kept_ != nullptr ? OkStatus() : restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      if (kept_ != nullptr) {
        *end = next_ == kept_->size();
        if (!*end) *element = (*kept_)[next_++];
        return OkStatus();
      }
      *end = true;
      if (!has_input()) return OkStatus();
      RETURN_IF_ERROR(input().next(c, element, end));
      if (!*end) {
        for (Tensor& component : *element) component = component.retained();
        made_.push_back(*element);
        return OkStatus();
      }
      drop_input();
      const std::lock_guard lock(cache_->mutex);
      if (cache_->elements == nullptr) cache_->elements = std::make_shared<const std::vector<Element>>(std::move(made_));
      return OkStatus();
    }

   private:
    std::shared_ptr<MemoryCache> cache_;
    std::shared_ptr<const std::vector<Element>> kept_;
    std::vector<Element> made_;
    size_t next_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  std::shared_ptr<MemoryCache> cache_;
};

// Keys of a checkpoint: the numbers of element and component, padded so that they are in order.
std::string key_of(size_t element, size_t component) { return fmt::format("{:8}_{:8}", element, component); }

class FileCacheDataset : public Transformation<FileCacheDataset> {
 public:
  FileCacheDataset(ElementSpec spec, DatasetRef input, std::string filename)
      : Transformation("FileCache", std::move(spec), std::move(input)), filename_(std::move(filename)) {}
  int64_t cardinality() const override { return input()->cardinality(); }

 private:
  // Reads the files where they are; else writes them, under a lock file, as it passes over the input.
  class Pass : public TransformingIterator<FileCacheDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    ~Pass() override {
      if (writer_ == nullptr) return;
      warn_of_partial_cache();
      (void)io::delete_file(lock_file());
    }
    Status initialize(IteratorContext& c) override {
      if (!io::file_exists(dataset().filename_ + ".index")) return restart(c);
      ASSIGN_OR_RETURN(reader_, formats::BundleReader::open(dataset().filename_));
      return OkStatus();
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      if (reader_ != nullptr) return read(element, end);
      *end = true;
      if (!has_input()) return OkStatus();
      if (writer_ == nullptr) RETURN_IF_ERROR(begin_writing());
      RETURN_IF_ERROR(input().next(c, element, end));
      if (!*end) {
        for (size_t i = 0; i < element->size(); ++i) RETURN_IF_ERROR(writer_->add(key_of(number_, i), (*element)[i]));
        ++number_;
        return OkStatus();
      }
      drop_input();
      const std::unique_ptr<formats::BundleWriter> writer = std::move(writer_);
      const Status status = writer->finish();
      RETURN_IF_ERROR(io::delete_file(lock_file()));
      return status;
    }

   private:
    std::string lock_file() const { return dataset().filename_ + "_0.lockfile"; }
    Status begin_writing() {
      if (io::file_exists(lock_file())) {
        ASSIGN_OR_RETURN(const std::string content, io::read_file(lock_file()));
        return already_exists("There appears to be a concurrent caching iterator running - cache lockfile already exists "
                              "('{}'). If you are sure no other running TF computations are using this cache prefix, delete "
                              "the lockfile and re-initialize the iterator. Lockfile contents: {}", lock_file(), content);
      }
      RETURN_IF_ERROR(io::write_file(lock_file(), fmt::format("Created by process {}", getpid())));
      auto writer = formats::BundleWriter::create(dataset().filename_);
      if (writer.ok()) writer_ = *std::move(writer);
      else (void)io::delete_file(lock_file());
      return writer.status();
    }
    Status read(Element* element, bool* end) {
      const size_t n = dataset().spec().types.size();
      for (size_t i = 0; i < n; ++i) {
        const std::string key = key_of(number_, i);
        if (i == 0) {
          const auto entry = reader_->find(key);
          *end = !entry.ok();
          if (*end) return entry.status().code() == StatusCode::kNotFound ? OkStatus() : entry.status();
        }
        ASSIGN_OR_RETURN(Tensor component, reader_->read(key));
        element->push_back(std::move(component));
      }
      RETURN_IF_ERROR(check_types(*element, dataset().spec()));
      ++number_;
      return OkStatus();
    }
    std::unique_ptr<formats::BundleReader> reader_;
    std::unique_ptr<formats::BundleWriter> writer_;
    size_t number_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  std::string filename_;
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(std::string filename, scalar_input<std::string>(c, 1, "filename"));
    if (filename.empty()) {
      std::shared_ptr<MemoryCache> cache;
      if (c.num_inputs() > 2) {
        ASSIGN_OR_RETURN(cache, resource_at<MemoryCache>(c, 2));
      }
      return std::make_shared<MemoryCacheDataset>(spec(), std::move(input), std::move(cache));
    }
    return std::make_shared<FileCacheDataset>(spec(), std::move(input), std::move(filename));
  }
};

class AnonymousMemoryCache : public ::reflow::op::Kernel {
 public:
  explicit AnonymousMemoryCache(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ResourceName name;
    name.container = c.resources().default_container();
    name.name = "AnonymousMemoryCache";
    c.set_output(0, Tensor::scalar(make_resource_handle(*c.env().device, name, std::make_shared<MemoryCache>())));
    c.set_output(1, Tensor::scalar(Variant()));  // nothing to delete: the handle does it all
    return OkStatus();
  }
};

class DeleteMemoryCache : public ::reflow::op::Kernel {
 public:
  explicit DeleteMemoryCache(KernelInit&) {}
  Status compute(KernelContext& c) override { return resource_at<MemoryCache>(c, 0).status(); }
};

REFLOW_OP("AnonymousMemoryCache")
    .output("handle: resource")
    .output("deleter: variant")
    .stateful()
    .doc("A handle to memory for the elements of a dataset, which ends with it.")
    .shape(scalar_shape)
    .kernel<AnonymousMemoryCache>(kCpu)
    .sets_outputs();

REFLOW_OP("DeleteMemoryCache")
    .input("handle: resource")
    .input("deleter: variant")
    .stateful()
    .doc("Says that the memory isn't needed any more. It ends with its last handle.")
    .shape(no_outputs)
    .kernel<DeleteMemoryCache>(kCpu);

const OpRegistrar cache_v2(dataset_op("CacheDatasetV2")
                               .input("input_dataset: variant")
                               .input("filename: string")
                               .input("cache: resource")
                               .output("handle: variant") REFLOW_ELEMENT_ATTRS
                               .stateful()
                               .doc("The elements of the input, which a first pass keeps in files that begin with `filename`, or, "
                                    "where that is empty, in `cache`, for all iterations.")
                               .kernel<Kernel>(kCpu));

const OpRegistrar cache(dataset_op("CacheDataset")
                            .input("input_dataset: variant")
                            .input("filename: string")
                            .output("handle: variant") REFLOW_ELEMENT_ATTRS
                            .doc("The elements of the input, which a first pass keeps in files that begin with `filename`, or, where "
                                 "that is empty, in memory until the iterator is initialized again.")
                            .kernel<Kernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
