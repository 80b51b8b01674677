#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::op {

// Elements 0 to size() - 1. How large it is costs nothing, only which of them are used: the first ones lie side by side, the
// others in pages, each made when one of its elements is first changed. All others are what T() makes.
template <typename T>
class SparseArray {
 public:
  static constexpr int64_t kFirst = int64_t{1} << 16, kPage = int64_t{1} << 12;

  SparseArray() = default;
  explicit SparseArray(int64_t size) { resize(size); }

  int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Cuts off elements, or adds some at the end.
  void resize(int64_t size) {
    first_.resize(static_cast<size_t>(std::min(size, kFirst)));
    if (size < size_ && !pages_.empty()) cut_pages(size);
    size_ = size;
  }
  void push_back(T element) {
    resize(size_ + 1);
    (*this)[size_ - 1] = std::move(element);
  }
  void pop_back() { resize(size_ - 1); }

  T& operator[](int64_t i) {
    if (i < kFirst) return first_[static_cast<size_t>(i)];
    std::vector<T>& page = pages_[(i - kFirst) / kPage];
    if (page.empty()) page.resize(kPage);
    return page[static_cast<size_t>((i - kFirst) % kPage)];
  }
  const T& operator[](int64_t i) const {
    if (i < kFirst) return first_[static_cast<size_t>(i)];
    const auto page = pages_.find((i - kFirst) / kPage);
    return page == pages_.end() ? unused() : page->second[static_cast<size_t>((i - kFirst) % kPage)];
  }

  // f(i, element) for all elements that may differ from T(), in their order, until it gives an error.
  template <typename F>
  Status for_each_used(F&& f) {
    return visit(*this, std::forward<F>(f));
  }
  template <typename F>
  Status for_each_used(F&& f) const {
    return visit(*this, std::forward<F>(f));
  }

 private:
  template <typename Array, typename F>
  static Status visit(Array& array, F&& f) {
    for (size_t i = 0; i < array.first_.size(); ++i) RETURN_IF_ERROR(f(static_cast<int64_t>(i), array.first_[i]));
    for (auto& [number, page] : array.pages_) {
      const int64_t begin = kFirst + number * kPage, n = std::min(kPage, array.size_ - begin);
      for (int64_t i = 0; i < n; ++i) RETURN_IF_ERROR(f(begin + i, page[static_cast<size_t>(i)]));
    }
    return OkStatus();
  }
  void cut_pages(int64_t size) {
    const int64_t left = std::max<int64_t>(size - kFirst, 0);
    pages_.erase(pages_.lower_bound((left + kPage - 1) / kPage), pages_.end());
    const auto last = pages_.find(left / kPage);
    if (last != pages_.end()) std::fill(last->second.begin() + left % kPage, last->second.end(), T());
  }
  static const T& unused() {
    static const T element{};
    return element;
  }

  int64_t size_ = 0;
  std::vector<T> first_;
  std::map<int64_t, std::vector<T>> pages_;
};

}  // namespace reflow::op
