#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <mutex>
#include <string>

#include "reflow/base/status.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::eager {

// A kernel with what running it needs to know of its op.
struct CachedKernel {
  std::shared_ptr<op::Kernel> kernel;
  const op::OpTraits* traits = nullptr;
  int uses = 0;
};

// Kernels by op and attributes, types of inputs included: a second op of the same attributes runs the same kernel, and
// goes on with its state (random numbers of a seed), as in TensorFlow. Ops whose attributes are tensors, and those that
// make a resource without a name, get a kernel of their own. Thread-safe.
class KernelCache {
 public:
  KernelCache(op::Device* device, op::FunctionRunner* functions) : device_(device), functions_(functions) {}
  // NotFound: there is no kernel for these types. Errors of the kernel's constructor.
  StatusOr<CachedKernel> find_or_make(const graph::Node& node);
  // NotFound: "Could not find valid device for node.\nNode:{{node X}}\nAll kernels registered for op X :\n  ...".
  static Status no_kernel(const std::string& op);
  void clear();
  size_t size() const;

 private:
  struct Key {
    const graph::OpDef* op;
    graph::AttrMap attrs;
    bool operator==(const Key&) const = default;
  };
  struct KeyView {
    const graph::OpDef* op;
    const graph::AttrMap* attrs;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const Key& key) const { return (*this)(KeyView{key.op, &key.attrs}); }
    size_t operator()(const KeyView& key) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Key& a, const Key& b) const { return a == b; }
    bool operator()(const Key& a, const KeyView& b) const { return a.op == b.op && a.attrs == *b.attrs; }
    bool operator()(const KeyView& a, const Key& b) const { return (*this)(b, a); }
  };
  static constexpr size_t kManyKernels = 8192;

  StatusOr<CachedKernel> make(const graph::Node& node) const;
  void drop_those_used_once();

  op::Device* device_;
  op::FunctionRunner* functions_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<Key, CachedKernel, Hash, Equal> kernels_;
};

}  // namespace reflow::eager
