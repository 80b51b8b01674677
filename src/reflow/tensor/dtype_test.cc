#include "reflow/tensor/dtype.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reflow {
namespace {

TEST(DType, NamesInThreeSpellings) {
  EXPECT_EQ(dtype_name(DType::kFloat32), "float32");
  EXPECT_EQ(dtype_enum_name(DType::kHalf), "DT_HALF");
  EXPECT_EQ(dtype_spec_name(DType::kFloat64), "double");
  EXPECT_EQ(dtype_name(ref_type(DType::kHalf)), "float16_ref");
  EXPECT_EQ(dtype_enum_name(ref_type(DType::kFloat32)), "DT_FLOAT_REF");
  EXPECT_EQ(dtype_spec_name(DType(77)), "INVALID");
}

TEST(DType, EveryNameLeadsBack) {
  for (int i = 1; i <= 23; ++i) {
    for (const DType t : {DType(i), ref_type(DType(i))}) {
      EXPECT_EQ(dtype_from_name(dtype_name(t)), t);
      EXPECT_EQ(dtype_from_name(dtype_enum_name(t)), t);
      EXPECT_EQ(dtype_from_name(dtype_spec_name(t)), t);
    }
  }
  EXPECT_EQ(dtype_from_name("float33"), DType::kInvalid);
  EXPECT_EQ(dtype_from_name(""), DType::kInvalid);
}

TEST(DType, SizesAreThoseOfTheElementTypes) {
  for (int i = 1; i <= 23; ++i) {
    EXPECT_TRUE(with_type(kAllTypes, DType(i), [i]<typename T>() { EXPECT_EQ(dtype_size(DType(i)), int(sizeof(T))); }));
  }
}

TEST(Half, EveryFiniteValueSurvivesTheWayThroughFloat) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0) continue;  // NaN
    ASSERT_EQ(Half::from_float(Half::to_float(static_cast<uint16_t>(bits))), bits);
  }
}

TEST(Half, ValuesOfIeee) {
  EXPECT_EQ(Half::to_float(0x3c00), 1.f);
  EXPECT_EQ(Half::to_float(0x0001), 0x1p-24f);
  EXPECT_EQ(Half::to_float(0x03ff), 0x3ffp-24f);
  EXPECT_EQ(Half::to_float(0x7bff), 65504.f);
  EXPECT_EQ(Half::to_float(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(Half::to_float(0x7e01)));
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(Half::from_float(1 + 0x1p-11f), 0x3c00);           // tie, to even below
  EXPECT_EQ(Half::from_float(1 + 0x3p-11f), 0x3c02);           // tie, to even above
  EXPECT_EQ(Half::from_float(1 + 0x1p-11f + 0x1p-20f), 0x3c01);
  EXPECT_EQ(Half::from_float(0x1p-25f), 0x0000);               // tie between zero and the smallest subnormal
  EXPECT_EQ(Half::from_float(0x1.8p-25f), 0x0001);
  EXPECT_EQ(Half::from_float(0x3p-25f), 0x0002);
  EXPECT_EQ(Half::from_float(0x7ffp-25f), 0x0400);             // up to the smallest normal
  EXPECT_EQ(Half::from_float(65519.f), 0x7bff);
  EXPECT_EQ(Half::from_float(65520.f), 0x7c00);
  EXPECT_EQ(Half::from_float(-1e30f), 0xfc00);
  EXPECT_EQ(Half::from_float(-0.f), 0x8000);
  EXPECT_EQ(Half::from_float(std::nanf("")) & 0x7fff, 0x7e00);
}

TEST(Bfloat16, RoundsToNearestEven) {
  EXPECT_EQ(Bfloat16(1 + 0x1p-8f).bits, 0x3f80);
  EXPECT_EQ(Bfloat16(1 + 0x3p-8f).bits, 0x3f82);
  EXPECT_TRUE(std::isnan(float(Bfloat16(std::nanf("")))));
}

TEST(Variant, KnowsItsType) {
  const Variant v = Variant::of("numbers", std::vector<int>{1, 2});
  ASSERT_NE(v.get<std::vector<int>>(), nullptr);
  EXPECT_EQ(v.get<std::vector<int>>()->size(), 2u);
  EXPECT_EQ(v.get<int>(), nullptr);
  EXPECT_TRUE(Variant().empty());
}

}  // namespace
}  // namespace reflow
