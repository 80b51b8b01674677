#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/data/iteration.h"
#include "reflow/tensor/tensor.h"

namespace reflow::data {

// The components of one element of a dataset.
using Element = std::vector<Tensor>;

// What is known of a dataset's elements: type and shape of each component.
struct ElementSpec {
  std::vector<DType> types;
  std::vector<Shape> shapes;
};

// One pass over a dataset. One thread at a time.
class Iterator {
 public:
  virtual ~Iterator() = default;
  // Called once, before anything else.
  virtual Status initialize(IteratorContext&) { return OkStatus(); }
  // The next element; *end: there is none, and *element is empty. After an error the next call goes on behind it.
  virtual Status next(IteratorContext& c, Element* element, bool* end) = 0;
  // Up to `n` elements at once, as rows of tensors, where that is cheaper than one by one. *rows 0: there is none; -1: it
  // is not cheaper, and nothing has been taken.
  virtual Status next_rows(IteratorContext&, int64_t, Element*, int64_t* rows) {
    *rows = -1;
    return OkStatus();
  }
  // Passes over what `n` calls of next() would give, errors too, without making it where nobody would see that it was
  // made. *passed: how many there were; less than `n` at the end. Cancelled, and what else IteratorContext::check gives.
  virtual Status pass_over(IteratorContext& c, int64_t n, int64_t* passed);
};

// A source or a transformation of elements: a value that doesn't change, shared by variant tensors, datasets made of it
// and iterators. Thread-safe.
class Dataset;
using DatasetRef = std::shared_ptr<const Dataset>;
class Dataset : public std::enable_shared_from_this<Dataset> {
 public:
  static constexpr int64_t kInfinite = -1, kUnknown = -2;

  // `kind` is "Batch" and the like: a part of the prefix of iterators.
  Dataset(std::string kind, ElementSpec spec) : kind_(std::move(kind)), spec_(std::move(spec)) {}
  virtual ~Dataset() = default;

  // A pass from the beginning. `prefix` tells the passes of one iteration apart ("Iterator::Repeat"): what a dataset
  // keeps from pass to pass goes by it.
  StatusOr<std::unique_ptr<Iterator>> iterate(IteratorContext& c, const std::string& prefix) const;
  // How many elements there are, or kInfinite or kUnknown.
  virtual int64_t cardinality() const { return kUnknown; }
  // The seeds that it has drawn from the system, where it was made without any; null: none.
  virtual const Seeds* drawn_seeds() const { return nullptr; }
  // FailedPrecondition: passes depend on what isn't saved with them.
  virtual Status check_saveable() const { return OkStatus(); }

  const std::string& kind() const { return kind_; }
  const ElementSpec& spec() const { return spec_; }
  virtual std::vector<DatasetRef> inputs() const { return {}; }
  // The same over other inputs. REQUIRES: as many as inputs().
  virtual DatasetRef with_inputs(std::vector<DatasetRef> inputs) const = 0;

 protected:
  // `prefix` ends with the own kind.
  virtual std::unique_ptr<Iterator> make_iterator(std::string prefix) const = 0;

 private:
  std::string kind_;
  ElementSpec spec_;
};

// A dataset without inputs.
class Source : public Dataset {
 public:
  using Dataset::Dataset;
  DatasetRef with_inputs(std::vector<DatasetRef>) const override { return shared_from_this(); }
};

// A dataset D that transforms one other.
template <typename D>
class Transformation : public Dataset {
 public:
  Transformation(std::string kind, ElementSpec spec, DatasetRef input)
      : Dataset(std::move(kind), std::move(spec)), input_(std::move(input)) {}
  std::vector<DatasetRef> inputs() const override { return {input_}; }
  DatasetRef with_inputs(std::vector<DatasetRef> inputs) const override {
    auto copy = std::make_shared<D>(static_cast<const D&>(*this));
    copy->input_ = std::move(inputs.at(0));
    return copy;
  }
  const DatasetRef& input() const { return input_; }

 private:
  DatasetRef input_;
};

// An iterator over a D, which it keeps alive.
template <typename D>
class IteratorOver : public Iterator {
 public:
  IteratorOver(const Dataset* dataset, std::string prefix)
      : dataset_(std::static_pointer_cast<const D>(dataset->shared_from_this())), prefix_(std::move(prefix)) {}

 protected:
  const D& dataset() const { return *dataset_; }
  const std::string& prefix() const { return prefix_; }

 private:
  const std::shared_ptr<const D> dataset_;
  const std::string prefix_;
};

// The same with an iterator over the input of a Transformation.
template <typename D>
class TransformingIterator : public IteratorOver<D> {
 public:
  using IteratorOver<D>::IteratorOver;
  Status initialize(IteratorContext& c) override { return restart(c); }

 protected:
  // The input from its beginning.
  Status restart(IteratorContext& c) {
    ASSIGN_OR_RETURN(input_, this->dataset().input()->iterate(c, this->prefix()));
    return OkStatus();
  }
  Iterator& input() { return *input_; }
  bool has_input() const { return input_ != nullptr; }
  void drop_input() { input_.reset(); }

 private:
  std::unique_ptr<Iterator> input_;
};

// A scalar variant that holds the dataset.
Tensor tensor_of(DatasetRef dataset);
// InvalidArgument: "Dataset tensor must be a scalar of dtype DT_VARIANT.", "Tensor must be a Dataset object.".
StatusOr<DatasetRef> dataset_of(const Tensor& tensor);

// InvalidArgument: "Number of components does not match: expected 1 types but got 2.", "Data type mismatch at component
// 0: expected int64 but got float.", "Incompatible shapes at component 0: expected [] but got [2].".
Status check_compatible(const ElementSpec& expected, const ElementSpec& got);

// Of each element of `dataset` in turn: what `take` does with it, until *stop.
Status for_each(IteratorContext& c, const Dataset& dataset,
                const std::function<Status(Element element, bool* stop)>& take);

// The smaller of two cardinalities.
int64_t least_cardinality(int64_t a, int64_t b);

}  // namespace reflow::data
