#include "reflow/op/sparse_array.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace reflow::op {
namespace {

using Array = SparseArray<int>;
using Used = std::vector<std::pair<int64_t, int>>;

// The elements that aren't 0.
Used used(const Array& array) {
  Used result;
  const Status status = array.for_each_used([&](int64_t i, int element) {
    if (element != 0) result.emplace_back(i, element);
    return OkStatus();
  });
  EXPECT_TRUE(status.ok());
  return result;
}

TEST(SparseArray, AnySizeCostsNothing) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  Array array(kMost);
  EXPECT_EQ(array.size(), kMost);
  EXPECT_EQ(std::as_const(array)[kMost - 1], 0);
  array[kMost - 1] = 1;
  array[3] = 2;
  EXPECT_EQ(std::as_const(array)[kMost - 1], 1);
  EXPECT_EQ(used(array), (Used{{3, 2}, {kMost - 1, 1}}));
}

TEST(SparseArray, GrowsElementByElement) {
  Array array;
  for (int i = 0; i < Array::kFirst + 2 * Array::kPage + 5; ++i) array.push_back(i);
  for (int i = 0; i < array.size(); ++i) ASSERT_EQ(std::as_const(array)[i], i);
  while (array.size() > Array::kFirst - 1) array.pop_back();
  EXPECT_EQ(used(array).size(), static_cast<size_t>(Array::kFirst - 2));
}

TEST(SparseArray, WhatIsCutOffIsForgotten) {
  for (const int64_t kept : {int64_t{5}, Array::kFirst, Array::kFirst + 7, Array::kFirst + Array::kPage}) {
    Array array(Array::kFirst + 3 * Array::kPage);
    for (int64_t i = 0; i < array.size(); ++i) array[i] = 1;
    array.resize(kept);
    EXPECT_EQ(used(array).size(), static_cast<size_t>(kept));
    array.resize(Array::kFirst + 3 * Array::kPage);
    EXPECT_EQ(used(array).size(), static_cast<size_t>(kept));
  }
}

TEST(SparseArray, CopiesAreOnTheirOwn) {
  Array array(int64_t{1} << 40);
  array[int64_t{1} << 39] = 1;
  Array copy = array;
  copy[int64_t{1} << 39] = 2;
  EXPECT_EQ(used(array), (Used{{int64_t{1} << 39, 1}}));
}

TEST(SparseArray, AnErrorEndsTheVisit) {
  Array array(10);
  int visited = 0;
  const Status status = array.for_each_used([&](int64_t, int&) { return ++visited == 3 ? internal_error("enough") : OkStatus(); });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(visited, 3);
}

}  // namespace
}  // namespace reflow::op
